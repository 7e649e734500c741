"""Word documents: headings by style, lists, tables."""

from __future__ import annotations

import io
import re
from typing import Any

from etisklandskab.errors import NotesError
from etisklandskab.notes.blocks import Block
from etisklandskab.notes.tables import table_to_blocks
from etisklandskab.notes.text import to_blocks

__all__ = ["read_word"]

_HEADING_STYLE = re.compile(r"^(?:heading|overskrift)\s*(\d)$", re.IGNORECASE)
_TITLE_STYLE = re.compile(r"^(?:title|titel)$", re.IGNORECASE)
_LIST_STYLE = re.compile(r"list|liste|opstilling|punkt|bullet", re.IGNORECASE)
_SKIPPED_STYLE = re.compile(
    r"^(?:toc|indholdsfortegnelse|header|footer|sidehoved|sidefod)", re.IGNORECASE
)


def read_word(data: bytes, source: str) -> list[Block]:
    """Read a ``.docx`` file."""
    import docx
    from docx.table import Table

    try:
        document = docx.Document(io.BytesIO(data))
        content = list(document.iter_inner_content())
    except Exception as error:  # python-docx raises whatever zip, XML and package code do
        raise NotesError(
            source,
            "dokumentet er beskadiget og kan ikke åbnes.",
            "Åbn det i Word, og gem det igen som .docx.",
        ) from error
    blocks: list[Block] = []
    gap = True
    for number, item in enumerate(content, start=1):
        if isinstance(item, Table):
            blocks += _table(item, number)
            gap = True
            continue
        style = (item.style.name if item.style is not None else "") or ""
        if _SKIPPED_STYLE.match(style):
            continue
        for line in item.text.split("\n"):
            text = " ".join(line.split())
            if not text:
                gap = True
                continue
            blocks.append(_paragraph(item, style, text, gap, f"afsnit {number}"))
            gap = False
    return blocks


def _paragraph(item: Any, style: str, text: str, gap: bool, place: str) -> Block:
    heading = _HEADING_STYLE.match(style)
    properties = item._p.pPr
    numbering = properties.numPr if properties is not None else None
    if heading:
        return Block("heading", text, int(heading[1]), gap, place=place)
    if _TITLE_STYLE.match(style):
        return Block("heading", text, 1, gap, place=place)
    if numbering is not None or _LIST_STYLE.search(style):
        level = numbering.ilvl.val if numbering is not None and numbering.ilvl is not None else 0
        digits = re.search(r"(\d)$", style)
        if digits and not level:
            level = int(digits[1]) - 1
        return Block("bullet", text, level, gap, place=place)
    runs = [run for run in item.runs if run.text.strip()]
    bold = bool(runs) and all(run.bold for run in runs)
    if bold and len(text.split()) <= 12 and not text.endswith((".", "!")):
        return Block("heading", text, 0, gap, place=place)
    typed = to_blocks([text])
    kind = typed[0].kind if typed else "text"
    if kind == "bullet":  # a dash typed by hand
        return Block("bullet", typed[0].text, 0, gap, place=place)
    return Block("text", text, 0, gap, place=place)


def _table(table: Any, number: int) -> list[Block]:
    rows = []
    for row in table.rows:
        cells, seen = [], set()
        for cell in row.cells:  # a merged cell is given once for each column it spans
            cells.append("" if id(cell._tc) in seen else cell.text.strip())
            seen.add(id(cell._tc))
        rows.append(cells)
    return table_to_blocks(rows, f"tabel ved afsnit {number}, række {{}}")
