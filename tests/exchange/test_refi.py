"""REFI-QDA: by the schema, the same bytes each time, and back as it went out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from odd import LOGICS, ODD, other, statements

from etisklandskab import Concept, Logic, NotesError, Statement, read_notes
from etisklandskab.exchange import Coded, read_qdc, read_qdpx, write_qdc, write_qdpx
from etisklandskab.exchange.archive import pack, parse_xml, unpack

NS = "{urn:QDA-XML:project:1.0}"
# published by REFI under the MIT licence, which its head states
SCHEMA = etree.XMLSchema(etree.parse(str(Path(__file__).with_name("Project.xsd"))))

Change = Callable[[ET.Element], object]


def project(path: Path) -> ET.Element:
    with zipfile.ZipFile(path) as archive:
        return ET.fromstring(archive.read("project.qde"))


def changed(path: Path, change: Change) -> Path:
    """Change a project as another program might and write it beside."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    root = ET.fromstring(files["project.qde"])
    change(root)
    files["project.qde"] = ET.tostring(root)
    target = path.with_name("rettet.qdpx")
    target.write_bytes(pack(files))
    return target


def code_guid(root: ET.Element, name: str) -> str:
    return next(c.attrib["guid"] for c in root.iter(f"{NS}Code") if c.get("name") == name)


def code_as(root: ET.Element, selection: ET.Element, user: str, code: str) -> None:
    id_ = "11111111-2222-3333-4444-555555555555"
    ET.SubElement(root.find(f"{NS}Users"), f"{NS}User", guid=id_, name=user)
    coding = ET.SubElement(selection, f"{NS}Coding", guid=id_, creatingUser="{" + id_.upper() + "}")
    ET.SubElement(coding, f"{NS}CodeRef", targetGUID=code_guid(root, code))


def one(tmp_path: Path, **fields: object) -> Path:
    statement = Statement("Aftale er aftale", "Gruppe 1.txt", group="Gruppe 1", position=1)
    coded = replace(statement, **fields).with_coding((0.9, 0.1, 0, 0), (Logic.DUTY,), "m 1")
    write_qdpx([coded], tmp_path / "p.qdpx")
    return tmp_path / "p.qdpx"


# -- out and back ------------------------------------------------------------------------


def test_the_examples_come_back_as_they_were(light: list[Statement], tmp_path: Path) -> None:
    write_qdpx(light, tmp_path / "p.qdpx")
    back = read_qdpx(tmp_path / "p.qdpx")
    assert [item.statement for item in back] == light
    assert {item.coder for item in back} == {""}
    assert [item.logics for item in back] == [s.logics for s in light]


def test_humans_come_back_and_override(light: list[Statement], tmp_path: Path) -> None:
    items: list[Statement | Coded] = list(light)
    items[3] = Coded(light[3], "Anna", other(light[3].logics))
    items.insert(4, Coded(light[3], "Bo", ()))
    write_qdpx(items, tmp_path / "p.qdpx")
    human = [item for item in read_qdpx(tmp_path / "p.qdpx") if item.coder]
    assert human == [
        Coded(light[3], "Anna", other(light[3].logics)),
        Coded(light[3], "Bo", ()),
    ]
    # and as notes: the first human's code, all coders kept
    read = read_notes(tmp_path / "p.qdpx")
    assert read[3].logics == other(light[3].logics)
    assert read[3].model == light[3].model
    assert read[3].extra["Kodet af Bo"] == "ingen"
    assert [s.logics for s in read[4:]] == [s.logics for s in light[4:]]
    # and out again from there
    write_qdpx(read, tmp_path / "q.qdpx")
    assert [i for i in read_qdpx(tmp_path / "q.qdpx") if i.coder] == human


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(statements(), max_size=4), st.dictionaries(st.integers(0, 3), LOGICS, max_size=2))
def test_any_text_comes_back(
    tmp_path: Path, said: list[Statement], human: dict[int, tuple[Logic, ...]]
) -> None:
    said = [
        replace(s, position=n) for n, s in enumerate(sorted(said, key=lambda s: s.source), start=1)
    ]
    items = [
        Coded(s, "Anna" if at in human else "", human.get(at, s.logics))
        for at, s in enumerate(said)
    ]
    path = tmp_path / "p.qdpx"
    write_qdpx(items, path, force=True)
    with zipfile.ZipFile(path) as archive:
        assert SCHEMA.validate(etree.fromstring(archive.read("project.qde"))), SCHEMA.error_log
    assert read_qdpx(path) == items


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ODD.filter(str.strip), min_size=1, max_size=4), ODD)
def test_places_are_codepoints_with_exclusive_ends(
    tmp_path: Path, texts: list[str], speaker: str
) -> None:
    said = [Statement(text, "a.txt", speaker=speaker, position=n) for n, text in enumerate(texts)]
    path = tmp_path / "p.qdpx"
    write_qdpx(said, path, force=True)
    with zipfile.ZipFile(path) as archive:
        text = archive.read(next(n for n in archive.namelist() if n.endswith(".txt"))).decode()
    selections = list(project(path).iter(f"{NS}PlainTextSelection"))
    for statement, selection in zip(said, selections, strict=True):
        place = text[int(selection.attrib["startPosition"]) : int(selection.attrib["endPosition"])]
        held = re.sub("\r\n?", "\n", statement.text)
        assert len(place) == len(held)
        assert all(a in (b, "\ufffd") for a, b in zip(place, held, strict=True))


