"""What every reader of a kind of file gives: blocks of text in reading order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Block", "Kind"]

Kind = Literal["heading", "bullet", "text", "speech", "row"]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a note before its structure is known.

    Parameters
    ----------
    kind : {"heading", "bullet", "text", "speech", "row"}
        ``heading`` is one that the file itself marks; ``text`` is a paragraph or
        line that may turn out to be a heading; ``speech`` is a turn of a
        recording; ``row`` is a row of a table with a column of statements.
    text : str
        The text, one line.
    level : int
        Of a heading (1 is the highest; 0 for one that only its bold type marks) or
        a bullet (0 is the outermost).
    gap : bool
        Whether an empty line or a larger space stands before it.
    speaker : str
        Where the file itself names one.
    place : str
        Where in the file, in Danish, for messages: ``"linje 12"``.
    row : int
        Of a row of a table file: its number as the user sees it.
    columns : mapping of str to str
        Of a row: the columns by their standard names (`etisklandskab.columns`).
    extra : mapping of str to str
        Of a row: the user's own columns.
    cells : mapping of str to str
        Of a row that a human has coded: where the cells that she wrote in stand, in Danish.
    """

    kind: Kind
    text: str
    level: int = 0
    gap: bool = False
    speaker: str = ""
    place: str = ""
    row: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)
