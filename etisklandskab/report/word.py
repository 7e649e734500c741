"""A notat or visionsprodukt as a Word document.

How it looks is in styles alone, so that who changes a style changes the whole document.
Word is strict about the order of elements: every builder here appends in the schema's order.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, zip_longest
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm

from etisklandskab.landscape import Logic, Statement
from etisklandskab.profile.profile import FEW
from etisklandskab.report.document import (
    EMPHASIS,
    Block,
    Bullets,
    Document,
    Heading,
    Landscape,
    Paragraph,
    Quotes,
    Shares,
    Table,
    Tension,
    logics_of,
    place_of,
    statements_of,
)

__all__ = ["to_docx"]

_LANGUAGE = "da-DK"
_FONT = "Arial"  # where it is missing there is Liberation Sans, which breaks lines alike
_DARK, _GREY, _LINE, _SHADE = "22313A", "55626B", "B8C2C9", "EEF2F4"
_WIDTH = Cm(16)  # an A4 page between its margins
_INDENT = Cm(0.6).twips
_MARGINS = 200  # of a cell, in twips
_DPI = 200
_STATEMENT = {logic: f"Statement{logic.value.capitalize()}" for logic in Logic}

# of python-docx's template: nothing that we use, and traces of the machine it was made on
_UNUSED = (
    "/customXml/item1.xml",
    "/docProps/app.xml",
    "/docProps/thumbnail.jpeg",
    "/word/fontTable.xml",
    "/word/stylesWithEffects.xml",
    "/word/webSettings.xml",
)

_NOT_XML = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FIGURES = re.compile(rf"[\d\s\[\]().,%/±<>≤≥+–-]*|{FEW}")


def to_docx(document: Document) -> bytes:
    """Render a document as Word.

    Parameters
    ----------
    document : Document
        The document.

    Returns
    -------
    bytes
        A ``.docx``; the same bytes for the same document.

    Raises
    ------
    MissingExtraError
        If it has pictures and matplotlib is not installed.
    """
    package = docx.Document()
    _dress(package)
    _sign(package, document)
    end = package.element.body.sectPr
    for element in _Body(document, package.part).elements():
        end.addprevious(element)
    return _zipped(package)


class _Body:
    """The blocks of a document on their way to elements; counts figures, tables and headings."""

    def __init__(self, document: Document, part: Any) -> None:
        self._document = document
        self._part = part
        self._counts: Counter[str] = Counter()
        statements = chain.from_iterable(map(statements_of, document.blocks))
        self._many_workshops = len({statement.workshop for statement in statements} - {""}) > 1

    def elements(self) -> Iterator[Any]:
        yield _p("Title", _run(self._document.title))
        if self._document.subtitle:
            yield _p("Subtitle", _run(self._document.subtitle))
        headings = [block for block in self._document.blocks if isinstance(block, Heading)]
        if self._document.contents and headings:
            yield _contents(headings)
        blocks = self._document.blocks
        for block, following in zip_longest(blocks, blocks[1:]):
            yield from self._block(block, following)

    def _block(self, block: Block, following: Block | None) -> Iterator[Any]:
        match block:
            case Heading(text, level):
                yield _p(f"Heading{level}", *self._bookmarked(text))
            case Paragraph(text):
                alone = following is None or isinstance(following, Heading | Paragraph)
                yield _p("Normal" if alone else "LeadIn", *_emphasised(text))
            case Bullets(items):
                for item in items:
                    yield _p("ListBullet", *_emphasised(item))
            case Quotes(statements):
                for statement in statements:
                    yield from self._quote(statement)
            case Tension(first, second):
                yield self._tension(first, second)
                yield _p("Gap")  # Word would join it to a table that follows
            case Table(caption, header, rows):
                yield self._caption("Tabel", caption, keep_next=True)
                yield _table(caption, header, rows)
                yield _p("Gap")
            case Landscape(_, _, caption, alt) | Shares(_, _, caption, alt):
                yield self._picture(block, alt)
                yield self._caption("Figur", caption)

    def _bookmarked(self, text: str) -> Iterator[Any]:
        at = self._counts["heading"]
        self._counts["heading"] += 1
        yield _w("bookmarkStart", id=at, name=_bookmark(at))
        yield _run(text)
        yield _w("bookmarkEnd", id=at)

    def _quote(self, statement: Statement) -> Iterator[Any]:
        yield _p(_STATEMENT[logics_of(statement)[0]], _run(statement.text))
        yield _p("Source", _run(_source(statement, workshop=self._many_workshops)))

    def _tension(self, *statements: Statement) -> Any:
        names = [logics_of(statement)[0].danish.capitalize() for statement in statements]
        widths = [_WIDTH.twips // 2] * 2
        head = [
            _cell(width, _p("TableText", _run(name)))
            for width, name in zip(widths, names, strict=True)
        ]
        body = [
            _cell(width, *self._quote(statement))
            for width, statement in zip(widths, statements, strict=True)
        ]
        alt = f"To udsagn, som trækker hver sin vej: {names[0].lower()} og {names[1].lower()}."
        return _grid("Tension", alt, widths, [head, body])

    def _caption(self, label: str, text: str, *, keep_next: bool = False) -> Any:
        self._counts[label] += 1
        number = _field(f"SEQ {label} \\* ARABIC", str(self._counts[label]))
        caption = _p("Caption", _run(f"{label} "), number, _run(f". {text}"))
        if keep_next:  # as Word itself does where a caption stands above
            caption.pPr.append(_w("keepNext"))
        return caption

    def _picture(self, block: Landscape | Shares, alt: str) -> Any:
        inline = self._part.new_pic_inline(io.BytesIO(_drawn(block)), width=_WIDTH)
        number = self._counts["Figur"] + 1
        for name, value in (("id", number), ("name", f"Figur {number}"), ("descr", _clean(alt))):
            inline.docPr.set(name, str(value))
        for side in "TBLR":
            inline.set(
                f"dist{side}", "0"
            )  # where it is not told, LibreOffice moves it to the right
        return _p("Figure", _w("r", _w("drawing", inline)))


def _source(statement: Statement, *, workshop: bool) -> str:
    """Return the line under a statement: place, logics and whether they are unsure."""
    names = [
        logic.theory if logic is Logic.NONE else logic.danish for logic in logics_of(statement)
    ]
    logics = " og ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    parts = (place_of(statement, workshop=workshop), logics, "usikker" if statement.unsure else "")
    return " · ".join(filter(None, parts))


def _drawn(block: Landscape | Shares) -> bytes:
    """Return a picture as PNG, the same bytes every time."""
    from etisklandskab.report.pictures import render

    if isinstance(block, Landscape):
        return render(block.profile, "landscape", dpi=_DPI, concepts=[block.concept])
    return render(block.profile, "group_bars", dpi=_DPI, group=block.group)


# -- elements --------------------------------------------------------------------------------


def _w(tag: str, *children: Any, **attributes: object) -> Any:
    """Return an element of WordprocessingML: ``_w("jc", val="right")``."""
    element = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), _clean(str(value)))
    element.extend(children)
    return element


def _clean(text: str) -> str:
    """Leave out what XML cannot hold, such as control characters."""
    return _NOT_XML.sub("", text)


def _p(style: str, *content: Any) -> Any:
    return _w("p", _w("pPr", _w("pStyle", val=style)), *content)


def _run(text: str, style: str = "") -> Any:
    run = _w("r")
    run.text = _clean(text)
    if style:
        run.style = style
    return run


def _emphasised(text: str) -> Iterator[Any]:
    # every second part is what stood between asterisks
    for at, part in enumerate(EMPHASIS.split(text)):
        if part:
            yield _run(part, "Emphasis" if at % 2 else "")


def _field(instruction: str, shown: str) -> Any:
    return _w("fldSimple", _run(shown), instr=f" {instruction} ")


def _mark(kind: str) -> Any:
    return _w("r", _w("fldChar", fldCharType=kind))


def _instruction(text: str) -> Any:
    element = _w("instrText")
    element.set(qn("xml:space"), "preserve")
    element.text = f" {text} "
    return _w("r", element)


def _bookmark(at: int) -> str:
    return f"_Toc{at + 1:08d}"


def _contents(headings: Sequence[Heading]) -> Any:
    """Return the table of contents as Word makes it, with links for those who never update it.

    Page numbers are Word's to know: their fields are empty until somebody updates the table.
    """
    entries = []
    for at, heading in enumerate(headings):
        page = [
            _mark("begin"),
            _instruction(f"PAGEREF {_bookmark(at)} \\h"),
            _mark("separate"),
            _mark("end"),
        ]
        link = _w(
            "hyperlink",
            _run(" ".join(heading.text.split())),
            _run("\t"),
            *page,
            anchor=_bookmark(at),
            history=1,
        )
        entries.append(_p(f"TOC{heading.level}", link))
    begin = [_mark("begin"), _instruction('TOC \\o "1-2" \\h \\z \\u'), _mark("separate")]
    for run in reversed(begin):
        entries[0].insert(1, run)
    gallery = _w("docPartObj", _w("docPartGallery", val="Table of Contents"), _w("docPartUnique"))
    content = [_p("TOCHeading", _run("Indhold")), *entries, _p("Gap", _mark("end"))]
    return _w("sdt", _w("sdtPr", gallery), _w("sdtContent", *content))


def _table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Any:
    columns = list(zip(header, *rows, strict=True))
    widths = _column_widths(columns)
    cells = []
    for at, (width, own) in enumerate(zip(widths, columns, strict=True)):
        # figures stand under one another; what names the row does not
        figures = at > 0 and len(own) > 1 and all(map(_FIGURES.fullmatch, own[1:]))
        style = "TableFigure" if figures else "TableText"
        texts = [own[0], *map(_figures, own[1:])] if figures else own
        cells.append([_cell(width, _p(style, _run(text))) for text in texts])
    lines = list(zip(*cells, strict=True))
    return _grid("Report", caption, widths, lines)


def _column_widths(columns: Sequence[Sequence[str]]) -> list[int]:
    """Share out the page: to each column its longest word, the rest by what most cells need."""
    words = [max(_length(word) for cell in own for word in _unbroken(cell)) for own in columns]
    widths = [_MARGINS + min(longest, 3000) for longest in words]
    wants = [
        max(0, _MARGINS + min(_most(own), 8000) - width)
        for own, width in zip(columns, widths, strict=True)
    ]
    room = _WIDTH.twips - sum(widths)
    order = sorted(range(len(columns)), key=wants.__getitem__)  # the shortest are filled first
    for served, at in enumerate(order):
        given = min(wants[at], room // (len(order) - served))
        widths[at] += given
        room -= given
    return [width + room // len(widths) for width in widths]


def _most(column: Sequence[str]) -> int:
    """Return a length that nine cells of ten do not exceed."""
    return sorted(map(_length, column))[9 * len(column) // 10]


def _length(text: str) -> int:
    """Return about how long a text is in a table, in bold, in twips."""
    return sum(70 if c in " \xa0.,:;[]()/-fijlrt" else 175 if c in "mwMW%" else 120 for c in text)


def _unbroken(cell: str) -> list[str]:
    return (_figures(cell) if _FIGURES.fullmatch(cell) else cell).split(" ")


def _figures(cell: str) -> str:
    """Return figures that break only after a slash: not between a share and its interval."""
    return re.sub("(?<!/) ", "\xa0", cell)


def _cell(width: int, *paragraphs: Any) -> Any:
    return _w("tc", _w("tcPr", _w("tcW", w=width, type="dxa")), *paragraphs)


def _grid(style: str, alt: str, widths: Sequence[int], lines: Sequence[Sequence[Any]]) -> Any:
    properties = _w(
        "tblPr",
        _w("tblStyle", val=style),
        _w("tblW", w=sum(widths), type="dxa"),
        _w("tblLayout", type="fixed"),
        _w(
            "tblLook",
            val="04A0",
            firstRow=1,
            lastRow=0,
            firstColumn=1,
            lastColumn=0,
            noHBand=0,
            noVBand=1,
        ),
        _w("tblCaption", val=alt),
    )
    rows = []
    for at, cells in enumerate(lines):
        head = [] if at else [_w("tblHeader")]
        rows.append(_w("tr", _w("trPr", _w("cantSplit"), *head), *cells))
    return _w("tbl", properties, _w("tblGrid", *(_w("gridCol", w=w) for w in widths)), *rows)


# -- styles ----------------------------------------------------------------------------------


def _styles() -> Iterator[Any]:
    """Yield the styles; those with an English name are Word's own, which it shows in Danish."""
    yield _style("Normal", layout=_layout(after=6, line=1.15), base="", default=1)
    yield _own("Optakt", "LeadIn", layout=_layout(keep_next=True), following="Normal")
    yield _style(
        "Title",
        layout=_layout(keep_lines=True, keep_next=True, after=4, line=1),
        look=_look(24, _DARK, bold=True),
        following="Subtitle",
    )
    yield _style("Subtitle", layout=_layout(after=18), look=_look(12, _GREY), following="Normal")
    for level, (size, before, after) in enumerate(((16, 22, 6), (12, 14, 4)), start=1):
        yield _style(
            f"heading {level}",
            f"Heading{level}",
            layout=_layout(
                keep_lines=True,
                keep_next=True,
                before=before,
                after=after,
                line=1,
                outline=level - 1,
            ),
            look=_look(size, _DARK, bold=True),
            following="Normal",
        )
    yield _style(
        "List Bullet",
        layout=_layout(numbered=True, after=3, left=_INDENT, hanging=_INDENT),
    )
    yield _style(
        "Quote",
        layout=_layout(keep_lines=True, keep_next=True, before=8, after=1, left=_INDENT),
        following="Source",
    )
    for logic, name in _STATEMENT.items():
        yield _own(
            f"Udsagn {logic.danish}",
            name,
            layout=_layout(border=logic.colour[1:]),
            base="Quote",
            following="Source",
        )
    yield _own(
        "Kilde",
        "Source",
        layout=_layout(keep_lines=True, after=8, line=1, left=_INDENT),
        look=_look(9, _GREY),
        following="Normal",
    )
    yield _own(
        "Figur",
        "Figure",
        layout=_layout(keep_next=True, before=6, after=0, line=1),
        following="Caption",
    )
    yield _style(
        "caption",
        layout=_layout(keep_lines=True, before=6, after=8, line=1),
        look=_look(9, _GREY),
        following="Normal",
    )
    yield _own(
        "Tabeltekst",
        "TableText",
        layout=_layout(before=2, after=2, line=1),
        look=_look(9.5),
    )
    yield _own("Tabeltal", "TableFigure", layout=_layout(align="right"), base="TableText")
    yield _own("Luft", "Gap", layout=_layout(line=0.5), look=_look(8))
    yield _style("TOC Heading", base="Heading1", layout=_layout(outline=9))
    for level, left in enumerate((0, _INDENT), start=1):
        yield _style(
            f"toc {level}",
            f"TOC{level}",
            layout=_layout(tab=_WIDTH.twips, before=4 * (level == 1), after=1, line=1, left=left),
            following="Normal",
        )
    yield _style("footer", layout=_layout(tab=_WIDTH.twips, line=1), look=_look(8, _GREY))
    yield _style(
        "Emphasis",
        kind="character",
        look=_look(italic=True),
        base="DefaultParagraphFont",
    )
    yield _table_style("Rapporttabel", "Report", lines=True)
    yield _table_style("Spænding", "Tension", lines=False)


