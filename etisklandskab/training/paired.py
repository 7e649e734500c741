"""Two models on the same statements: which is more often right, and can that be told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from etisklandskab.landscape import Logic
from etisklandskab.model.linear import CODES
from etisklandskab.training.evaluating import Evaluation, evaluate

__all__ = ["MARGIN", "Paired", "Verdict", "draws_of", "mcnemar", "pair"]

Verdict = Literal["better", "same", "worse", "few"]

MARGIN = 0.05
"""A difference of accuracy that is surely smaller than this is none in practice."""

_DRAWS, _LEAST_DOCUMENTS, _LEVEL = 2000, 5, 0.05


@dataclass(frozen=True)
class Paired:
    """An old and a new model on the same n statements.

    Parameters
    ----------
    old, new : Evaluation
        Each against the codes of a human.
    gained, lost : int
        Statements that the new one alone, and the old one alone, has right.
    low, high : float
        95% interval of the difference of accuracy, new less old, by the bootstrap.
    by : str
        What was drawn: ``"document"`` or, with fewer than five of them, ``"statement"``.
    """

    old: Evaluation
    new: Evaluation
    gained: int
    lost: int
    low: float
    high: float
    by: str

    @property
    def n(self) -> int:
        """How many statements."""
        return self.new.n

    @property
    def difference(self) -> float:
        """Accuracy of the new one less that of the old one."""
        return (self.gained - self.lost) / self.n

    @property
    def p(self) -> float:
        """McNemar's exact two-sided test of no difference."""
        return mcnemar(self.gained, self.lost)

    @property
    def verdict(self) -> Verdict:
        """``"better"`` or ``"worse"`` where test and interval agree; ``"same"``; or ``"few"``."""
        if self.p < _LEVEL and self.low > 0:
            return "better"
        if self.p < _LEVEL and self.high < 0:
            return "worse"
        return "same" if self.low > -MARGIN and self.high < MARGIN else "few"

    def to_dict(self) -> dict[str, Any]:
        """Return the figures for JSON."""
        figures = {
            name: {"accuracy": round(one.accuracy, 4), "kappa": round(one.kappa, 4)}
            for name, one in (("old", self.old), ("new", self.new))
        }
        return {
            "n": self.n,
            **figures,
            "gained": self.gained,
            "lost": self.lost,
            "difference": round(self.difference, 4),
            "interval": [round(self.low, 4), round(self.high, 4)],
            "drawn_by": self.by,
            "mcnemar_p": round(self.p, 4),
            "verdict": self.verdict,
        }


def mcnemar(gained: int, lost: int) -> float:
    """Return the two-sided exact p of McNemar's test.

    Parameters
    ----------
    gained, lost : int
        Pairs in which the one, or the other, is right alone.

    References
    ----------
    McNemar, "Note on the sampling error of the difference between correlated proportions or
    percentages", Psychometrika 12 (1947), in its exact, binomial form.

    Examples
    --------
    >>> mcnemar(5, 0), mcnemar(3, 3)
    (0.0625, 1.0)
    """
    n, least = gained + lost, min(gained, lost)
    tail = sum(math.comb(n, k) for k in range(least + 1))
    return float(min(1.0, 2 * tail / 2**n))


def draws_of(documents: Sequence[str], draws: int) -> tuple[NDArray[np.int64], str]:
    """Return how often each statement is drawn in each draw of the bootstrap.

    Documents are drawn whole, as what is said in one is alike [1]_; with fewer than five of them
    that says little, and statements are drawn.

    Parameters
    ----------
    documents : sequence of str
        The document of each of n statements.
    draws : int
        How many.

    Returns
    -------
    times : ndarray of shape (draws, n)
    by : str
        ``"document"`` or ``"statement"``.

    References
    ----------
    .. [1] Davison & Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8.
    """
    names, own = np.unique(np.array([*documents], dtype=object).astype(str), return_inverse=True)
    rng = np.random.Generator(np.random.PCG64(2026))
    if len(names) >= _LEAST_DOCUMENTS:
        drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), draws)
        return drawn[:, own], "document"
    n = len(documents)
    return rng.multinomial(n, np.full(n, 1 / n), draws), "statement"


def pair(
    old: NDArray[np.float64],
    new: NDArray[np.float64],
    truth: Sequence[Logic],
    documents: Sequence[str],
) -> Paired:
    """Compare two models' probabilities with the truth.

    Parameters
    ----------
    old, new : ndarray of shape (n, 4)
        Probabilities of duty, proximity, consequence and none.
    truth : sequence of Logic
        n weightiest logics, by a human.
    documents : sequence of str
        The document of each statement.
    """
    y = np.array([CODES.index(logic) for logic in truth])
    gain = (new.argmax(axis=1) == y).astype(int) - (old.argmax(axis=1) == y).astype(int)
    times, by = draws_of(documents, _DRAWS)
    low, high = np.quantile(times @ gain / times.sum(axis=1), [0.025, 0.975])
    return Paired(
        evaluate(old, truth),
        evaluate(new, truth),
        int((gain > 0).sum()),
        int((gain < 0).sum()),
        float(low),
        float(high),
        by,
    )
