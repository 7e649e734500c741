"""What has been decided: events, and the state that they make of the notes' statements.

Nothing here knows of a database or a page. An event is never changed; undoing is an event, too.
An event applies only where the statement that it is about is there: a decision on a statement
that has gone from the notes waits until it comes back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from etisklandskab.columns import REMARK
from etisklandskab.concepts import concepts_of
from etisklandskab.landscape import Concept, Logic, Statement

__all__ = [
    "Base",
    "Event",
    "Item",
    "Kind",
    "State",
    "from_plain",
    "joined",
    "match",
    "replay",
    "split_in",
    "to_plain",
]

Kind = Literal["decide", "remark", "split", "join", "import", "undo"]
Logics = tuple[Logic, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done.

    Parameters
    ----------
    id : int
        Its number; they only rise.
    kind : str
        ``"decide"``, ``"remark"``, ``"split"``, ``"join"``, ``"undo"``, or ``"import"``: a
        correction that came in with a workbook.
    statement : str
        What it is about.
    payload : mapping
        What was done, as plain data.
    seen : int
        The last event on that statement that the window had seen.
    window : str
        The window of the browser that it was done in.
    key : str
        The window's own name for it: sent twice, it is kept once.
    time : str
        When, in ISO 8601.
    """

    id: int
    kind: Kind
    statement: str
    payload: Mapping[str, Any]
    seen: int = 0
    window: str = ""
    key: str = ""
    time: str = ""

    @property
    def about(self) -> tuple[str, ...]:
        """The statements that it is about: two where they are joined."""
        other = self.payload.get("with")
        return (self.statement, other) if other else (self.statement,)

    @property
    def made(self) -> tuple[str, ...]:
        """The statements that came of it."""
        parts = self.payload.get("parts", ())
        return tuple(f"{self.id}.{at}" for at in range(1, len(parts) + 1))


@dataclass(frozen=True, slots=True)
class Base:
    """A statement as it was read from the notes.

    Parameters
    ----------
    id : str
        Its name for ever.
    statement : Statement
        As the model codes it.
    review : tuple of Logic or None
        What a human had coded it as when it was read.
    present : bool
        Whether the notes still have it.
    """

    id: str
    statement: Statement
    review: Logics | None = None
    present: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """A statement, what the model proposes for it, and what a human has decided."""

    id: str
    statement: Statement
    decision: Logics | None = None
    remark: str = ""

    @property
    def corrected(self) -> bool:
        """Whether the decision is another than the proposal."""
        return self.decision is not None and self.decision != self.statement.logics

    def result(self) -> Statement:
        """Return the statement as it counts.

        Examples
        --------
        >>> Item("1", Statement("Lyt"), (Logic.PROXIMITY,), "klart").result().extra
        {'Bemærkning': 'klart'}
        """
        statement = self.statement
        if self.remark or statement.extra.get(REMARK):
            statement = replace(statement, extra={**statement.extra, REMARK: self.remark})
        return statement if self.decision is None else statement.with_review(self.decision)


@dataclass
class State:
    """The statements in reading order after some events.

    Parameters
    ----------
    items : dict of str to Item
        By their names.
    order : list of str
        The names in reading order.
    last : dict of str to int
        The number of the last event about each statement.
    by : dict of str to str
        The window of that event.
    live : list of Event
        Those that are not undone.
    idle : list of Event
        Those of them whose statement is not there.
    """

    items: dict[str, Item]
    order: list[str]
    last: dict[str, int] = field(default_factory=dict)
    by: dict[str, str] = field(default_factory=dict)
    live: list[Event] = field(default_factory=list)
    idle: list[Event] = field(default_factory=list)

    def statements(self) -> list[Statement]:
        """Return the statements as they count, in reading order."""
        return [self.items[name].result() for name in self.order]

    def next_of(self, name: str) -> Item | None:
        """Return the next statement of the same group in the same document."""
        at = self.order.index(name) + 1
        if at == len(self.order):
            return None
        here, there = self.items[name].statement, self.items[self.order[at]].statement
        same = all(
            getattr(here, part) == getattr(there, part) for part in ("source", "workshop", "group")
        )
        return self.items[self.order[at]] if same else None

    def undoable(self, window: str, others: Iterable[str] = ()) -> Event | None:
        """Return what a window undoes next: its own last event, else that of a closed window.

        An event that a later one builds on is left alone.

        Parameters
        ----------
        window : str
            The window that asks.
        others : iterable of str
            Windows that are open besides.
        """
        touched: set[str] = set()
        open_ones = set(others) - {window}
        closed: Event | None = None
        idle = {event.id for event in self.idle}
        for event in reversed(self.live):
            if event.id in idle:
                continue
            if event.kind != "import" and not touched & {*event.about, *event.made}:
                if event.window == window:
                    return event
                if closed is None and event.window not in open_ones:
                    closed = event
            touched.update(event.about)
        return closed

    def _apply(self, event: Event) -> None:
        self.live.append(event)
        if not all(name in self.items for name in event.about):
            self.idle.append(event)
            return
        item, payload = self.items[event.statement], event.payload
        if event.kind in ("decide", "import"):
            logics = tuple(map(Logic.parse, payload["logics"]))
            self.items[item.id] = replace(item, decision=logics)
        elif event.kind == "remark":
            self.items[item.id] = replace(item, remark=payload["text"])
        elif event.kind in ("split", "join"):
            self._put(event, [self.items.pop(name) for name in event.about])

    def _put(self, event: Event, old: Sequence[Item]) -> None:
        """Let the parts of a split or a join stand where what they are made of stood."""
        at = self.order.index(old[0].id)
        for item in old:
            self.order.remove(item.id)
        self.order[at:at] = event.made
        remark = " / ".join(filter(None, (item.remark for item in old)))
        for name, plain in zip(event.made, event.payload["parts"], strict=True):
            self.items[name] = Item(name, from_plain(plain), remark=remark)
            remark = ""


