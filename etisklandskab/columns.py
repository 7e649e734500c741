"""The columns of a table of statements: their names, Danish titles and other spellings."""

from __future__ import annotations

import difflib
import re
import unicodedata
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etisklandskab.landscape import Logic, Statement, split_list

__all__ = [
    "COLUMNS",
    "GUIDES",
    "REMARK",
    "REVIEW",
    "Column",
    "check_of",
    "danish_title",
    "find_columns",
    "natural_key",
    "place_of",
    "read_coding",
    "read_labels",
    "read_review",
    "to_row",
]


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its machine name, its title for a reader, and what users call it."""

    name: str
    danish: str
    synonyms: tuple[str, ...] = ()


COLUMNS = (
    Column("source", "Kilde", ("fil", "dokument", "document", "file")),
    Column("workshop", "Workshop", ("ws", "seminar")),
    Column("group", "Gruppe", ("bord", "hold", "team", "table")),
    Column("heading", "Overskrift", ("spørgsmål", "question", "emne", "tema", "topic")),
    Column("concept", "Begreb", ("concepts", "begreber", "nøgleord", "visionsord")),
    Column("position", "Nr. i kilden", ("placering",)),
    Column("speaker", "Taler", ("hvem", "sagt af", "deltager")),
    Column(
        "text",
        "Udsagn",
        ("statement", "statements", "tekst", "citat", "ytring", "quote", "utterance", "pointe"),
    ),
    Column("logic", "Logik", ("modellens forslag",)),
    Column("logics", "Logikker", ("forslag, også",)),
    Column("sure", "Hvor sikker"),
    Column("carrying", "Bærende ord"),
    Column("corrected", "Rettet"),
    Column("also", "Også"),
    *(Column(f"p_{logic.value}", f"Sandsynlighed, {logic.danish}") for logic in Logic),
    Column("unsure", "Usikker"),
    Column("model", "Model"),
    Column("check", "Kontrol"),
    Column("order", "Løbenr."),
    Column("before", "Lige før"),
)
REVIEW = ("corrected", "also")
"""The columns that a human codes in."""

GUIDES = ("Vigtigst at se på", "Sådan gør du")
"""The sheets of a workbook for correcting that hold no statements of their own."""

REMARK = "Bemærkning"
"""The user's own column that a workbook for correcting has room for."""
_BY_SPELLING = {
    spelling.casefold(): column.name
    for column in COLUMNS
    for spelling in (column.name, column.danish, *column.synonyms)
}
_TITLES = {column.name: column.danish for column in COLUMNS}
CODING = ("logic", "logics", *(f"p_{logic.value}" for logic in Logic))