def _style(
    name: str,
    identity: str = "",
    *,
    kind: str = "paragraph",
    base: str = "Normal",
    following: str = "",
    layout: Sequence[Any] = (),
    look: Sequence[Any] = (),
    **attributes: object,
) -> Any:
    identity = identity or "".join(word[0].upper() + word[1:] for word in name.split())
    style = _w("style", _w("name", val=name), type=kind, **attributes, styleId=identity)
    if base:
        style.append(_w("basedOn", val=base))
    if following:
        style.append(_w("next", val=following))
    style.append(_w("qFormat"))
    if layout:
        style.append(_w("pPr", *layout))
    if look:
        style.append(_w("rPr", *look))
    return style


_own = partial(_style, customStyle=1)


def _layout(
    *,
    keep_next: bool = False,
    keep_lines: bool = False,
    numbered: bool = False,
    border: str = "",
    tab: int = 0,
    before: float | None = None,
    after: float | None = None,
    line: float | None = None,
    left: int | None = None,
    hanging: int | None = None,
    align: str = "",
    outline: int | None = None,
) -> list[Any]:
    """Return how a paragraph stands: spaces in points, lines as a factor, widths in twips."""
    spacing = {
        "before": None if before is None else round(20 * before),
        "after": None if after is None else round(20 * after),
        "line": None if line is None else round(240 * line),
        "lineRule": None if line is None else "auto",
    }
    elements = [
        _w("keepNext") if keep_next else None,
        _w("keepLines") if keep_lines else None,
        _w("numPr", _w("numId", val=1)) if numbered else None,
        _w("pBdr", _w("left", val="single", sz=24, space=8, color=border)) if border else None,
        _w("tabs", _w("tab", val="right", pos=tab)) if tab else None,
        _known("spacing", **spacing),
        _known("ind", left=left, hanging=hanging),
        _w("jc", val=align) if align else None,
        _known("outlineLvl", val=outline),
    ]
    return [element for element in elements if element is not None]


