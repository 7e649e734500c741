"""The linear model on n-grams and an encoder's vectors: scores, probabilities, logics present.

Everything here needs numpy and the encoder's runtime; fitting is in `etisklandskab.model.fitting`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from etisklandskab.landscape import Logic, Statement
from etisklandskab.model.encoder import Encoder, Key, key_of
from etisklandskab.model.features import BITS, CONTEXT, Counts, count

__all__ = ["CODES", "LinearModel", "softmax"]

CODES = tuple(Logic)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities along the last axis."""
    exponent = np.exp(scores - scores.max(axis=-1, keepdims=True))
    total: NDArray[np.float64] = exponent / exponent.sum(axis=-1, keepdims=True)
    return total


@dataclass(frozen=True)
class LinearModel:
    """Weights on hashed n-grams and, with an encoder, on its vectors; and their calibration.

    Parameters
    ----------
    idf : ndarray of shape (2 ** BITS,), float32
        Inverse document frequency of a feature; 0 for one never seen.
    weights : ndarray of shape (2 ** BITS, 4), int8
        Weight of a feature for duty, proximity, consequence and none.
    scale : ndarray of shape (4,)
        What one step of `weights` is worth for each logic.
    intercept : ndarray of shape (4,)
        What a logic scores without any feature; ``-inf`` for one that was not
        among the labels.
    block_weights : ndarray of shape (3,)
        Weight of words, characters and context.
    temperature : float
        Scores are divided by it before they become probabilities.
    shift : ndarray of shape (4,)
        Added to the scores after that.
    present : float
        A logic counts as present from this probability on, besides the weightiest.
    unsure : float
        A code whose probability is below this is one to look at.
    encoder : Encoder or None
        What reads a statement as a whole; None for the light model.
    dense : ndarray of shape (d, 4)
        Weights of the encoder's vector for each logic; no rows without an encoder.
    dense_weight : float
        What these scores count beside those of the n-grams.
    """

    idf: NDArray[np.float32]
    weights: NDArray[np.int8]
    scale: NDArray[np.float64]
    intercept: NDArray[np.float64]
    block_weights: NDArray[np.float64]
    temperature: float
    shift: NDArray[np.float64]
    present: float
    unsure: float = 0.0
    encoder: Encoder | None = None
    dense: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4)))
    dense_weight: float = 1.0

    def values(self, counts: Counts) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return a statement's known features and their values: TF-IDF, each block of length one."""
        return weigh(counts, self.idf, self.block_weights)

    def scores(self, statement: str | Statement) -> NDArray[np.float64]:
        """Return the raw scores of the four logics from n-grams, before calibration."""
        numbers, values = self.values(count(statement, context=bool(self.block_weights[CONTEXT])))
        # summed row by row: the same to the last digit whatever the machine's BLAS
        total = (self.weights[numbers] * values[:, None]).sum(axis=0)
        result: NDArray[np.float64] = total * self.scale + self.intercept
        return result

    def probabilities(self, statements: Sequence[str | Statement]) -> NDArray[np.float64]:
        """Return calibrated probabilities.

        Parameters
        ----------
        statements : sequence of str or Statement
            n statements.

        Returns
        -------
        ndarray of shape (n, 4)
            Of duty, proximity, consequence and none; each row sums to 1.
        """
        # statements that look the same to the model are coded once
        seen: dict[Key, str | Statement] = {}
        keys = []
        for statement in map(self._visible, statements):
            key = key_of(statement)
            seen.setdefault(key, statement)
            keys.append(key)
        scores = {key: self.scores(statement) for key, statement in seen.items()}
        if self.encoder is not None and seen:
            for key, vector in zip(seen, self.encoder.encode(list(seen)), strict=True):
                scores[key] += self.dense_weight * (self.dense * vector[:, None]).sum(axis=0)
        known = {key: self.calibrate(score) for key, score in scores.items()}
        return np.array([known[key] for key in keys]).reshape(len(keys), len(CODES))

    def _visible(self, statement: str | Statement) -> str | Statement:
        """Leave out the context where it has no weight: nothing to count, more texts the same."""
        if self.encoder is None and not self.block_weights[CONTEXT]:
            return key_of(statement)[0]
        return statement

    def calibrate(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn scores into probabilities."""
        return softmax(scores / self.temperature + self.shift)

    def logics(self, probabilities: NDArray[np.float64]) -> tuple[Logic, ...]:
        """Return the logics clearly present, the weightiest first; none of them if `none` is likeliest."""
        if CODES[int(probabilities.argmax())] is Logic.NONE:
            return ()
        argued = sorted(range(3), key=lambda k: -probabilities[k])
        return tuple(
            CODES[k] for at, k in enumerate(argued) if at == 0 or probabilities[k] >= self.present
        )


# By the C library, once: NumPy's logarithm differs in the last digit between processors.
_DAMPED = np.array([0.0, *(1.0 + math.log(times) for times in range(1, 1000))])


def weigh(
    counts: Counts, idf: NDArray[np.float32], block_weights: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Weigh counts by rarity and scale each block of features to its weight."""
    numbers, times, blocks = counts
    values = _DAMPED[np.minimum(times, len(_DAMPED) - 1).astype(np.int64)] * idf[numbers]
    for block, weight in enumerate(block_weights):
        of_block = blocks == block
        length = np.sqrt(np.square(values[of_block]).sum())
        if length > 0:
            values[of_block] *= weight / length
    known = values != 0
    return numbers[known], values[known]


N_FEATURES = 1 << BITS
