"""Which statements are most worth a human's look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from etisklandskab.landscape import Logic, Statement
from etisklandskab.profile.profile import ALL, LEAST

__all__ = ["Look", "worth_a_look"]


@dataclass(frozen=True, slots=True)
class Look:
    """A statement to look at.

    Parameters
    ----------
    at : int
        Which of the statements it is, from 0.
    usefulness : float
        How much a look can move the profile, between 0 and ``1 / LEAST``.
    cell : tuple of (str, str)
        The group and concept that it weighs most in.
    size : int
        How many statements that cell has.
    rival : Logic
        The second likeliest logic.
    """

    at: int
    usefulness: float
    cell: tuple[str, str]
    size: int
    rival: Logic


def worth_a_look(statements: Sequence[Statement], most: int = 40) -> list[Look]:
    """Return the statements that a human should look at first.

    Those that the model marks as unsure come first, and among them the most useful for the
    profile: doubt times weight. The doubt is one less the margin between the two likeliest logics
    (0 where the model is certain, 1 where they are equally likely). The weight is what one
    statement counts in the smallest cell that it is in, a group on a concept: one by the cell's
    size. A cell below `LEAST` gets no figure, so no statement weighs more than ``1 / LEAST``.

    Parameters
    ----------
    statements : sequence of Statement
        Coded. Those that a human has coded are left out, and so are those that the model has not.
    most : int, default=40
        How many at the most: an evening's work.

    Examples
    --------
    >>> sure, torn = (0.9, 0.1, 0.0, 0.0), (0.5, 0.5, 0.0, 0.0)
    >>> said = [Statement("x").with_coding(p, [Logic.DUTY], "m") for p in (sure, torn)]
    >>> [look.at for look in worth_a_look(said)]
    [1, 0]
    """
    sizes = Counter(cell for statement in statements for cell in _cells(statement))
    found = []
    for at, statement in enumerate(statements):
        p = statement.probabilities
        if statement.reviewed or p is None:
            continue
        first, second, *_ = sorted(range(4), key=p.__getitem__, reverse=True)
        cell = min(_cells(statement), key=lambda c: max(sizes[c], LEAST))
        weight = 1 / max(sizes[cell], LEAST)
        found.append(
            Look(at, (1 - p[first] + p[second]) * weight, cell, sizes[cell], tuple(Logic)[second])
        )
    found.sort(key=lambda look: (not statements[look.at].unsure, -look.usefulness, look.at))
    return found[:most]


def _cells(statement: Statement) -> Iterator[tuple[str, str]]:
    for concept in statement.concepts:
        yield statement.group, concept.value
    yield statement.group, ALL
