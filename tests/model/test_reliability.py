"""How far probabilities can be trusted on a document of its own."""

from __future__ import annotations

import numpy as np
import pytest

from etisklandskab.model.reliability import Reliability, measure


def told(drift: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Documents whose true codes follow the probabilities, but for an offset of each document."""
    rng = np.random.default_rng(seed)
    scores, truth, documents = [], [], []
    for document in range(120):
        s = rng.normal(0, 1.5, (30, 4))
        shifted = s + rng.normal(0, drift, 4)
        p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
        truth += [int(rng.choice(4, p=row)) for row in p]
        scores.append(np.exp(s) / np.exp(s).sum(axis=1, keepdims=True))
        documents += [f"d{document}"] * 30
    return np.concatenate(scores), np.array(truth), documents


@pytest.mark.parametrize("drift", [0.0, 0.4, 0.9])
def test_the_drift_between_documents_is_found_again(drift: float) -> None:
    assert measure(*told(drift)).drift == pytest.approx(drift, abs=0.2)


def test_the_prior_is_the_shares_of_what_was_measured_on() -> None:
    p = np.full((10, 4), 0.25)
    assert measure(p, np.array([0] * 5 + [3] * 5), ["a"] * 10).prior == (0.5, 0.0, 0.0, 0.5)


def test_with_one_document_it_is_as_for_a_model_of_which_nothing_is_known() -> None:
    p = np.full((8, 4), 0.25)
    assert measure(p, np.arange(8) % 4, ["a"] * 8).drift == Reliability().drift > 0
