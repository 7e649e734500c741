"""Label Studio: tasks with the program's codes as predictions out, annotations in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from etisklandskab.columns import find_columns, to_row
from etisklandskab.errors import NotesError
from etisklandskab.exchange.codes import guid
from etisklandskab.exchange.reviews import REVIEWER, Codes, cells_of, codes_of, to_block
from etisklandskab.files import check_free, new_file
from etisklandskab.landscape import Logic, Statement
from etisklandskab.notes.blocks import Block
from etisklandskab.notes.recordings import read_json
from etisklandskab.notes.text import decode

__all__ = ["label_config", "read_blocks", "write_label_studio"]

_LOGICS, _TEXT = "logik", "udsagn"
_PLACE, _OWN = "sted", "egne_kolonner"
_BY = "Koder: "


def write_label_studio(
    statements: Iterable[Statement], path: str | Path, *, force: bool = False
) -> None:
    """Write coded statements as tasks for Label Studio, and the labelling interface beside them.

    The interface is in a file of the same name on ``.xml``: paste it under Settings,
    Labeling Interface, Code, and import the tasks after that. `read_notes` reads what Label
    Studio exports as JSON.

    Parameters
    ----------
    statements : iterable of Statement
        Coded statements; the program's codes become predictions, humans' annotations.
    path : str or Path
        Ends on ``.json``.
    force : bool, default=False
        Replace files that are there.

    Raises
    ------
    FileExistsError
        If one of the files exists and `force` is False.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from etisklandskab import read_notes
    >>> coded = Statement("Aftale er aftale").with_coding((1, 0, 0, 0), (Logic.DUTY,), "m")
    >>> with TemporaryDirectory() as folder:
    ...     write_label_studio([coded], Path(folder, "opgaver.json"))
    ...     [(s.logic.danish, s.reviewed) for s in read_notes(Path(folder, "opgaver.json"))]
    [('pligt', False)]
    """
    path = Path(path)
    tasks = [_task(number, statement) for number, statement in enumerate(statements, start=1)]
    check_free(path, force=force)
    with new_file(path.with_suffix(".xml"), force=force) as temporary:
        temporary.write_text(label_config(), encoding="utf-8", newline="")
    with new_file(path, force=force) as temporary:
        # escaped to ASCII: lone surrogates have no UTF-8
        temporary.write_text(json.dumps(tasks, indent=1) + "\n", encoding="utf-8", newline="")


def label_config() -> str:
    """Return the labelling interface: the statement in its place and a choice of logics.

    Examples
    --------
    >>> print(label_config().splitlines()[-3].strip())
    <Choice value="ingen" background="#8c8c8c" hint="Ingen argumentation" />
    """
    view = ET.Element("View")
    ET.SubElement(view, "Header", value="$sted", size="6")
    ET.SubElement(view, "Header", value="Lige før: $before", size="6")
    ET.SubElement(view, "Text", name=_TEXT, value="$text")
    choices = ET.SubElement(
        view,
        "Choices",
        name=_LOGICS,
        toName=_TEXT,
        choice="multiple",
        showInLine="true",
        required="true",
    )
    for logic in Logic:
        ET.SubElement(
            choices,
            "Choice",
            value=logic.danish,
            background=logic.colour,
            hint=logic.theory.capitalize(),
        )
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"


def _task(number: int, statement: Statement) -> dict[str, Any]:
    cells = cells_of(statement)
    place = (statement.workshop, statement.group, statement.heading, statement.speaker)
    data = {
        **to_row(replace(statement, extra={})),
        _PLACE: " · ".join(filter(None, place)),
        _OWN: dict(statement.extra),
    }
    task: dict[str, Any] = {"data": data}
    codes = codes_of(cells, statement.extra)
    if codes.program is not None and statement.probabilities is not None:
        task["predictions"] = [
            {
                "model_version": statement.model,
                "score": round(max(statement.probabilities), 4),
                "result": [_result(number, "", codes.program)],
            }
        ]
    if codes.humans:
        # no ``completed_by``: Label Studio refuses tasks by accounts that it does not know
        task["annotations"] = [
            {"result": [_result(number, coder, logics) | {"meta": {"text": [_BY + coder]}}]}
            for coder, logics in codes.humans.items()
        ]
    return task


def _result(number: int, coder: str, logics: tuple[Logic, ...]) -> dict[str, Any]:
    return {
        "id": guid("choice", number, coder)[:8],
        "from_name": _LOGICS,
        "to_name": _TEXT,
        "type": "choices",
        "value": {"choices": [logic.danish for logic in logics] or [Logic.NONE.danish]},
    }


# -- reading -----------------------------------------------------------------------------


def read_blocks(data: bytes, source: str) -> list[Block]:
    """Read a ``.json`` file as rows for the reader of notes: tasks, or else a transcript.

    Raises
    ------
    NotesError
        If it cannot be read; the message (Danish) names the file and the way out.
    """
    if b'"annotation_id"' in data and b'"data"' not in data:
        raise NotesError(
            source,
            "den er eksporteret fra Label Studio som JSON-MIN, hvor det ikke står, hvem der mener hvad.",
            "Eksportér den som JSON.",
        )
    # only what may be tasks is looked at twice
    tasks = _tasks(data, source) if b'"data"' in data else None
    if tasks is None:
        return read_json(data, source)
    return [_block(task, number, source) for number, task in enumerate(tasks, start=1)]


def _tasks(data: bytes, source: str) -> list[dict[str, Any]] | None:
    try:
        document = json.loads(decode(data, source))
    except (json.JSONDecodeError, RecursionError):
        return None
    if not isinstance(document, list) or not document:
        return None
    if not all(isinstance(task, dict) and isinstance(task.get("data"), dict) for task in document):
        return None
    return document


def _block(task: dict[str, Any], number: int, source: str) -> Block:
    data = {str(key): value for key, value in task["data"].items() if value is not None}
    names = find_columns([*data])
    columns = {name: str(data[[*data][at]]) for at, name in names.items()}
    if not columns.get("text", "").strip():
        raise NotesError(
            source,
            f"opgave {number} har ikke noget udsagn.",
            "Kald feltet med udsagnet for »text« eller »udsagn«.",
        )
    own = data.get(_OWN)
    if not isinstance(own, dict):  # tasks of the user's own
        own = {key: v for at, (key, v) in enumerate(data.items()) if at not in names}
    extra = {str(key): str(value) for key, value in own.items()}
    written = codes_of(columns, extra)
    humans = dict(
        coding
        for annotation in sorted(_objects(task.get("annotations")), key=_when)
        if not annotation.get("was_cancelled")
        if (coding := _annotation(annotation, written, number, source)) is not None
    )
    # the program's codes are predictions, which nobody edits
    found = Codes(written.program, humans)
    return to_block({"position": f"{number}", **columns}, extra, found, f"opgave {number}")


def _when(annotation: dict[str, Any]) -> str:
    """Return when an annotation was last changed: the latest of a coder's own counts."""
    return str(annotation.get("updated_at") or annotation.get("created_at") or "")


