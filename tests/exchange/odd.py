"""Statements with text that no note has."""

from __future__ import annotations

from hypothesis import strategies as st

from etisklandskab import Concept, Logic, Statement
from etisklandskab.landscape import ARGUED

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


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    """Coded statements with text that no note has."""
    logics = draw(LOGICS)
    statement = Statement(
        text=draw(ODD),
        source=draw(st.sampled_from(["Gruppe 1.docx", "Workshop 2/Gruppe 👩.txt"])),
        workshop=draw(ODD),
        group=draw(ODD),
        heading=draw(ODD),
        position=draw(st.integers(0, 3)),
        speaker=draw(ODD),
        before=draw(ODD),
        concepts=tuple(draw(st.lists(st.sampled_from(Concept), unique=True))),
        extra=draw(st.dictionaries(ODD, ODD, max_size=2)),
    )
    if draw(st.booleans()):
        return statement
    p = draw(st.sampled_from([(0.7, 0.1, 0.15, 0.05), (0.25, 0.25, 0.25, 0.25), (0, 0, 0, 1)]))
    unsure = draw(st.booleans())
    return statement.with_coding(p, logics, f"model {draw(st.integers(1, 2))}", unsure=unsure)


def other(logics: tuple[Logic, ...]) -> tuple[Logic, ...]:
    """Return what a human might say instead."""
    return (Logic.DUTY,) if logics == (Logic.PROXIMITY,) else (Logic.PROXIMITY,)
