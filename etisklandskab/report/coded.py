"""Coded statements to a table on disk: CSV, Excel, JSON lines, Parquet."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO, overload

from etisklandskab.columns import danish_title, find_columns, to_row
from etisklandskab.errors import MissingExtraError
from etisklandskab.files import new_file
from etisklandskab.landscape import Logic, Statement, split_list

__all__ = ["KINDS", "StatementRows", "to_csv", "write_coded", "write_rows"]

Rows = Sequence[dict[str, Any]]


class StatementRows(Sequence[dict[str, Any]]):
    """Statements as rows, each made when it is looked at."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._statements = statements

    def __len__(self) -> int:
        return len(self._statements)

    @overload
    def __getitem__(self, at: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, at: slice) -> StatementRows: ...
    def __getitem__(self, at: int | slice) -> dict[str, Any] | StatementRows:
        if isinstance(at, slice):
            return StatementRows(self._statements[at])
        return to_row(self._statements[at])


_HIDDEN = ("model", "before")  # for reading the table back
_WIDTHS = {
    "text": 80,
    "heading": 30,
    "before": 30,
    "source": 24,
    "group": 16,
    "concept": 14,
    "speaker": 16,
    "logics": 22,
}


def _header(rows: Rows) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def to_csv(rows: Rows, *, excel: bool = False) -> str:
    """Return rows as CSV.

    Parameters
    ----------
    rows : sequence of dict
        The rows.
    excel : bool, default=False
        As Danish Excel opens it by a double click: semicolon, decimal comma and BOM.
    """
    buffer = io.StringIO()
    _stream_csv(rows, buffer, excel)
    return buffer.getvalue()


def _stream_csv(rows: Rows, file: TextIO, excel: bool) -> None:
    """Write row by row: a hundred thousand statements need not be in memory as rows."""
    file.write("\ufeff" if excel else "")
    writer = csv.DictWriter(
        file,
        _header(rows),
        delimiter=";" if excel else ",",
        lineterminator="\r\n" if excel else "\n",
    )
    writer.writeheader()
    for row in rows:
        if excel:
            row = {
                k: f"{v}".replace(".", ",") if isinstance(v, float) else v for k, v in row.items()
            }
        writer.writerow({name: _harmless(value) if excel else value for name, value in row.items()})


def _harmless(value: Any) -> Any:
    """Keep Excel from taking a statement such as "=> hun vil selv" for a formula."""
    if isinstance(value, str) and value[:1] in "=+-@" and value[1:2] not in "0123456789":
        return "'" + value
    return value


def _write_csv(rows: Rows, path: Path, excel: bool) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        _stream_csv(rows, file, excel)


def _write_jsonl(rows: Rows, path: Path, excel: bool) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _write_parquet(rows: Rows, path: Path, excel: bool) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("At skrive Parquet", "parquet") from error
    pq.write_table(pa.Table.from_pylist(list(rows)), path)


def _write_xlsx(rows: Rows, path: Path, excel: bool) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = "Udsagn" if "text" in _header(rows) else "Profil"
    names = _without_copies(_header(rows), rows)
    sheet.append([danish_title(name) for name in names])
    for row in rows:
        sheet.append([_danish(name, row.get(name)) for name in names])
        for cell in sheet[sheet.max_row]:
            if cell.data_type == "f":  # a statement that begins with "=" is no formula
                cell.data_type = "s"
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="3B4A54")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for at, name in enumerate(names, start=1):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = _WIDTHS.get(name, 15)
        sheet.column_dimensions[letter].hidden = name in _HIDDEN
        for cell in sheet[letter][1:]:
            cell.alignment = Alignment(wrap_text=name in _WIDTHS, vertical="top")
            if name.startswith("p_") or name in ("share", "low", "high"):
                cell.number_format = "0%"
    _set_heights(sheet, names)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    book.save(path)


def _set_heights(sheet: Any, names: list[str]) -> None:
    """Make each row as high as its wrapped text: not every program does so on opening."""
    for at, row in enumerate(sheet.iter_rows(min_row=2, values_only=True), start=2):
        lines = (
            max(
                math.ceil(1.1 * len(str(value)) / _WIDTHS[name])
                for name, value in zip(names, row, strict=True)
                if name in _WIDTHS and name not in _HIDDEN
            )
            if any(name in _WIDTHS for name in names)
            else 1
        )
        sheet.row_dimensions[at].height = 15 * max(1, lines)
    sheet.row_dimensions[1].height = 30


def _without_copies(names: list[str], rows: Rows) -> list[str]:
    """Leave out the user's own column where a standard one has its title and all it says."""

    def copied(name: str) -> bool:
        standard = find_columns([name]).get(0)
        return standard not in (None, name) and all(
            not row.get(name) or _plain(row[name]) == _plain(row.get(standard)) for row in rows
        )

    return [name for name in names if not copied(name)]


def _plain(value: Any) -> str:
    return " ".join(str(value).split()).casefold()


def _danish(name: str, value: Any) -> Any:
    if name in ("logic", "logics") and value:
        return ", ".join(Logic.parse(part).danish for part in split_list(value))
    return value


KINDS: dict[str, Callable[[Rows, Path, bool], None]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".jsonl": _write_jsonl,
    ".parquet": _write_parquet,
}


def write_rows(rows: Rows, path: str | Path, *, force: bool = False, excel: bool = False) -> None:
    """Write rows to a file, at once or not at all; its ending says which kind.

    Parameters
    ----------
    rows : sequence of dict
        The rows.
    path : str or Path
        Ends on ``.csv``, ``.xlsx``, ``.jsonl`` or ``.parquet``.
    force : bool, default=False
        Replace a file that is there.
    excel : bool, default=False
        Write CSV as Danish Excel wants it.

    Raises
    ------
    ValueError
        If the ending is none of these.
    FileExistsError
        If the file exists and `force` is False.
    """
    path = Path(path)
    write = KINDS.get(path.suffix.lower())
    if write is None:
        raise ValueError(
            f"{path.name}: endelsen {path.suffix or '(ingen)'} kendes ikke; brug en af: {' '.join(KINDS)}"
        )
    with new_file(path, force=force) as temporary:
        write(rows, temporary, excel)


def write_coded(
    statements: Iterable[Statement], path: str | Path, *, force: bool = False, excel: bool = False
) -> None:
    """Write coded statements to a file; see `write_rows`."""
    write_rows(StatementRows(list(statements)), path, force=force, excel=excel)
