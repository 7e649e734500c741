"""Statements to and from data frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etisklandskab.columns import to_row
from etisklandskab.errors import MissingExtraError
from etisklandskab.landscape import Statement

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["from_frame", "to_frame"]


def to_frame(statements: Iterable[Statement]) -> pd.DataFrame:
    """Return statements as a pandas frame, a row each.

    Parameters
    ----------
    statements : iterable of Statement
        Coded or not.

    Returns
    -------
    pandas.DataFrame
        Columns as in a coded table, then the user's own.

    Raises
    ------
    MissingExtraError
        If pandas is not installed.

    Examples
    --------
    >>> to_frame([Statement("Aftale er aftale", group="A")])["group"].tolist()
    ['A']
    """
    return frame_of([to_row(statement) for statement in statements])


def frame_of(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return rows as a pandas frame, with the columns in this order.

    Raises
    ------
    MissingExtraError
        If pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtraError("Tabeller i pandas", "pandas") from error
    return pd.DataFrame(rows, columns=columns)


def from_frame(frame: Any, *, name: str = "tabel") -> list[Statement]:
    """Return the statements in a frame.

    Parameters
    ----------
    frame : pandas.DataFrame or polars.DataFrame
        With a column ``text``, ``udsagn`` or ``statement``; other columns are found
        by name in Danish or English, and the rest is kept.
    name : str, default="tabel"
        What `Statement.source` is where no column says.

    Returns
    -------
    list of Statement
        Coded, if the frame holds the coding.

    Raises
    ------
    NotesError
        If there is no column of statements.
    """
    from etisklandskab.notes import statements_in_records

    records = frame.to_dicts() if hasattr(frame, "to_dicts") else frame.to_dict("records")
    return statements_in_records(records, name)
