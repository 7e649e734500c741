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
from odd import ODD, as_read, other, statements

from etisklandskab import Concept, Logic, NotesError, Statement, read_notes
from etisklandskab.exchange import write_qdc, write_qdpx
from etisklandskab.exchange.archive import pack, parse_xml, unpack
from etisklandskab.exchange.codes import meaning

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


def by_qualcoder(path: Path, edit: Change = lambda root: None, newline: str = "\n") -> Path:
    """Take a project through QualCoder: what is coded counts, as the word of who marked it."""

    def change(root: ET.Element) -> None:
        root.set("origin", "QualCoder 3.7")
        edit(root)
        for source in root.iter(f"{NS}TextSource"):
            for selection in source.findall(f"{NS}PlainTextSelection"):
                source.remove(selection)
                for coding in selection.findall(f"{NS}Coding"):
                    alone = ET.SubElement(source, selection.tag, selection.attrib)
                    alone.append(selection.find(f"{NS}Description"))
                    coding.set("creatingUser", selection.attrib["creatingUser"])
                    alone.append(coding)

    path = changed(path, change)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name in files:
        if name.endswith(".txt"):
            files[name] = b"\xef\xbb\xbf" + files[name].replace(b"\n", newline.encode())
    path.write_bytes(pack(files))
    return path


def one(tmp_path: Path, **fields: object) -> Path:
    statement = Statement("Aftale er aftale", "Gruppe 1.txt", group="Gruppe 1", position=1)
    coded = replace(statement, **fields).with_coding((0.9, 0.1, 0, 0), (Logic.DUTY,), "m 1")
    write_qdpx([coded], tmp_path / "p.qdpx")
    return tmp_path / "p.qdpx"


# -- out and back ------------------------------------------------------------------------


def test_the_examples_come_back_as_they_were(light: list[Statement], tmp_path: Path) -> None:
    write_qdpx(light, tmp_path / "p.qdpx")
    assert read_notes(tmp_path / "p.qdpx") == light


def test_reviews_come_back_with_the_models_codes_beside(
    light: list[Statement], tmp_path: Path
) -> None:
    said = list(light)
    said[3] = said[3].with_review(other(said[3].logics))
    said[4] = replace(said[4], extra={"Kodet af Anna": "nærhed, pligt", "Kodet af Bo": "ingen"})
    said[4] = said[4].with_review([Logic.PROXIMITY, Logic.DUTY])
    said[5] = said[5].with_review([])
    write_qdpx(said, tmp_path / "p.qdpx")
    assert read_notes(tmp_path / "p.qdpx") == said
    root = project(tmp_path / "p.qdpx")
    users = {user.attrib["guid"]: user.attrib["name"] for user in root.iter(f"{NS}User")}
    assert {*users.values()} == {f"etisklandskab ({light[0].model})", "Anna", "Bo", "konsulent"}
    set_by: dict[str, set[str]] = {}
    for selection in root.iter(f"{NS}PlainTextSelection"):
        # QualCoder asks the place and not the code who set it
        owner = selection.attrib["creatingUser"]
        assert {c.attrib["creatingUser"] for c in selection.iter(f"{NS}Coding")} == {owner}
        set_by.setdefault(selection.attrib["name"], set()).add(users[owner])
    program = f"etisklandskab ({light[0].model})"
    for at, humans in ((2, set()), (3, {"konsulent"}), (4, {"Anna", "Bo"}), (5, {"konsulent"})):
        assert set_by[said[at].text[:80]] == {program, *humans}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(statements(), max_size=4))
def test_any_text_comes_back(tmp_path: Path, said: list[Statement]) -> None:
    said = [
        replace(s, position=n) for n, s in enumerate(sorted(said, key=lambda s: s.source), start=1)
    ]
    path = tmp_path / "p.qdpx"
    write_qdpx(said, path, force=True)
    with zipfile.ZipFile(path) as archive:
        assert SCHEMA.validate(etree.fromstring(archive.read("project.qde"))), SCHEMA.error_log
    said = [s for s in said if s.text.strip()]
    if said:
        assert read_notes(path) == [as_read(s) for s in said]


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
    by_anna = replace(light[0], extra={"Kodet af Anna": "pligt"}).with_review([Logic.DUTY])
    write_qdpx([by_anna, *light[1:]], tmp_path / "p.qdpx")
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