def replay(base: Iterable[Base], events: Sequence[Event]) -> State:
    """Return the state that events make of the statements that were read.

    Parameters
    ----------
    base : iterable of Base
        In reading order.
    events : sequence of Event
        All, in order.

    Examples
    --------
    >>> said = [Base("1", Statement("Aftale er aftale"))]
    >>> decided = Event(1, "decide", "1", {"logics": ["duty"]})
    >>> replay(said, [decided]).items["1"].decision
    (<Logic.DUTY: 'duty'>,)
    >>> replay(said, [decided, Event(2, "undo", "1", {"event": 1})]).items["1"].decision
    """
    undone = {event.payload["event"] for event in events if event.kind == "undo"}
    items = {
        one.id: Item(one.id, one.statement, one.review, one.statement.extra.get(REMARK, ""))
        for one in base
        if one.present
    }
    state = State(items, list(items))
    for event in events:
        for name in event.about:
            state.last[name], state.by[name] = event.id, event.window
        if event.kind != "undo" and event.id not in undone:
            state._apply(event)
    return state


# -- parting and joining -----------------------------------------------------------------


def split_in(statement: Statement, first: str, second: str) -> list[Statement]:
    """Return the two parts of a statement, uncoded.

    Raises
    ------
    ValueError
        If the parts are not the whole of it, or one of them is empty.

    Examples
    --------
    >>> said = Statement("Det er sundt. Og værdigt.", before="Hvad er det?")
    >>> [(part.text, part.before) for part in split_in(said, "Det er sundt.", "Og værdigt.")]
    [('Det er sundt.', 'Hvad er det?'), ('Og værdigt.', 'Det er sundt.')]
    """
    texts = [" ".join(part.split()) for part in (first, second)]
    if "".join("".join(texts).split()) != "".join(statement.text.split()):
        raise ValueError("delene er ikke det hele udsagn")
    if not all(any(letter.isalnum() for letter in text) for text in texts):
        raise ValueError("en del er tom")
    bare = _uncoded(statement)
    parts = [replace(bare, text=texts[0]), replace(bare, text=texts[1], before=texts[0])]
    # a column or a heading gave the concepts; each part keeps those of them that it speaks of
    return [
        replace(part, concepts=_among(statement.concepts, concepts_of(part).concepts))
        for part in parts
    ]


def joined(first: Statement, second: Statement) -> Statement:
    """Return two statements as one, uncoded.

    Examples
    --------
    >>> joined(Statement("Hun vil", speaker="Bo"), Statement("ikke mere")).text
    'Hun vil ikke mere'
    """
    return replace(
        _uncoded(first),
        text=f"{first.text} {second.text}",
        concepts=tuple(c for c in Concept if c in first.concepts + second.concepts),
        extra={**second.extra, **first.extra},
    )


def _uncoded(statement: Statement) -> Statement:
    return replace(statement, logic=None, logics=(), probabilities=None, model="", unsure=False)


def _among(allowed: tuple[Concept, ...], found: tuple[Concept, ...]) -> tuple[Concept, ...]:
    return tuple(concept for concept in found if concept in allowed) or allowed


# -- statements again --------------------------------------------------------------------


def match(known: Sequence[Statement], read: Sequence[Statement]) -> list[int | None]:
    """Find the statements that are read again among those that are known.

    A statement is the same where its text is: in the same file, else in another, for files are
    renamed. What was said twice is taken in the order in which it was said.

    Parameters
    ----------
    known, read : sequence of Statement
        Before and now.

    Returns
    -------
    list of int or None
        For each statement that is read, which of the known it is.

    Examples
    --------
    >>> a, b = Statement("Lyt", source="1.txt"), Statement("Lyt", source="2.txt")
    >>> match([a, b], [b, a, a])
    [1, 0, None]
    """
    found: list[int | None] = [None] * len(read)
    taken: set[int] = set()
    for same in (_place_and_text, _text):
        free: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for at, statement in enumerate(known):
            if at not in taken:
                free[same(statement)].append(at)
        for at, statement in enumerate(read):
            if found[at] is None and free[same(statement)]:
                found[at] = free[same(statement)].pop(0)
        taken = {at for at in found if at is not None}
    return found


def _place_and_text(statement: Statement) -> tuple[str, ...]:
    return statement.source, statement.group, statement.heading, statement.text


def _text(statement: Statement) -> tuple[str, ...]:
    return (statement.text,)


# -- statements as plain data ------------------------------------------------------------


def to_plain(statement: Statement) -> dict[str, Any]:
    """Return a statement as what JSON can hold."""
    plain = {f.name: getattr(statement, f.name) for f in fields(statement)}
    return {**plain, "extra": dict(statement.extra)}


def from_plain(plain: Mapping[str, Any]) -> Statement:
    """Return the statement that `to_plain` made plain.

    Examples
    --------
    >>> said = Statement("Lyt", concepts=(Concept.SUNDT,)).with_review([Logic.PROXIMITY])
    >>> from_plain(to_plain(said)) == said
    True
    """
    logic, p = plain["logic"], plain["probabilities"]
    return Statement(
        **{
            **plain,
            "concepts": tuple(map(Concept, plain["concepts"])),
            "logics": tuple(map(Logic.parse, plain["logics"])),
            "logic": None if logic is None else Logic.parse(logic),
            "probabilities": None if p is None else tuple(p),
        }
    )
