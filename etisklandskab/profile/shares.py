"""From coded statements to the shares of a cell, with an interval.

Two things are unknown of a cell: how its statements truly argue (the classifier
errs) and how its group argues (the notes are a sample). Both are counted.
The true shares have a Dirichlet prior; a statement of a true logic is given a
logic by the classifier's confusion on the dev split, whose rows are Dirichlet
too; what was observed is how many statements were given each logic. The
posterior is drawn by Gibbs sampling [1]_.

References
----------
.. [1] Ziegler and Czyż, "Bayesian Quantification with Black-Box Estimators",
   TMLR 2024, section 3 (the model; the sampler is the standard one for it).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etisklandskab.landscape import ARGUED, Logic

__all__ = ["Confusion", "Counts", "Share", "estimate", "of_argued", "posterior"]

Counts = tuple[int, int, int, int]
Confusion = tuple[tuple[float, ...], ...]

_CHAINS, _WARM_UP, _KEPT = 256, 40, 12  # parallel chains, steps thrown away, steps kept
_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95% interval, all between 0 and 1."""

    value: float
    low: float
    high: float


@lru_cache(maxsize=8192)
def estimate(counts: Counts, confusion: Confusion) -> dict[Logic, Share]:
    """Estimate the shares of a cell.

    Parameters
    ----------
    counts : tuple of four ints
        How many statements were given duty, proximity, consequence and none.
    confusion : tuple of four tuples of four floats
        Held-out statements by true logic (row) and given logic (column); empty
        means a classifier (or a human coder) without errors.

    Returns
    -------
    dict of Logic to Share
        The three logics' shares are of the argued statements, none's of all.
        A share is the posterior's mean, its interval the middle 95%.

    Examples
    --------
    >>> shares = estimate((30, 5, 5, 10), ())
    >>> round(shares[Logic.DUTY].value, 2)
    0.72
    """
    draws = posterior(counts, confusion)
    argued = of_argued(draws)
    parts = {logic: argued[:, k] for k, logic in enumerate(ARGUED)}
    parts[Logic.NONE] = draws[:, 3]
    edge = (1 - _LEVEL) / 2
    shares = {}
    for logic, part in parts.items():
        low, high = np.quantile(part, [edge, 1 - edge])
        shares[logic] = Share(*(float(np.round(x, 3)) for x in (part.mean(), low, high)))
    return shares


def of_argued(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the three logics' shares of what is argued: shape (draws, 3), rows sum to 1."""
    shares: NDArray[np.float64] = draws[:, :3] / draws[:, :3].sum(axis=1, keepdims=True)
    return shares


def posterior(counts: Counts, confusion: Confusion) -> NDArray[np.float64]:
    """Draw true shares given what the classifier said.

    Parameters
    ----------
    counts, confusion
        As in `estimate`.

    Returns
    -------
    ndarray of shape (draws, 4)
        Rows sum to 1; the same draws for the same arguments.
    """
    # seeded by the data: the same cell gives the same figures wherever it stands
    rng = np.random.Generator(np.random.PCG64([*map(int, counts), 2026]))
    given = np.array(counts)
    prior = np.ones(4)
    if not confusion:
        return rng.dirichlet(prior + given, size=_CHAINS * _KEPT)
    rows = np.array(confusion, dtype=float) + 0.5
    shares = rng.dirichlet(prior + given, size=_CHAINS)
    kept: list[NDArray[np.float64]] = []
    # the confusion is known from dev; the cell itself is too small to teach anything about it
    confused = _dirichlet_rows(rng, rows, _CHAINS)
    for step in range(_WARM_UP + _KEPT):
        truth = np.zeros((_CHAINS, 4))
        for column in range(4):
            if given[column]:
                weight = shares * confused[:, :, column]
                weight /= weight.sum(axis=1, keepdims=True)
                truth += rng.multinomial(given[column], weight)
        shares = _dirichlet(rng, prior + truth)
        if step >= _WARM_UP:
            kept.append(shares)
    return np.concatenate(kept)


def _dirichlet(rng: np.random.Generator, alpha: NDArray[np.float64]) -> NDArray[np.float64]:
    draw = rng.standard_gamma(alpha)
    total: Any = draw / draw.sum(axis=-1, keepdims=True)
    result: NDArray[np.float64] = total
    return result


def _dirichlet_rows(
    rng: np.random.Generator, alpha: NDArray[np.float64], size: int
) -> NDArray[np.float64]:
    return _dirichlet(rng, np.broadcast_to(alpha, (size, *alpha.shape)))
