"""Comparing: what the test bears, what it does not, and how it is said."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from etisklandskab import Concept, Logic, Statement, aggregate, compare, load_model
from etisklandskab.landscape import ARGUED
from etisklandskab.profile.compare import _holm

LABEL = load_model().bundle_.label


def said(logic: Logic, group: str = "A", n: int = 1, **fields: object) -> list[Statement]:
    p = [0.97 if k is logic else 0.01 for k in Logic]
    statement = Statement("x", group=group, **fields)  # type: ignore[arg-type]
    return [
        replace(statement, position=at).with_coding(
            p, () if logic is Logic.NONE else (logic,), LABEL
        )
        for at in range(n)
    ]


def plain(words: str) -> str:
    return words.replace("\xa0", " ")


def test_a_clear_difference_is_borne_and_said_in_danish() -> None:
    about = {"concepts": (Concept.VÆRDIGT,)}
    some = said(Logic.DUTY, "Gruppe 1", 25, **about) + said(Logic.PROXIMITY, "Gruppe 1", 5, **about)
    some += said(Logic.DUTY, "Gruppe 2", 5, **about) + said(
        Logic.PROXIMITY, "Gruppe 2", 25, **about
    )
    found = compare(aggregate(some), "Gruppe 2", "Gruppe 1", concept="værdigt")
    difference = found.borne()[0]
    assert difference.p_holm < 0.01
    assert difference.low <= difference.difference <= difference.high
    words = plain(next(w for w in found.words() if "nærhed" in w))
    assert words.startswith("Gruppe 2 begrunder *værdigt* oftere med nærhed end Gruppe 1, ")
    assert "procentpoint [" in words


def test_the_words_hold_the_figures() -> None:
    some = said(Logic.DUTY, "A", 30) + said(Logic.CONSEQUENCE, "B", 30)
    for d in compare(aggregate(some), "A", "B").borne():
        share_a, share_b = round(100 * d.share_first), round(100 * d.share_second)
        assert f"{share_a} % mod {share_b} %" in plain(d.words)
        assert f"forskel {abs(share_a - share_b)} procentpoint" in plain(d.words)
        assert ("oftere" in d.words) == (d.difference > 0)


def test_what_chance_explains_is_no_difference() -> None:
    some = said(Logic.DUTY, "A", 6) + said(Logic.PROXIMITY, "A", 4)
    some += said(Logic.DUTY, "B", 4) + said(Logic.PROXIMITY, "B", 6)
    found = compare(aggregate(some), "A", "B")
    assert found.borne() == []
    assert found.words() == [
        "Ingen forskel er større, end tilfældet kan forklare (3 sammenligninger)."
    ]


def test_of_single_statements_it_is_the_exact_test() -> None:
    some = said(Logic.DUTY, "A", 12) + said(Logic.PROXIMITY, "A", 6)
    some += said(Logic.DUTY, "B", 5) + said(Logic.PROXIMITY, "B", 14)
    duty = next(d for d in compare(aggregate(some), "A", "B") if d.logic is Logic.DUTY)
    assert duty.unit == "udsagn"
    # the same test but for how the two tails are joined
    assert duty.p == pytest.approx(fisher_exact([[12, 6], [5, 14]]).pvalue, rel=0.5)


def test_what_one_speaker_says_changes_sides_together() -> None:
    def group(name: str, logic: Logic) -> list[Statement]:
        return [s for who in "xy" for s in said(logic, name, 15, speaker=f"{name}{who}")]

    apart = group("A", Logic.DUTY) + group("B", Logic.PROXIMITY)
    found = compare(aggregate(apart), "A", "B")
    assert {d.unit for d in found} == {"talere"}
    assert found.borne() == []  # two against two speakers: one deal in three is as far apart


def test_whole_documents_change_sides_where_there_are_enough() -> None:
    some = [
        s
        for name, logic in (("A", Logic.DUTY), ("B", Logic.PROXIMITY))
        for at in range(6)
        for s in said(logic, name, 5, source=f"{name}{at}.txt")
    ]
    found = compare(aggregate(some), "A", "B")
    assert {d.unit for d in found} == {"dokumenter"}
    assert found.borne()


def test_statements_change_sides_within_a_workshop_alone() -> None:
    # each workshop has its own logic, and each group spoke mostly in its own workshop
    some = said(Logic.DUTY, "A", 20, workshop="1") + said(Logic.DUTY, "B", 5, workshop="1")
    some += said(Logic.PROXIMITY, "A", 5, workshop="2")
    some += said(Logic.PROXIMITY, "B", 20, workshop="2")
    assert compare(aggregate(some), "A", "B").borne() == []


def test_all_pairs_the_rest_the_concepts_and_the_workshop_before() -> None:
    some = [
        s
        for group in ("A", "B", "C")
        for workshop in ("Workshop 1", "Workshop 2", "Workshop 10")
        for concept in Concept
        for logic in ARGUED
        for s in said(logic, group, 2, workshop=workshop, concepts=(concept,))
    ]
    profile = aggregate(some)
    assert len(compare(profile)) == 3 * 4 * 3  # groups, concepts with "alle", logics
    assert len(compare(profile, to="pairs")) == 3 * 4 * 3
    assert len(compare(profile, "A")) == 4 * 3
    assert len(compare(profile, "A", to="pairs")) == 2 * 4 * 3
    assert len(compare(profile, to="concepts")) == 3 * 3 * 3
    by_workshop = compare(aggregate(some, by="workshop"), to="previous", concept="alle")
    assert [(d.first, d.second) for d in by_workshop[::3]] == [
        ("Workshop 2", "Workshop 1"),
        ("Workshop 10", "Workshop 2"),
    ]
    both = compare(aggregate(some, by=("workshop", "group")), to="previous", concept="alle")
    assert ("Workshop 2 / A", "Workshop 1 / A") in {(d.first, d.second) for d in both}


def test_a_statement_on_both_concepts_does_not_change_sides() -> None:
    both = said(Logic.DUTY, "A", 30, concepts=(Concept.SUNDT, Concept.VÆRDIGT))
    assert len(compare(aggregate(both), to="concepts")) == 0


def test_sides_with_too_little_are_left_out() -> None:
    some = said(Logic.DUTY, "A", 30) + said(Logic.DUTY, "B", 4)
    assert len(compare(aggregate(some), "A", "B")) == 0


def test_there_is_no_such_group_or_way_to_compare() -> None:
    profile = aggregate(said(Logic.DUTY, "A", 9) + said(Logic.DUTY, "B", 9))
    with pytest.raises(KeyError, match="ingen gruppe"):
        compare(profile, "A", "C")
    with pytest.raises(ValueError, match='brug "rest"'):
        compare(profile, to="sidste")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match='by="workshop"'):
        compare(profile, to="previous")


def test_under_shuffled_groups_hardly_anything_is_borne(coded: list[Statement]) -> None:
    rng, false = random.Random(3), 0
    for _ in range(40):
        groups = [s.group for s in coded]
        rng.shuffle(groups)
        shuffled = [replace(s, group=g, speaker="") for s, g in zip(coded, groups, strict=True)]
        false += bool(compare(aggregate(shuffled), concept="alle").borne())
    assert false <= 6  # of 40, where 2 are expected


def test_the_same_figures_every_time_and_in_every_form(coded: list[Statement]) -> None:
    first, again = compare(aggregate(coded)), compare(aggregate(coded[::-1]))
    assert list(first) == list(again)
    frame = first.to_frame()
    assert len(frame) == len(first)
    assert frame["borne"].sum() == len(first.borne())
    assert first._repr_html_().count("<tr") == len(first) + 1


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holms_correction(p: list[float]) -> None:
    corrected = _holm(p)
    m = len(p)
    assert all(a <= b + 1e-12 <= 1 + 1e-12 for a, b in zip(p, corrected, strict=True))
    assert min(corrected) == pytest.approx(min(1.0, m * min(p)))
    order = np.argsort(p, kind="stable")
    assert list(np.array(corrected)[order]) == sorted(corrected)
