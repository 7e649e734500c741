"""Shares with intervals: what must hold for any counts, and that the intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etisklandskab import Logic
from etisklandskab.profile.shares import estimate, posterior

CONFUSION = ((80, 10, 6, 4), (10, 75, 8, 7), (9, 10, 71, 10), (4, 6, 8, 82))
counts = st.tuples(*[st.integers(0, 60)] * 4)


@settings(max_examples=40, deadline=None)
@given(counts)
def test_a_share_lies_in_its_interval_and_shares_sum_to_one(
    counts: tuple[int, int, int, int],
) -> None:
    shares = estimate(counts, CONFUSION)
    for share in shares.values():
        assert 0 <= share.low <= share.value <= share.high <= 1
    assert sum(shares[logic].value for logic in list(Logic)[:3]) == pytest.approx(1, abs=0.002)


@settings(max_examples=20, deadline=None)
@given(counts)
def test_the_same_cell_gives_the_same_figures(counts: tuple[int, int, int, int]) -> None:
    estimate.cache_clear()
    first = estimate(counts, CONFUSION)
    estimate.cache_clear()
    assert estimate(counts, CONFUSION) == first


def test_errors_of_the_classifier_widen_the_interval() -> None:
    cell = (20, 8, 6, 9)
    sure, unsure = estimate(cell, ()), estimate(cell, CONFUSION)
    for logic in Logic:
        assert unsure[logic].high - unsure[logic].low > sure[logic].high - sure[logic].low


def test_more_statements_narrow_it() -> None:
    small, large = estimate((6, 3, 2, 3), CONFUSION), estimate((120, 60, 40, 60), CONFUSION)
    for logic in Logic:
        assert large[logic].high - large[logic].low < small[logic].high - small[logic].low


def test_a_bias_of_the_classifier_is_taken_back() -> None:
    # half of all consequence is taken for duty: counts 75/0/25 mean 50/0/50
    biased = ((1000, 0, 0, 0), (0, 1000, 0, 0), (500, 0, 500, 0), (0, 0, 0, 1000))
    shares = estimate((750, 0, 250, 100), biased)
    assert shares[Logic.DUTY].value == pytest.approx(0.5, abs=0.05)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    given_truth = np.array(CONFUSION) / np.sum(CONFUSION, axis=1, keepdims=True)
    held = total = 0
    for _ in range(60):
        truth = rng.dirichlet([2, 2, 2, 2])
        cell = rng.multinomial(25, truth @ given_truth)
        shares = estimate(tuple(int(c) for c in cell), CONFUSION)  # type: ignore[arg-type]
        argued = truth[:3] / truth[:3].sum()
        for k, logic in enumerate(list(Logic)[:3]):
            held += shares[logic].low <= argued[k] <= shares[logic].high
            total += 1
    assert held / total > 0.88


def test_the_posterior_is_of_shares() -> None:
    draws = posterior((3, 4, 5, 6), CONFUSION)
    assert np.allclose(draws.sum(axis=1), 1)
    assert (draws >= 0).all()
