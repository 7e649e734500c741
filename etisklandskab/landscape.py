"""The words of the field: logics, concepts and statements.

This is the only place that holds the Danish names, the colours and the
descriptions of the three ethical logics. Everything else imports them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

__all__ = ["ARGUED", "Concept", "Logic", "Statement"]


class Logic(StrEnum):
    """The ethical logic by which a statement argues.

    A member *is* its machine code (``Logic.DUTY == "duty"``); its Danish names
    are attributes.

    Examples
    --------
    >>> Logic.DUTY.danish, Logic.DUTY.theory
    ('pligt', 'pligtetik')
    >>> Logic.parse("Nærhedsetik")
    <Logic.PROXIMITY: 'proximity'>
    """

    danish: str
    theory: str
    colour: str
    description: str

    DUTY = (
        "duty",
        "pligt",
        "pligtetik",
        "#0072b2",
        "Det gode er at gøre det, man altid bør: regler, rettigheder, ansvar, lige behandling "
        "og menneskets ukrænkelige værd.",
    )
    PROXIMITY = (
        "proximity",
        "nærhed",
        "nærhedsetik",
        "#d55e00",
        "Det gode viser sig i mødet: tillid, nærvær og omsorg, at blive set og hørt, "
        "og et skøn over netop denne situation.",
    )
    CONSEQUENCE = (
        "consequence",
        "konsekvens",
        "konsekvensetik",
        "#009e73",
        "Det gode er det, der kommer det bedste ud af: gavn og skade, virkning, livskvalitet, "
        "forebyggelse og brug af ressourcer.",
    )
    NONE = (
        "none",
        "ingen",
        "ingen argumentation",
        "#8c8c8c",
        "Praktik, fakta, dagsorden, spørgsmål og ønsker, som ikke rummer nogen begrundelse.",
    )

    def __new__(cls, code: str, danish: str, theory: str, colour: str, description: str) -> Logic:
        """Make a member whose value is its code."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.danish = danish
        member.theory = theory
        member.colour = colour  # Okabe & Ito's palette: told apart by the colour-blind
        member.description = description
        return member

    @classmethod
    def parse(cls, text: str) -> Logic:
        """Return the logic that a code or Danish name stands for.

        Parameters
        ----------
        text : str
            ``"duty"``, ``"pligt"``, ``"Pligtetik"``, ``"nytteetik"`` ...; case and
            surrounding space do not matter.

        Raises
        ------
        ValueError
            If the text names no logic; the message lists what is understood.
        """
        key = str(text).strip().casefold()
        try:
            return _LOGIC_NAMES[key]
        except KeyError:
            known = ", ".join(f"{logic.danish} ({logic.value})" for logic in cls)
            raise ValueError(f"{text!r} er ikke en logik; brug en af: {known}") from None


_LOGIC_NAMES = {
    name: logic for logic in Logic for name in (logic.value, logic.danish, logic.theory)
} | {
    "nytteetik": Logic.CONSEQUENCE,
    "nytte": Logic.CONSEQUENCE,
    "naerhed": Logic.PROXIMITY,
    "naerhedsetik": Logic.PROXIMITY,
    "ingen argument": Logic.NONE,
}

ARGUED = (Logic.DUTY, Logic.PROXIMITY, Logic.CONSEQUENCE)
"""The three logics of argument, in the order of the landscape."""


class Concept(StrEnum):
    """The words of the vision that a statement can be about.

    Examples
    --------
    >>> [str(concept) for concept in Concept]
    ['sundt', 'værdigt', 'sammen om']
    """

    SUNDT = "sundt"
    VÆRDIGT = "værdigt"
    SAMMEN_OM = "sammen om"


