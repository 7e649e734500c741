"""Coded statements to a table on disk: CSV, Excel, JSON lines, Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, overload

from etisklandskab.columns import danish_title, to_row
from etisklandskab.errors import MissingExtraError
from etisklandskab.files import by_ending, new_file
from etisklandskab.landscape import Logic, Statement, split_list
from etisklandskab.report.sheets import append, head, print_on_a_page

__all__ = ["KINDS", "StatementRows", "to_csv", "write_coded", "write_rows"]

if TYPE_CHECKING:
    from etisklandskab.model.classifier import EthicsClassifier

Rows = Sequence[dict[str, Any]]
_SHARES = ("share", "low", "high", "record_share", "record_low", "record_high")


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

    book = Workbook()
    sheet = book.active
    names = _header(rows)
    sheet.title = "Udsagn" if "text" in names else "Profil"
    append(sheet, [danish_title(name) for name in names])
    for row in rows:
        append(sheet, [_danish(name, row.get(name)) for name in names])
    for name, column in zip(names, sheet.iter_cols(min_row=2), strict=True):
        for cell in column:
            if name.startswith("p_") or name in _SHARES:
                cell.number_format = "0%"
    for cell in sheet[1]:
        sheet.column_dimensions[cell.column_letter].width = 15
    head(sheet)
    print_on_a_page(sheet)
    book.save(path)


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
    write = by_ending(path, KINDS)
    with new_file(path, force=force) as temporary:
        write(rows, temporary, excel)


def write_coded(
    statements: Iterable[Statement],
    path: str | Path,
    *,
    force: bool = False,
    excel: bool = False,
    model: EthicsClassifier | None = None,
) -> None:
    """Write coded statements to a file, at once or not at all; its ending says which kind.

    An Excel workbook is made for correcting: what a human writes in it is read back by
    `read_notes` and counts as certain.

    Parameters
    ----------
    statements : iterable of Statement
        Coded.
    path : str or Path
        Ends on ``.csv``, ``.xlsx``, ``.jsonl`` or ``.parquet``.
    force : bool, default=False
        Replace a file that is there.
    excel : bool, default=False
        Write CSV as Danish Excel wants it.
    model : EthicsClassifier, optional
        The model that coded them: then a workbook tells the words that carried each code.

    Raises
    ------
    ValueError
        If the ending is none of these.
    FileExistsError
        If the file exists and `force` is False.
    """
    statements = list(statements)
    if Path(path).suffix.lower() == ".xlsx":
        from etisklandskab.report.workbook import write_workbook

        with new_file(Path(path), force=force) as temporary:
            write_workbook(statements, temporary, model)
    else:
        write_rows(StatementRows(statements), path, force=force, excel=excel)
