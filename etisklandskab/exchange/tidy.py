"""A tidy table for R and Stata, with a codebook file beside it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from etisklandskab.exchange.layout import holdable
from etisklandskab.exchange.reviews import cells_of, codes_of
from etisklandskab.files import check_free, new_file
from etisklandskab.landscape import ARGUED, Concept, Logic, Statement
from etisklandskab.report.coded import StatementRows, write_rows
from etisklandskab.report.workbook import is_copy

__all__ = ["codebook", "codebook_path", "tidy_rows", "write_tidy"]

_LONGEST = 32  # characters of a name in Stata
_DANISH = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
_LOGICS = ", ".join(f"`{logic.value}` ({logic.danish})" for logic in Logic)
_CONCEPTS = {
    concept: f"concept_{concept.translate(_DANISH).replace(' ', '_')}" for concept in Concept
}
_YES = "1 ja, 0 nej"

# Every variable: its name, what it means and its values, for a reader of the codebook.
_VARIABLES = (
    ("id", "Rækkens nummer", "1, 2, 3 …"),
    ("source", "Kilden: den fil, udsagnet er læst fra", "tekst"),
    ("workshop", "Workshop", "tekst; tom, hvor den ikke kendes"),
    ("group", "Gruppe", "tekst; tom, hvor den ikke kendes"),
    ("heading", "Overskrifterne over udsagnet, den yderste først", "tekst"),
    ("speaker", "Taleren", "tekst; tom, hvor den ikke kendes"),
    ("text", "Udsagnet", "tekst"),
    ("before", "Udsagnet lige før under samme overskrift", "tekst"),
    ("position", "Udsagnets nummer i kilden", "helt tal"),
    *((name, f"Handler om »{concept}«", _YES) for concept, name in _CONCEPTS.items()),
    (
        "logic",
        "Den tungeste logik: menneskets, hvor et menneske har kodet, ellers programmets",
        f"{_LOGICS}; tom, hvor udsagnet ikke er kodet",
    ),
    *(
        (logic.value, f"{logic.theory.capitalize()} er til stede i udsagnet", _YES)
        for logic in ARGUED
    ),
    ("reviewed", "Et menneske har kodet udsagnet", _YES),
    *(
        (
            f"p_{logic.value}",
            f"Programmets sandsynlighed for {logic.danish}",
            "0–1; de fire har summen 1",
        )
        for logic in Logic
    ),
    ("program_logic", "Den tungeste logik efter programmet", f"{_LOGICS}; tom uden kode"),
    ("unsure", "Programmets kode er usikker: se efter", _YES),
    ("model", "Modellen, som programmet kodede med", "tekst"),
)
_PLACE = ("source", "workshop", "group", "heading", "speaker", "text", "before")
_STANDARD = frozenset(name for name, _, _ in _VARIABLES)


def ascii_name(title: str, taken: Iterable[str] = ()) -> str:
    """Return a variable's name for R and Stata: snake case, ASCII, not taken, not too long.

    Examples
    --------
    >>> ascii_name("Bemærkning (egen)"), ascii_name("Nr", ["nr"]), ascii_name("2. runde")
    ('bemaerkning_egen', 'nr_2', 'x_2_runde')
    """
    plain = unicodedata.normalize("NFKD", title.casefold().translate(_DANISH))
    name = re.sub(r"[^a-z0-9]+", "_", plain.encode("ascii", "ignore").decode()).strip("_")
    if not name[:1].isalpha():
        name = f"x_{name}".rstrip("_")
    name = name[:_LONGEST].rstrip("_")
    taken = set(taken)
    unique, n = name, 1
    while unique in taken:
        n += 1
        unique = f"{name[: _LONGEST - len(str(n)) - 1]}_{n}"
    return unique


def tidy_rows(statements: Sequence[Statement]) -> list[dict[str, Any]]:
    """Return a row for each statement, with numbers where there are numbers.

    Examples
    --------
    >>> coded = Statement("Aftale er aftale").with_coding((1, 0, 0, 0), (Logic.DUTY,), "m")
    >>> row = tidy_rows([coded.with_review([Logic.PROXIMITY])])[0]
    >>> row["logic"], row["duty"], row["proximity"], row["reviewed"], row["program_logic"]
    ('proximity', 0, 1, 1, 'duty')
    """
    own = _own(statements)
    return [_row(number, s, own) for number, s in enumerate(statements, start=1)]


def _own(statements: Sequence[Statement]) -> dict[str, str]:
    """Return the titles of the user's own columns by their names here."""
    names: dict[str, str] = {}
    rows = StatementRows(statements)
    for title in dict.fromkeys(title for s in statements for title in s.extra):
        if not is_copy(title, rows):
            names[ascii_name(title, [*_STANDARD, *names])] = title
    return names


