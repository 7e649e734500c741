"""Statements to and from pandas and polars."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

from etisklandskab import NotesError, Statement, from_frame, to_frame


def test_through_pandas_and_back(coded: list[Statement]) -> None:
    frame = to_frame(coded[:50]).fillna("")
    again = from_frame(frame)
    assert [(s.text, s.logic, s.group, s.source) for s in again] == [
        (s.text, s.logic, s.group, s.source) for s in coded[:50]
    ]


def test_from_polars(coded: list[Statement]) -> None:
    frame = pl.DataFrame({"udsagn": ["Lyt", "Aftale"], "gruppe": ["A", "B"], "kommune": ["E", "F"]})
    assert [(s.text, s.group, s.extra["kommune"]) for s in from_frame(frame)] == [
        ("Lyt", "A", "E"),
        ("Aftale", "B", "F"),
    ]


def test_missing_values_are_no_text() -> None:
    frame = pd.DataFrame({"text": ["Lyt", None, float("nan")], "group": ["A", "B", None]})
    assert [s.text for s in from_frame(frame)] == ["Lyt"]


def test_a_frame_without_statements_is_refused() -> None:
    with pytest.raises(NotesError, match="ingen kolonne med udsagn"):
        from_frame(pd.DataFrame({"a": [1]}))
