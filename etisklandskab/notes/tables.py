"""Tables with a column of statements: CSV, TSV, Excel, JSON lines, Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from etisklandskab.columns import GUIDES, REMARK, REVIEW, find_columns
from etisklandskab.errors import MissingExtraError, NotesError
from etisklandskab.landscape import Logic, split_list
from etisklandskab.notes.blocks import Block
from etisklandskab.notes.text import decode

__all__ = [
    "read_delimited",
    "read_excel",
    "read_jsonl",
    "read_parquet",
    "records_to_blocks",
    "table_to_blocks",
]

_NO_TEXT_COLUMN = "Kald kolonnen med udsagn for »udsagn«, »tekst« eller »text«."


def _cell(value: Any) -> str:
    if value is None or value != value:  # NaN is not equal to itself
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value).strip()


def rows_to_blocks(
    header: Sequence[str],
    rows: Iterable[tuple[int, Sequence[Any]]],
    place: str = "række {}",
    *,
    numbered: bool = True,
    cell: str = "række {row}, kolonnen »{title}«",
) -> list[Block] | None:
    """Turn a table's rows into blocks, or None where it has no column of statements.

    Parameters
    ----------
    header : sequence of str
        The titles.
    rows : iterable of (int, sequence)
        The rows with their numbers as the user sees them.
    place : str
        How a row's place is called in a message.
    numbered : bool, default=True
        Whether a row's number is the statement's position.
    cell : str
        How a cell is called in a message: by ``row``, ``title`` and ``letter``.
    """
    names = find_columns(header)
    if "text" not in names.values():
        return None
    rows = list(rows)
    ours = _is_ours(names)
    if not ours and not _holds_labels(names, rows):
        names = {i: name for i, name in names.items() if name not in REVIEW}
    own = {
        i: title
        for i, title in enumerate(header)
        if title and (i not in names if ours else names.get(i) != title.strip().casefold())
    }
    blocks: list[Block] = []
    for number, row in rows:
        cells = [_cell(value) for value in row]
        cells += [""] * (len(header) - len(cells))
        columns = {name: cells[i] for i, name in names.items()}
        if not columns["text"]:
            continue
        # a workbook for correcting has room for remarks, also where there are none
        extra = {t: cells[i] for i, t in own.items() if cells[i] or not ours or t != REMARK}
        block = Block(
            "row",
            columns["text"],
            place=place.format(number),
            row=number if numbered else 0,
            columns=columns,
            extra=extra,
            cells={
                name: cell.format(row=number, title=header[i], letter=_letter(i))
                for i, name in names.items()
                if name in REVIEW and cells[i]
            },
        )
        blocks.append(_put_in(block, blocks) if ours else block)
    return _in_reading_order(blocks) if ours else blocks


def _is_ours(names: Mapping[int, str]) -> bool:
    """Tell a table that the program wrote: what it says of a statement is no column of the user's."""
    found = set(names.values())
    return "model" in found and bool(found & {"check", "p_duty"})


def _holds_labels(names: Mapping[int, str], rows: Sequence[tuple[int, Sequence[Any]]]) -> bool:
    """Tell whether a column called "Rettet" holds logics: it could be the date of an edit."""
    for i, name in names.items():
        if name == "corrected":
            for _, row in rows:
                for word in split_list(_cell(row[i])) if i < len(row) else ():
                    with suppress(ValueError):
                        Logic.parse(word)
                        return True
    return False


def _put_in(block: Block, above: Sequence[Block]) -> Block:
    """Let a row that was put in to hold a part of the statement above it stand where that does."""
    if not above or any(block.columns.get(name) for name in ("check", "order", "position")):
        return block
    first = above[-1]
    inherited = {
        name: block.columns.get(name) or first.columns[name]
        for name in (
            "source",
            "workshop",
            "group",
            "heading",
            "concept",
            "position",
            "speaker",
            "order",
        )
        if name in first.columns
    }
    theirs = {title: value for title, value in first.extra.items() if title != REMARK}
    return replace(
        block,
        columns={**block.columns, **inherited, "before": first.text},
        extra={**theirs, **{title: value for title, value in block.extra.items() if value}},
    )


def _in_reading_order(blocks: list[Block]) -> list[Block]:
    """Undo the sorting of a workbook; what stands there without a number stays where it is."""
    keys, last = [], 0.0
    for block in blocks:
        with suppress(ValueError):
            last = float(block.columns.get("order", ""))
        keys.append(last)
    return [blocks[at] for at in sorted(range(len(blocks)), key=keys.__getitem__)]


def _letter(index: int) -> str:
    """Return what a spreadsheet calls a column.

    Examples
    --------
    >>> _letter(0), _letter(25), _letter(26)
    ('A', 'Z', 'AA')
    """
    before, last = divmod(index, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + last)


def _no_text_column(source: str, header: Sequence[str]) -> NotesError:
    titles = ", ".join(f"»{title}«" for title in header if title) or "ingen"
    return NotesError(
        source,
        f"tabellen har ingen kolonne med udsagn (kolonner: {titles[:300]}).",
        _NO_TEXT_COLUMN,
    )