def _annotation(
    annotation: dict[str, Any], written: Codes, number: int, source: str
) -> tuple[str, tuple[Logic, ...]] | None:
    """Return who annotated and which logics, or None where no logic was chosen."""
    results = [r for r in _objects(annotation.get("result")) if r.get("type") == "choices"]
    # an interface may ask for more; in one of the user's own the control has any name
    results = [r for r in results if r.get("from_name") == _LOGICS] or results
    chosen = [choice for result in results for choice in _items(result.get("value"), "choices")]
    if not chosen:
        return None
    try:
        logics = dict.fromkeys(Logic.parse(choice) for choice in chosen)
    except ValueError as error:
        raise NotesError(
            source,
            f"opgave {number}: {error}.",
            "Brug de navne, der står i den .xml-fil, som opgaverne kom med.",
        ) from error
    argued = tuple(logic for logic in logics if logic is not Logic.NONE)
    notes = [note for result in results for note in _items(result.get("meta"), "text")]
    named = [note.removeprefix(_BY) for note in notes if note.startswith(_BY)]
    if not named:
        return _coder(annotation.get("completed_by")), argued
    if {*argued} == {*written.humans.get(named[0], argued)}:
        return named[0], argued
    # the name stays when another edits what was written
    return _editor(annotation), argued


def _objects(value: Any) -> list[dict[str, Any]]:
    return [x for x in value if isinstance(x, dict)] if isinstance(value, list) else []


def _items(value: Any, name: str) -> list[str]:
    items = value.get(name) if isinstance(value, dict) else None
    return [x for x in items if isinstance(x, str)] if isinstance(items, list) else []


def _editor(annotation: dict[str, Any]) -> str:
    """Return the name of who last edited; only the account that completed it is told in full."""
    editor, first = annotation.get("updated_by"), annotation.get("completed_by")
    if editor is None or (isinstance(first, dict) and first.get("id") == editor):
        editor = first
    return _coder(editor)


def _coder(who: Any) -> str:
    """Return the name of who annotated: Label Studio gives a number or an account."""
    if isinstance(who, dict):
        full = " ".join(str(who.get(part) or "") for part in ("first_name", "last_name")).strip()
        who = full or who.get("email") or who.get("username") or who.get("id")
    if who in (None, ""):
        return REVIEWER
    return f"koder {who}" if isinstance(who, int) else str(who)
