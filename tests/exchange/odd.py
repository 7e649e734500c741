"""Statements with text that no note has."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from etisklandskab import Concept, Logic, Statement
from etisklandskab.concepts import concepts_of
from etisklandskab.exchange.reviews import in_danish
from etisklandskab.landscape import ARGUED
from etisklandskab.notes.structure import name_place

ODD = st.text(
    st.one_of(
        st.sampled_from(
            "æøå👩🏽‍⚕️\U00010348\n\r\t\x00\x07\x1b\x85\u2028\ufeff\ud800\uffff#:\\<>&\"'·› "
        ),
        st.characters(),
    ),
    max_size=20,
)
LOGICS = st.lists(st.sampled_from(ARGUED), max_size=3, unique=True).map(tuple)


NAMES = ["Anna", "Bo Ø. 'x' & <y>"]


@st.composite
def statements(draw: st.DrawFn, text: st.SearchStrategy[str] = ODD) -> Statement:
    """Statements with text that no note has, coded by the program, a human, both or nobody."""
    statement = Statement(
        text=draw(text),
        source=draw(st.sampled_from(["Gruppe 1.docx", "Workshop 2/Gruppe 👩.txt"])),
        workshop=draw(text),
        group=draw(text),
        heading=draw(text),
        position=draw(st.integers(0, 3)),
        speaker=draw(text),
        before=draw(text),
        concepts=tuple(c for c in Concept if draw(st.booleans())),
        extra=draw(st.dictionaries(text, text, max_size=2)),
    )
    if draw(st.booleans()):
        p = draw(st.sampled_from([(0.7, 0.1, 0.15, 0.05), (0.25, 0.25, 0.25, 0.25), (0, 0, 0, 1)]))
        unsure, model = draw(st.booleans()), f"model {draw(st.integers(1, 2))}"
        statement = statement.with_coding(p, draw(LOGICS), model, unsure=unsure)
    if draw(st.booleans()):
        said = {name: draw(LOGICS) for name in NAMES if draw(st.booleans())}
        columns = {f"Kodet af {name}": in_danish(logics) for name, logics in said.items()}
        statement = replace(statement, extra={**statement.extra, **columns})
        statement = statement.with_review(draw(LOGICS))
    return statement


def other(logics: tuple[Logic, ...]) -> tuple[Logic, ...]:
    """Return what a human might say instead."""
    return (Logic.DUTY,) if logics == (Logic.PROXIMITY,) else (Logic.PROXIMITY,)


def as_read(statement: Statement) -> Statement:
    """Return a statement as the reader of notes gives it from any row."""
    named = name_place(statement.source)
    said = replace(
        statement,
        text=" ".join(statement.text.split()),
        group=statement.group or named.group,
        workshop=statement.workshop or named.workshop,
    )
    return concepts_of(said, ", ".join(statement.concepts))
