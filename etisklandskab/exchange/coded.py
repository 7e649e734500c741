"""A statement with one coder's logics, and how several coders travel through a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from etisklandskab.columns import read_labels, to_row
from etisklandskab.landscape import Logic, Statement, split_list
from etisklandskab.notes.blocks import Block

__all__ = ["Coded", "as_coded", "to_blocks"]

_BY = "Kodet af "
_PROGRAM = f"{_BY}programmet"
_REVIEWER = "konsulent"


@dataclass(frozen=True, slots=True)
class Coded:
    """A statement and the logics that one coder found in it.

    Parameters
    ----------
    statement : Statement
        The statement with the program's own coding, where it has one.
    coder : str
        The human who coded it; empty for the program.
    logics : tuple of Logic
        Every logic that the coder found, the weightiest first; empty for none.

    Examples
    --------
    >>> Coded(Statement("Aftale er aftale"), "Anna", (Logic.DUTY,)).coder
    'Anna'
    """

    statement: Statement
    coder: str = ""
    logics: tuple[Logic, ...] = ()


def as_coded(items: Iterable[Statement | Coded]) -> list[Coded]:
    """Return statements as codings, one for each human coder of a statement.

    What a table says in its columns "Kodet af ..." are codings by humans.

    Examples
    --------
    >>> statement = Statement("Aftale er aftale", extra={"Kodet af Anna": "pligt"})
    >>> [(item.coder, item.logics) for item in as_coded([statement])]
    [('Anna', (<Logic.DUTY: 'duty'>,))]
    """
    return [coded for item in items for coded in _codings(item)]


def _codings(item: Statement | Coded) -> list[Coded]:
    if isinstance(item, Coded):
        return [item]
    columns = {name: cell for name, cell in item.extra.items() if name.startswith(_BY)}
    if columns:
        own = columns.pop(_PROGRAM, None)
        rest = {name: cell for name, cell in item.extra.items() if not name.startswith(_BY)}
        statement = replace(item, extra=rest)
        if own is not None:
            logics = _read(own)
            statement = replace(statement, logics=logics, logic=(*logics, Logic.NONE)[0])
        return [
            Coded(statement, name.removeprefix(_BY), _read(cell)) for name, cell in columns.items()
        ] or [Coded(statement, "", statement.logics)]
    reviewed = getattr(item, "reviewed", False)
    return [Coded(item, _REVIEWER if reviewed else "", item.logics)]


def _read(cell: str) -> tuple[Logic, ...]:
    return read_labels((*split_list(cell), Logic.NONE)[0], cell)[1]


def _write(logics: Iterable[Logic]) -> str:
    return ", ".join(logic.danish for logic in logics) or Logic.NONE.danish


def gather(items: Iterable[Coded]) -> list[tuple[Statement, dict[str, tuple[Logic, ...]]]]:
    """Return each statement once with its human coders' logics.

    A human's coding belongs to the statement before it that is the same and that this
    human has not coded; two people may well have said the same words.
    """
    gathered: list[tuple[Statement, dict[str, tuple[Logic, ...]]]] = []
    latest: dict[tuple[Any, ...], dict[str, tuple[Logic, ...]]] = {}
    for item in items:
        s = item.statement
        key = (s.source, s.workshop, s.group, s.heading, s.position, s.speaker, s.text)
        coders = latest.get(key)
        if coders is None or not item.coder or item.coder in coders:
            coders = latest[key] = {}
            gathered.append((s, coders))
        if item.coder:
            coders[item.coder] = item.logics
    return gathered


def to_blocks(items: Iterable[Coded]) -> list[Block]:
    """Return codings as rows for the reader of notes.

    The first human coder's logics stand in the place of the program's; all coders'
    are kept in columns of their own.
    """
    return [
        _block(statement, coders, number)
        for number, (statement, coders) in enumerate(gather(items), start=1)
    ]


def _block(statement: Statement, coders: dict[str, tuple[Logic, ...]], number: int) -> Block:
    columns = {name: f"{value}" for name, value in to_row(replace(statement, extra={})).items()}
    extra = dict(statement.extra)
    if coders:
        if statement.logic is not None:
            extra[_PROGRAM] = _write(statement.logics)
        extra |= {f"{_BY}{coder}": _write(logics) for coder, logics in coders.items()}
        first = next(iter(coders.values()))
        columns["logic"] = (*first, Logic.NONE)[0].value
        columns["logics"] = ", ".join(first)
        columns["unsure"] = ""
    return Block(
        "row",
        statement.text,
        place=f"udsagn {number}",
        row=statement.position,
        columns=columns,
        extra=extra,
    )
