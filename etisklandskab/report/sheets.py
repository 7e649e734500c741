"""What every sheet of a workbook shares: safe cells, a header, a page that can be printed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

__all__ = ["DARK", "append", "face", "head", "lines_of", "print_on_a_page"]

DARK = "3B4A54"
"""Colour of headers."""


def face(**options: Any) -> Any:
    """Return the workbook's own font: bold (``b=True``), struck through ..."""
    from openpyxl.styles import Font

    # without a name, LibreOffice takes one with serifs
    return Font(name="Calibri", family=2, **{"sz": 11, **options})


def append(sheet: Any, values: Sequence[Any]) -> None:
    """Add a row in which no text is taken for a formula, and control characters are left out."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    def cell(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        value = ILLEGAL_CHARACTERS_RE.sub(" ", value) or None
        if value is None or not value.startswith("="):
            return value
        text = WriteOnlyCell(sheet, value)
        text.data_type = "s"
        return text

    sheet.append([cell(value) for value in values])


def head(sheet: Any) -> None:
    """Let the first row be a header that stays in sight, with a filter on each column."""
    from openpyxl.styles import Alignment, PatternFill

    for cell in sheet[1]:
        cell.font = face(b=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=DARK)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.row_dimensions[1].height = 30
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"


def lines_of(value: Any, width: int) -> int:
    """Return how many lines a wrapped text takes: not every program sets heights on opening."""
    return max(1, math.ceil(1.1 * len(str(value)) / width))


def print_on_a_page(sheet: Any) -> None:
    """Let a sheet be as wide as a page on its side when it is printed."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.page_margins.footer = 0.3
    sheet.oddFooter.center.text = "&P af &N"
