"""How well a model codes labelled statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etisklandskab.errors import MissingExtraError
from etisklandskab.landscape import Logic
from etisklandskab.model.linear import CODES

__all__ = ["Evaluation", "calibration_error", "evaluate", "f1_of_logics"]


def calibration_error(
    probabilities: NDArray[np.float64], truth: NDArray[np.int64], bins: int = 10
) -> float:
    """Return the expected calibration error of the likeliest class.

    Parameters
    ----------
    probabilities : ndarray of shape (n, k)
        Each row sums to 1.
    truth : ndarray of shape (n,)
        Column of the true class.
    bins : int, default=10
        Bins with equally many statements.

    Returns
    -------
    float
        Between 0 and 1: the mean distance of confidence and accuracy.

    References
    ----------
    Nixon et al., "Measuring Calibration in Deep Learning", CVPR workshops 2019, section 3
    (adaptive bins).

    Examples
    --------
    >>> calibration_error(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([0, 1]), bins=1)
    0.5
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    order = np.argsort(confidence, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [len(part) * abs(confidence[part].mean() - right[part].mean()) for part in parts]
    return float(sum(gaps) / len(truth))


@dataclass(frozen=True)
class Evaluation:
    """Figures of a model against a gold standard of n statements.

    Parameters
    ----------
    n : int
        Statements.
    accuracy, macro_f1, kappa, calibration_error : float
        Kappa is Cohen's; the calibration error is the expected one.
    per_class : dict of Logic to tuple of (precision, recall, F1, n)
        By true logic.
    confusion : ndarray of shape (4, 4)
        True logic by row, predicted by column: duty, proximity, consequence, none.
    """

    n: int
    accuracy: float
    macro_f1: float
    kappa: float
    calibration_error: float
    per_class: dict[Logic, tuple[float, float, float, int]]
    confusion: NDArray[np.int64]


def evaluate(probabilities: NDArray[np.float64], truth: Sequence[Logic]) -> Evaluation:
    """Compare probabilities of the four logics with the truth.

    Parameters
    ----------
    probabilities : ndarray of shape (n, 4)
        Of duty, proximity, consequence and none.
    truth : sequence of Logic
        n weightiest logics.

    Raises
    ------
    ValueError
        If there are no statements.
    MissingExtraError
        If scikit-learn is not installed.
    """
    try:
        from sklearn import metrics
    except ImportError as error:
        raise MissingExtraError("At evaluere en model", "learn") from error
    if not truth:
        raise ValueError("der er ingen udsagn med facit")
    y = np.array([CODES.index(logic) for logic in truth])
    predicted = probabilities.argmax(axis=1)
    labels = sorted(set(y) | set(predicted))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        y, predicted, labels=range(4), zero_division=0
    )
    single = len(labels) == 1  # kappa is undefined where all agree on one class
    return Evaluation(
        n=len(y),
        accuracy=float(metrics.accuracy_score(y, predicted)),
        macro_f1=float(
            metrics.f1_score(y, predicted, labels=labels, average="macro", zero_division=0)
        ),
        kappa=1.0 if single else float(metrics.cohen_kappa_score(y, predicted)),
        calibration_error=calibration_error(probabilities, y),
        per_class={
            logic: (float(precision[k]), float(recall[k]), float(f1[k]), int(support[k]))
            for k, logic in enumerate(CODES)
        },
        confusion=metrics.confusion_matrix(y, predicted, labels=range(4)),
    )


def f1_of_logics(named: Sequence[Collection[Logic]], truth: Sequence[Collection[Logic]]) -> float:
    """Return the F1 over all logics of all statements (micro-averaged).

    Parameters
    ----------
    named, truth : sequence of collection of Logic
        The logics that the model and the coders named in each of n statements.

    Examples
    --------
    >>> f1_of_logics([(Logic.DUTY,)], [(Logic.DUTY, Logic.PROXIMITY)])
    0.6666666666666666
    """
    both = sum(len(set(a) & set(b)) for a, b in zip(named, truth, strict=True))
    return 2 * both / max(1, sum(map(len, named)) + sum(map(len, truth)))