def _row(number: int, statement: Statement, own: Mapping[str, str]) -> dict[str, Any]:
    cells = cells_of(statement)
    logic = cells.get("logic", "")
    program = codes_of(cells, {}).program
    p = statement.probabilities or (None,) * len(Logic)
    return {
        "id": number,
        **{name: holdable(cells[name]) for name in _PLACE},
        "position": statement.position,
        **{name: int(concept in statement.concepts) for concept, name in _CONCEPTS.items()},
        "logic": logic,
        **{x.value: int(x in statement.logics) if logic else None for x in ARGUED},
        "reviewed": int(statement.reviewed),
        **{
            f"p_{x.value}": None if value is None else round(value, 4)
            for x, value in zip(Logic, p, strict=True)
        },
        "program_logic": "" if program is None else (*program, Logic.NONE)[0].value,
        "unsure": int(statement.unsure),
        "model": holdable(statement.model),
        **{name: holdable(statement.extra.get(title, "")) for name, title in own.items()},
    }


def write_tidy(statements: Iterable[Statement], path: str | Path, *, force: bool = False) -> None:
    """Write coded statements as a table for R and Stata, and its codebook beside it.

    The codebook, a Markdown file, has the table's name and the ending ``.kodebog.md``.

    Parameters
    ----------
    statements : iterable of Statement
        Coded statements.
    path : str or Path
        Ends on ``.csv`` or ``.parquet``.
    force : bool, default=False
        Replace files that are there.

    Raises
    ------
    FileExistsError
        If one of the files exists and `force` is False.
    MissingExtraError
        If pyarrow is needed and not installed.
    """
    path = Path(path)
    statements = list(statements)
    rows = tidy_rows(statements)
    check_free(codebook_path(path), force=force)
    write_rows(rows, path, force=force)
    with new_file(codebook_path(path), force=force) as temporary:
        temporary.write_text(
            codebook(path.name, len(rows), _own(statements)), encoding="utf-8", newline=""
        )


def codebook_path(path: Path) -> Path:
    """Return where the codebook of a table is written."""
    return path.with_suffix(".kodebog.md")


def codebook(table: str, n: int, own: dict[str, str]) -> str:
    """Return the codebook of a table.

    Parameters
    ----------
    table : str
        The table's file name.
    n : int
        How many rows it has.
    own : dict of str to str
        The user's own columns: from their names in the table to their titles.
    """
    lines = [f"| `{name}` | {meaning} | {values} |" for name, meaning, values in _VARIABLES]
    lines += [f"| `{name}` | Egen kolonne »{_cell(own[name])}« | tekst |" for name in own]
    logics = [f"- `{x.value}`: {x.danish} ({x.theory}). {x.description}" for x in Logic]
    return "\n".join(
        [
            f"# Kodebog til {_cell(table)}",
            "",
            f"Rækker: {n}, én for hvert udsagn. UTF-8, decimalpunktum; en tom celle er en manglende "
            "værdi.",
            "",
            "| variabel | betydning | værdier |",
            "|---|---|---|",
            *lines,
            "",
            "## Logikkerne",
            "",
            *logics,
            "",
            "## Læs tabellen",
            "",
            *_reading(table),
            "",
        ]
    )


def _cell(text: str) -> str:
    return " ".join(holdable(text).split()).replace("|", "\\|")


def _reading(table: str) -> list[str]:
    if table.lower().endswith(".parquet"):
        return [f'- R: `arrow::read_parquet("{table}")`']
    return [
        f'- R: `read.csv("{table}", fileEncoding = "UTF-8", na.strings = "")`',
        f'- Stata: `import delimited "{table}", encoding("utf-8") bindquotes(strict) varnames(1)`',
    ]
