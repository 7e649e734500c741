"""Labelled statements to a linear model. Needs scikit-learn; coding does not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etisklandskab.errors import MissingExtraError
from etisklandskab.landscape import Logic, Statement
from etisklandskab.model.encoder import Encoder, key_of
from etisklandskab.model.features import CONTEXT, count
from etisklandskab.model.linear import CODES, N_FEATURES, LinearModel, softmax, weigh
from etisklandskab.model.reliability import Reliability, measure

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["calibrate", "feature_matrix", "fit_linear", "in_steps", "rounded"]

ENCODER_WEIGHT = 4.0
"""Length of an encoder's vector beside the blocks of n-grams, which have their block's weight."""

_STEPS = 127  # weights are kept as whole numbers between -127 and 127


def _require_learn() -> None:
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("At træne en model", "learn") from error


def fit_linear(
    statements: Sequence[str | Statement],
    labels: Sequence[Logic],
    *,
    C: float,
    block_weights: tuple[float, float, float],
    present: float,
    cv: int,
    encoder: Encoder | None = None,
    groups: Sequence[Any] | None = None,
    sample_weight: NDArray[np.float64] | None = None,
) -> tuple[LinearModel, Reliability]:
    """Fit the linear model.

    A multinomial logistic regression on TF-IDF of words, word pairs, characters
    and context, and on an encoder's vectors where one is given. Calibration is by temperature and class shift [1]_ on the scores
    that models fitted on the other folds give.

    Parameters
    ----------
    statements : sequence of str or Statement
        n statements.
    labels : sequence of Logic
        Their weightiest logics.
    C : float
        Inverse strength of the L2 penalty.
    block_weights : tuple of three floats
        Weight of words, characters and context.
    present : float
        From which probability a further logic counts as present.
    cv : int
        Folds for the calibration; 0 leaves the scores as they are.
    encoder : Encoder, optional
        Its vectors are features beside the n-grams; it is not changed.
    groups : sequence, optional
        Documents; those of one document stay in one fold.
    sample_weight : ndarray of shape (n,), optional
        Weights of the statements.

    Returns
    -------
    LinearModel
    Reliability
        Measured on the cross-validated probabilities; without folds, none is known.

    References
    ----------
    .. [1] Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 4.2.
    """
    _require_learn()
    y = np.array([CODES.index(label) for label in labels])
    # context without weight must not make words look common
    context = bool(block_weights[CONTEXT])
    counts = [count(statement, context=context) for statement in statements]
    seen = np.zeros(N_FEATURES)
    for numbers, _, _ in counts:
        seen[numbers] += 1
    rarity = {0: 0.0} | {
        int(n): math.log((1 + len(counts)) / (1 + n)) + 1 for n in np.unique(seen) if n
    }
    idf = np.array([rarity[int(n)] for n in seen], dtype=np.float32)
    weights = np.array(block_weights, dtype=np.float64)
    matrix = feature_matrix([weigh(c, idf, weights) for c in counts])
    if encoder is not None:
        from scipy.sparse import csr_matrix, hstack

        vectors = encoder.encode([key_of(statement) for statement in statements])
        matrix = hstack([matrix, csr_matrix(ENCODER_WEIGHT * vectors.astype(float))], "csr")

    coefficients, intercept = _regress(matrix, y, C, sample_weight)
    coefficients, dense = coefficients[:N_FEATURES], coefficients[N_FEATURES:]
    steps, scale = in_steps(coefficients)

    temperature, shift, reliability = 1.0, np.zeros(len(CODES)), Reliability()
    folds = _folds(y, groups, cv)
    if folds:
        scores = np.zeros((len(y), len(CODES)))
        for train, held_out in folds:
            w = None if sample_weight is None else sample_weight[train]
            fold_coefficients, fold_intercept = _regress(matrix[train], y[train], C, w)
            scores[held_out] = matrix[held_out] @ fold_coefficients + fold_intercept
        temperature, shift = calibrate(scores, y, sample_weight)
        reliability = measure(
            softmax(scores / temperature + shift), y, [""] * len(y) if groups is None else groups
        )
    linear = LinearModel(
        idf=idf,
        weights=steps,
        scale=scale,
        intercept=rounded(intercept),
        block_weights=weights,
        temperature=temperature,
        shift=shift,
        present=present,
        encoder=encoder,
        dense=rounded(ENCODER_WEIGHT * dense),
    )
    return linear, reliability


def rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to six digits: what differs in the last ones between machines is gone."""
    return np.array([float(f"{value:.6g}") for value in values.ravel()]).reshape(values.shape)


