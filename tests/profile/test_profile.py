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
    assert list(frame.columns) == ["group", "concept", "logic", "n", "share", "low", "high"]
    mine = frame[(frame["group"] == "A") & (frame["concept"] == "alle")].set_index("logic")
    assert mine["n"].to_dict() == {"duty": 6, "proximity": 6, "consequence": 6, "none": 8}
    assert mine.loc["duty", "share"] > 0.5
    assert frame[frame["group"] == "I alt"]["n"].max() == 9


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
    shares = aggregate([said(Logic.NONE)] * 3).shares("A")
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
