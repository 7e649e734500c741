"""Statements to show: typical, not near-copies; dilemmas weigh, tensions are on the same matter."""

from __future__ import annotations

import pytest

from etisklandskab import EthicsClassifier, Statement
from etisklandskab.matters import matters_of
from etisklandskab.report.telling import Telling


@pytest.fixture(scope="module")
def telling(coded: list[Statement], model: EthicsClassifier) -> Telling:
    return Telling(coded, model.bundle_.linear)


def test_fragments_pages_and_what_breaks_off_are_not_shown(telling: Telling) -> None:
    assert telling.statements
    for s in telling.statements:
        assert 4 <= len(s.text.split()) <= 45
        assert s.logics
        assert not s.text.endswith(("–", "…"))


def test_chosen_are_not_near_copies(model: EthicsClassifier) -> None:
    texts = [
        "Alle har ret til samme hjælp",
        "Alle har ret til den samme hjælp",
        "Lov er lov for alle her",
    ]
    coded = model.code([Statement(text, position=at) for at, text in enumerate(texts)])
    chosen = Telling(coded, model.bundle_.linear).choose(coded, 3)
    assert len(chosen) == 2
    assert texts[2] in {s.text for s in chosen}


def test_one_of_each_logic_the_commonest_first(coded: list[Statement], telling: Telling) -> None:
    own = [s for s in coded if s.group == "Gruppe 3"]
    chosen = telling.of_each_logic(own)
    logics = [s.logic for s in chosen]
    assert len(set(logics)) == len(logics)
    counts = [sum(s.logic is logic for s in own) for logic in logics]
    assert counts == sorted(counts, reverse=True)
    assert {s.group for s in chosen} == {"Gruppe 3"}


def test_a_dilemma_holds_two_logics_and_a_word_that_weighs(
    coded: list[Statement], telling: Telling
) -> None:
    found = telling.dilemmas(coded, 6)
    assert found
    for s in found:
        assert len(s.logics) >= 2
        assert len(s.text.split()) >= 9


def test_a_tension_is_on_one_matter_in_two_logics_and_each_stands_once(telling: Telling) -> None:
    found = telling.tensions(8)
    assert len(found) >= 4
    for one, other in found:
        assert one.logic is not other.logic
        assert set(matters_of(one)) & set(matters_of(other))
        assert not one.unsure
        assert not other.unsure
    shown = [id(s) for pair in found for s in pair]
    assert len(set(shown)) == len(shown)


def test_nothing_argued_gives_nothing(model: EthicsClassifier) -> None:
    empty = Telling([], model.bundle_.linear)
    assert empty.choose([], 3) == empty.tensions(3) == empty.dilemmas([], 3) == []
