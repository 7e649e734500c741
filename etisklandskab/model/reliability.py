"""How far a model's probabilities can be trusted on a document that it never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Reliability", "measure"]

_DRAWS, _DOCUMENTS = 500, 200  # offsets drawn, documents looked at
_GRID = tuple(np.round(np.arange(0.0, 1.55, 0.05), 2))
_LEAST = 1e-4  # the least probability that a coded table shows


@dataclass(frozen=True, slots=True)
class Reliability:
    """What the profile must know of the model behind the probabilities.

    Parameters
    ----------
    prior : tuple of four floats
        Shares of duty, proximity, consequence and none among the statements that the
        probabilities were calibrated on.
    drift : float, default=0.5
        How much the scores of a logic lie too high or too low in one document as a
        whole: the standard deviation between documents, in logits. The default is about that of
        the shipped models, for a model of which it was not measured.
    learnt : frozenset of str
        Checks (`etisklandskab.columns.check_of`) of the statements whose codes by a human the model
        has learnt: it knows them by heart, so they do not show how it errs.
    """

    prior: tuple[float, float, float, float] = (0.25, 0.25, 0.25, 0.25)
    drift: float = 0.5
    learnt: frozenset[str] = frozenset()


def measure(
    probabilities: NDArray[np.float64], truth: NDArray[np.int64], documents: Sequence[Any]
) -> Reliability:
    """Measure the reliability on statements that the model was not fitted on.

    Each document gets a normal offset for each logic; the drift is the standard
    deviation under which the documents' true codes are likeliest, the offsets
    averaged over. With a single document it cannot be measured.

    Parameters
    ----------
    probabilities : ndarray of shape (n, 4)
        Calibrated.
    truth : ndarray of shape (n,)
        Columns of the true logics.
    documents : sequence
        The document of each statement.

    Examples
    --------
    >>> p = np.full((40, 4), 0.25)
    >>> even = np.tile([0, 1, 2, 3], 10)
    >>> measure(p, even, ["a"] * 20 + ["b"] * 20).drift
    0.0
    """
    counts = np.bincount(truth, minlength=4)
    duty, proximity, consequence, none = np.round(counts / max(1, counts.sum()), 4).tolist()
    prior = (duty, proximity, consequence, none)
    names = np.array([str(document) for document in documents])
    looked_at = sorted(set(names))[:: max(1, len(set(names)) // _DOCUMENTS)]
    if len(looked_at) < 2:
        return Reliability(prior)
    scores = np.log(np.maximum(probabilities, _LEAST))
    offsets = np.random.Generator(np.random.PCG64(2026)).standard_normal((_DRAWS, 4))
    likelihood = dict.fromkeys(_GRID, 0.0)
    for name in looked_at:
        own = names == name
        for drift in _GRID:
            shifted = scores[own][None] + drift * offsets[:, None, :]
            chosen = shifted[:, np.arange(own.sum()), truth[own]]
            total = (chosen - _log_sum(shifted)).sum(axis=1)
            likelihood[drift] += float(_log_sum(total) - np.log(_DRAWS))
    return Reliability(prior, float(max(_GRID, key=lambda drift: likelihood[drift])))


def _log_sum(x: NDArray[np.float64]) -> NDArray[np.float64]:
    top = x.max(axis=-1, keepdims=True)
    result: NDArray[np.float64] = top[..., 0] + np.log(np.exp(x - top).sum(axis=-1))
    return result
