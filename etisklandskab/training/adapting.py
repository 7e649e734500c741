"""A model moved towards a consultant's own codes, away from what it knew only as far as they ask.

The corpus speaks through the weights that were fitted on it: they are where the new ones start
from and what they are pulled back to [1]_. Fitting the 22,455 statements of the corpus over again
would take minutes for each fold and each strength, and four minutes more to encode them.

References
----------
.. [1] Chelba & Acero, "Adaptation of Maximum Entropy Capitalizer: Little Data Can Help a Lot",
   EMNLP 2004, section 4 (maximum a posteriori, a normal prior around the background weights).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etisklandskab.landscape import Logic, Statement
from etisklandskab.model.encoder import key_of
from etisklandskab.model.features import CONTEXT, count
from etisklandskab.model.fitting import ENCODER_WEIGHT, feature_matrix, in_steps, rounded
from etisklandskab.model.linear import CODES, N_FEATURES, LinearModel, softmax

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Move", "Seen", "adapt", "cool", "moved", "see"]

_TINY = 1e-12


@dataclass(frozen=True)
class Seen:
    """Statements as a model sees them.

    Parameters
    ----------
    features : csr_matrix of shape (n, N_FEATURES + d)
        N-grams and, with an encoder, its vectors.
    logits : ndarray of shape (n, 4)
        The logarithms of the model's probabilities, up to a constant of each row.
    """

    features: csr_matrix
    logits: NDArray[np.float64]

    def part(self, rows: NDArray[np.int64]) -> Seen:
        """Return some of the statements."""
        return Seen(self.features[rows], self.logits[rows])


@dataclass(frozen=True)
class Move:
    """What is added to a model's weights.

    Parameters
    ----------
    weights : ndarray of shape (N_FEATURES + d, 4)
        On the scale of the logits.
    intercept : ndarray of shape (4,)
        The same for every statement.
    """

    weights: NDArray[np.float64]
    intercept: NDArray[np.float64]

    def logits(self, seen: Seen) -> NDArray[np.float64]:
        """Return the logits of the model that is moved."""
        result: NDArray[np.float64] = seen.logits + seen.features @ self.weights + self.intercept
        return result


def see(linear: LinearModel, statements: Sequence[Statement]) -> Seen:
    """Return statements as the model sees them; the encoder runs here and nowhere else.

    Parameters
    ----------
    linear : LinearModel
        The model that is to be moved.
    statements : sequence of Statement
        n statements.
    """
    context = bool(linear.block_weights[CONTEXT])
    features = feature_matrix([linear.values(count(s, context=context)) for s in statements])
    scores = np.array([linear.scores(statement) for statement in statements])
    if linear.encoder is not None:
        from scipy.sparse import csr_matrix, hstack

        vectors = linear.encoder.encode([key_of(s) for s in statements]).astype(float)
        scores += linear.dense_weight * (vectors[:, :, None] * linear.dense).sum(axis=1)
        features = hstack([features, csr_matrix(ENCODER_WEIGHT * vectors)], "csr")
    return Seen(features, scores / linear.temperature + linear.shift)


def adapt(seen: Seen, labels: Sequence[Logic], strength: float) -> Move:
    """Find the move that makes the codes likeliest, and is no longer than that is worth.

    Minimises ``strength * loss + |move|² / 2`` in the span of the n statements, which holds the
    minimum: n x 4 numbers instead of as many as there are n-grams.

    Parameters
    ----------
    seen : Seen
        n statements.
    labels : sequence of Logic
        Their weightiest logics, by a human.
    strength : float
        What a statement counts against the weights as they were; 0 moves nothing.
    """
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    if not labels:
        return Move(np.zeros((seen.features.shape[1], len(CODES))), np.zeros(len(CODES)))
    y = np.array([CODES.index(label) for label in labels])
    truth = np.eye(len(CODES))[y]
    kernel = (seen.features @ seen.features.T).toarray()
    size, directions = np.linalg.eigh(kernel)
    kept = size > 1e-9 * max(1.0, size[-1])
    root, directions = np.sqrt(size[kept]), directions[:, kept]
    span = np.hstack([directions * root, np.ones((len(y), 1))])  # the last is the intercept

    def loss(x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w = x.reshape(-1, len(CODES))
        p = softmax(seen.logits + span @ w)
        chosen = np.maximum(p[np.arange(len(y)), y], _TINY)
        gradient = span.T @ (strength * (p - truth)) + w
        return float(-strength * np.log(chosen).sum() + 0.5 * x @ x), gradient.ravel()

    start = np.zeros(span.shape[1] * len(CODES))
    with threadpool_limits(1):  # products this small take five times as long on busy cores
        found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    w = found.x.reshape(-1, len(CODES))
    weights = seen.features.T @ (directions @ (w[:-1] / root[:, None]))
    return Move(np.asarray(weights), w[-1])


def cool(logits: NDArray[np.float64], labels: Sequence[Logic]) -> float:
    """Return the temperature with the least cross-entropy.

    The shifts of the logics stay as the codes of the consultant made them. Found on the corpus
    again, as `etisklandskab.model.fitting.calibrate` does, they undid what was learnt: of a coder
    to whom every duty is a consequence, 0.71 were right instead of 0.89.

    Parameters
    ----------
    logits : ndarray of shape (n, 4)
        Of statements that the move was not fitted on.
    labels : sequence of Logic
        Their weightiest logics.
    """
    from scipy.optimize import minimize_scalar

    y = np.array([CODES.index(label) for label in labels])

    def loss(log_temperature: float) -> float:
        p = softmax(logits / np.exp(log_temperature))
        return float(-np.log(np.maximum(p[np.arange(len(y)), y], _TINY)).mean())

    best = minimize_scalar(loss, bounds=(-1.5, 1.5), method="bounded", options={"xatol": 1e-4})
    return float(np.round(np.exp(best.x), 4))


def moved(linear: LinearModel, move: Move, temperature: float = 1.0) -> LinearModel:
    """Return the model with a move added to its weights.

    Parameters
    ----------
    linear : LinearModel
        The model that `see` was asked with.
    move : Move
        What `adapt` found.
    temperature : float, default=1.0
        What `cool` found.
    """
    weights = linear.weights * linear.scale + linear.temperature * move.weights[:N_FEATURES]
    steps, scale = in_steps(weights)
    dense = linear.dense
    if len(dense):
        own = ENCODER_WEIGHT * linear.temperature / linear.dense_weight * move.weights[N_FEATURES:]
        dense = rounded(dense + own)
    return replace(
        linear,
        weights=steps,
        scale=scale,
        intercept=rounded(linear.intercept + linear.temperature * move.intercept),
        dense=dense,
        temperature=linear.temperature * temperature,
        shift=rounded(linear.shift / temperature),
    )