def in_steps(
    coefficients: NDArray[np.float64],
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Return coefficients as whole numbers of steps, and what a step is worth for each logic."""
    scale = np.abs(coefficients).max(axis=0) / _STEPS
    scale[scale == 0] = 1.0
    # Coarse steps: what differs in the last digits between machines is rounded away.
    scale = rounded(scale)
    return np.rint(coefficients / scale).astype(np.int8), scale


def feature_matrix(rows: Sequence[tuple[NDArray[np.int64], NDArray[np.float64]]]) -> csr_matrix:
    """Return statements as rows of a sparse matrix, from what `weigh` gives for each."""
    from scipy.sparse import csr_matrix

    ends = np.cumsum([0, *(len(numbers) for numbers, _ in rows)])
    return csr_matrix(
        (
            np.concatenate([values for _, values in rows]),
            np.concatenate([numbers for numbers, _ in rows]),
            ends,
        ),
        shape=(len(rows), N_FEATURES),
    )


def _regress(
    matrix: csr_matrix,
    y: NDArray[np.int64],
    C: float,
    weight: NDArray[np.float64] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return coefficients of shape (features, 4) and intercepts, centred over the logics."""
    from sklearn.linear_model import LogisticRegression

    coefficients = np.zeros((matrix.shape[1], len(CODES)))
    intercept = np.full(len(CODES), -np.inf)
    present = np.unique(y)
    if len(present) == 1:
        intercept[present] = 0.0
        return coefficients, intercept
    used = np.flatnonzero(matrix.getnnz(axis=0))
    # SAG sums row by row in its own code. L-BFGS goes through BLAS, whose last digits, and in the
    # end whose weights, are others on another processor.
    model = LogisticRegression(C=C, solver="sag", tol=1e-4, max_iter=1000, random_state=0)
    model.fit(matrix[:, used], y, sample_weight=weight)
    learnt, base = model.coef_, model.intercept_
    if len(present) == 2:  # scikit-learn keeps one row for two classes
        learnt, base = np.vstack([-learnt, learnt]) / 2, np.array([-base[0], base[0]]) / 2
    coefficients[np.ix_(used, present)] = learnt.T
    intercept[present] = base
    return coefficients, intercept


def _folds(
    y: NDArray[np.int64], groups: Sequence[Any] | None, cv: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return folds in which every logic is trained on, or none where there is too little."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    _, sizes = np.unique(y, return_counts=True)
    n_groups = len(set(groups)) if groups is not None else len(y)
    n = min(cv, int(sizes.min()), n_groups)
    if n < 2 or len(sizes) < 2:
        return []
    splitter = StratifiedKFold(n) if groups is None else StratifiedGroupKFold(n)
    folds = list(splitter.split(np.zeros(len(y)), y, groups))
    return folds if all(set(y[train]) == set(y) for train, _ in folds) else []


def calibrate(
    scores: NDArray[np.float64], y: NDArray[np.int64], weight: NDArray[np.float64] | None = None
) -> tuple[float, NDArray[np.float64]]:
    """Find the temperature and shift with the least cross-entropy.

    Parameters
    ----------
    scores : ndarray of shape (n, 4)
        Raw scores of statements that the model was not fitted on.
    y : ndarray of shape (n,)
        Columns of their true logics.
    weight : ndarray of shape (n,), optional
        Weights of the statements.

    Returns
    -------
    temperature : float
    shift : ndarray of shape (4,)
    """
    from scipy.optimize import minimize

    present = np.unique(y)
    column = np.searchsorted(present, y)
    w = np.ones(len(y)) if weight is None else weight

    def loss(x: NDArray[np.float64]) -> float:
        p = softmax(scores[:, present] * np.exp(-x[0]) + x[1:])
        chosen = p[np.arange(len(y)), column]
        return float(
            -(w * np.log(np.maximum(chosen, 1e-12))).sum() / w.sum() + 1e-3 * x[1:] @ x[1:]
        )

    best = minimize(loss, np.zeros(1 + len(present)), method="L-BFGS-B")
    shift = np.zeros(len(CODES))
    shift[present] = np.round(best.x[1:], 4)
    return float(np.round(np.exp(best.x[0]), 4)), shift
