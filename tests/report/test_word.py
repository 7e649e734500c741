"""The Word file: its styles, its fields, and that Word and LibreOffice open it."""

from __future__ import annotations

import io
import posixpath
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from etisklandskab import Logic, Statement, aggregate
from etisklandskab.report.document import (
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
)
from etisklandskab.report.word import to_docx

CERTAIN = {logic: tuple(0.91 if other is logic else 0.03 for other in Logic) for logic in Logic}


def said(text: str, *logics: Logic, unsure: bool = False, **place: Any) -> Statement:
    probabilities = CERTAIN[logics[0] if logics else Logic.NONE]
    return Statement(text, **place).with_coding(probabilities, logics, "prøve 1", unsure=unsure)


DUTY = said("Aftale er aftale", Logic.DUTY, group="Gruppe 1", speaker="MK", workshop="Workshop 1")
BOTH = said(
    "Vi skal lytte, for det er hendes liv",
    Logic.PROXIMITY,
    Logic.DUTY,
    unsure=True,
    group="Gruppe 2",
    workshop="Workshop 1",
)


def made(*blocks: Block, **other: Any) -> Document:
    options = {"title": "Notat", "subtitle": "Eksempelby", "footer": "etisklandskab 0.1.0"}
    return Document(**(options | other), blocks=blocks)


def opened(document: Document) -> Any:
    return docx.Document(io.BytesIO(to_docx(document)))


def found(root: Any, path: str) -> list[Any]:
    return list(root.iterfind(f".//{'/'.join(f'w:{tag}' for tag in path.split('/'))}", root.nsmap))


def text_of(element: Any) -> str:
    return "".join(part.text or "" for part in element.iter(qn("w:t")))


def style_of(paragraph: Any) -> str:
    return str(paragraph.pPr.style)


@pytest.fixture(scope="module")
def example(coded: list[Statement]) -> Document:
    """A document with a block of every kind, of the example workshops."""
    profile = aggregate(coded)
    of = {logic: [s for s in coded if s.logic is logic] for logic in Logic}
    rows = tuple((s.group, s.text, s.logic.danish) for s in coded[:60] if s.logic)
    parts: list[Block] = []
    for concept in ("sundt", "værdigt", "sammen om"):
        parts += [
            Heading(f"Hvad er {concept}?"),
            Paragraph("Billedet viser, hvad grupperne *begrunder* med."),
            Landscape(profile, concept, f"Grupperne om {concept}.", f"Trekant om {concept}."),
            Heading(f"Stemmer om {concept}", 2),
            Quotes(tuple(of[Logic.DUTY][:4] + of[Logic.PROXIMITY][:4] + of[Logic.NONE][:1])),
            Tension(of[Logic.DUTY][5], of[Logic.CONSEQUENCE][5]),
            Tension(of[Logic.PROXIMITY][5], of[Logic.CONSEQUENCE][6]),
        ]
    return made(
        Paragraph("Til dem, der var med."),
        Heading("Det vigtigste"),
        Bullets(("Om *sundt* står konsekvens stærkest.", "Om *værdigt* gør nærhed.")),
        *parts,
        Heading("Gruppe 3"),
        Shares(profile, ("Gruppe 3",), "Gruppe 3's logikker.", "Bånd for gruppe 3."),
        Heading("Bilag"),
        Table(
            "Andele i procent.", ("Gruppe", "Pligt"), (("Gruppe 1", "43 [8–79]"), ("I alt", "–"))
        ),
        Table("Udsagn.", ("Gruppe", "Udsagn", "Logik"), rows),
        title="Notat efter workshop 1",
        subtitle="Eksempelby Kommune, 3. marts 2026",
    )


@pytest.fixture(scope="module")
def written(example: Document) -> bytes:
    return to_docx(example)


@pytest.fixture(scope="module")
def body(written: bytes) -> Any:
    return docx.Document(io.BytesIO(written)).element.body