def test_the_text_has_the_headings_and_speakers_of_the_notes(
    light: list[Statement], tmp_path: Path
) -> None:
    write_qdpx(light, tmp_path / "p.qdpx")
    root = project(tmp_path / "p.qdpx")
    source = next(s for s in root.iter(f"{NS}TextSource") if "Gruppe 2.txt" in s.attrib["name"])
    assert source.attrib["name"] == "Workshop 1 – Gruppe 2.txt"  # also a name of a file
    with zipfile.ZipFile(tmp_path / "p.qdpx") as archive:
        path = source.attrib["plainTextPath"].replace("internal://", "sources/")
        text = archive.read(path).decode()
    assert text.startswith("# Workshop 1 · Gruppe 2\n\n## SUNDT\n\nman ordinerer ikke")
    assert re.search(r"^MK: ", text, re.MULTILINE) or ": " in text
    assert "\r" not in text


def test_the_same_statements_give_the_same_bytes_and_no_clock(
    light: list[Statement], tmp_path: Path
) -> None:
    write_qdpx(light, tmp_path / "a.qdpx")
    write_qdpx(light, tmp_path / "b.qdpx")
    assert (tmp_path / "a.qdpx").read_bytes() == (tmp_path / "b.qdpx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}
    write_qdpx(light[:1], tmp_path / "c.qdpx", when="2026-03-01T12:00:00Z")
    assert project(tmp_path / "c.qdpx").get("creationDateTime") == "2026-03-01T12:00:00Z"


def test_ids_are_unique_and_users_and_cases_are_there(
    light: list[Statement], tmp_path: Path
) -> None:
    write_qdpx([*light, Coded(light[0], "Anna", (Logic.DUTY,))], tmp_path / "p.qdpx")
    root = project(tmp_path / "p.qdpx")
    ids = [element.attrib["guid"] for element in root.iter() if "guid" in element.attrib]
    assert len(ids) == len(set(ids))
    users = [user.get("name") for user in root.iter(f"{NS}User")]
    assert users == [f"etisklandskab ({light[0].model})", "Anna"]
    cases = [case.get("name") for case in root.iter(f"{NS}Case")]
    assert "Workshop 1 · Gruppe 1" in cases
    known = {code.get("name"): code.get("color") for code in root.iter(f"{NS}Code")}
    assert known["nærhed"] == Logic.PROXIMITY.colour
    assert {str(concept) for concept in Concept} < known.keys()


def test_a_human_named_like_the_program_is_a_human(tmp_path: Path) -> None:
    said = Statement("a", "a.txt").with_coding((1, 0, 0, 0), (Logic.DUTY,), "m")
    write_qdpx([Coded(said, "Etisklandskab", ())], tmp_path / "p.qdpx")
    assert read_qdpx(tmp_path / "p.qdpx")[0].coder == "(Etisklandskab)"


# -- what other programs make of it ------------------------------------------------------


def test_a_code_added_elsewhere_is_a_correction(tmp_path: Path) -> None:
    def change(root: ET.Element) -> None:
        code_as(root, next(root.iter(f"{NS}PlainTextSelection")), "Bo", "nærhed")

    (item,) = read_qdpx(changed(one(tmp_path), change))
    assert (item.coder, item.logics) == ("Bo", (Logic.PROXIMITY,))
    assert item.statement.logic is Logic.DUTY


def test_a_code_taken_away_is_a_correction_by_somebody(tmp_path: Path) -> None:
    coded = Statement("a", "a.txt").with_coding(
        (0.5, 0.5, 0, 0), (Logic.DUTY, Logic.PROXIMITY), "m"
    )
    write_qdpx([coded], tmp_path / "p.qdpx")

    def change(root: ET.Element) -> None:
        selection = next(root.iter(f"{NS}PlainTextSelection"))
        selection.remove(selection.findall(f"{NS}Coding")[0])

    (item,) = read_qdpx(changed(tmp_path / "p.qdpx", change))
    assert (item.coder, item.logics) == ("ukendt", (Logic.PROXIMITY,))


def test_a_concept_set_by_a_human_counts(tmp_path: Path) -> None:
    def change(root: ET.Element) -> None:
        code_as(root, next(root.iter(f"{NS}PlainTextSelection")), "Bo", "værdigt")

    (item,) = read_qdpx(changed(one(tmp_path, concepts=(Concept.SUNDT,)), change))
    assert item.statement.concepts == (Concept.VÆRDIGT,)
    assert (item.coder, item.logics) == ("", (Logic.DUTY,))


def test_one_selection_for_each_coding_with_new_ids_and_no_cases(
    light: list[Statement], tmp_path: Path
) -> None:
    """As MAXQDA writes it."""
    write_qdpx(light, tmp_path / "p.qdpx")

    def change(root: ET.Element) -> None:
        for name in ("Cases", "Variables"):
            root.remove(root.find(f"{NS}{name}"))
        number = 0
        for source in root.iter(f"{NS}TextSource"):
            for selection in source.findall(f"{NS}PlainTextSelection"):
                source.remove(selection)
                for coding in selection.findall(f"{NS}Coding"):
                    number += 1
                    alone = ET.SubElement(source, selection.tag, selection.attrib)
                    alone.set("guid", f"00000000-0000-0000-0000-{number:012}")
                    alone.append(selection.find(f"{NS}Description"))
                    alone.append(coding)

    back = read_qdpx(changed(tmp_path / "p.qdpx", change))
    assert [item.statement for item in back] == light
    assert {item.coder for item in back} == {""}


def test_without_descriptions_the_text_tells_the_place(tmp_path: Path) -> None:
    path = one(tmp_path, workshop="Workshop 1", heading="SUNDT", speaker="MK")

    def change(root: ET.Element) -> None:
        selection = next(root.iter(f"{NS}PlainTextSelection"))
        selection.remove(selection.find(f"{NS}Description"))
        code_as(root, selection, "Bo", "konsekvens")

    (item,) = read_qdpx(changed(path, change))
    s = item.statement
    assert (s.workshop, s.group, s.heading) == ("Workshop 1", "Gruppe 1", "SUNDT")
    assert (s.speaker, s.text, s.source) == ("MK", "Aftale er aftale", "Gruppe 1.txt")
    assert (item.coder, item.logics) == ("Bo", (Logic.CONSEQUENCE,))


def test_a_cut_description_still_gives_the_codes(tmp_path: Path) -> None:
    path = one(tmp_path, heading="SUNDT", extra={"Nr": "7"})

    def change(root: ET.Element) -> None:
        description = next(root.iter(f"{NS}PlainTextSelection")).find(f"{NS}Description")
        description.text = description.text[:180]

    (item,) = read_qdpx(changed(path, change))
    assert item.statement.probabilities == (0.9, 0.1, 0, 0)
    assert (item.statement.text, item.logics) == ("Aftale er aftale", (Logic.DUTY,))


def test_a_part_marked_anew_belongs_to_its_statement(tmp_path: Path) -> None:
    def change(root: ET.Element) -> None:
        source = next(root.iter(f"{NS}TextSource"))
        whole = next(root.iter(f"{NS}PlainTextSelection"))
        start = int(whole.attrib["startPosition"])
        part = ET.SubElement(
            source, whole.tag, guid="x", startPosition=str(start + 2), endPosition=str(start + 12)
        )
        code_as(root, part, "Bo", "nærhed")

    (item,) = read_qdpx(changed(one(tmp_path), change))
    assert (item.statement.text, item.coder) == ("Aftale er aftale", "Bo")


def test_line_ends_of_atlas_ti_count_as_one(tmp_path: Path) -> None:
    path = one(tmp_path, heading="SUNDT")
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files = {n: d.replace(b"\n", b"\r\n") if n.endswith(".txt") else d for n, d in files.items()}
    files["project.qde"] = files["project.qde"].replace(b'origin="', b'origin="ATLAS.ti Windows ')
    path.write_bytes(pack(files))
    assert read_qdpx(path)[0].statement.text == "Aftale er aftale"


def test_a_project_of_the_users_own(tmp_path: Path) -> None:
    qde = (
        f'<Project xmlns="{NS[1:-1]}" name="x"><Users><User guid="u" name="Bo"/></Users>'
        '<CodeBook><Codes><Code guid="c" name="Pligtetik" isCodable="true"/>'
        '<Code guid="d" name="interessant" isCodable="true"/></Codes></CodeBook><Sources>'
        '<TextSource guid="s" name="Interview"><PlainTextContent>Lov er lov. Og så videre.'
        '</PlainTextContent><PlainTextSelection guid="p" startPosition="0" endPosition="11">'
        '<Coding guid="k" creatingUser="u"><CodeRef targetGUID="c"/></Coding></PlainTextSelection>'
        '<PlainTextSelection guid="q" startPosition="12" endPosition="25"><Coding guid="l" '
        'creatingUser="u"><CodeRef targetGUID="d"/></Coding></PlainTextSelection>'
        "</TextSource></Sources></Project>"
    )
    path = tmp_path / "p.qdpx"
    path.write_bytes(pack({"Navn.qde": qde.encode()}))
    (item,) = read_qdpx(path)
    assert item == Coded(Statement("Lov er lov.", "Interview", position=1), "Bo", (Logic.DUTY,))
    (read,) = read_notes(path)
    assert read.logic is None
    assert read.extra == {"Kodet af Bo": "pligt", "logic (egen)": "duty", "logics (egen)": "duty"}


# -- hostile and damaged files -----------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.txt": b""}, "ikke et REFI-QDA-projekt"),
        ({"project.qde": b"<Project"}, "ikke gyldig XML"),
        ({"project.qde": b'<!DOCTYPE p [<!ENTITY a "b">]><p>&a;</p>'}, "DOCTYPE"),
        ({"project.qde": '<!DOCTYPE p SYSTEM "x"><p/>'.encode("utf-16")}, "DOCTYPE"),
        (
            {
                "project.qde": b'<P><TextSource name="x" plainTextPath="absolute:///etc/passwd"/></P>'
            },
            "ikke med i projektet",
        ),
        (
            {
                "project.qde": b'<P><TextSource name="x" plainTextPath="internal://a.txt">'
                b'<PlainTextSelection startPosition="0" endPosition="9"/></TextSource></P>',
                "Sources/a.txt": b"kort",
            },
            "uden for sin tekst",
        ),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, files: dict[str, bytes], message: str) -> None:
    path = tmp_path / "p.qdpx"
    path.write_bytes(pack(files))
    with pytest.raises(NotesError, match=message):
        read_qdpx(path)