def _sniff(text: str, suffix: str) -> str:
    if suffix == ".tsv":
        return "\t"
    first = text.lstrip("\n").split("\n", 1)[0]
    return max(";,\t|", key=lambda mark: (first.count(mark), mark == ";"))


def read_delimited(data: bytes, source: str) -> list[Block]:
    """Read a CSV or TSV file with any of the usual separators and encodings."""
    text = decode(data, source)
    if text.lower().startswith("sep="):
        text = text.split("\n", 1)[-1]
    limit = csv.field_size_limit(10_000_000)
    try:
        delimiter = _sniff(text, source[source.rfind(".") :].lower())
        table = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise NotesError(
            source, f"tabellen kan ikke læses ({error}).", "Gem den igen som CSV eller Excel."
        ) from error
    finally:
        csv.field_size_limit(limit)
    rows = [(i, row) for i, row in enumerate(table, start=1) if any(c.strip() for c in row)]
    if not rows:
        raise NotesError(source, "tabellen er tom.", _NO_TEXT_COLUMN)
    header = [title.strip() for title in rows[0][1]]
    blocks = rows_to_blocks(header, rows[1:])
    if blocks is None and len(header) == 1 and len(rows) > 1:
        # one column without a title: every row is a statement
        blocks = rows_to_blocks(["text"], rows)
    if blocks is None:
        raise _no_text_column(source, header)
    return blocks


def read_excel(data: bytes, source: str) -> list[Block]:
    """Read every sheet of an ``.xlsx`` file that has a column of statements."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever its XML parser does
        raise NotesError(
            source,
            "projektmappen er beskadiget og kan ikke åbnes.",
            "Åbn den i Excel, og gem den igen som .xlsx.",
        ) from error
    blocks: list[Block] = []
    first_header: list[str] = []
    found = False
    for sheet in book.worksheets:
        if sheet.title in GUIDES:
            continue
        rows = [
            (i, row)
            for i, row in enumerate(sheet.iter_rows(values_only=True), start=1)
            if any(value not in (None, "") for value in row)
        ]
        # a title or an empty line may stand over the header
        for at, (_, candidate) in enumerate(rows[:10]):
            header = [_cell(value) for value in candidate]
            first_header = first_header or header
            more = rows_to_blocks(
                header,
                rows[at + 1 :],
                f"ark »{sheet.title}«, række {{}}",
                numbered=len(book.worksheets) == 1,
                cell=f"ark »{sheet.title}«, celle {{letter}}{{row}}",
            )
            if more is not None:
                blocks += more
                found = True
                break
    book.close()
    if not found:
        raise _no_text_column(source, first_header)
    return blocks


def table_to_blocks(rows: Sequence[Sequence[str]], place: str) -> list[Block]:
    """Turn a table in a document into blocks.

    One with a column of statements gives its rows; in any other every line of a
    cell is a statement, under the title of its column where the first row holds titles.
    """
    if not rows:
        return []
    blocks = rows_to_blocks(rows[0], enumerate(rows[1:], start=2), place, numbered=False)
    if blocks is not None:
        return blocks
    titled = len(rows) > 1 and all(len(cell.split()) <= 6 for cell in rows[0])
    titles = rows[0] if titled else [""] * len(rows[0])
    return [
        Block("row", text, place=place.format(number), columns={"text": text, "heading": title})
        for number, row in enumerate(rows, start=1)
        if not (titled and number == 1)
        for title, cell in zip(titles, row, strict=False)
        for text in filter(None, map(str.strip, cell.split("\n")))
    ]


def records_to_blocks(records: Sequence[dict[str, Any]], source: str) -> list[Block]:
    """Turn a list of objects with a key for the statement into blocks."""
    header = list(dict.fromkeys(str(key) for record in records for key in record))
    rows = ((i, [record.get(key) for key in header]) for i, record in enumerate(records, start=1))
    blocks = rows_to_blocks(header, rows)
    if blocks is None:
        raise _no_text_column(source, header)
    return blocks


def read_jsonl(data: bytes, source: str) -> list[Block]:
    """Read a file with one JSON object a line."""
    records = []
    for number, line in enumerate(decode(data, source).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            record = None
        if not isinstance(record, dict):
            raise NotesError(
                source, f"linje {number} er ikke et JSON-objekt.", "Skriv ét objekt på hver linje."
            )
        records.append(
            {k: ", ".join(map(str, v)) if isinstance(v, list) else v for k, v in record.items()}
        )
    return records_to_blocks(records, source)


def read_parquet(data: bytes, source: str) -> list[Block]:
    """Read a Parquet file."""
    try:
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("At læse Parquet", "parquet") from error
    try:
        records = pq.read_table(io.BytesIO(data)).to_pylist()
    except (OSError, ValueError) as error:
        raise NotesError(source, "filen er ikke en Parquet-fil.", "Skriv den igen.") from error
    return records_to_blocks(records, source)
