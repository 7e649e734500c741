"""Figures against hand-made cases and scikit-learn's own."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from etisklandskab import Logic
from etisklandskab.training.evaluating import calibration_error, evaluate

CODES = tuple(Logic)


def test_all_right() -> None:
    result = evaluate(np.eye(4), CODES)
    assert (result.accuracy, result.macro_f1, result.kappa, result.calibration_error) == (
        1,
        1,
        1,
        0,
    )
    assert result.confusion.tolist() == np.eye(4, dtype=int).tolist()


def test_as_scikit_learn_says() -> None:
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(4), 200)
    truth = rng.integers(0, 4, 200)
    result = evaluate(p, [CODES[k] for k in truth])
    assert result.kappa == pytest.approx(cohen_kappa_score(truth, p.argmax(axis=1)))
    assert result.confusion.sum() == result.n == 200
    assert sum(row[3] for row in result.per_class.values()) == 200


def test_the_calibration_error_of_a_calibrated_coin_is_small() -> None:
    rng = np.random.default_rng(0)
    p = rng.uniform(0.5, 1, 20_000)
    right = rng.uniform(size=20_000) < p
    assert calibration_error(np.column_stack([p, 1 - p]), np.where(right, 0, 1)) < 0.02
    assert calibration_error(np.column_stack([p, 1 - p]), np.where(right, 1, 0)) > 0.4


def test_no_truth_is_refused() -> None:
    with pytest.raises(ValueError, match="ingen udsagn"):
        evaluate(np.zeros((0, 4)), [])
