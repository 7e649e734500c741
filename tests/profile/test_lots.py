"""Statements to look at are drawn by lot, those in doubt more often, and the lots are remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etisklandskab.columns import check_of
from etisklandskab.landscape import Logic, Statement
from etisklandskab.profile.lots import draw_of, random_part, worth_a_look

Chances = tuple[float, float, float, float]
SURE, TORN = (0.97, 0.01, 0.01, 0.01), (0.5, 0.4, 0.1, 0.0)


def coded(chances: Sequence[Chances], workshop: str = "") -> list[Statement]:
    return [
        Statement(f"nr. {n}", position=n, workshop=workshop).with_coding(p, [Logic.DUTY], "m")
        for n, p in enumerate(chances)
    ]


def reviewed(said: Sequence[Statement], seen: set[int]) -> list[Statement]:
    return [s.with_review([]) if at in seen else s for at, s in enumerate(said)]


@st.composite
def chances(draw: st.DrawFn) -> Chances:
    p = [draw(st.floats(0.001, 1)) for _ in range(4)]
    duty, proximity, consequence, none = (round(x / sum(p), 4) for x in p)
    return duty, proximity, consequence, none


many = st.lists(chances(), min_size=1, max_size=40)


@given(many, st.randoms())
def test_the_order_is_of_the_statements_not_of_their_places(p: list[Chances], rng: object) -> None:
    said = coded(p)
    mixed = list(said)
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    assert [said[at] for at in worth_a_look(said)] == [mixed[at] for at in worth_a_look(mixed)]


@given(many, st.integers(0, 40))
def test_what_was_looked_at_from_the_top_is_the_random_part(p: list[Chances], n: int) -> None:
    said = coded(p)
    first = worth_a_look(said, most=n)
    own = reviewed(said, set(first))
    assert random_part(own) == sorted(first)
    assert worth_a_look(own, most=len(said)) == worth_a_look(said, most=len(said))[n:]


@given(many, st.sets(st.integers(0, 39)))
def test_the_random_part_is_reviewed_and_passes_over_a_tenth_at_most(
    p: list[Chances], seen: set[int]
) -> None:
    own = reviewed(coded(p), seen)
    part = set(random_part(own))
    assert part <= seen
    order = sorted(range(len(own)), key=lambda at: draw_of(own[at]))
    reach = max((order.index(at) for at in part), default=-1) + 1
    assert len(part) >= 0.9 * reach
    assert part == set(order[:reach]) & seen


def test_one_hard_statement_passed_over_does_not_end_the_sample() -> None:
    said = coded([TORN] * 30)
    order = worth_a_look(said, most=20)
    assert len(random_part(reviewed(said, set(order) - {order[2]}))) == 19
    assert len(random_part(reviewed(said, set(order) - set(order[2:8])))) == 2


def test_what_she_chose_herself_is_not_in_it() -> None:
    said = coded([TORN] * 200)
    last = worth_a_look(said, most=200)[-50:]
    assert random_part(reviewed(said, set(last))) == []


def test_each_workshop_has_a_part_of_its_own() -> None:
    first, second = coded([TORN] * 40, "1"), coded([TORN] * 40, "2")
    seen = set(worth_a_look(first, most=25))
    assert random_part([*reviewed(first, seen), *second]) == sorted(seen)


def test_doubt_is_drawn_sooner_and_what_is_sure_now_and_then() -> None:
    said = coded([SURE] * 300 + [TORN] * 100)
    first = worth_a_look(said, most=60)
    torn = sum(at >= 300 for at in first)
    assert 45 <= torn < 60  # 100 of 400, but each much likelier than one that is sure


def test_of_equal_doubt_all_are_as_likely() -> None:
    places = [worth_a_look(coded([TORN] * 5, str(n)), most=1)[0] for n in range(3)]
    assert len(set(places)) == 1  # a workshop's name is not part of the lot ...
    firsts = np.bincount(
        [
            worth_a_look([replace(s, source=str(n)) for s in coded([TORN] * 5)], most=1)[0]
            for n in range(1000)
        ]
    )
    assert firsts == pytest.approx(np.full(5, 200), abs=60)  # ... but its file is


def test_only_what_a_model_has_coded_and_no_human_is_to_look_at() -> None:
    said = [*coded([TORN] * 3), Statement("ikke kodet"), Statement("i hånden").with_review([])]
    assert sorted(worth_a_look(said)) == [0, 1, 2]
    assert random_part(said) == []


def test_a_lone_surrogate_has_a_lot() -> None:
    (said,) = coded([TORN])
    assert draw_of(replace(said, text="\ud800")) > 0


def test_what_the_model_has_learnt_does_not_show_how_it_errs() -> None:
    own = reviewed(coded([TORN] * 40), set(range(20)))
    all_ = reviewed(own, set(range(40)))
    learnt = {check_of(s) for s in own if s.reviewed}
    assert random_part(all_, learnt) == list(range(20, 40))
