"""Matters: the lexicon finds what it names, and not what only looks like it."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etisklandskab import Statement
from etisklandskab.matters import MATTERS, find_matters, matters_of

ENTRIES = tomllib.loads((files("etisklandskab") / "matters.toml").read_text("utf-8"))["matter"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["title"])
def test_each_matter_finds_its_example(entry: dict[str, str]) -> None:
    assert entry["title"] in find_matters(entry["example"])


def test_titles_are_unique_and_in_order() -> None:
    titles = [entry["title"] for entry in ENTRIES]
    assert list(MATTERS) == titles
    assert len(set(titles)) == len(titles) >= 30


@pytest.mark.parametrize(
    "text",
    [
        "Forstanden siger noget andet",  # tand
        "Hendes tilstand er uændret",
        "Vi møder den enkelte, hvor han er",  # møde
        "Det skal gælde for alle",  # gæld
        "Så ryger det ud igen",  # rygning
        "Det er altid samtidig",  # tid
    ],
)
def test_what_only_looks_like_a_matter_is_none(text: str) -> None:
    assert find_matters(text) == ()


def test_the_heading_counts_where_the_statement_names_none() -> None:
    assert matters_of(Statement("Det går nok", heading="Rygning")) == ("Rygning",)
    assert matters_of(Statement("Medicinen venter", heading="Rygning")) == (
        "Læge, medicin og behandling",
    )


@given(st.text())
def test_any_text_gives_matters_of_the_lexicon_whatever_its_case(text: str) -> None:
    found = find_matters(text)
    assert set(found) <= set(MATTERS)
    assert list(found) == [title for title in MATTERS if title in found]


@given(st.sampled_from(ENTRIES))
def test_capitals_do_not_matter(entry: dict[str, str]) -> None:
    assert find_matters(entry["example"].upper()) == find_matters(entry["example"].lower())
