"""What a human has coded of a random part corrects the model on the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from ppi_py import ppi_mean_ci

from etisklandskab.landscape import Logic, Statement
from etisklandskab.model.reliability import Reliability
from etisklandskab.profile.correction import ENOUGH, draw_of, random_part
from etisklandskab.profile.needed import half_width, reviews_needed, tell_reviews
from etisklandskab.profile.priority import worth_a_look
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
    """Return the profile when the first n by lot are reviewed."""
    seen = set(sorted(range(len(said)), key=lambda at: draw_of(said[at]))[:n])
    own = [review(s, truth[at]) if at in seen else s for at, s in enumerate(said)]
    return Profile(("group",), tuple(own), "m", EVEN)


@given(st.permutations(range(12)), st.sets(st.integers(0, 11)))
def test_the_random_part_depends_on_neither_order_nor_what_else_was_reviewed(
    order: list[int], seen: set[int]
) -> None:
    coded = (0.4, 0.2, 0.2, 0.2)
    said = [Statement(f"nr. {k}", position=k).with_coding(coded, [Logic.DUTY], "m") for k in order]
    own = [s.with_review([]) if s.position in seen else s for s in said]
    by_lot = sorted(range(12), key=lambda at: draw_of(said[at]))
    part = random_part(own)
    assert part == sorted(by_lot[: len(part)])
    if len(part) < 12:
        assert not own[by_lot[len(part)]].reviewed


def test_each_workshop_has_a_random_part_of_its_own() -> None:
    said, truth = material(knowing)
    first = profiled([replace(s, workshop="1") for s in said], truth, 30).statements
    both = [*first, *(replace(s, workshop="2") for s in said)]
    assert len(random_part(both)) == len(random_part(first)) >= 30


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


def test_it_agrees_with_prediction_powered_inference() -> None:
    said, truth = material(leaning, seed=3)
    profile = profiled(said, truth, 80)
    part = random_part(profile.statements)
    p = np.array([s.probabilities for s in said])
    rest = np.setdiff1d(np.arange(N), part)
    draws = profile.posterior().record
    for k in range(4):
        human = (truth[part] == k).astype(float)
        (low,), (high,) = ppi_mean_ci(human, p[part, k], p[rest, k], alpha=0.05)
        assert low <= draws[:, k].mean() <= high
        # theirs counts no statement as known
        assert np.ptp(np.quantile(draws[:, k], [0.025, 0.975])) <= 1.1 * (high - low)


def test_all_reviewed_is_all_known() -> None:
    said, truth = material(noise)
    assert half_width(profiled(said, truth, N)) == 0


def test_every_second_to_look_at_is_drawn_by_lot() -> None:
    said, _ = material(knowing)
    looks = worth_a_look(said, most=40)
    drawn = {look.at for look in looks if look.drawn}
    assert 15 <= len(drawn) <= 20
    seen = {look.at for look in looks}
    own = [s.with_review([]) if at in seen else s for at, s in enumerate(said)]
    assert drawn <= set(random_part(own)) <= seen


def test_the_promised_number_of_reviews_is_about_what_it_takes() -> None:
    said, truth = material(knowing)
    profile = Profile(("group",), tuple(said), "m", EVEN)
    n = reviews_needed(profile, 0.04)
    assert 0 < n < N
    looks = {look.at for look in worth_a_look(said, most=n)}
    own = [review(s, truth[at]) if at in looks else s for at, s in enumerate(said)]
    after = replace(profile, statements=tuple(own))
    assert 0.02 < half_width(after) < 0.06
    assert reviews_needed(replace(profile, statements=tuple(own)), 0.1) == 0


def test_it_is_said_in_danish_what_was_seen_and_what_it_takes() -> None:
    said, truth = material(knowing)
    assert tell_reviews(profiled(said, truth, 0)) == ""
    few = tell_reviews(profiled(said, truth, 5))
    assert few.startswith("Et menneske har set 5 udsagn, 5 af dem trukket ved lod (fra 20 kan")
    assert "mere, i rækkefølgen" in few
    all_ = tell_reviews(profiled(said, truth, N))
    assert "tallene er rettet" in all_
    assert all_.endswith("Det noterede i alt er sikkert på ±0 procentpoint.")
