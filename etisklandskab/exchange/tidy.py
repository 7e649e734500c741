"""A tidy table for R and Stata, with a codebook file beside it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from etisklandskab.columns import find_columns
from etisklandskab.exchange.coded import Coded, as_coded, gather, to_blocks
from etisklandskab.exchange.layout import holdable
from etisklandskab.files import check_free, new_file
from etisklandskab.landscape import ARGUED, Concept, Logic, Statement, split_list
from etisklandskab.notes.blocks import Block
from etisklandskab.report.coded import write_rows

__all__ = ["codebook", "codebook_path", "tidy_rows", "write_tidy"]

_LONGEST = 32  # characters of a name in Stata
_DANISH = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
_LOGICS = ", ".join(f"`{logic.value}` ({logic.danish})" for logic in Logic)
_CONCEPT_NAMES = {
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
    ("position", "Udsagnets nummer i kilden", "helt tal"),
    ("speaker", "Taleren", "tekst; tom, hvor den ikke kendes"),
    ("text", "Udsagnet", "tekst"),
    ("before", "Udsagnet lige før under samme overskrift", "tekst"),
    *((name, f"Handler om »{concept}«", _YES) for concept, name in _CONCEPT_NAMES.items()),
    ("logic", "Den tungeste logik", f"{_LOGICS}; tom, hvor udsagnet ikke er kodet"),
    *(
        (logic.value, f"{logic.theory.capitalize()} er til stede i udsagnet", _YES)
        for logic in ARGUED
    ),
    *(
        (
            f"p_{logic.value}",
            f"Programmets sandsynlighed for {logic.danish}",
            "0–1; de fire har summen 1",
        )
        for logic in Logic
    ),
    ("unsure", "Programmets kode er usikker: se efter", _YES),
    ("coder", "Det menneske, hvis kode `logic` er", "tekst; tom, hvor koden er programmets"),
    ("program_logic", "Den tungeste logik efter programmet", f"{_LOGICS}; tom uden kode"),
    ("model", "Modellen, som programmet kodede med", "tekst"),
)
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


def tidy_rows(items: Iterable[Statement | Coded]) -> list[dict[str, Any]]:
    """Return a row for each statement, with numbers where there are numbers.

    Examples
    --------
    >>> coded = Statement("Aftale er aftale").with_coding((1, 0, 0, 0), (Logic.DUTY,), "m")
    >>> row = tidy_rows([coded])[0]
    >>> row["logic"], row["duty"], row["proximity"], row["p_duty"]
    ('duty', 1, 0, 1.0)
    """
    return _rows(as_coded(items))[0]


def _rows(items: Sequence[Coded]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return the rows, and the titles of the user's own columns by their names here."""
    gathered = gather(items)
    blocks = to_blocks(items)
    names: dict[str, str] = {}
    for title in dict.fromkeys(title for block in blocks for title in block.extra):
        if not _is_copy(title, blocks):
            names[title] = ascii_name(title, [*_STANDARD, *names.values()])
    rows = []
    for number, ((statement, coders), block) in enumerate(
        zip(gathered, blocks, strict=True), start=1
    ):
        row = _row(number, statement, next(iter(coders), ""), block)
        row |= {name: holdable(block.extra.get(title, "")) for title, name in names.items()}
        rows.append(row)
    return rows, {name: title for title, name in names.items()}


def _is_copy(title: str, blocks: Sequence[Block]) -> bool:
    """Tell whether a user's own column says no more than the standard one of its title."""
    standard = find_columns([title]).get(0)
    return standard is not None and all(
        " ".join(block.extra.get(title, "").split()).casefold()
        in ("", " ".join(block.columns.get(standard, "").split()).casefold())
        for block in blocks
    )


def _row(number: int, statement: Statement, coder: str, block: Block) -> dict[str, Any]:
    logic = block.columns.get("logic", "")
    present = split_list(block.columns.get("logics", ""))
    p = statement.probabilities or (None,) * len(Logic)
    concepts = {
        name: int(concept in statement.concepts) for concept, name in _CONCEPT_NAMES.items()
    }
    return {
        "id": number,
        "source": holdable(statement.source),
        "workshop": holdable(statement.workshop),
        "group": holdable(statement.group),
        "heading": holdable(statement.heading),
        "position": statement.position,
        "speaker": holdable(statement.speaker),
        "text": holdable(statement.text),
        "before": holdable(statement.before),
        **concepts,
        "logic": logic,
        **{x.value: int(x.value in present) if logic else None for x in ARGUED},
        **{
            f"p_{x.value}": None if value is None else round(value, 4)
            for x, value in zip(Logic, p, strict=True)
        },
        "unsure": int(statement.unsure and not coder),
        "coder": holdable(coder),
        "program_logic": statement.logic.value if statement.logic is not None else "",
        "model": holdable(statement.model),
    }


def write_tidy(
    items: Iterable[Statement | Coded], path: str | Path, *, force: bool = False
) -> None:
    """Write coded statements as a table for R and Stata, and its codebook beside it.

    The codebook, a Markdown file, has the table's name and the ending ``.kodebog.md``.

    Parameters
    ----------
    items : iterable of Statement or Coded
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
    rows, own = _rows(as_coded(items))
    check_free(codebook_path(path), force=force)
    write_rows(rows, path, force=force)
    with new_file(codebook_path(path), force=force) as temporary:
        temporary.write_text(codebook(path.name, len(rows), own), encoding="utf-8", newline="")


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