def test_a_column_that_names_the_program_or_no_logic_is_no_coding(tmp_path: Path) -> None:
    extra = {"Kodet af Etisklandskab": "ingen", "Kodet af Bo": "den 3. maj", "konsulent": "MK"}
    said = Statement("a", "a.txt", position=1, extra=extra)
    said = said.with_coding((1, 0, 0, 0), (Logic.DUTY,), "m")
    for each in (said, said.with_review([Logic.PROXIMITY])):
        write_qdpx([each], tmp_path / "p.qdpx", force=True)
        assert read_notes(tmp_path / "p.qdpx") == [as_read(each)]


# -- what other programs make of it ------------------------------------------------------


def test_a_code_added_elsewhere_is_a_review(tmp_path: Path) -> None:
    def change(root: ET.Element) -> None:
        code_as(root, next(root.iter(f"{NS}PlainTextSelection")), "Bo", "nærhed")

    (s,) = read_notes(changed(one(tmp_path), change))
    assert (s.logics, s.reviewed) == ((Logic.PROXIMITY,), True)
    assert (s.probabilities, s.model) == ((0.9, 0.1, 0, 0), "m 1")
    assert s.extra == {"Kodet af Bo": "nærhed"}
    # and out again from there
    write_qdpx([s], tmp_path / "q.qdpx")
    assert read_notes(tmp_path / "q.qdpx") == [s]


@pytest.mark.parametrize(("reviewed", "code"), [(False, "pligt"), (True, "nærhed")])
def test_a_code_taken_away_in_the_programs_name_is_a_review(
    tmp_path: Path, reviewed: bool, code: str
) -> None:
    coded = Statement("a", "a.txt").with_coding(
        (0.5, 0.5, 0, 0), (Logic.DUTY, Logic.PROXIMITY), "m"
    )
    write_qdpx([coded], tmp_path / "p.qdpx")

    def change(root: ET.Element) -> None:
        selection = next(root.iter(f"{NS}PlainTextSelection"))
        selection.remove(selection.findall(f"{NS}Coding")[0 if reviewed else 1])

    (s,) = read_notes(changed(tmp_path / "p.qdpx", change))
    assert s.reviewed
    assert s.logics == (Logic.parse(code),)
    assert s.extra == {}


def test_a_review_taken_away_is_none(tmp_path: Path) -> None:
    said = Statement("a", "a.txt").with_coding((1, 0, 0, 0), (Logic.DUTY,), "m")
    write_qdpx([said.with_review([Logic.PROXIMITY])], tmp_path / "p.qdpx")

    def change(root: ET.Element) -> None:
        source = next(root.iter(f"{NS}TextSource"))
        source.remove(source.findall(f"{NS}PlainTextSelection")[1])

    (s,) = read_notes(changed(tmp_path / "p.qdpx", change))
    assert not s.reviewed
    assert s.logic is None  # what the model had said is not known: it says it again


def test_the_coder_who_changes_her_mind_has_the_last_word(tmp_path: Path) -> None:
    said = Statement("a", "a.txt", extra={"Kodet af Anna": "pligt", "Kodet af Bo": "pligt"})
    said = said.with_coding((1, 0, 0, 0), (Logic.DUTY,), "m").with_review([Logic.DUTY])
    write_qdpx([said], tmp_path / "p.qdpx")

    def change(root: ET.Element) -> None:
        bo = next(u.attrib["guid"] for u in root.iter(f"{NS}User") if u.get("name") == "Bo")
        for coding in root.iter(f"{NS}Coding"):
            if coding.get("creatingUser") == bo:
                coding.find(f"{NS}CodeRef").set("targetGUID", code_guid(root, "nærhed"))

    (s,) = read_notes(changed(tmp_path / "p.qdpx", change))
    assert (s.logics, s.reviewed) == ((Logic.PROXIMITY,), True)
    assert s.extra == {"Kodet af Anna": "pligt", "Kodet af Bo": "nærhed"}


