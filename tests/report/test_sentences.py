"""Sentences say no more than the figures bear: each claim of a text is bound to its figure here."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etisklandskab import Concept, Logic, Profile, Statement, aggregate, load_model
from etisklandskab.landscape import ARGUED
from etisklandskab.report.sentences import (
    absent,
    enumerate_danish,
    interval,
    leading,
    silent,
    summary,
)

LABEL = load_model().bundle_.label


def profile(**groups: tuple[int, int, int]) -> Profile:
    """Make groups with so many sure statements of each logic on *sundt*."""
    said = []
    for group, counts in groups.items():
        for logic, n in zip(ARGUED, counts, strict=True):
            p = [0.97 if k is logic else 0.01 for k in Logic]
            one = Statement("x", group=group, concepts=(Concept.SUNDT,))
            said += [replace(one, position=at).with_coding(p, (logic,), LABEL) for at in range(n)]
    return aggregate(said)


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def test_a_sure_lead_is_said_with_its_figures() -> None:
    some = profile(A=(28, 4, 4))
    assert leading(some, concept="sundt") == [Logic.DUTY]
    text = summary(some, "A", concept="sundt")
    shares = some.shares("A", concept="sundt")
    assert plain(text).startswith("A begrunder *sundt* mest med pligt, ")
    for logic in ARGUED:
        share = shares[logic]
        assert share is not None
        assert interval(share) in text


def test_an_unsure_lead_is_not_said_to_be_one() -> None:
    some = profile(A=(8, 8, 0))
    assert set(leading(some, concept="sundt")) == {Logic.DUTY, Logic.PROXIMITY}
    assert "tallene afgør ikke hvilken" in summary(some, concept="sundt")
    assert summary(some, concept="sundt").startswith("Grupperne begrunder *sundt* mest med")


@pytest.mark.parametrize(
    ("counts", "said"),
    [((0, 0, 0), None), ((1, 0, 0), "ét begrundet udsagn"), ((2, 1, 1), "4 begrundede udsagn")],
)
def test_too_little_gives_no_figure(counts: tuple[int, int, int], said: str | None) -> None:
    some = profile(A=counts, B=(9, 9, 9))
    if said is None:
        assert ("A",) not in some.groups
        return
    text = summary(some, "A", concept="sundt")
    assert "for få udsagn" in text
    assert said in text
    assert "%" not in text
    assert leading(some, "A", concept="sundt") == []


def test_what_no_group_said_did_not_occur() -> None:
    some = profile(A=(9, 9, 0), B=(9, 0, 0))
    assert absent(some) == [
        "Ingen begrundede *sundt* med konsekvens (0 af 27 begrundede udsagn).",
        "A begrundede ikke *sundt* med konsekvens (0 af 18 begrundede udsagn).",
        "B begrundede ikke *sundt* med nærhed eller konsekvens (0 af 9 begrundede udsagn).",
    ]
    assert absent(profile(A=(3, 4, 0))) == []  # of seven nobody need miss it


def test_a_logic_that_is_second_in_a_statement_was_said() -> None:
    some = profile(A=(9, 9, 0))
    both = replace(some.statements[0], logics=(Logic.DUTY, Logic.CONSEQUENCE))
    assert absent(aggregate([*some.statements[1:], both])) == []


def test_who_gave_no_reason_on_a_concept() -> None:
    assert silent(profile(A=(5, 0, 0))) == [
        "A har ingen begrundede udsagn om *værdigt* eller *sammen om*."
    ]


@given(st.lists(st.text("abc", min_size=1), min_size=1, max_size=5))
def test_a_list_names_all_in_order(names: list[str]) -> None:
    text = enumerate_danish(names)
    assert text.replace(" og ", ", ").split(", ") == names
