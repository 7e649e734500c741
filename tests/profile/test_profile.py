"""Profiles: cells, totals, the tidy table, JSON, merging."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etisklandskab import (
    Concept,
    EthicsClassifier,
    Logic,
    Profile,
    Statement,
    aggregate,
    load_model,
    to_frame,
)

SCHEMA = json.loads((files("etisklandskab.profile") / "schema.json").read_text("utf-8"))
LABEL = load_model().bundle_.label


def said(
    logic: Logic,
    group: str = "A",
    concepts: tuple[Concept, ...] = (),
    p: float = 0.7,
    text: str = "x",
) -> Statement:
    rest = (1 - p) / 3
    probabilities = [p if other is logic else rest for other in Logic]
    logics = () if logic is Logic.NONE else (logic,)
    statement = Statement(text, group=group, concepts=concepts)
    return statement.with_coding(probabilities, logics, LABEL)


statements = st.lists(
    st.builds(
        said,
        st.sampled_from(Logic),
        st.sampled_from(["A", "B", "Gruppe 10", "Gruppe 2"]),
        st.sampled_from([(), (Concept.SUNDT,), (Concept.SUNDT, Concept.VÆRDIGT)]),
        st.sampled_from([0.4, 0.7, 0.9]),
        st.sampled_from(["x", "y", "z"]),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=50, deadline=None)
@given(statements)
def test_every_statement_counts_once_in_the_total(some: list[Statement]) -> None:
    profile = aggregate(some)
    assert profile.cell().n == len(some)
    assert sum(profile.cell(*group).n for group in profile.groups) == len(some)


@settings(max_examples=50, deadline=None)
@given(statements, statements)
def test_merging_is_the_profile_of_both(a: list[Statement], b: list[Statement]) -> None:
    merged = Profile.merge(aggregate(a), aggregate(b))
    assert merged.to_dict() == aggregate(a + b).to_dict()


@settings(max_examples=25, deadline=None)
@given(statements)
def test_the_order_of_statements_does_not_matter(some: list[Statement]) -> None:
    assert aggregate(some).to_json() == aggregate(some[::-1]).to_json()


@settings(max_examples=25, deadline=None)
@given(statements)
def test_json_is_by_the_schema(some: list[Statement]) -> None:
    jsonschema.validate(aggregate(some).to_dict(), SCHEMA)


def test_a_statement_on_two_concepts_counts_under_both() -> None:
    profile = aggregate([said(Logic.DUTY, concepts=(Concept.SUNDT, Concept.VÆRDIGT))])
    assert [profile.cell("A", concept=c).n for c in ("sundt", "værdigt", "sammen om", "alle")] == [
        1,
        1,
        0,
        1,
    ]


def test_the_tidy_table() -> None:
    profile = aggregate(
        [said(Logic.DUTY)] * 6 + [said(Logic.NONE)] * 2 + [said(Logic.PROXIMITY, "B")]
    )
    frame = profile.to_frame()
    figures = ["share", "low", "high", "record_share", "record_low", "record_high"]
    assert list(frame.columns) == ["group", "concept", "logic", "n", "coded", *figures, "note"]
    mine = frame[(frame["group"] == "A") & (frame["concept"] == "alle")].set_index("logic")
    assert mine["n"].to_dict() == {"duty": 6, "proximity": 6, "consequence": 6, "none": 8}
    assert mine["coded"].to_dict() == {"duty": 6, "proximity": 0, "consequence": 0, "none": 2}
    assert mine.loc["duty", "share"] > 0.5
    assert frame[frame["group"] == "I alt"]["n"].max() == 9


def test_a_cell_with_too_little_gives_no_figure_but_says_so() -> None:
    profile = aggregate([said(Logic.DUTY)] * 4 + [said(Logic.NONE)] * 4)
    shares = profile.shares("A")
    assert shares[Logic.DUTY] is None  # 4 of 8 are argued
    assert shares[Logic.NONE] is not None
    rows = {row["logic"]: row for row in profile.rows() if row["group"] == "A"}
    assert rows["duty"]["note"] == "for få udsagn"
    assert rows["duty"]["share"] is rows["duty"]["record_low"] is None
    assert rows["none"]["note"] == ""


def test_weights_count() -> None:
    def with_weight(logic: Logic, weight: str) -> Statement:
        return replace(said(logic, p=0.9999), extra={"vægt": weight})

    some = [with_weight(Logic.DUTY, "3")] * 5 + [with_weight(Logic.PROXIMITY, "1,0")] * 5
    share = aggregate(some, weights="vægt").shares("A", kind="record")[Logic.DUTY]
    assert share is not None
    assert share.value == pytest.approx(0.75, abs=0.01)
    for wrong in ("", "meget", "0", "-1", "inf", "nan"):
        with pytest.raises(ValueError, match="ingen vægt over nul i kolonnen »vægt«"):
            aggregate([*some, with_weight(Logic.DUTY, wrong)], weights="vægt")


def test_frames_of_pandas_and_polars_give_the_same_profile(coded: list[Statement]) -> None:
    import polars as pl

    frame = to_frame(coded[:80])
    of_pandas, of_polars = aggregate(frame), aggregate(pl.from_pandas(frame))
    assert of_pandas.to_json() == of_polars.to_json() == aggregate(coded[:80]).to_json()


def test_statements_of_an_older_model_are_coded_again_if_asked(coded: list[Statement]) -> None:
    old = [replace(s, model="gammel 123") for s in coded[:20]] + coded[20:40]
    assert aggregate(old, recode=True).to_json() == aggregate(coded[:40]).to_json()


def test_groups_stand_in_natural_order_and_totals_last(coded: list[Statement]) -> None:
    profile = aggregate([said(Logic.DUTY, f"Gruppe {n}") for n in (10, 2, 1)])
    assert profile.groups == [("Gruppe 1",), ("Gruppe 2",), ("Gruppe 10",)]
    assert list(aggregate(coded).rows())[-1]["group"] == "I alt"


def test_by_several_fields_and_own_columns(coded: list[Statement]) -> None:
    profile = aggregate(coded, by=("workshop", "group"))
    assert ("Workshop 1", "Gruppe 3") in profile.groups
    own = aggregate([replace(said(Logic.DUTY), extra={"kommune": "Engholm"})], by="kommune")
    assert own.groups == [("Engholm",)]
    with pytest.raises(ValueError, match="intet felt 'farve'"):
        aggregate(coded, by="farve")


def test_the_most_typical_statement_is_the_surest() -> None:
    profile = aggregate([said(Logic.DUTY, p=0.6, text="a"), said(Logic.DUTY, p=0.9, text="b")])
    assert profile.typical("A") == {Logic.DUTY: "b"}


def test_nothing_argued_gives_no_share() -> None:
    shares = aggregate([said(Logic.NONE)] * 5).shares("A")
    assert shares[Logic.DUTY] is None
    assert shares[Logic.NONE] is not None


def test_what_is_not_coded_or_not_by_this_model_is_refused() -> None:
    with pytest.raises(ValueError, match="er ikke kodet"):
        aggregate([Statement("x")])
    with pytest.raises(ValueError, match="ikke af »etisklandskab-full"):
        aggregate([replace(said(Logic.DUTY), model="gammel 123")])


def test_a_model_of_ones_own_is_named(coded: list[Statement]) -> None:
    own = EthicsClassifier(cv=0).fit(["ret", "lyt"], ["duty", "proximity"])
    profile = aggregate(own.code(coded[:5]), model=own)
    assert profile.model == own.bundle_.label
    with pytest.raises(ValueError, match="kan ikke lægges sammen"):
        Profile.merge(profile, aggregate(coded))


def test_there_is_no_such_group_or_concept(coded: list[Statement]) -> None:
    with pytest.raises(KeyError, match="Gruppe 1"):
        aggregate(coded).cell("Gruppe 99")
    with pytest.raises(KeyError, match="sammen om"):
        aggregate(coded).cell(concept="rart")