def _look(
    size: float = 0, colour: str = "", *, bold: bool = False, italic: bool = False
) -> list[Any]:
    """Return how letters look; Arabic and Hebrew (the names on -Cs) as the others."""
    elements = []
    if bold:
        elements += [_w("b"), _w("bCs")]
    if italic:
        elements += [_w("i"), _w("iCs")]
    if colour:
        elements.append(_w("color", val=colour))
    if size:
        elements += [_w("sz", val=round(2 * size)), _w("szCs", val=round(2 * size))]
    return elements


def _known(tag: str, **attributes: object) -> Any:
    known = {name: value for name, value in attributes.items() if value is not None}
    return _w(tag, **known) if known else None


def _table_style(name: str, identity: str, *, lines: bool) -> Any:
    style = _own(name, identity, kind="table", base="TableNormal")
    line = {"val": "single", "sz": 4, "space": 0, "color": _LINE}
    borders = [_w("tblBorders", *(_w(side, **line) for side in ("top", "bottom", "insideH")))]
    margins = (
        {"top": 30, "left": 100, "bottom": 30, "right": 100} if lines else {"left": 0, "right": 200}
    )
    style.append(
        _w(
            "tblPr",
            _w("tblInd", w=0, type="dxa"),
            *(borders if lines else []),
            _w("tblCellMar", *(_w(side, w=w, type="dxa") for side, w in margins.items())),
        )
    )
    shade = [_w("tcPr", _w("shd", val="clear", color="auto", fill=_SHADE))] if lines else []
    # a head does not stand alone at the foot of a page
    style.append(
        _w(
            "tblStylePr",
            _w("pPr", *_layout(keep_next=True)),
            _w("rPr", *_look(bold=True)),
            *shade,
            type="firstRow",
        )
    )
    return style