def danish_title(name: str) -> str:
    """Return a column's title for a reader; the user's own columns keep theirs.

    Examples
    --------
    >>> danish_title("text"), danish_title("Bemærkning")
    ('Udsagn', 'Bemærkning')
    """
    return _TITLES.get(name, name)


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts "Gruppe 2" before "Gruppe 10".

    Examples
    --------
    >>> sorted(["Gruppe 10", "Gruppe 2"], key=natural_key)
    ['Gruppe 2', 'Gruppe 10']
    """
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part.casefold())
        for part in re.split(r"(\d+)", name)
        if part
    )


def find_columns(header: Sequence[str]) -> dict[int, str]:
    """Find the standard columns in a table's header, in Danish or English.

    Parameters
    ----------
    header : sequence of str
        The titles as they stand in the file.

    Returns
    -------
    dict of int to str
        From the index of a title to the standard name; the first of two
        titles for the same column wins, an exact name before a synonym.

    Examples
    --------
    >>> find_columns(["Nr", "Gruppe", "Begreb", "Udsagn"])
    {1: 'group', 2: 'concept', 3: 'text'}
    """
    found: dict[int, str] = {}
    keys = [re.sub(r"[\s_*:]+", " ", title).strip().casefold() for title in header]
    keys = [key if key in _BY_SPELLING else key.replace(" ", "_") for key in keys]
    for exact in (True, False):
        for index, key in enumerate(keys):
            name = _BY_SPELLING.get(key)
            if name and name not in found.values() and (key == name or not exact):
                found[index] = name
    return dict(sorted(found.items()))


def to_row(statement: Statement) -> dict[str, str | int | float]:
    """Return a statement as a row: standard columns first, then the user's own.

    The columns of the coding are there only where the statement is coded.
    """
    row: dict[str, str | int | float] = {
        "source": statement.source,
        "workshop": statement.workshop,
        "group": statement.group,
        "heading": statement.heading,
        "concept": ", ".join(statement.concepts),
        "position": statement.position,
        "speaker": statement.speaker,
        "text": statement.text,
    }
    if statement.logic is not None and statement.probabilities is not None:
        row["logic"] = statement.logic.value
        row["logics"] = ", ".join(statement.logics)
        for logic, p in zip(Logic, statement.probabilities, strict=True):
            row[f"p_{logic.value}"] = round(p, 4)
        row["unsure"] = "ja" if statement.unsure else ""
        row["model"] = statement.model
        row["check"] = check_of(statement)
    if statement.reviewed and statement.logic is not None:
        # where there are no probabilities, the model has nothing to say of it
        row["logic"] = row["corrected"] = statement.logic.value
        row["logics"] = ", ".join(statement.logics)
        row["also"] = ", ".join(statement.logics[1:])
        row["check"] = ""
    row["before"] = statement.before
    for name, value in statement.extra.items():
        row.setdefault(name, value)
    return row


def place_of(statement: Statement) -> dict[str, str | int]:
    """Return the columns that say what was said where, for lists to look things up from."""
    names = ("source", "workshop", "group", "heading", "position", "text")
    return {name: getattr(statement, name) for name in names}


def check_of(statement: Statement) -> str:
    """Return a short sum of what a model sees of a statement.

    It stands beside the code in a table, so that a statement that was edited or split is known
    to have lost its code. No digit comes first: no spreadsheet takes it for a number.

    Examples
    --------
    >>> check_of(Statement("Lyt  til hende")) == check_of(Statement("Lyt til hende"))
    True
    """
    seen = (statement.text, statement.heading, statement.before)
    plain = "\x1f".join(re.sub(r"[\s\x00-\x1f]+", " ", part).strip() for part in seen)
    # lone surrogates have no UTF-8
    data = unicodedata.normalize("NFC", plain).encode("utf-8", "backslashreplace")
    return f"k{zlib.crc32(data):08x}"


def read_coding(
    columns: Mapping[str, str],
) -> tuple[tuple[Logic, ...], tuple[float, float, float, float]] | None:
    """Read the coding back from a row's standard columns, or None where there is none.

    Raises
    ------
    ValueError
        If a label or probability cannot be understood.
    """
    if not all(columns.get(name, "").strip() for name in CODING if name != "logics"):
        return None
    p = [float(columns[f"p_{logic.value}"].replace(",", ".")) for logic in Logic]
    if not all(0 <= value <= 1 for value in p) or abs(sum(p) - 1) > 0.01:
        raise ValueError(f"sandsynlighederne {p} er ikke fire tal mellem 0 og 1 med summen 1")
    _, logics = read_labels(columns["logic"], columns.get("logics", ""))
    return logics, (p[0], p[1], p[2], p[3])


def read_labels(primary: str, logics: str = "") -> tuple[Logic, tuple[Logic, ...]]:
    """Read the weightiest logic and all logics from two cells.

    Raises
    ------
    ValueError
        If a label names no logic.

    Examples
    --------
    >>> read_labels("pligt", "pligt, nærhed")[1]
    (<Logic.DUTY: 'duty'>, <Logic.PROXIMITY: 'proximity'>)
    """
    first = Logic.parse(primary)
    if first is Logic.NONE:
        return first, ()
    others = (Logic.parse(part) for part in split_list(logics))
    return first, tuple(dict.fromkeys((first, *(o for o in others if o is not Logic.NONE))))


def read_review(cell: str) -> tuple[Logic, ...]:
    """Read the logics that a human wrote in a cell.

    Raises
    ------
    ValueError
        If a word names no logic; the message tells the nearest that does.

    Examples
    --------
    >>> [logic.danish for logic in read_review("Nærhed + konsekvens")]
    ['nærhed', 'konsekvens']
    >>> read_review("plikt")
    Traceback (most recent call last):
    ValueError: »plikt« er ikke en logik; mente du »pligt«?
    """
    return tuple(map(_read_label, split_list(cell) or [cell.strip()]))


def _read_label(word: str) -> Logic:
    try:
        return Logic.parse(word)
    except ValueError:
        names = [logic.danish for logic in Logic]
        near = difflib.get_close_matches(word.casefold(), names, n=1, cutoff=0.5)
        meant = f"; mente du »{near[0]}«?" if near else "."
        raise ValueError(f"»{word}« er ikke en logik{meant}") from None