def test_no_zip_no_project(tmp_path: Path) -> None:
    path = tmp_path / "p.qdpx"
    path.write_bytes(b"PK\x03\x04 beskadiget .qde")
    with pytest.raises(NotesError, match="beskadiget"):
        read_notes(path)
    path.write_bytes(b"ikke en zip")
    with pytest.raises(NotesError, match=r"ender på \.qdpx, men"):
        read_notes(path)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etisklandskab.exchange.archive._LARGEST", 1000)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", b" " * 100_000)
    with pytest.raises(NotesError, match="for stort"):
        unpack(buffer.getvalue(), "p.qdpx", (".qde",))


def test_names_that_lead_out_are_only_names(tmp_path: Path) -> None:
    assert unpack(pack({"../../ude.txt": b"x"}), "p.qdpx", (".txt",)) == {"../../ude.txt": b"x"}
    assert list(tmp_path.iterdir()) == []


def test_utf_16_is_xml_too() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><p>æ</p>'
    assert parse_xml(text.encode("utf-16"), "p").text == "æ"


# -- the codebook ------------------------------------------------------------------------


def test_the_codebook_comes_back(tmp_path: Path) -> None:
    write_qdc(tmp_path / "a.qdc")
    write_qdc(tmp_path / "b.qdc")
    assert (tmp_path / "a.qdc").read_bytes() == (tmp_path / "b.qdc").read_bytes()
    assert list(read_qdc(tmp_path / "a.qdc").values()) == [*Logic, *Concept]
    with pytest.raises(FileExistsError):
        write_qdc(tmp_path / "a.qdc")


def test_two_who_say_the_same_are_two(tmp_path: Path) -> None:
    said = Statement("Ja", "a.txt").with_coding((0, 0, 0, 1), (), "m")
    write_qdpx([said, said, Coded(said, "Anna", ())], tmp_path / "p.qdpx")
    assert [item.coder for item in read_qdpx(tmp_path / "p.qdpx")] == ["", "Anna"]
