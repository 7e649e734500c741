"""How the model errs on a material, measured on statements of it that a human has coded.

Prediction-powered inference [1]_ takes predictions for what no human has coded and corrects
them by their bias on a random part that one has (`etisklandskab.profile.lots`). Its rectifier is
one number a share, which the few statements that a consultant reads cannot give for each cell.
Here the rectifier is a calibration map of the whole material [2]_, drawn from its posterior given
the random part: with few statements it stays near the model, with more it believes them. The model
may be badly off; then the map says so, and the intervals, which are made of its draws, widen.
What is drawn more often the less sure the model is of it needs no weights: the map is of the codes
given the model's probabilities, and only on these does it depend what is drawn [3]_. Weighted by
how rarely they are drawn, the few of which the model was sure spoilt the intervals.

References
----------
.. [1] Angelopoulos et al., "Prediction-powered inference", Science 382, 2023.
.. [2] Kull et al., "Beyond temperature scaling: Obtaining well-calibrated multiclass probabilities
   with Dirichlet calibration", NeurIPS 2019, section 3; with normal priors around no change.
.. [3] Rubin, "Inference and missing data", Biometrika 63(3), 1976, section 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etisklandskab.landscape import Logic, Statement
from etisklandskab.model.linear import softmax
from etisklandskab.model.reliability import Reliability

__all__ = ["ENOUGH", "Correction", "correct"]

Floats = NDArray[np.float64]

ENOUGH = 20
"""How many statements of the random part it takes to correct the model by them."""

_LEAST = 1e-3  # the least probability that is believed, before and after
# how far a model may be off, in standard deviations of the common slope, of each entry of the
# slopes and of the level; which of the scales it is, believed before so much, the random part says;
# chosen on the dev split by benchmarks/reviewing.py
_SLOPE, _ENTRY, _LEVEL = 0.5, 0.25, 1.0
_SCALES, _BELIEFS = (0.1, 0.3, 1.0), (0.2, 0.2, 0.6)


@dataclass(frozen=True)
class Correction:
    """Draws of a calibration map.

    Parameters
    ----------
    slopes : ndarray of shape (draws, 4, 4)
        What the log likelihoods of the logics are multiplied by.
    levels : ndarray of shape (draws, 4)
        What is added.
    offsets : dict of str to ndarray of shape (draws, 4)
        What is added besides for a document, where some of it was coded.
    mix : ndarray of shape (draws, 4)
        Of the material: shares of the four logics.
    n : int
        How many statements of the random part it was measured on.
    """

    slopes: Floats
    levels: Floats
    offsets: dict[str, Floats]
    mix: Floats
    n: int

    def apply(self, likelihoods: Floats) -> Floats:
        """Return likelihoods corrected: shape (draws, n, 4)."""
        logs = np.log(np.maximum(likelihoods, _LEAST))
        scores = np.matmul(logs[None], self.slopes.transpose(0, 2, 1)) + self.levels[:, None]
        result: Floats = np.exp(scores - scores.max(axis=2, keepdims=True))
        return result


def correct(
    statements: Sequence[Statement],
    part: Sequence[int],
    reliability: Reliability,
    expected: Floats,
    draws: int,
) -> Correction:
    """Measure how the model errs on the random part of a material.

    The map's posterior is taken for normal around its peak (Laplace's approximation).

    Parameters
    ----------
    statements : sequence of Statement
        The material.
    part : sequence of int
        Which of them are its random part (`lots.random_part`), `ENOUGH` at the least.
    reliability : Reliability
        Of the model.
    expected : ndarray of shape (draws, 4)
        Mixes of the material that are likely by the model alone.
    draws : int
        How many maps to draw.
    """
    codes = list(Logic)
    p = np.array([s.probabilities or (0.25,) * 4 for s in statements], dtype=float)
    ratios = np.log(np.maximum(p / np.maximum(reliability.prior, _LEAST), _LEAST))
    sources = np.array([s.source for s in statements])
    names = sorted(set(sources[part]))
    document = np.array([names.index(name) for name in sources[part]])
    truth = np.array([codes.index(s.logic) for at in part if (s := statements[at]).logic])

    design = _design(ratios[part], document, len(names))
    logs = np.log(np.maximum(expected, _LEAST))
    mean = np.concatenate([[1.0], np.zeros(16), logs.mean(axis=0), np.zeros(4 * len(names))])
    rng = np.random.Generator(np.random.PCG64([2026, len(part), len(statements)]))
    found = []
    for scale in _SCALES:
        wide = scale * np.array([_SLOPE, *[_ENTRY] * 16, *[_LEVEL] * 4])
        wide[17:] = np.hypot(wide[17:], logs.std(axis=0))
        own = np.full(4 * len(names), max(reliability.drift, 0.05))
        found.append(_laplace(design, truth, mean, np.concatenate([wide, own])))
    evidence = np.array(_BELIEFS) * np.exp([e - max(e for *_, e in found) for *_, e in found])
    chosen = rng.choice(len(_SCALES), size=draws, p=evidence / evidence.sum())
    peaks, roots = (np.array([fit[k] for fit in found])[chosen] for k in (0, 1))
    drawn = peaks + np.einsum("dpq,dq->dp", roots, rng.standard_normal((draws, len(mean))))
    # a model is not believed to tell the opposite of what is
    slopes = np.maximum(drawn[:, :1, None], 0) * np.eye(4) + drawn[:, 1:17].reshape(-1, 4, 4)
    levels, offsets = drawn[:, 17:21], drawn[:, 21:].reshape(draws, len(names), 4)

    scores = np.matmul(ratios[None], slopes.transpose(0, 2, 1)) + levels[:, None]
    for at, name in enumerate(names):
        scores[:, sources == name] += offsets[:, at, None]
    chances = softmax(scores)
    known = np.array([s.reviewed for s in statements])
    chances[:, known] = np.array([[s.logic is code for code in codes] for s in statements])[known]
    mix = np.maximum(chances.mean(axis=1), _LEAST)
    return Correction(
        slopes,
        levels - np.log(mix),
        {name: offsets[:, at] for at, name in enumerate(names)},
        mix,
        len(part),
    )


def _design(ratios: Floats, document: NDArray[np.int64], documents: int) -> Floats:
    """Return what each parameter adds to the four scores of a statement: (n, 4, parameters)."""
    n, four = len(ratios), np.eye(4)
    entries = np.einsum("ij,nk->nijk", four, ratios).reshape(n, 4, 16)
    own = np.zeros((n, 4, documents, 4))
    own[np.arange(n), :, document] = four
    parts = [ratios[:, :, None], entries, np.tile(four, (n, 1, 1)), own.reshape(n, 4, -1)]
    return np.concatenate(parts, axis=2)


def _laplace(
    design: Floats, truth: NDArray[np.int64], mean: Floats, width: Floats
) -> tuple[Floats, Floats, float]:
    """Return the peak of a multinomial regression's posterior, a root of its covariance, evidence.

    The evidence is the logarithm of how likely the data are under the prior, up to a constant.
    """
    precision = np.diag(1 / width**2)

    def height(at: Floats) -> float:
        scores = design @ at
        top = scores.max(axis=1)
        total = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
        likely = (scores[np.arange(len(truth)), truth] - total).sum()
        return float(likely - 0.5 * np.square((at - mean) / width).sum())

    at, best = mean.copy(), height(mean)
    for _ in range(100):
        chances = softmax(design @ at)
        residual = np.eye(4)[truth] - chances
        uphill = np.einsum("nkp,nk->p", design, residual) - (at - mean) / width**2
        middle = np.einsum("nk,nkp->np", chances, design)
        curve = np.einsum("nk,nkp,nkq->pq", chances, design, design, optimize=True)
        curve += precision - middle.T @ middle
        step = np.linalg.solve(curve, uphill)
        while (reached := height(at + step)) < best and np.abs(step).max() > 1e-6:
            step /= 2  # a whole Newton step can leap over the peak
        if np.abs(step).max() <= 1e-6:
            break
        at, best = at + step, reached
    root = np.linalg.inv(np.linalg.cholesky((curve + curve.T) / 2)).T
    return at, root, best + float(np.log(np.diag(root)).sum() - np.log(width).sum())