@pytest.fixture(scope="module")
def parts(written: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# -- what Word asks of a file ----------------------------------------------------------------


def test_every_part_is_well_formed_typed_and_pointed_at(parts: dict[str, bytes]) -> None:
    trees = {
        name: etree.fromstring(data)
        for name, data in parts.items()
        if name.endswith((".xml", ".rels"))
    }
    types = trees.pop("[Content_Types].xml")
    named = {e.get("PartName", "").lstrip("/") for e in types}
    endings = {e.get("Extension") for e in types}
    pointed = set()
    for name, tree in trees.items():
        if not name.endswith(".rels"):
            assert name in named, name
            continue
        folder = posixpath.dirname(posixpath.dirname(name))
        pointed |= {posixpath.normpath(posixpath.join(folder, e.get("Target"))) for e in tree}
        assert len({e.get("Id") for e in tree}) == len(tree)
    assert pointed == {name for name in parts if not name.endswith((".rels", "Types].xml"))}
    assert {name.rpartition(".")[2] for name in parts} <= endings
    used = set(etree.tostring(trees["word/document.xml"]).decode().split('r:embed="')[1:])
    related = {e.get("Id") for e in trees["word/_rels/document.xml.rels"]}
    assert {part.split('"')[0] for part in used} <= related


ORDERS = {  # of the schema, as far as we write it
    "pPr": "pStyle keepNext keepLines numPr pBdr tabs spacing ind jc outlineLvl",
    "rPr": "rStyle rFonts b bCs i iCs color sz szCs lang",
    "style": "name basedOn next uiPriority semiHidden unhideWhenUsed qFormat rsid pPr rPr tblPr tblStylePr",
    "tblPr": "tblStyle tblW tblInd tblBorders tblLayout tblCellMar tblLook tblCaption",
    "tblStylePr": "pPr rPr tcPr",
    "tblBorders": "top left bottom right insideH insideV",
    "tblCellMar": "top left bottom right",
    "tbl": "tblPr tblGrid tr",
    "tc": "tcPr p",
    "tr": "trPr tc",
    "trPr": "cantSplit tblHeader",
    "sdt": "sdtPr sdtContent",
    "lvl": "start numFmt pStyle lvlText lvlJc pPr",
    "numbering": "abstractNum num",
    "sectPr": "headerReference footerReference pgSz pgMar cols docGrid",
    "docDefaults": "rPrDefault pPrDefault",
    "settings": "zoom proofState defaultTabStop characterSpacingControl savePreviewPicture compat "
    "rsids mathPr themeFontLang clrSchemeMapping doNotAutoCompressPictures shapeDefaults "
    "decimalSymbol listSeparator docId defaultImageDpi",
}


def test_elements_stand_in_the_order_of_the_schema(parts: dict[str, bytes]) -> None:
    seen = set()
    for name, data in parts.items():
        if not name.startswith("word/") or not name.endswith(".xml") or "theme" in name:
            continue
        for element in etree.fromstring(data).iter(etree.Element):
            tag = etree.QName(element).localname
            if tag in ORDERS:
                children = [etree.QName(child).localname for child in element]
                places = [ORDERS[tag].split().index(child) for child in children]
                assert places == sorted(places), (name, tag, children)
                seen.add(tag)
    assert seen == set(ORDERS)


def test_what_is_referred_to_exists_once(parts: dict[str, bytes], body: Any) -> None:
    styles = etree.fromstring(parts["word/styles.xml"])
    known = [style.get(qn("w:styleId")) for style in found(styles, "style")]
    assert len(set(known)) == len(known)
    for name in ("document", "footer1", "numbering", "styles"):
        root = etree.fromstring(parts[f"word/{name}.xml"])
        for tag in ("pStyle", "rStyle", "tblStyle", "basedOn", "next"):
            assert {e.get(qn("w:val")) for e in found(root, tag)} <= set(known), (name, tag)
    names = [e.get(qn("w:name")) for e in found(body, "bookmarkStart")]
    for identities in (
        names,
        [e.get(qn("w:id")) for e in found(body, "bookmarkStart")],
        [e.get("id") for e in body.iter(qn("wp:docPr"))],
    ):
        assert identities
        assert len(set(identities)) == len(identities)
    assert [e.get(qn("w:anchor")) for e in found(body, "hyperlink")] == names
    pages = [e.text.split()[1] for e in found(body, "instrText") if "PAGEREF" in e.text]
    assert pages == names
    kinds = [e.get(qn("w:fldCharType")) for e in found(body, "fldChar")]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end")


def test_the_same_document_is_the_same_bytes(example: Document, written: bytes) -> None:
    assert to_docx(example) == written
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_it_does_not_open_in_compatibility_mode_or_ask_to_update(parts: dict[str, bytes]) -> None:
    settings_ = parts["word/settings.xml"].decode()
    assert 'w:name="compatibilityMode"' in settings_
    assert 'w:val="15"' in settings_
    assert "updateFields" not in settings_
    assert b"w:dirty" not in parts["word/document.xml"]


# -- how it looks ----------------------------------------------------------------------------


def test_how_it_looks_is_in_styles_alone(body: Any) -> None:
    for properties in body.iter(qn("w:pPr")):
        direct = {etree.QName(e).localname for e in properties} - {"pStyle"}
        # a caption above is kept with its table, as Word does it
        assert direct <= ({"keepNext"} if properties.style == "Caption" else set())
    assert {etree.QName(e).localname for p in body.iter(qn("w:rPr")) for e in p} == {"rStyle"}
    names = {style.name for style in docx.Document(io.BytesIO(to_docx(made()))).styles}
    assert {"Title", "Heading 1", "List Bullet", "Quote", "Caption", "toc 1"} <= names
    assert {"Udsagn pligt", "Udsagn nærhed", "Kilde", "Tabeltekst", "Rapporttabel"} <= names
    assert "Light Shading Accent 1" not in names  # nor anything else that is not used


def test_an_a4_page_in_danish() -> None:
    document = opened(made(title="Notat om værdighed"))
    (section,) = document.sections
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    assert {round(section.left_margin.cm, 1), round(section.bottom_margin.cm, 1)} == {2.5}
    languages = found(document.styles.element, "docDefaults/rPrDefault/rPr/lang")
    assert [e.get(qn("w:val")) for e in languages] == ["da-DK"]
    assert [e.get(qn("w:val")) for e in found(document.settings.element, "themeFontLang")] == [
        "da-DK"
    ]
    core = document.core_properties
    assert (core.title, core.language, core.author) == (
        "Notat om værdighed",
        "da-DK",
        "etisklandskab",
    )
    assert core.last_modified_by == ""
    assert core.created is None
    assert core.modified is None


def test_a_heading_is_kept_with_what_follows_and_a_quote_with_its_source() -> None:
    styles = opened(made()).styles
    for name in ("Heading 1", "Heading 2", "Quote", "Figur", "Optakt"):
        assert styles[name].paragraph_format.keep_with_next, name
    for name in ("Heading 1", "Quote", "Kilde", "Caption"):
        assert styles[name].paragraph_format.keep_together, name
    for logic in Logic:
        style = styles[f"Udsagn {logic.danish}"]
        assert style.base_style.name == "Quote"
        (edge,) = found(style.element, "pBdr/left")
        assert f"#{edge.get(qn('w:color'))}" == logic.colour


def test_the_foot_of_a_page_tells_the_program_and_the_page() -> None:
    (section,) = opened(made(footer="etisklandskab 0.1.0 · model")).sections
    (line,) = section.footer.paragraphs
    assert text_of(line._p) == "etisklandskab 0.1.0 · modelSide 1 af 1"
    fields = [e.get(qn("w:instr")).strip() for e in found(line._p, "fldSimple")]
    assert fields == ["PAGE", "NUMPAGES"]


# -- blocks ----------------------------------------------------------------------------------


def test_contents_name_every_heading(example: Document, body: Any) -> None:
    headings = [(block.text, block.level) for block in example.blocks if isinstance(block, Heading)]
    entries = [
        (text_of(p), int(style_of(p)[-1]))
        for p in found(body, "sdtContent/p")
        if style_of(p)[:-1] == "TOC"
    ]
    assert entries == headings
    assert found(body, "sdtContent/p/r/instrText")[0].text == ' TOC \\o "1-2" \\h \\z \\u '
    in_text = [
        (text_of(p), int(style_of(p)[-1])) for p in body.p_lst if style_of(p)[:-1] == "Heading"
    ]
    assert in_text == headings


@pytest.mark.parametrize(
    "document", [made(Heading("Nu"), contents=False), made(Paragraph("Ingen overskrifter"))]
)
def test_contents_are_left_out(document: Document) -> None:
    assert not found(opened(document).element.body, "sdt")


def test_emphasis_is_a_style_and_other_asterisks_are_text() -> None:
    document = opened(made(Paragraph("Det *gode liv* er 2*3*4 * 5"), Bullets(("*Værdigt*: set",))))
    text, item = document.paragraphs[-2:]
    assert [(run.text, run.style.name) for run in text.runs if run.style.name == "Emphasis"] == [
        ("gode liv", "Emphasis")
    ]
    assert text.text == "Det gode liv er 2*3*4 * 5"
    assert item.style.name == "List Bullet"
    assert [run.text for run in item.runs] == ["Værdigt", ": set"]


def test_a_paragraph_that_leads_up_to_something_is_kept_with_it() -> None:
    lead, last = Paragraph("De sagde:"), Paragraph("Slut.")
    lines = opened(made(lead, Quotes((DUTY,)), lead, last)).paragraphs
    styles = [line.style.name for line in lines if line.text in ("De sagde:", "Slut.")]
    assert styles == ["Optakt", "Normal", "Normal"]


def test_a_share_and_its_interval_stand_on_one_line() -> None:
    table = Table("Andele", ("Gruppe", "Pligt"), (("Gruppe 1", "27 % [8–49] / 14 % [5–30]"),))
    cell = opened(made(table)).tables[0].cell(1, 1)
    assert cell.paragraphs[0].style.name == "Tabeltal"
    assert cell.text.split(" ") == ["27\xa0%\xa0[8–49]\xa0/", "14\xa0%\xa0[5–30]"]


def test_a_quote_has_the_colour_of_its_first_logic_and_its_source_under_it() -> None:
    nothing = said("Mødet slutter kl. 12")
    lines = opened(made(Quotes((DUTY, BOTH, nothing)))).paragraphs[-6:]
    assert [(line.style.name, line.text) for line in lines] == [
        ("Udsagn pligt", "Aftale er aftale"),
        ("Kilde", "Gruppe 1, MK · pligt"),
        ("Udsagn nærhed", "Vi skal lytte, for det er hendes liv"),
        ("Kilde", "Gruppe 2 · nærhed og pligt · usikker"),
        ("Udsagn ingen", "Mødet slutter kl. 12"),
        ("Kilde", "ingen argumentation"),
    ]
    other = said("Lad os se", Logic.CONSEQUENCE, group="Gruppe 1", workshop="Workshop 2")
    lines = opened(made(Quotes((DUTY, other)))).paragraphs
    assert lines[-1].text == "Gruppe 1, Workshop 2 · konsekvens"


def test_a_tension_is_two_quotes_under_the_names_of_their_logics() -> None:
    body = opened(made(Tension(DUTY, BOTH), Tension(BOTH, DUTY))).element.body
    table = body.tbl_lst[0]
    cells = [[text_of(p) for p in cell.p_lst] for row in table.tr_lst for cell in row.tc_lst]
    assert cells == [
        ["Pligt"],
        ["Nærhed"],
        ["Aftale er aftale", "Gruppe 1, MK · pligt"],
        ["Vi skal lytte, for det er hendes liv", "Gruppe 2 · nærhed og pligt · usikker"],
    ]
    assert found(table, "tblCaption")[0].get(qn("w:val")).endswith("hver sin vej: pligt og nærhed.")
    assert len(found(table.tr_lst[0], "tblHeader")) == 1
    after = [
        etree.QName(table.getnext()).localname,
        etree.QName(table.getnext().getnext()).localname,
    ]
    assert after == ["p", "tbl"]  # or Word would make one table of the two


def test_captions_are_numbered_by_fields(body: Any) -> None:
    captions = [p for p in body.p_lst if style_of(p) == "Caption"]
    assert [text_of(p).split(".")[0] for p in captions] == [
        *(f"Figur {number}" for number in range(1, 5)),
        "Tabel 1",
        "Tabel 2",
    ]
    for caption in captions:
        (field,) = found(caption, "fldSimple")
        label, number = text_of(caption).split(".")[0].split()
        assert field.get(qn("w:instr")).split() == ["SEQ", label, "\\*", "ARABIC"]
        assert text_of(field) == number
        # a table's stands above, kept with it; a figure's below
        neighbour = caption.getnext() if label == "Tabel" else caption.getprevious()
        assert bool(found(neighbour, "drawing" if label == "Figur" else "tblGrid"))
        assert bool(found(caption, "keepNext")) == (label == "Tabel")


def test_pictures_are_as_wide_as_the_text_and_told_in_words(example: Document, body: Any) -> None:
    told = [block.alt for block in example.blocks if isinstance(block, Landscape | Shares)]
    assert [e.get("descr") for e in body.iter(qn("wp:docPr"))] == told
    assert {int(e.get("cx")) for e in body.iter(qn("wp:extent"))} == {Cm(16)}
    assert {e.get("distL") for e in body.iter(qn("wp:inline"))} == {"0"}
    assert all(int(e.get("cy")) < Cm(22) for e in body.iter(qn("wp:extent")))


def test_a_tables_head_repeats_and_no_row_is_split(body: Any) -> None:
    for table in body.tbl_lst:
        assert [bool(found(row, "tblHeader")) for row in table.tr_lst] == [
            True,
            *[False] * (len(table.tr_lst) - 1),
        ]
        assert all(found(row, "cantSplit") for row in table.tr_lst)
    figures = body.tbl_lst[-2]
    assert [[style_of(cell.p_lst[0]) for cell in row.tc_lst] for row in figures.tr_lst] == [
        ["TableText", "TableFigure"]
    ] * 3


@pytest.mark.parametrize(
    "rows", [(), (("Gruppe 1", "63 [40–85]", "ord " * 200),), (("x" * 500,) * 3,)]
)
def test_columns_fill_the_page(rows: tuple[tuple[str, ...], ...]) -> None:
    (table,) = opened(made(Table("Andele", ("Gruppe", "Konsekvens", "Udsagn"), rows))).tables
    widths = [column.width.cm for column in table.columns]
    assert sum(widths) == pytest.approx(16, abs=0.02)
    assert widths[1] > 2.2  # "Konsekvens" in bold, and "63 [40–85]" on one line


# -- what statements can hold ----------------------------------------------------------------

ODD = (
    "".join(map(chr, range(32)))
    + "\x7f\ufffe\uffff\ud800 🙂👩‍👩‍👧 مرحبا שלום \u202eabc & <w:p> ]]> slut"
)


def test_odd_characters_do_not_break_the_file() -> None:
    odd = said(ODD, Logic.DUTY, group=ODD)
    blocks = (
        Heading(ODD),
        Paragraph(f"*{ODD}*"),
        Bullets((ODD,)),
        Quotes((odd, said("", Logic.DUTY), said("langt " * 5000, Logic.NONE))),
        Tension(odd, odd),
        Table(ODD, (ODD, "b"), ((ODD, ODD),)),
    )
    document = opened(made(*blocks, title=ODD * 9, subtitle=ODD, footer=ODD))
    shown = [text for text in map(text_of, document.element.body.iter(qn("w:p"))) if "slut" in text]
    assert len(shown) == 16
    assert all("🙂👩‍👩‍👧 مرحبا שלום \u202eabc & <w:p> ]]> slut" in text for text in shown)
    assert "\x7f" not in shown[0]
    assert len(document.core_properties.title) == 255  # which is all that it may hold


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec="utf-8")), st.text())
def test_any_text_can_be_written(text: str, other: str) -> None:
    to_docx(made(Heading(text), Paragraph(other), Table(other, (text,), ((other,),)), title=other))