def uncode(root: ET.Element, user: str, code: str) -> None:
    ids = {u.attrib["guid"] for u in root.iter(f"{NS}User") if u.get("name", "").startswith(user)}
    for selection in root.iter(f"{NS}PlainTextSelection"):
        for coding in selection.findall(f"{NS}Coding"):
            target = coding.find(f"{NS}CodeRef").get("targetGUID")
            if coding.get("creatingUser") in ids and target == code_guid(root, code):
                selection.remove(coding)


def test_a_second_coder_who_agrees_is_a_coder(tmp_path: Path) -> None:
    said = Statement("Lov er lov", "a.txt", extra={"Kodet af Anna": "pligt"})
    write_qdpx([said.with_review([Logic.DUTY])], tmp_path / "p.qdpx")

    def change(root: ET.Element) -> None:
        code_as(root, next(root.iter(f"{NS}PlainTextSelection")), "Bo", "pligt")

    (s,) = read_notes(changed(tmp_path / "p.qdpx", change))
    assert s.extra == {"Kodet af Anna": "pligt", "Kodet af Bo": "pligt"}


def test_a_code_that_a_coder_takes_away_counts_though_another_has_it(tmp_path: Path) -> None:
    said = Statement("a", "a.txt", extra={"Kodet af Anna": "pligt, nærhed", "Kodet af Bo": "pligt"})
    write_qdpx([said.with_review([Logic.DUTY, Logic.PROXIMITY])], tmp_path / "p.qdpx")
    (s,) = read_notes(changed(tmp_path / "p.qdpx", lambda root: uncode(root, "Anna", "pligt")))
    assert s.logics == (Logic.PROXIMITY,)
    assert s.extra == {"Kodet af Anna": "nærhed", "Kodet af Bo": "pligt"}


def test_the_programs_code_replaced_by_ones_own_is_a_review(tmp_path: Path) -> None:
    def change(root: ET.Element) -> None:
        uncode(root, "etisklandskab", "pligt")
        code_as(root, next(root.iter(f"{NS}PlainTextSelection")), "Anna", "pligt")

    (s,) = read_notes(changed(one(tmp_path), change))
    assert (s.logics, s.reviewed, s.extra) == ((Logic.DUTY,), True, {"Kodet af Anna": "pligt"})


def test_a_code_that_was_deleted_was_wrong(tmp_path: Path) -> None:
    (s,) = read_notes(changed(one(tmp_path), lambda root: uncode(root, "etisklandskab", "pligt")))
    assert (s.logics, s.reviewed, s.extra) == ((), True, {})
    assert s.probabilities == (0.9, 0.1, 0, 0)


@pytest.mark.parametrize("code", ["nærhed", "værdigt"])
def test_a_renamed_code_with_a_new_id_is_known_by_its_description(
    tmp_path: Path, code: str
) -> None:
    def change(root: ET.Element) -> None:
        code_as(root, next(root.iter(f"{NS}PlainTextSelection")), "Anna", code)
        renamed = next(c for c in root.iter(f"{NS}Code") if c.get("name") == code)
        for ref in root.iter(f"{NS}CodeRef"):
            if ref.get("targetGUID") == renamed.get("guid"):
                ref.set("targetGUID", "ny")
        renamed.attrib.update(guid="ny", name="Omtanke (ny)")

    (s,) = read_notes(changed(one(tmp_path), change))
    assert code in (s.logic.danish, *s.concepts)


def test_below_a_known_code_all_codes_are_kinds_of_it(tmp_path: Path) -> None:
    def change(root: ET.Element) -> None:
        code = next(c for c in root.iter(f"{NS}Code") if c.get("name") == "nærhed")
        sub = ET.SubElement(code, code.tag, guid="sub", name="at blive set")
        ET.SubElement(sub, code.tag, guid="subsub", name="af sin nabo")
        code_as(root, next(root.iter(f"{NS}PlainTextSelection")), "Anna", "af sin nabo")

    (s,) = read_notes(changed(one(tmp_path), change))
    assert (s.logics, s.extra) == ((Logic.PROXIMITY,), {"Kodet af Anna": "nærhed"})


