"""PDF, OpenDocument and rich text."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

from etisklandskab.errors import NotesError
from etisklandskab.notes.blocks import Block
from etisklandskab.notes.tables import table_to_blocks
from etisklandskab.notes.text import to_blocks

__all__ = ["read_odt", "read_pdf", "read_rtf"]


def read_pdf(data: bytes, source: str) -> list[Block]:
    """Read the text layer of a PDF without the header and footer of its pages."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise NotesError(
                source,
                "PDF-filen er beskyttet med adgangskode.",
                "Fjern beskyttelsen, eller gem teksten som .docx eller .txt.",
            )
        pages = [page.extract_text(extraction_mode="layout").split("\n") for page in reader.pages]
    except NotesError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise NotesError(
            source, "PDF-filen er beskadiget og kan ikke læses.", "Gem den på ny som PDF."
        ) from error
    lines: list[str] = []
    for page in _without_running_lines(pages):
        # a paragraph may go on over the page
        if lines and page and not _may_go_on(lines, page):
            lines.append("")
        lines += page
    if not any(line.strip() for line in lines):
        raise NotesError(
            source,
            "PDF-filen rummer ingen tekst, kun billeder (den er vist skannet).",
            "Kør tekstgenkendelse (OCR) på den først.",
        )
    return to_blocks(lines, wrapped=True)


def _may_go_on(lines: list[str], page: list[str]) -> bool:
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    first = next((line.strip() for line in page if line.strip()), "")
    return first[:1].islower() and not last.endswith((".", "!", "?", ":"))


def _without_running_lines(pages: list[list[str]]) -> list[list[str]]:
    """Drop lines at the top and foot that come again on other pages, whatever their number."""

    def key(line: str) -> str:
        return re.sub(r"\d+", "#", " ".join(line.split()))

    def edges(page: list[str]) -> list[int]:
        filled = [i for i, line in enumerate(page) if line.strip()]
        return sorted({*filled[:2], *filled[-2:]})

    counts = Counter(k for page in pages for k in {key(page[i]) for i in edges(page)})
    running = {k for k, n in counts.items() if n >= 2 and n >= len(pages) / 2}
    result = []
    for page in pages:
        drop = {i for i in edges(page) if key(page[i]) in running}
        kept = ["" if i in drop else line for i, line in enumerate(page)]
        while kept and not kept[0].strip():
            kept.pop(0)
        while kept and not kept[-1].strip():
            kept.pop()
        result.append(_single_spaced(kept))
    return result


def _single_spaced(lines: list[str]) -> list[str]:
    """Undo a line spacing that the layout shows as an empty line after every line."""
    filled = [i for i, line in enumerate(lines) if line.strip()]
    steps = Counter(b - a for a, b in pairwise(filled))
    usual = steps.most_common(1)[0][0] if steps else 1
    if usual == 1:
        return lines
    result: list[str] = []
    for previous, i in zip([None, *filled], filled, strict=False):
        if previous is not None and i - previous > usual:
            result.append("")
        result.append(lines[i])
    return result


def read_rtf(data: bytes, source: str) -> list[Block]:
    """Read a rich-text file."""
    from striprtf.striprtf import rtf_to_text

    try:
        text = rtf_to_text(data.decode("latin-1"), encoding="cp1252", errors="replace")
    except (UnicodeError, ValueError, IndexError, KeyError) as error:
        raise NotesError(
            source, "RTF-filen er beskadiget og kan ikke læses.", "Gem den igen som .docx."
        ) from error
    return to_blocks(text.split("\n"))


def read_odt(data: bytes, source: str) -> list[Block]:
    """Read an OpenDocument text: headings, paragraphs, lists and tables."""
    from odfdo import Document

    try:
        document = Document(io.BytesIO(data))
        if b"encryption-data" in document.manifest.serialize():
            raise NotesError(
                source, "dokumentet er beskyttet med adgangskode.", "Gem det uden adgangskode."
            )
        elements = list(document.body.children)
    except NotesError:
        raise
    except Exception as error:  # odfdo raises whatever zip and XML code do
        raise NotesError(
            source, "dokumentet er beskadiget og kan ikke åbnes.", "Gem det igen som .odt."
        ) from error
    blocks: list[Block] = []
    for number, element in enumerate(elements, start=1):
        blocks += _odt_element(element, f"afsnit {number}", level=0)
    return blocks


def _odt_element(element: Any, place: str, level: int) -> list[Block]:
    tag = element.tag
    if tag == "text:h":
        depth = int(element.get_attribute("text:outline-level") or 1)
        return [Block("heading", _odt_text(element), depth, place=place)]
    if tag == "text:p":
        style = str(element.get_attribute("text:style-name") or "").casefold()
        text = _odt_text(element)
        if style in ("title", "titel") and text:
            return [Block("heading", text, 1, place=place)]
        return [
            replace(block, gap=True, place=place)
            for line in text.split("\n")
            for block in to_blocks([line])
        ]
    if tag == "text:list":
        items = [part for item in element.children for part in item.children]
        return [
            block
            for part in items
            for block in (
                _odt_element(part, place, level + 1)
                if part.tag == "text:list"
                else [Block("bullet", _odt_text(part), level, place=place)]
            )
            if block.text
        ]
    if tag == "table:table":
        rows = [
            [_odt_text(cell) for cell in row.get_elements("table:table-cell")]
            for row in element.get_elements(".//table:table-row")
        ]
        return table_to_blocks(rows, f"tabel ved {place}, række {{}}")
    if tag in ("text:section", "text:index-body"):
        return [b for child in element.children for b in _odt_element(child, place, level)]
    return []


def _odt_text(element: Any) -> str:
    return "\n".join(" ".join(line.split()) for line in element.inner_text.split("\n")).strip()
