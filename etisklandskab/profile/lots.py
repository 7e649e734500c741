"""Which statements a human should look at, and which of those looked at show how a model errs.

Every statement draws a lot, the better the less sure the model is of it [1]_ (active inference
[2]_): a look at it narrows the shares the most where the model is right, and shows how far it is
right all the same, as what it is sure of is drawn as well. The lots are the keys of weighted
sampling without replacement [3]_, so those first in order are such a sample wherever she stops.

References
----------
.. [1] By Gini's impurity, 1 - sum p²; Breiman et al., "Classification and Regression Trees", 1984.
.. [2] Zrnic & Candès, "Active Statistical Inference", ICML 2024.
.. [3] Efraimidis & Spirakis, "Weighted random sampling with a reservoir", Information Processing
   Letters 97(5), 2006.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Sequence, Set

from etisklandskab.columns import check_of
from etisklandskab.landscape import Statement

__all__ = ["draw_of", "random_part", "worth_a_look"]

# chosen on the dev split by benchmarks/reviewing.py: steeper lots narrow more where the model is
# right, and see less of where it is sure and wrong
_FLOOR, _POWER = 0.1, 2.0
_SKIPPED = 0.1  # the part of a sample that she may pass over: hard ones, most of them


def draw_of(statement: Statement) -> float:
    """Return a statement's lot, those with the lowest first; without probabilities it is infinite.

    It depends on the statement and the model alone, so it is the same in a workbook, in the
    browser and in the profile, and nobody need note which statements were drawn.
    """
    if statement.probabilities is None:
        return math.inf
    name = "\x1f".join((statement.text, statement.source, str(statement.position)))
    digest = hashlib.blake2b(name.encode("utf-8", "backslashreplace"), digest_size=6).digest()
    even = (int.from_bytes(digest, "big") + 0.5) / 2**48
    doubt = 1 - sum(round(p, 4) ** 2 for p in statement.probabilities)  # as a table holds them
    return -math.log(even) / math.pow(max(doubt, _FLOOR), _POWER)


def worth_a_look(statements: Sequence[Statement], most: int = 40) -> list[int]:
    """Return which statements a human should look at, in order, the first by lot first.

    Parameters
    ----------
    statements : sequence of Statement
        Coded. Those that a human has coded are left out, and so are those that the model has not.
    most : int, default=40
        How many at the most: an evening's work.

    Examples
    --------
    >>> from etisklandskab import Logic
    >>> sure, torn = (0.98, 0.02, 0.0, 0.0), (0.5, 0.5, 0.0, 0.0)
    >>> said = [Statement("x").with_coding(p, [Logic.DUTY], "m") for p in [sure] * 8 + [torn]]
    >>> worth_a_look(said, most=1)
    [8]
    """
    open_ = [at for at, s in enumerate(statements) if not s.reviewed and s.probabilities]
    return sorted(open_, key=lambda at: draw_of(statements[at]))[:most]


def random_part(statements: Sequence[Statement], learnt: Set[str] = frozenset()) -> list[int]:
    """Return which statements make the random part that a human has coded.

    In each workshop they are the longest beginning of the order of the lots that she has coded but
    for a tenth: what else she has coded was chosen for a reason and tells nothing of the rest.

    Parameters
    ----------
    statements : sequence of Statement
        Coded by a model, some of them by a human.
    learnt : set of str, optional
        Checks of statements that do not count, as the model has learnt from them.

    Examples
    --------
    >>> from etisklandskab import Logic
    >>> said = [Statement(f"nr. {n}", position=n) for n in range(9)]
    >>> said = [s.with_coding((0.7, 0.1, 0.1, 0.1), [Logic.DUTY], "m") for s in said]
    >>> first = min(said, key=draw_of)
    >>> reviewed = [s.with_review([]) if s is first else s for s in said]
    >>> random_part(reviewed) == [said.index(first)], random_part(said)
    (True, [])
    """
    if not any(statement.reviewed for statement in statements):
        return []
    workshops: dict[str, list[int]] = defaultdict(list)
    for at, statement in enumerate(statements):
        known = bool(learnt) and check_of(statement) in learnt
        if statement.probabilities is not None and not known:
            workshops[statement.workshop].append(at)
    found: list[int] = []
    for own in workshops.values():
        own.sort(key=lambda at: draw_of(statements[at]))
        seen: list[int] = []
        enough = 0
        for place, at in enumerate(own, start=1):
            if statements[at].reviewed:
                seen.append(at)
                if len(seen) >= (1 - _SKIPPED) * place:
                    enough = len(seen)
        found += seen[:enough]
    return sorted(found)
