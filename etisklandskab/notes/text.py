"""Plain text: bytes to lines to blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from etisklandskab.errors import NotesError
from etisklandskab.notes.blocks import Block, Kind
from etisklandskab.notes.cleaning import is_furniture

__all__ = ["decode", "read_text", "to_blocks"]

_BULLET = re.compile(
    r"^(?P<indent>\s*)(?P<mark>[-–—•·*‣▪▫◦●○■□►▶➢➤→✓✔☐☑☒+]\s*(?=[^\s\d*_–-])|[-–—•·*‣▪◦●○►→+]\s+(?=\S)"
    r"|o\s+(?=[A-ZÆØÅ])|\[[ xX]?\]\s+|[a-hA-H]\)\s+|\d{1,2}\)\s+)"
)
_NUMBERED = re.compile(
    r"^\s*\d{1,2}\.\s+(?!(?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)\w*\b)(?=\S)",
    re.IGNORECASE,
)
_ATX = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_BOLD = re.compile(r"^(\*\*|__)(?P<text>[^*_]{2,80})\1:?$")
_SETEXT = re.compile(r"^(=+|-+)$")
_SPEAKER = re.compile(r"^\s*[^\W\d_][\w .’'-]{0,40}:\s")
_CLOCK = re.compile(r"^[\[(]?\d{1,2}:\d{2}")
_SENTENCE_END = re.compile(r"[.!?:…][\"”»)]*$")


def decode(data: bytes, source: str) -> str:
    """Return the text of a file in any encoding that Danish files come in.

    Parameters
    ----------
    data : bytes
        The file: UTF-8 or UTF-16 with or without BOM, or Windows-1252.
    source : str
        The file's name, for messages.

    Raises
    ------
    NotesError
        If the file is not text.

    Examples
    --------
    >>> decode("værdigt".encode("cp1252"), "a.txt")
    'værdigt'
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif data[:400].count(b"\0") > len(data[:400]) // 4:
        odd = data[1:400:2].count(b"\0") > data[:400:2].count(b"\0")
        encodings = ["utf-16-le" if odd else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if sum(c < " " and c not in "\t\n\r\f\v" for c in text) <= len(text) // 500:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise NotesError(
        source,
        "filen er ikke tekst, men binære data.",
        "Gem noterne som .txt, .docx, .pdf eller .xlsx.",
    )


@dataclass(slots=True)
class _Line:
    text: str
    number: int
    gap: bool
    indent: int
    kind: Kind = "text"
    level: int = 0


def _typed(lines: Iterable[str], markdown: bool) -> Iterator[_Line]:
    gap, previous = True, None
    for number, raw in enumerate(lines, start=1):
        raw = raw.expandtabs(4) if raw[:1] in " \t" else raw
        text = raw.strip()
        setext = _SETEXT.match(text)
        if markdown and setext and previous and not gap and previous.kind == "text":
            previous.kind, previous.level = "heading", 1 if text[0] == "=" else 2
            continue
        if not text or is_furniture(text):
            gap = gap or not text
            continue
        line = _Line(text, number, gap, len(raw) - len(raw.lstrip()))
        heading = _ATX.match(text)
        bullet = _BULLET.match(raw)
        if heading:
            line.kind, line.level, line.text = "heading", len(heading[1]), heading[2]
        elif bullet:
            line.kind, line.text = "bullet", raw[bullet.end() :].strip()
        elif markdown and (bold := _BOLD.match(text)):
            line.kind, line.text = "heading", bold["text"]
        if previous is not None:
            yield previous
        previous, gap = line, False
    if previous is not None:
        yield previous


def _full_width(lines: list[_Line]) -> int:
    """Return the width that lines are wrapped at, or 0 where they are not."""
    lengths = sorted(len(line.text) + line.indent for line in lines)
    if not lengths or lengths[-1] > 160:
        return 0
    width = lengths[int(0.9 * (len(lengths) - 1))]
    return width if width >= 50 else 0


def to_blocks(
    lines: Iterable[str], *, markdown: bool = False, wrapped: bool = False
) -> list[Block]:
    """Join wrapped lines and tell headings, bullets and text apart by their marks.

    Parameters
    ----------
    lines : iterable of str
        The lines of a file.
    markdown : bool, default=False
        Lines of one paragraph belong together; underlined lines are headings.
    wrapped : bool, default=False
        Every line was cut at the page's width, as in a PDF.

    Returns
    -------
    list of Block
    """
    typed = list(_typed(lines, markdown))
    _type_numbered(typed)
    width = _full_width(typed)
    cased = sum(line.text[:1].islower() for line in typed) <= 0.15 * len(typed)
    indents = sorted({line.indent for line in typed if line.kind == "bullet"})
    blocks: list[Block] = []
    last = ""  # the last physical line of the open block
    for line in typed:
        if blocks and _continues(line, blocks[-1], last, width, cased, markdown, wrapped):
            joined = _join(blocks[-1].text, line.text)
            old = blocks[-1]
            blocks[-1] = Block(old.kind, joined, old.level, old.gap, place=old.place)
        else:
            level = indents.index(line.indent) if line.kind == "bullet" else line.level
            apart = "\t" if line.kind != "bullet" else " • "  # "• a • b • c" is three
            cells = [cell.strip() for cell in line.text.split(apart) if cell.strip()]
            for cell in cells:
                blocks.append(Block(line.kind, cell, level, line.gap, place=f"linje {line.number}"))
        last = line.text
    return blocks


def _type_numbered(lines: list[_Line]) -> None:
    """Make items of a numbered list bullets; a number on its own may be a heading's."""
    numbered = [bool(line.kind == "text" and _NUMBERED.match(line.text)) for line in lines]
    for i, line in enumerate(lines):
        beside = (i > 0 and numbered[i - 1] and not line.gap) or (
            i + 1 < len(lines) and numbered[i + 1] and not lines[i + 1].gap
        )
        if numbered[i] and beside:
            line.kind, line.text = "bullet", _NUMBERED.sub("", line.text)


def _continues(
    line: _Line, block: Block, last: str, width: int, cased: bool, markdown: bool, wrapped: bool
) -> bool:
    if line.kind != "text" or line.gap or block.kind == "heading" or "\t" in line.text:
        return False
    if any(pattern.match(line.text) for pattern in (_SPEAKER, _NUMBERED, _CLOCK)):
        return False
    lower = line.text[:1].islower() or not line.text[:1].isalnum()
    open_ended = not _SENTENCE_END.search(last)
    if last.endswith("-") and line.text[:1].islower():
        return True
    if markdown:
        return (
            (open_ended and lower) or len(last) > 60 or (block.kind == "bullet" and line.indent > 0)
        )
    if block.kind == "bullet" and line.indent > 1 and lower:
        return True
    if (
        cased
        and len(last) >= 25
        and open_ended
        and line.text[:1].islower()
        and block.kind == "text"
    ):
        return True
    if not width:
        return False
    if wrapped and len(last) >= 0.8 * width:
        return True
    return len(last) >= 0.7 * width and (lower or open_ended)


def _join(text: str, more: str) -> str:
    if text.endswith("-") and more[:1].islower():
        # "sam-\narbejde" is one word, "social- og" is two
        return text + " " + more if re.match(r"(?:og|eller|samt)\b", more) else text[:-1] + more
    return f"{text} {more}"


def read_text(data: bytes, source: str) -> list[Block]:
    """Read a ``.txt`` file."""
    return to_blocks(decode(data, source).split("\n"))