def test_codes_that_nobody_knows_again_are_not_deleted(tmp_path: Path) -> None:
    def change(root: ET.Element) -> None:
        code = next(c for c in root.iter(f"{NS}Code") if c.get("name") == "pligt")
        code.attrib.update(guid="ny", name="Regler")
        code.remove(code.find(f"{NS}Description"))

    (s,) = read_notes(changed(one(tmp_path), change))
    assert (s.logics, s.reviewed) == ((Logic.DUTY,), False)


def test_codes_that_only_change_hands_are_no_review(light: list[Statement], tmp_path: Path) -> None:
    said = [light[0].with_review([Logic.DUTY]), *light[1:]]
    write_qdpx(said, tmp_path / "p.qdpx")

    def change(root: ET.Element) -> None:
        for user in root.iter(f"{NS}User"):
            user.set("name", "Bruger")

    assert read_notes(changed(tmp_path / "p.qdpx", change)) == said


def test_a_text_that_was_edited_has_lost_the_models_code(tmp_path: Path) -> None:
    path = one(tmp_path)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files = {n: d.replace(b"Aftale er", b"Lov er en") for n, d in files.items()}
    path.write_bytes(pack(files))
    (s,) = read_notes(path)
    assert (s.text, s.logic, s.reviewed) == ("Lov er en aftale", None, False)


def test_a_concept_set_by_a_human_counts(tmp_path: Path) -> None:
    def change(root: ET.Element) -> None:
        code_as(root, next(root.iter(f"{NS}PlainTextSelection")), "Bo", "værdigt")

    (s,) = read_notes(changed(one(tmp_path, concepts=(Concept.SUNDT,)), change))
    assert s.concepts == (Concept.VÆRDIGT,)
    assert (s.logics, s.reviewed) == ((Logic.DUTY,), False)


def test_concepts_change_in_the_programs_name(tmp_path: Path) -> None:
    first, second = (
        Statement(text, "a.txt", group="a", concepts=(Concept.SUNDT, Concept.VÆRDIGT), position=n)
        for n, text in enumerate(("Lov er lov", "Hun skal ses"), start=1)
    )
    write_qdpx([first, second], tmp_path / "p.qdpx")

    def change(root: ET.Element) -> None:
        codings = next(root.iter(f"{NS}PlainTextSelection")).findall(f"{NS}Coding")
        codings[0].find(f"{NS}CodeRef").set("targetGUID", code_guid(root, "sammen om"))

    said = read_notes(changed(tmp_path / "p.qdpx", change))
    assert said == [replace(first, concepts=(Concept.VÆRDIGT, Concept.SAMMEN_OM)), second]


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

    assert read_notes(changed(tmp_path / "p.qdpx", change)) == light


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r\r\n"])
def test_qualcoder_keeps_the_codes_of_each(
    light: list[Statement], tmp_path: Path, newline: str
) -> None:
    said = [
        light[0],
        replace(light[1], extra={"Kodet af Anna": "pligt"}).with_review([Logic.DUTY]),
        replace(
            light[2], extra={"Kodet af Anna": "konsekvens", "Kodet af Bo": "ingen"}
        ).with_review([Logic.CONSEQUENCE]),
        replace(light[3], extra={"Kodet af Bo": light[3].logic.danish}).with_review(
            light[3].logics
        ),
    ]
    write_qdpx(said, tmp_path / "p.qdpx")
    assert read_notes(by_qualcoder(tmp_path / "p.qdpx", newline=newline)) == said


def test_without_descriptions_the_text_tells_the_place(tmp_path: Path) -> None:
    path = one(tmp_path, workshop="Workshop 1", heading="SUNDT", speaker="MK")

    def change(root: ET.Element) -> None:
        selection = next(root.iter(f"{NS}PlainTextSelection"))
        selection.remove(selection.find(f"{NS}Description"))
        code_as(root, selection, "Bo", "konsekvens")

    (s,) = read_notes(changed(path, change))
    assert (s.workshop, s.group, s.heading) == ("Workshop 1", "Gruppe 1", "SUNDT")
    assert (s.speaker, s.text, s.source) == ("MK", "Aftale er aftale", "Gruppe 1.txt")
    assert (s.logics, s.reviewed) == ((Logic.CONSEQUENCE,), True)


