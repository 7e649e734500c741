"""Label Studio: tasks with the program's codes as predictions out, annotations in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from etisklandskab.columns import find_columns, read_coding, to_row
from etisklandskab.errors import NotesError
from etisklandskab.exchange.coded import Coded, as_coded, gather, to_blocks
from etisklandskab.exchange.codes import guid
from etisklandskab.files import check_free, new_file
from etisklandskab.landscape import Concept, Logic, Statement, split_list
from etisklandskab.notes.blocks import Block
from etisklandskab.notes.recordings import read_json
from etisklandskab.notes.text import decode

__all__ = ["label_config", "read_blocks", "read_label_studio", "write_label_studio"]

_LOGICS, _TEXT = "logik", "udsagn"
_OWN = "egne_kolonner"
_BY = "Koder: "


def write_label_studio(
    items: Iterable[Statement | Coded], path: str | Path, *, force: bool = False
) -> None:
    """Write coded statements as tasks for Label Studio, and the labelling interface beside them.

    The interface is in a file of the same name on ``.xml``: paste it under Settings,
    Labeling Interface, Code, and import the tasks after that.

    Parameters
    ----------
    items : iterable of Statement or Coded
        Coded statements; humans' codes become annotations.
    path : str or Path
        Ends on ``.json``.
    force : bool, default=False
        Replace files that are there.

    Raises
    ------
    FileExistsError
        If one of the files exists and `force` is False.
    """
    path = Path(path)
    tasks = [
        _task(number, statement, coders)
        for number, (statement, coders) in enumerate(gather(as_coded(items)), start=1)
    ]
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


def _task(
    number: int, statement: Statement, coders: dict[str, tuple[Logic, ...]]
) -> dict[str, Any]:
    data: dict[str, Any] = dict(to_row(replace(statement, extra={})))
    data["sted"] = " · ".join(
        filter(None, (statement.workshop, statement.group, statement.heading, statement.speaker))
    )
    data[_OWN] = dict(statement.extra)
    task: dict[str, Any] = {"data": data}
    if statement.logic is not None and statement.probabilities is not None:
        task["predictions"] = [
            {
                "model_version": statement.model,
                "score": round(max(statement.probabilities), 4),
                "result": [_result(number, "", statement.logics)],
            }
        ]
    if coders:
        # no ``completed_by``: Label Studio refuses tasks by accounts that it does not know
        task["annotations"] = [
            {"result": [_result(number, coder, logics) | {"meta": {"text": [_BY + coder]}}]}
            for coder, logics in coders.items()
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


def read_label_studio(path: str | Path) -> list[Coded]:
    """Read the annotations that Label Studio exported.

    Parameters
    ----------
    path : str or Path
        An export of the kind JSON.

    Returns
    -------
    list of Coded
        In the order of the tasks; a statement that humans annotated comes once for each
        of them, any other once with the program's own logics.

    Raises
    ------
    NotesError
        If it cannot be read; the message (Danish) names the file and the way out.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> coded = Statement("Aftale er aftale").with_coding((1, 0, 0, 0), (Logic.DUTY,), "m")
    >>> with TemporaryDirectory() as folder:
    ...     write_label_studio([coded], Path(folder, "opgaver.json"))
    ...     [item.logics for item in read_label_studio(Path(folder, "opgaver.json"))]
    [(<Logic.DUTY: 'duty'>,)]
    """
    path = Path(path)
    tasks = _tasks(path.read_bytes(), path.name)
    if tasks is None:
        raise NotesError(
            path.name, "filen er ikke fra Label Studio.", "Eksportér projektet som JSON."
        )
    return _read(tasks, path.name)


def read_blocks(data: bytes, source: str) -> list[Block]:
    """Read a ``.json`` file as rows for the reader of notes: tasks, or else a transcript."""
    # only what may be tasks is looked at twice
    tasks = _tasks(data, source) if b'"data"' in data else None
    return read_json(data, source) if tasks is None else to_blocks(_read(tasks, source))


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


def _read(tasks: list[dict[str, Any]], source: str) -> list[Coded]:
    return [
        coded
        for number, task in enumerate(tasks, start=1)
        for coded in _codings(task, number, source)
    ]


def _codings(task: dict[str, Any], number: int, source: str) -> Iterator[Coded]:
    statement = _statement(task["data"], number, source)
    found = dict(
        coding
        for annotation in task.get("annotations") or []
        if isinstance(annotation, dict) and not annotation.get("was_cancelled")
        if (coding := _annotation(annotation, number, source)) is not None
    )
    for coder, logics in found.items():
        yield Coded(statement, coder, logics)
    if not found:
        yield Coded(statement, "", statement.logics)


def _statement(data: dict[str, Any], number: int, source: str) -> Statement:
    titles = list(data)
    columns = {
        name: "" if data[titles[index]] is None else str(data[titles[index]])
        for index, name in find_columns(titles).items()
    }
    if not columns.get("text"):
        raise NotesError(
            source,
            f"opgave {number} har ikke noget udsagn.",
            "Kald feltet med udsagnet for »text« eller »udsagn«.",
        )
    own = data.get(_OWN)
    position = columns.get("position", "")
    known = {concept.value: concept for concept in Concept}
    statement = Statement(
        text=columns["text"],
        source=columns.get("source", "") or source,
        workshop=columns.get("workshop", ""),
        group=columns.get("group", ""),
        heading=columns.get("heading", ""),
        position=int(position) if position.isdecimal() else number,
        speaker=columns.get("speaker", ""),
        before=columns.get("before", ""),
        concepts=tuple(
            known[part] for part in split_list(columns.get("concept", "")) if part in known
        ),
        extra={str(k): str(v) for k, v in own.items()} if isinstance(own, dict) else {},
    )
    try:
        coding = read_coding(columns)
    except ValueError as error:
        raise NotesError(source, f"opgave {number}: {error}.") from error
    if coding is None:
        return statement
    logics, probabilities = coding
    unsure = columns.get("unsure", "") == "ja"
    return statement.with_coding(probabilities, logics, columns.get("model", ""), unsure=unsure)


def _annotation(
    annotation: dict[str, Any], number: int, source: str
) -> tuple[str, tuple[Logic, ...]] | None:
    """Return who annotated and which logics, or None where no logic was chosen."""
    results = [
        result
        for result in annotation.get("result") or []
        if isinstance(result, dict) and result.get("type") == "choices"
    ]
    chosen = [
        choice for result in results for choice in (result.get("value") or {}).get("choices") or []
    ]
    if not chosen:
        return None
    try:
        logics = dict.fromkeys(Logic.parse(choice) for choice in chosen)
    except ValueError as error:
        raise NotesError(source, f"opgave {number}: {error}.") from error
    notes = [note for result in results for note in (result.get("meta") or {}).get("text") or []]
    named = [str(note).removeprefix(_BY) for note in notes if str(note).startswith(_BY)]
    coder = named[0] if named else _coder(annotation.get("completed_by"))
    return coder, tuple(logic for logic in logics if logic is not Logic.NONE)


def _coder(who: Any) -> str:
    """Return the name of who annotated: Label Studio gives a number or an account."""
    if isinstance(who, dict):
        full = " ".join(str(who.get(part) or "") for part in ("first_name", "last_name")).strip()
        who = full or who.get("email") or who.get("username") or who.get("id")
    if who in (None, ""):
        return "ukendt"
    return f"koder {who}" if isinstance(who, int) else str(who)