# -- another program opens it ----------------------------------------------------------------


def pages_of(data: bytes, folder: Path) -> list[str]:
    """What LibreOffice makes of a file, a text for each page."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.fail(
            "LibreOffice is missing, and the Word file is not tested without it: "
            "apt-get install libreoffice-writer fonts-liberation"
        )
    (folder / "notat.docx").write_bytes(data)
    subprocess.run(
        [
            office,
            f"-env:UserInstallation={(folder / 'settings').as_uri()}",  # of this run alone
            *("--headless", "--convert-to", "pdf", "--outdir", str(folder)),
            str(folder / "notat.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return [page.extract_text() for page in pypdf.PdfReader(folder / "notat.pdf").pages]


def test_libreoffice_opens_it(example: Document, written: bytes, tmp_path: Path) -> None:
    pages = pages_of(written, tmp_path)
    assert 6 <= len(pages) <= 14
    text = " ".join(" ".join(pages).split())
    for block in example.blocks:
        if isinstance(block, Heading):
            assert text.count(block.text) >= 2, block.text  # in the contents and in its place
    for number, page in enumerate(pages, start=1):
        assert f"Side {number} af {len(pages)}" in " ".join(page.split())
    for caption in ("Figur 4. Gruppe 3", "Tabel 2. Udsagn."):
        assert caption in text
    # the head of the long table is there again on its second page
    assert sum("Gruppe Udsagn Logik" in " ".join(page.split()) for page in pages) >= 2