# -- the package -----------------------------------------------------------------------------


def _dress(package: Any) -> None:
    """Put our own styles, list, settings and page in the place of python-docx's template's."""
    for rels in (package.part.package.rels, package.part.rels):
        for key in [key for key, rel in rels.items() if rel.target_part.partname in _UNUSED]:
            del rels[key]
    _set_styles(package.styles.element)
    _set_bullets(package.part.numbering_part.element)
    _set_settings(package.settings.element)
    section = package.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.5)
    section.header_distance = section.footer_distance = Cm(1.25)


def _set_styles(styles: Any) -> None:
    for style in styles.style_lst:
        if style.styleId not in ("DefaultParagraphFont", "TableNormal", "NoList"):
            styles.remove(style)
    defaults = styles.find(qn("w:docDefaults"))
    fonts = _w("rFonts", ascii=_FONT, hAnsi=_FONT, eastAsia=_FONT, cs=_FONT)
    language = _w("lang", val=_LANGUAGE, eastAsia=_LANGUAGE, bidi="ar-SA")
    defaults.clear()
    defaults.extend(
        [
            _w("rPrDefault", _w("rPr", fonts, *_look(10.5), language)),
            _w("pPrDefault", _w("pPr", *_layout(after=0, line=1))),
        ]
    )
    styles.extend(_styles())


