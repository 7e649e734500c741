"""Label Studio: tasks and the interface out, annotations in."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odd import as_read, other, statements

from etisklandskab import Logic, NotesError, Statement, read_notes
from etisklandskab.exchange import write_label_studio


def tasks(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def test_the_examples_come_back_as_they_were(light: list[Statement], tmp_path: Path) -> None:
    said = [light[0].with_review(other(light[0].logics)), *light[1:]]
    write_label_studio(said, tmp_path / "o.json")
    assert read_notes(tmp_path / "o.json") == said


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(statements().filter(lambda s: s.text.strip()), min_size=1, max_size=4))
def test_any_text_comes_back(tmp_path: Path, said: list[Statement]) -> None:
    said = [replace(s, position=n) for n, s in enumerate(said, start=1)]
    write_label_studio(said, tmp_path / "o.json", force=True)
    assert read_notes(tmp_path / "o.json") == [as_read(s) for s in said]


def test_predictions_have_the_model_and_its_score(light: list[Statement], tmp_path: Path) -> None:
    write_label_studio(light[:1], tmp_path / "o.json")
    (task,) = tasks(tmp_path / "o.json")
    (prediction,) = task["predictions"]
    assert prediction["model_version"] == light[0].model
    assert prediction["score"] == max(light[0].probabilities or ())
    assert prediction["result"][0]["value"]["choices"] == [x.danish for x in light[0].logics]


def test_the_interface_names_what_the_tasks_use(light: list[Statement], tmp_path: Path) -> None:
    write_label_studio(light[:1], tmp_path / "o.json")
    view = ET.parse(tmp_path / "o.xml").getroot()
    (task,) = tasks(tmp_path / "o.json")
    result = task["predictions"][0]["result"][0]
    assert view.find("Choices").attrib["name"] == result["from_name"]
    assert view.find("Text").attrib["name"] == result["to_name"]
    names = [e.attrib["value"].split("$")[1] for e in view.iter() if "$" in e.get("value", "")]
    assert set(names) <= task["data"].keys()
    assert [c.attrib["value"] for c in view.iter("Choice")] == [x.danish for x in Logic]


@pytest.mark.parametrize(
    ("who", "coder"),
    [
        (3, "koder 3"),
        ({"id": 3, "email": "anna@example.org"}, "anna@example.org"),
        ({"id": 3, "first_name": "Anna", "last_name": "B", "email": "x"}, "Anna B"),
        (None, "konsulent"),
    ],
)
def test_an_annotation_of_label_studio_overrides(
    light: list[Statement], tmp_path: Path, who: object, coder: str
) -> None:
    write_label_studio(light[:2], tmp_path / "o.json")
    document = tasks(tmp_path / "o.json")
    new = other(light[0].logics)
    value = {"choices": [logic.danish for logic in new]}
    result = {"type": "choices", "from_name": "logik", "to_name": "udsagn", "value": value}
    document[0]["annotations"] = [
        {"completed_by": who, "was_cancelled": True, "result": [{**result, "value": {}}]},
        {"completed_by": who, "was_cancelled": False, "result": [result]},
    ]
    document[1]["annotations"] = [{"completed_by": who, "result": []}]
    (tmp_path / "o.json").write_text(json.dumps(document), "utf-8")
    first, second = read_notes(tmp_path / "o.json")
    assert (first.logics, first.reviewed) == (new, True)
    assert first.probabilities == light[0].probabilities
    named = {} if coder == "konsulent" else {f"Kodet af {coder}": new[0].danish}
    assert first.extra == {**light[0].extra, **named}
    assert second == light[1]


def test_who_agrees_with_the_model_has_reviewed(light: list[Statement], tmp_path: Path) -> None:
    write_label_studio(light[:1], tmp_path / "o.json")
    (task,) = tasks(tmp_path / "o.json")
    task["annotations"] = [{"completed_by": 1, "result": task["predictions"][0]["result"]}]
    (tmp_path / "o.json").write_text(json.dumps([task]), "utf-8")
    (read,) = read_notes(tmp_path / "o.json")
    assert (read.logics, read.reviewed) == (light[0].logics, True)


def annotation(who: object, *choices: str, **fields: object) -> dict[str, Any]:
    value = {"choices": [*choices]}
    result = {"type": "choices", "from_name": "logik", "to_name": "udsagn", "value": value}
    return {"completed_by": who, "result": [result], **fields}


def annotated(path: Path, said: Statement, *annotations: dict[str, Any]) -> Statement:
    """Return a statement as it comes back with annotations beside those that it had."""
    write_label_studio([said], path, force=True)
    (task,) = tasks(path)
    task.setdefault("annotations", []).extend(annotations)
    path.write_text(json.dumps([task]), "utf-8")
    (read,) = read_notes(path)
    return read


def test_of_several_logics_the_one_that_the_model_finds_likeliest_is_first(tmp_path: Path) -> None:
    said = Statement("Hun skal ses").with_coding((0.1, 0.8, 0.1, 0), (Logic.PROXIMITY,), "m")
    read = annotated(tmp_path / "o.json", said, annotation(1, "pligt", "nærhed"))
    assert read.logics == (Logic.PROXIMITY, Logic.DUTY)


def test_a_second_coder_who_agrees_is_a_coder(tmp_path: Path) -> None:
    said = Statement("Lov er lov", extra={"Kodet af Anna": "pligt"}).with_review([Logic.DUTY])
    read = annotated(tmp_path / "o.json", said, annotation("Bo", "pligt"))
    assert read.extra == {"Kodet af Anna": "pligt", "Kodet af Bo": "pligt"}


def test_other_questions_of_the_interface_are_no_logics(tmp_path: Path) -> None:
    asked = annotation("Bo", "nærhed")
    more = {"type": "choices", "from_name": "sikkerhed", "value": {"choices": ["i tvivl"]}}
    asked["result"].append(more)
    read = annotated(tmp_path / "o.json", Statement("Lov er lov"), asked)
    assert (read.logics, read.reviewed) == ((Logic.PROXIMITY,), True)


def test_the_latest_annotation_of_a_coder_counts(tmp_path: Path) -> None:
    read = annotated(
        tmp_path / "o.json",
        Statement("Lov er lov"),
        annotation("Bo", "pligt", created_at="2026-01-01", updated_at="2026-03-03"),
        annotation("Bo", "nærhed", created_at="2026-02-02"),
    )
    assert read.extra == {"Kodet af Bo": "pligt"}


@pytest.mark.parametrize(
    ("accounts", "coder"),
    [
        ({"completed_by": 3}, "koder 3"),
        ({"completed_by": 3, "updated_by": 7}, "koder 7"),
        ({"completed_by": {"id": 3, "first_name": "Bo"}, "updated_by": 3}, "Bo"),
    ],
)
def test_who_edits_an_annotation_says_it_herself(
    tmp_path: Path, accounts: dict[str, object], coder: str
) -> None:
    said = Statement("Lov er lov", extra={"Kodet af Anna": "pligt"}).with_review([Logic.DUTY])
    write_label_studio([said], tmp_path / "o.json")
    document = tasks(tmp_path / "o.json")
    (annotation,) = document[0]["annotations"]
    annotation.update(accounts)
    (tmp_path / "o.json").write_text(json.dumps(document), "utf-8")
    (untouched,) = read_notes(tmp_path / "o.json")
    assert untouched.extra == said.extra
    annotation["result"][0]["value"]["choices"] = ["nærhed"]
    (tmp_path / "o.json").write_text(json.dumps(document), "utf-8")
    (edited,) = read_notes(tmp_path / "o.json")
    assert (edited.logics, edited.extra) == ((Logic.PROXIMITY,), {f"Kodet af {coder}": "nærhed"})


def test_tasks_of_the_users_own(tmp_path: Path) -> None:
    data = {"udsagn": "Lov er lov", "gruppe": "Bord 2", "note": "x"}
    document = [{"id": 1, "data": data}]
    (tmp_path / "o.json").write_text(json.dumps(document), "utf-8")
    (s,) = read_notes(tmp_path / "o.json")
    assert (s.text, s.group, s.extra, s.reviewed) == ("Lov er lov", "Bord 2", {"note": "x"}, False)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([{"data": {"image": "x"}}], "opgave 1 har ikke noget udsagn"),
        (
            [
                {
                    "data": {"text": "a"},
                    "annotations": [{"result": [{"type": "choices", "value": {"choices": ["x"]}}]}],
                }
            ],
            "opgave 1: 'x' er ikke en logik",
        ),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, document: object, message: str) -> None:
    (tmp_path / "o.json").write_text(json.dumps(document), "utf-8")
    with pytest.raises(NotesError, match=message):
        read_notes(tmp_path / "o.json")


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    more = [places(v, (*at, k)) for k, v in inside if isinstance(v, dict | list)]
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    return [*((*at, k) for k, _ in inside), *(place for found in more for place in found)]


@pytest.mark.parametrize("odd", [None, 3, "²", [], {}, [1], ["x"], {"a": 1}])
def test_no_shape_of_a_task_is_a_crash(light: list[Statement], tmp_path: Path, odd: object) -> None:
    said = replace(light[0], extra={"Kodet af Anna": "pligt"}).with_review([Logic.DUTY])
    write_label_studio([said], tmp_path / "o.json")
    for *way, last in places(tasks(tmp_path / "o.json")):
        document = inner = tasks(tmp_path / "o.json")
        for key in way:
            inner = inner[key]
        inner[last] = odd
        (tmp_path / "m.json").write_text(json.dumps(document), "utf-8")
        with suppress(NotesError):
            read_notes(tmp_path / "m.json")


def test_an_export_that_leaves_out_who_said_what_is_refused(tmp_path: Path) -> None:
    document = [{"text": "Lov er lov", "logik": "pligt", "annotator": 1, "annotation_id": 4}]
    (tmp_path / "o.json").write_text(json.dumps(document), "utf-8")
    with pytest.raises(NotesError, match="Eksportér den som JSON"):
        read_notes(tmp_path / "o.json")


def test_nothing_is_written_over(light: list[Statement], tmp_path: Path) -> None:
    (tmp_path / "o.xml").write_text("mit")
    with pytest.raises(FileExistsError):
        write_label_studio(light[:1], tmp_path / "o.json")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["o.xml"]
