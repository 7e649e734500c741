"""What a human has coded of a random part corrects the model on the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from ppi_py import ppi_mean_ci

from etisklandskab.landscape import Logic, Statement
from etisklandskab.model.reliability import Reliability
from etisklandskab.profile.correction import ENOUGH
from etisklandskab.profile.lots import draw_of, random_part, worth_a_look
from etisklandskab.profile.needed import half_width, reviews_needed, tell_reviews
from etisklandskab.profile.profile import Profile

CODES = tuple(Logic)
N = 240
EVEN = Reliability(drift=0.3)


def review(statement: Statement, code: int) -> Statement:
    return statement.with_review([] if CODES[code] is Logic.NONE else [CODES[code]])


def material(
    tell: Callable[[np.ndarray, np.random.Generator], np.ndarray], seed: int = 0
) -> tuple[list[Statement], np.ndarray]:
    """Return statements with what a model tells of their true codes."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(4, size=N, p=(0.2, 0.45, 0.25, 0.1))
    said = []
    for at, p in enumerate(tell(truth, rng)):
        statement = Statement(
            f"{seed}: udsagn {at}", source=f"{at % 6}", group="AB"[at % 2], position=at
        )
        duty, proximity, consequence, none = p / p.sum()
        chances = (duty, proximity, consequence, none)
        said.append(statement.with_coding(chances, [Logic.DUTY], "m"))
    return said, truth


def knowing(truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A model that is right in four of five and says so."""
    shown = np.where(rng.random(N) < 0.8, truth, rng.choice(4, size=N))
    return np.eye(4)[shown] * 0.78 + 0.055


def leaning(truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A model that has learnt elsewhere to find duty everywhere."""
    return knowing(truth, rng) * np.exp([2.5, 0, 0, 0])


def noise(truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A model that is as sure as ever, of nothing."""
    return knowing(rng.choice(4, size=N, p=(0.7, 0.1, 0.1, 0.1)), rng)


def profiled(said: list[Statement], truth: np.ndarray, n: int) -> Profile:
    """Return the profile when the first n to look at are reviewed."""
    seen = set(worth_a_look(said, most=n))
    own = [review(s, truth[at]) if at in seen else s for at, s in enumerate(said)]
    return Profile(("group",), tuple(own), "m", EVEN)


def test_few_reviews_correct_nothing() -> None:
    said, truth = material(knowing)
    assert profiled(said, truth, ENOUGH - 5).correction is None
    correction = profiled(said, truth, ENOUGH).correction
    assert correction is not None
    assert correction.n >= ENOUGH


def test_a_model_that_leans_is_set_right() -> None:
    said, truth = material(leaning)
    true = (truth == 0).sum() / (truth < 3).sum()
    before = profiled(said, truth, 0).shares(kind="record")[Logic.DUTY]
    after = profiled(said, truth, 60).shares(kind="record")[Logic.DUTY]
    assert before is not None
    assert after is not None
    assert abs(after.value - true) < abs(before.value - true) / 2
    assert after.low <= true <= after.high


def test_intervals_hold_where_the_model_knows_and_where_it_does_not() -> None:
    held, before = [], []
    for tell in (knowing, leaning, noise):
        for seed in range(8):
            said, truth = material(tell, seed)
            own = np.bincount(truth, minlength=4)[:3]
            for n, kept in ((0, before), (40, held)):
                shares = profiled(said, truth, n).shares(kind="record")
                for k, logic in enumerate(CODES[:3]):
                    share = shares[logic]
                    assert share is not None
                    kept.append(share.low - 6e-4 <= own[k] / own.sum() <= share.high + 6e-4)
    assert np.mean(before) < 0.7
    assert 0.88 <= np.mean(held) <= 1  # 72 shares, three of each material together


@pytest.mark.parametrize("tell", [knowing, noise])
def test_it_agrees_with_prediction_powered_inference(
    tell: Callable[[np.ndarray, np.random.Generator], np.ndarray],
) -> None:
    said, truth = material(tell, seed=3)
    profile = profiled(said, truth, 80)
    part = random_part(profile.statements)
    p = np.array([s.probabilities for s in said])
    # theirs is weighted by how rarely a statement is drawn: its lot below the first that is not
    left = np.setdiff1d(np.arange(N), part)
    rate = np.square(np.maximum(1 - np.square(p.round(4)).sum(axis=1), 0.1))
    weights = 1 / -np.expm1(-rate[part] * min(draw_of(said[at]) for at in left))
    draws = profile.posterior().record
    for k in range(4):
        human = (truth[part] == k).astype(float)
        (low,), (high,) = ppi_mean_ci(human, p[part, k], p[:, k], alpha=0.05, w=weights)
        assert low <= draws[:, k].mean() <= high
        # theirs counts no statement as known
        assert np.ptp(np.quantile(draws[:, k], [0.025, 0.975])) <= 1.1 * (high - low)


def test_all_reviewed_is_all_known() -> None:
    said, truth = material(noise)
    assert half_width(profiled(said, truth, N)) == 0


def test_the_promised_number_of_reviews_is_about_what_it_takes() -> None:
    said, truth = material(knowing)
    profile = Profile(("group",), tuple(said), "m", EVEN)
    n = reviews_needed(profile, 0.04)
    assert 0 < n < N
    looks = set(worth_a_look(said, most=n))
    own = [review(s, truth[at]) if at in looks else s for at, s in enumerate(said)]
    after = replace(profile, statements=tuple(own))
    assert 0.02 < half_width(after) < 0.06
    assert reviews_needed(replace(profile, statements=tuple(own)), 0.1) == 0


def test_it_is_said_in_danish_what_was_seen_and_what_it_takes() -> None:
    said, truth = material(knowing)
    assert tell_reviews(profiled(said, truth, 0)) == ""
    few = tell_reviews(profiled(said, truth, 5))
    assert few.startswith(
        "Et menneske har set 5 udsagn, 5 af dem i rækkefølgen »Vigtigst at se på« (fra 20 kan"
    )
    assert "mere i samme rækkefølge" in few
    all_ = tell_reviews(profiled(said, truth, N))
    assert "tallene er rettet" in all_
    assert all_.endswith("Det noterede i alt er sikkert på ±0 procentpoint.")
