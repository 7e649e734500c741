"""Which of the vision's words a statement is about."""

from __future__ import annotations

import pytest

from etisklandskab import Concept, Statement
from etisklandskab.concepts import concepts_of, find_concepts, parse_concepts

SUNDT, VÆRDIGT, SAMMEN = Concept


@pytest.mark.parametrize(
    ("word", "concept"),
    [
        *(
            (w, SUNDT)
            for w in ("sundt", "usundt", "sunde", "folkesundhed", "sundhedsfremme", "helbredet")
        ),
        *(
            (w, VÆRDIGT)
            for w in ("værdigt", "uværdigt", "værdighedspolitik", "menneskeværdige", "værdigheden")
        ),
        *(
            (w, SAMMEN)
            for w in (
                "sammen om",
                "samarbejdet",
                "på tværs",
                "fællesskaberne",
                "samskabelse",
                "inddrages",
            )
        ),
    ],
)
def test_words_with_their_endings_and_compounds(word: str, concept: Concept) -> None:
    assert find_concepts(f"Vi taler om {word} i dag") == (concept,)


@pytest.mark.parametrize(
    "text",
    [
        "Sundhedsplejersken kom",
        "en troværdig leder",
        "Øresund",
        "sund fornuft",
        "det er ønskværdigt",
    ],
)
def test_words_that_only_look_like_it(text: str) -> None:
    assert find_concepts(text) == ()


def test_own_words_go_before_the_heading() -> None:
    statement = Statement("Samarbejdet halter", heading="Værdigt")
    assert concepts_of(statement).concepts == (SAMMEN,)


def test_the_nearest_heading_that_names_a_concept_decides() -> None:
    statement = Statement("Hun vil selv", heading="Sundt › Værdigt › Opsamling")
    assert concepts_of(statement).concepts == (VÆRDIGT,)


def test_a_weak_word_decides_only_where_nothing_else_does() -> None:
    assert concepts_of(Statement("De pårørende ringer", heading="Sundt")).concepts == (SUNDT,)
    assert concepts_of(Statement("De pårørende ringer")).concepts == (SAMMEN,)
    assert concepts_of(Statement("Bussen kommer")).concepts == ()


def test_a_heading_counts_also_by_its_weaker_words() -> None:
    assert concepts_of(Statement("Kaffen er klar", heading="Med borgeren")).concepts == (SAMMEN,)
    both = Statement("De pårørende ringer", heading="Sundt › De frivillige")
    assert concepts_of(both).concepts == (SUNDT,)


def test_the_users_column_decides() -> None:
    statement = Statement("Samarbejdet halter", heading="Værdigt")
    assert concepts_of(statement, "Sundt; værdigt").concepts == (SUNDT, VÆRDIGT)
    assert parse_concepts("andet") == ()