def _no_extra() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that somebody said, in its place, and how it was coded.

    Parameters
    ----------
    text : str
        The statement alone: without bullet mark, speaker or time.
    source : str
        The file it was read from, relative to the folder that was given.
    workshop, group, speaker : str
        Where, in which group and by whom it was said; empty where not known.
    heading : str
        The headings over it, outermost first, joined by ``" › "``.
    position : int
        Its place in the source, from 1; for a table, the row.
    before : str
        The statement just before it under the same heading, its context.
    concepts : tuple of Concept
        What it is about; empty for none of the three.
    extra : mapping of str to str
        Columns of the user's own table, kept as they were.
    logic : Logic or None
        The weightiest logic; None until it is coded.
    logics : tuple of Logic
        Every logic clearly present, the weightiest first; empty for none.
    probabilities : tuple of four floats or None
        Calibrated probabilities of duty, proximity, consequence and none (sum 1).
    model : str
        Name and checksum of the model that coded it.
    unsure : bool
        Whether the code is one to look at: the model's probability of it is too low to trust.
    reviewed : bool
        Whether a human has coded it: then `logic` and `logics` are hers, while
        `probabilities` stay the model's.

    Examples
    --------
    >>> statement = Statement("Aftale er aftale", group="Gruppe 1")
    >>> statement.with_coding((0.9, 0.04, 0.03, 0.03), (Logic.DUTY,), "eksempel").logic
    <Logic.DUTY: 'duty'>
    """

    text: str
    source: str = ""
    workshop: str = ""
    group: str = ""
    heading: str = ""
    position: int = 0
    speaker: str = ""
    before: str = ""
    concepts: tuple[Concept, ...] = ()
    extra: Mapping[str, str] = field(default_factory=_no_extra)
    logic: Logic | None = None
    logics: tuple[Logic, ...] = ()
    probabilities: tuple[float, float, float, float] | None = None
    model: str = ""
    unsure: bool = False
    reviewed: bool = False

    def __hash__(self) -> int:
        return hash((self.text, self.source, self.group, self.position))

    def with_coding(
        self,
        probabilities: Iterable[float],
        logics: Iterable[Logic],
        model: str,
        *,
        unsure: bool = False,
    ) -> Statement:
        """Return a copy that is coded by a model; where a human has coded it, her logics stay.

        Parameters
        ----------
        probabilities : iterable of four floats
            Of duty, proximity, consequence and none, in this order.
        logics : iterable of Logic
            Those clearly present, the weightiest first; empty means none.
        model : str
            Name and checksum of the model.
        unsure : bool, default=False
            Whether the code is one to look at.
        """
        present = tuple(logics)
        duty, proximity, consequence, none = (float(p) for p in probabilities)
        coded = replace(self, probabilities=(duty, proximity, consequence, none), model=model)
        if self.reviewed:
            return coded
        logic = present[0] if present else Logic.NONE
        return replace(coded, logic=logic, logics=present, unsure=unsure)

    def with_review(self, logics: Iterable[Logic]) -> Statement:
        """Return a copy that is coded by a human.

        Parameters
        ----------
        logics : iterable of Logic
            Those clearly present, the weightiest first; empty, or `Logic.NONE`, means none.

        Examples
        --------
        >>> statement = Statement("Aftale er aftale").with_coding((0.1, 0.7, 0.1, 0.1), (), "m")
        >>> reviewed = statement.with_review([Logic.DUTY])
        >>> reviewed.logic, reviewed.probabilities
        (<Logic.DUTY: 'duty'>, (0.1, 0.7, 0.1, 0.1))
        """
        present = tuple(logic for logic in logics if logic is not Logic.NONE)
        logic = present[0] if present else Logic.NONE
        return replace(self, logic=logic, logics=present, unsure=False, reviewed=True)

    def value(self, name: str) -> str:
        """Return a field or a column of the user's own as text.

        Parameters
        ----------
        name : str
            ``"group"``, ``"workshop"``, ``"speaker"`` ... or a key of `extra`.

        Raises
        ------
        KeyError
            If the statement has no such field or column.
        """
        if name in _FIELD_NAMES:
            return str(getattr(self, name))
        return self.extra[name]


_FIELD_NAMES = frozenset(f.name for f in fields(Statement)) - {
    "concepts",
    "extra",
    "logics",
    "probabilities",
    "unsure",
    "reviewed",
}

_LIST_SEPARATOR = re.compile(r"\s*[,;+/|]\s*")


def split_list(cell: Any) -> list[str]:
    """Split a cell such as ``"sundt, værdigt"`` into its parts.

    Examples
    --------
    >>> split_list("sundt; værdigt")
    ['sundt', 'værdigt']
    """
    return [part for part in _LIST_SEPARATOR.split(str(cell).strip()) if part]