def test_a_cut_description_still_gives_the_codes(tmp_path: Path) -> None:
    path = one(tmp_path, heading="SUNDT", extra={"Nr": "7"})

    def change(root: ET.Element) -> None:
        description = next(root.iter(f"{NS}PlainTextSelection")).find(f"{NS}Description")
        description.text = description.text[:180]

    (s,) = read_notes(changed(path, change))
    assert s.probabilities == (0.9, 0.1, 0, 0)
    assert (s.text, s.logics) == ("Aftale er aftale", (Logic.DUTY,))


def test_a_part_marked_anew_belongs_to_its_statement(tmp_path: Path) -> None:
    def change(root: ET.Element) -> None:
        source = next(root.iter(f"{NS}TextSource"))
        whole = next(root.iter(f"{NS}PlainTextSelection"))
        start = int(whole.attrib["startPosition"])
        part = ET.SubElement(
            source, whole.tag, guid="x", startPosition=str(start + 2), endPosition=str(start + 12)
        )
        code_as(root, part, "Bo", "nærhed")

    (s,) = read_notes(changed(one(tmp_path), change))
    assert (s.text, s.logics, s.reviewed) == ("Aftale er aftale", (Logic.PROXIMITY,), True)


def test_a_code_over_several_statements_is_the_code_of_each(
    light: list[Statement], tmp_path: Path
) -> None:
    said = [replace(s, source="Gruppe 1.txt") for s in light[:4]]
    write_qdpx(said, tmp_path / "p.qdpx")

    def change(root: ET.Element) -> None:
        source = next(root.iter(f"{NS}TextSource"))
        first, _, third, fourth = source.findall(f"{NS}PlainTextSelection")
        start, end = int(first.attrib["endPosition"]) - 2, int(fourth.attrib["startPosition"]) + 2
        part = ET.SubElement(
            source, third.tag, guid="x", startPosition=str(start), endPosition=str(end)
        )
        code_as(root, part, "Bo", "nærhed")

    read = read_notes(changed(tmp_path / "p.qdpx", change))
    assert [s.text for s in read] == [s.text for s in said]
    assert [s.extra.get("Kodet af Bo") for s in read] == [None, "nærhed", "nærhed", None]


def test_line_ends_of_atlas_ti_count_as_one(tmp_path: Path) -> None:
    path = one(tmp_path, heading="SUNDT")
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files = {n: d.replace(b"\n", b"\r\n") if n.endswith(".txt") else d for n, d in files.items()}
    files["project.qde"] = files["project.qde"].replace(b'origin="', b'origin="ATLAS.ti Windows ')
    path.write_bytes(pack(files))
    assert read_notes(path)[0].text == "Aftale er aftale"


def test_a_source_without_codes_needs_no_text(tmp_path: Path) -> None:
    def change(root: ET.Element) -> None:
        sources = root.find(f"{NS}Sources")
        ET.SubElement(sources, f"{NS}TextSource", name="Rapport", richTextPath="internal://r.docx")

    (s,) = read_notes(changed(one(tmp_path), change))
    assert s.text == "Aftale er aftale"


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
    (s,) = read_notes(path)
    assert (s.text, s.source, s.position) == ("Lov er lov.", "Interview", 1)
    assert (s.logics, s.reviewed, s.probabilities) == ((Logic.DUTY,), True, None)
    assert s.extra == {"Kodet af Bo": "pligt"}


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
                "project.qde": b'<P><TextSource name="x" plainTextPath="absolute:///etc/passwd">'
                b'<PlainTextSelection startPosition="0" endPosition="9"/></TextSource></P>'
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
        read_notes(path)


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
    codes = ET.parse(tmp_path / "a.qdc").iter("{urn:QDA-XML:codebook:1.0}Code")
    names = [code.attrib["name"] for code in codes if code.get("isCodable") == "true"]
    assert [meaning(name) for name in names] == [*Logic, *Concept]
    with pytest.raises(FileExistsError):
        write_qdc(tmp_path / "a.qdc")


def test_two_who_say_the_same_are_two(tmp_path: Path) -> None:
    said = Statement("Ja", "a.txt", position=1).with_coding((0, 0, 0, 1), (), "m")
    write_qdpx([said, said, said.with_review([])], tmp_path / "p.qdpx")
    assert [s.reviewed for s in read_notes(tmp_path / "p.qdpx")] == [False, False, True]
