"""Who set which logics: what the program and humans said, and how a human's word comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, replace

from etisklandskab.columns import (
    CODING,
    REVIEW,
    danish_title,
    read_coding,
    read_labels,
    read_review,
    to_row,
)
from etisklandskab.landscape import Logic, Statement
from etisklandskab.notes.blocks import Block
from etisklandskab.notes.structure import name_place

__all__ = [
    "PROGRAM",
    "REVIEWER",
    "Codes",
    "cells_of",
    "codes_of",
    "in_danish",
    "is_program",
    "to_block",
]

PROGRAM = "etisklandskab"
"""What the names of the program's users begin with."""

REVIEWER = "konsulent"
"""The human whose name is not known."""

_BY = "Kodet af "  # the column of a coder who has a name


@dataclass(frozen=True, slots=True)
class Codes:
    """The logics that the program and each human found in a statement; empty for none.

    Parameters
    ----------
    program : tuple of Logic or None
        None where the program has not coded it.
    humans : mapping of str to tuple of Logic
        By the coder's name.
    """

    program: tuple[Logic, ...] | None
    humans: Mapping[str, tuple[Logic, ...]]

    def set(self) -> frozenset[Logic]:
        """Return every code that anybody set."""
        sets = [*self.humans.values(), *([] if self.program is None else [self.program])]
        return frozenset(logic for logics in sets for logic in logics or (Logic.NONE,))


def cells_of(statement: Statement) -> dict[str, str]:
    """Return the standard columns of a statement as the cells of a table."""
    return {name: f"{value}" for name, value in to_row(replace(statement, extra={})).items()}


def codes_of(columns: Mapping[str, str], extra: Mapping[str, str]) -> Codes:
    """Return who set which logics, by a statement's cells.

    A human is who reviewed it, and who has a column "Kodet af ...". Of a reviewed statement
    the program's own logics are no longer known but for the likeliest.

    Examples
    --------
    >>> said = Statement("Aftale er aftale").with_coding((0, 1, 0, 0), (Logic.PROXIMITY,), "m")
    >>> codes = codes_of(cells_of(said.with_review([Logic.DUTY])), {"Kodet af Anna": "ingen"})
    >>> in_danish(codes.program), {name: in_danish(logics) for name, logics in codes.humans.items()}
    ('nærhed', {'Anna': 'ingen', 'konsulent': 'pligt'})
    """
    humans = {}
    for title, cell in extra.items():
        name = title.removeprefix(_BY)
        if title.startswith(_BY) and name.strip() and not is_program(name):
            with suppress(ValueError):  # a column of the user's own that says something else
                humans[name] = _argued(read_review(cell))
    review = None
    if columns.get("corrected"):
        with suppress(ValueError):  # the reader of notes tells of it
            _, review = read_labels(columns["corrected"], columns.get("also", ""))
            if {*review} not in [{*logics} for logics in humans.values()]:
                humans[REVIEWER] = review
    program = None
    with suppress(ValueError):
        if coding := read_coding(columns):
            program, p = coding
            if review is not None:
                program = _argued([tuple(Logic)[p.index(max(p))]])
    return Codes(program, humans)


def _argued(logics: Iterable[Logic]) -> tuple[Logic, ...]:
    return tuple(dict.fromkeys(logic for logic in logics if logic is not Logic.NONE))


def in_danish(logics: Iterable[Logic] | None) -> str:
    """Return logics as a human writes them in a cell."""
    return ", ".join(logic.danish for logic in logics or ()) or Logic.NONE.danish


def is_program(user: str) -> bool:
    """Tell whether a user is this program and no human."""
    return user.casefold().startswith(PROGRAM)


def to_block(
    columns: Mapping[str, str],
    extra: Mapping[str, str],
    found: Codes,
    place: str,
    *,
    hands: bool = False,
    known: Set[Logic] = frozenset(Logic),
) -> Block:
    """Return a statement that was in another program as a row for the reader of notes.

    Parameters
    ----------
    columns, extra : mapping of str to str
        Its cells, as they were when it went out.
    found : Codes
        Who has set which logics now.
    place : str
        Where it stands, in Danish, for messages.
    hands : bool, default=False
        The other program has no user that is this one: its codes may have changed hands.
    known : set of Logic, optional
        Those that the other program has a code for; of the rest a missing code says nothing.
    """
    written, columns = codes_of(columns, extra), dict(columns)
    humans = _now(found, written, hands=hands, known=known)
    changed = [name for name in humans if not _same(humans[name], written.humans.get(name))]
    if not humans and columns.get("corrected"):
        # nobody's word any more, and the program's own is not known: it is coded anew
        columns = {n: cell for n, cell in columns.items() if n not in (*REVIEW, *CODING)}
    elif changed or (humans and not columns.get("corrected")):
        logics = humans[(changed or [*humans])[0]]
        logics = _by_weight(logics, columns) if changed else logics
        columns["corrected"] = in_danish(logics[:1])
        columns["also"] = ", ".join(logic.danish for logic in logics[1:])
    theirs = {_BY + name for name in written.humans}
    own = {title: cell for title, cell in extra.items() if title not in theirs}
    for name in [name for name in humans if name != REVIEWER]:
        kept = extra.get(_BY + name, "") if name not in changed else ""
        own[_BY + name] = kept or in_danish(humans[name])
    try:
        read_coding(columns)
    except ValueError:  # cut off on the way, or written over: the rest is still good
        columns = {name: cell for name, cell in columns.items() if name not in CODING}
    position, named = columns.get("position", ""), name_place(columns.get("source", ""))
    columns["group"] = columns.get("group") or named.group
    columns["workshop"] = columns.get("workshop") or named.workshop
    return Block(
        "row",
        columns["text"],
        place=place,
        row=int(position) if position.isdecimal() else 0,
        columns=columns,
        extra=own,
        cells={n: f"{place}, »{danish_title(n)}«" for n in REVIEW if columns.get(n)},
    )


def _now(
    found: Codes, written: Codes, *, hands: bool, known: Set[Logic]
) -> dict[str, tuple[Logic, ...]]:
    """Return what humans mean now, by what is there and what was written."""
    if hands and found.set() == written.set():
        # a program that knows but one user has put our codes in her name: that is no review
        return dict(written.humans)
    humans = dict(found.humans)
    if None not in (found.program, written.program) and not _same(found.program, written.program):
        # who works as the user that the project came with has changed the program's codes
        humans.setdefault(REVIEWER, found.program or ())
    gone = written.program if found.program is None else None
    if gone and {*gone} <= known and not (humans or hands):
        humans[REVIEWER] = ()  # a code that was deleted was a wrong one
    return humans


def _by_weight(logics: tuple[Logic, ...], columns: Mapping[str, str]) -> tuple[Logic, ...]:
    """Return logics with the one first that the program found likeliest.

    The order in which other programs give them is that of the codes and nobody's word.
    """
    with suppress(ValueError):
        if coding := read_coding(columns):
            likely = dict(zip(Logic, coding[1], strict=True))
            return tuple(sorted(logics, key=lambda logic: -likely[logic]))
    return logics


def _same(a: tuple[Logic, ...] | None, b: tuple[Logic, ...] | None) -> bool:
    # codes have no order in other programs
    return a is not None and b is not None and {*a} == {*b}
