"""What a notat or visionsprodukt consists of, before it becomes Word or HTML.

Building (`notat`, `vision`) and rendering (`word`, `html`) meet here: a document is
a title and a row of blocks, and each renderer knows every block.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from etisklandskab.files import new_file
from etisklandskab.landscape import Logic, Statement
from etisklandskab.profile.profile import Key, Profile

__all__ = [
    "EMPHASIS",
    "KINDS",
    "Block",
    "Bullets",
    "Document",
    "Heading",
    "Landscape",
    "Paragraph",
    "Quotes",
    "Shares",
    "Table",
    "Tension",
    "logics_of",
    "place_of",
    "statements_of",
    "write_document",
]

EMPHASIS = re.compile(r"(?<!\w)\*(?=\S)([^*]+)(?<=\S)\*(?!\w)")
"""What is emphasised in running text: ``*word*``."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (a section) or 2 (a part of one)."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; ``*word*`` is emphasised."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """Short points; ``*word*`` is emphasised."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quotes:
    """Statements as they were noted, each with its place and its logics."""

    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Tension:
    """Two statements on the same matter that pull in different logics."""

    first: Statement
    second: Statement


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; the first column names the row."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Landscape:
    """The triangle of one concept, a point and its region for each group."""

    profile: Profile
    concept: str
    caption: str
    alt: str


@dataclass(frozen=True, slots=True)
class Shares:
    """Stacked bars of one group: a bar for each concept, with intervals."""

    profile: Profile
    group: Key
    caption: str
    alt: str


Block = Heading | Paragraph | Bullets | Quotes | Tension | Table | Landscape | Shares


def statements_of(block: Block) -> Sequence[Statement]:
    """Return the statements that a block quotes or is a picture of."""
    match block:
        case Quotes(statements):
            return statements
        case Tension(first, second):
            return first, second
        case Landscape(profile) | Shares(profile):
            return profile.statements
    return ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document for leaders and consultants; all of it is Danish.

    Parameters
    ----------
    title, subtitle : str
        The subtitle holds place and date, where they are known.
    blocks : tuple of Block
        In reading order; it begins with a paragraph or a heading of level 1.
    footer : str
        Program, model and version.
    contents : bool
        Whether it has a table of contents.
    """

    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    footer: str
    contents: bool = True


def place_of(statement: Statement, *, workshop: bool = False) -> str:
    """Return where a statement was said, for a line under it.

    Examples
    --------
    >>> place_of(Statement("x", group="Gruppe 1", workshop="Workshop 2", speaker="MK"), workshop=True)
    'Gruppe 1, MK, Workshop 2'
    """
    parts = (statement.group, statement.speaker, statement.workshop if workshop else "")
    return ", ".join(filter(None, parts))


def logics_of(statement: Statement) -> tuple[Logic, ...]:
    """Return the logics to show with a statement: those present, or none."""
    return statement.logics or (Logic.NONE,)


def _docx(document: Document) -> bytes:
    from etisklandskab.report.word import to_docx

    return to_docx(document)


def _html(document: Document) -> bytes:
    from etisklandskab.report.html import to_html

    return to_html(document).encode("utf-8")


KINDS: dict[str, Callable[[Document], bytes]] = {".docx": _docx, ".html": _html}
"""How a document is rendered, by the ending of its file."""


def write_document(document: Document, path: str | Path, *, force: bool = False) -> None:
    """Write a document to Word or HTML, at once or not at all; the ending says which.

    Raises
    ------
    ValueError
        If the ending is neither ``.docx`` nor ``.html``.
    FileExistsError
        If the file exists and `force` is False.
    MissingExtraError
        If what it takes is not installed.
    """
    path = Path(path)
    render = KINDS.get(path.suffix.lower())
    if render is None:
        raise ValueError(f"{path.name}: et notat skrives som {' eller '.join(KINDS)}")
    with new_file(path, force=force) as temporary:
        temporary.write_bytes(render(document))
