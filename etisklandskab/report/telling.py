"""Which statements to show: typical, central, not near-copies; dilemmas; what pulls apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from etisklandskab.landscape import ARGUED, Logic, Statement
from etisklandskab.matters import matters_of
from etisklandskab.model.linear import LinearModel
from etisklandskab.profile.likeness import likeness

__all__ = ["Telling"]

_MOST = 3000  # argued statements that are compared with each other
_WORDS = 4, 45  # a statement to show is neither a fragment nor a page
_CUT = ("–", "-", "…", "...", ",")  # speech that breaks off
_ROOM = 9  # words that it takes to weigh one thing against another
_COPY = 0.5  # likeness from which two say the same
_SAME = 0.03  # likeness from which two on a matter speak of the same thing: one pair in 20
_WEIGHING = re.compile(
    r"\b(?:men|selv\s+om|selvom|samtidig|alligevel|derimod|til\s+gengæld|dog|uanset|hellere|trods"
    r"|på\s+den\s+(?:ene|anden)\s+side|også\s+når|også\s+hvis|omvendt|kontra)\b|\+|≠|/",
    re.IGNORECASE,
)


class Telling:
    """Chooses among the argued statements of a report.

    Parameters
    ----------
    statements : iterable of Statement
        Coded.
    linear : LinearModel
        Whose rarities of words tell what is alike.
    """

    def __init__(self, statements: Iterable[Statement], linear: LinearModel) -> None:
        least, most = _WORDS
        fit = [
            s
            for s in statements
            if s.logics and least <= len(s.text.split()) <= most and not s.text.endswith(_CUT)
        ]
        surest = sorted(range(len(fit)), key=lambda at: -_sure(fit[at]))[:_MOST]
        self.statements = [fit[at] for at in sorted(surest)]
        self._at = {id(s): at for at, s in enumerate(self.statements)}
        self._linear = linear

    @cached_property
    def alike(self) -> NDArray[np.float64]:
        """How alike the statements are in what they speak of, shape (n, n)."""
        if not self.statements:
            return np.zeros((0, 0))
        return likeness(self.statements, self._linear)

    def choose(
        self,
        among: Iterable[Statement],
        n: int,
        *,
        score: Callable[[Statement], float] | None = None,
    ) -> list[Statement]:
        """Return up to n statements that are typical of the rest and not of one another.

        Parameters
        ----------
        among : iterable of Statement
            Of those that were given.
        n : int
            How many at most.
        score : callable, optional
            How typical a statement is, 0 to 1; by default how sure its code is.
        """
        own = sorted({self._at[id(s)] for s in among if id(s) in self._at})
        if not own:
            return []
        alike = self.alike[np.ix_(own, own)]
        central = alike.sum(axis=1).argsort().argsort() / max(1, len(own) - 1)
        typical = np.array([(score or _sure)(self.statements[at]) for at in own])
        worth = typical * (1 + 0.5 * central)
        chosen: list[int] = []
        for at in np.argsort(-worth, kind="stable"):
            if len(chosen) == n:
                break
            if all(alike[at, other] < _COPY for other in chosen):
                chosen.append(int(at))
        return [self.statements[own[at]] for at in chosen]

    def of_each_logic(self, among: Sequence[Statement], n: int = 1) -> list[Statement]:
        """Return up to n of each logic, the commonest logic first."""
        counts = {logic: sum(s.logic is logic for s in among) for logic in ARGUED}
        found = []
        for logic in sorted(ARGUED, key=lambda k: -counts[k]):
            found += self.choose((s for s in among if s.logic is logic), n)
        return found

    def dilemmas(self, among: Iterable[Statement], n: int) -> list[Statement]:
        """Return statements that weigh two logics, the clearest first.

        Where a model finds two logics it may only be in doubt; a word that weighs (men, selv om,
        hellere) tells that the speaker is.
        """
        two = [
            s
            for s in among
            if len(s.logics) >= 2 and _WEIGHING.search(s.text) and len(s.text.split()) >= _ROOM
        ]
        return self.choose(two, n, score=lambda s: _chance(s, s.logics[1]))

    def tensions(self, n: int) -> list[tuple[Statement, Statement]]:
        """Return pairs on the same matter that surely pull in different logics.

        Each statement stands in one pair at most; pairs of different groups come first.
        """
        sure = [at for at, s in enumerate(self.statements) if not s.unsure]
        matters = [set(matters_of(self.statements[at])) for at in sure]
        if len(sure) < 2:
            return []
        alike = self.alike[np.ix_(sure, sure)]
        rows, columns = np.nonzero(np.triu((alike >= _SAME) & (alike < _COPY), 1))
        pairs = []
        for a, b in zip(rows, columns, strict=True):
            one, other = self.statements[sure[a]], self.statements[sure[b]]
            if one.logic is not other.logic and matters[a] & matters[b]:
                apart = one.group != other.group
                pairs.append((-float(alike[a, b]) - 0.1 * apart, sure[a], sure[b]))
        found: list[tuple[Statement, Statement]] = []
        used: set[int] = set()
        for _, at, other_at in sorted(pairs):
            if len(found) == n:
                break
            if not {at, other_at} & used:
                found.append((self.statements[at], self.statements[other_at]))
                used |= {at, other_at}
        return found


def _sure(statement: Statement) -> float:
    return max(statement.probabilities or (0.0,))


def _chance(statement: Statement, logic: Logic) -> float:
    assert statement.probabilities is not None
    return statement.probabilities[list(Logic).index(logic)]