def _set_bullets(numbering: Any) -> None:
    bullet = _w(
        "lvl",
        _w("start", val=1),
        _w("numFmt", val="bullet"),
        _w("pStyle", val="ListBullet"),
        _w("lvlText", val="•"),
        _w("lvlJc", val="left"),
        _w("pPr", *_layout(left=_INDENT, hanging=_INDENT)),
        ilvl=0,
    )
    kind = _w("multiLevelType", val="singleLevel")
    numbering.clear()
    numbering.append(_w("abstractNum", kind, bullet, abstractNumId=0))
    numbering.append(_w("num", _w("abstractNumId", val=0), numId=1))


def _set_settings(settings: Any) -> None:
    changes: dict[str, dict[str, object]] = {
        "themeFontLang": {"val": _LANGUAGE},
        "decimalSymbol": {"val": ","},
        "listSeparator": {"val": ";"},
        "zoom": {"percent": 100},
    }
    for tag, attributes in changes.items():
        old = settings.find(qn(f"w:{tag}"))
        old.getparent().replace(old, _w(tag, **attributes))
    compatibility = settings.find(qn("w:compat"))
    compatibility.remove(compatibility.find(qn("w:useFELayout")))
    # else Word opens it in the compatibility mode of 2010
    compatibility.find(qn("w:compatSetting")).set(qn("w:val"), "15")


def _sign(package: Any, document: Document) -> None:
    """Fill in the footer and the properties: no date and no user, so the same bytes each time."""
    package.sections[0].footer.paragraphs[0]._p.extend(
        [
            _run(f"{document.footer}\tSide "),
            _field("PAGE", "1"),
            _run(" af "),
            _field("NUMPAGES", "1"),
        ]
    )
    properties = package.core_properties
    properties.title = _clean(document.title)[:255]  # longer ones are refused
    properties.subject = _clean(document.subtitle)[:255]
    properties.author = "etisklandskab"
    properties.language = _LANGUAGE
    properties.comments = ""
    core = properties._element
    for name in ("dcterms:created", "dcterms:modified"):
        core.remove(core.find(qn(name)))


def _zipped(package: Any) -> bytes:
    """Save with fixed times: the same bytes for the same parts."""
    written, fixed = io.BytesIO(), io.BytesIO()
    package.save(written)
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(fixed, "w") as target:
        for name in parts.namelist():
            entry = zipfile.ZipInfo(name)  # of 1980
            entry.create_system = 0  # nor does it say on which kind of machine
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, parts.read(name))
    return fixed.getvalue()
