"""A review that goes on: the file of decisions, the model, and the state between them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from etisklandskab.columns import REMARK
from etisklandskab.landscape import Logic, Statement
from etisklandskab.profile.lots import worth_a_look
from etisklandskab.review.state import (
    Base,
    Event,
    Item,
    Kind,
    State,
    joined,
    match,
    replay,
    split_in,
    to_plain,
)
from etisklandskab.review.store import Store

if TYPE_CHECKING:
    from etisklandskab.model.classifier import EthicsClassifier

__all__ = ["Conflict", "Session"]

_REMEMBERED = 4096  # statements whose carrying words are kept


class Conflict(Exception):
    """Somebody else has decided on the statement since the window last saw it.

    Parameters
    ----------
    item : Item or None
        The statement as it is now; None where it was split or joined.
    """

    def __init__(self, item: Item | None) -> None:
        super().__init__("udsagnet er ændret i mellemtiden")
        self.item = item


class Session:
    """Statements and decisions, with all that can be done to them.

    Every method that changes something has written it to the disk when it returns. Other
    processes may have the same file open: what they did is read first.

    Parameters
    ----------
    store : Store
        The file of decisions, open for writing.
    model : EthicsClassifier
        The model that proposes.
    code : callable, optional
        What codes with it; by default `model.code`. The command line shows how far it is.
    """

    def __init__(
        self,
        store: Store,
        model: EthicsClassifier,
        code: Callable[[list[Statement]], list[Statement]] | None = None,
    ) -> None:
        self.store = store
        self.model = model
        self._code = code or model.code
        self._label = model.bundle_.label
        self._lock = threading.RLock()
        self._reading = "-"  # unlike any
        self._state = State({}, [])
        self._events: list[Event] = []
        self._base: list[Base] = []
        self._parts: dict[Statement, Statement] = {}  # that another model had coded
        self._words: dict[Statement, list[str]] = {}
        self.sync()

    # -- what there is ---------------------------------------------------------------------

    def sync(self) -> State:
        """Read what other processes have done, and return the state."""
        with self._lock:
            reading = self.store.about("reading")
            news = self.store.events(self._events[-1].id if self._events else 0)
            if reading != self._reading:
                self._base, self._reading = self._of_this_model(self.store.base()), reading
            elif not news:
                return self._state
            self._events += news
            self._state = self._replayed()
            return self._state

    @property
    def reading(self) -> str:
        """Which reading of the notes this is."""
        return self._reading

    @property
    def last(self) -> int:
        """The number of the last event."""
        return self._events[-1].id if self._events else 0

    def since(self, after: int) -> list[Event]:
        """Return the events after a number."""
        with self._lock:
            return [event for event in self._events if event.id > after]

    def event(self, number: int) -> Event:
        """Return an event by its number."""
        with self._lock:
            return next(event for event in self._events if event.id == number)

    def statements(self) -> list[Statement]:
        """Return the statements as they count now, in reading order."""
        return self.sync().statements()

    def gone(self) -> list[Item]:
        """Return what was decided on statements that the notes no longer have."""
        with self._lock:
            whole = replay([replace(one, present=True) for one in self._base], self._events)
            return [
                item
                for item in map(whole.items.__getitem__, whole.order)
                if item.id not in self._state.items and (item.decision is not None or item.remark)
            ]

    def by_importance(self) -> list[str]:
        """Return the statements' names, those most worth a look first, those decided last."""
        state = self.sync()
        order = list(state.order)
        looks = worth_a_look([state.items[name].result() for name in order], most=len(order))
        rest = sorted(
            set(range(len(order))) - set(looks),
            key=lambda at: (state.items[order[at]].decision is not None, at),
        )
        return [order[at] for at in (*looks, *rest)]

    def words(self, name: str) -> list[str]:
        """Return the words that carried a statement's proposal."""
        item = self._state.items.get(name)
        if item is None:
            return []
        if item.statement not in self._words:
            if len(self._words) >= _REMEMBERED:
                self._words.clear()
            self._words[item.statement] = self.model.carrying_words(item.statement)
        return self._words[item.statement]

    # -- what is done ----------------------------------------------------------------------

    def decide(self, name: str, logics: Iterable[Logic], **sent: Any) -> Event:
        """Decide a statement's logics, the weightiest first; none for no argument.

        Parameters
        ----------
        name : str
            The statement.
        logics : iterable of Logic
            What it argues by.
        **sent
            ``seen``, ``window`` and ``key`` of `Event`, as for all that is done here.

        Raises
        ------
        Conflict
            If somebody else has decided since ``seen``; so for all that is done here.
        """
        codes = [logic.value for logic in dict.fromkeys(logics) if logic is not Logic.NONE]
        return self._act("decide", name, {"logics": codes}, **sent)

    def remark(self, name: str, text: str, **sent: Any) -> Event:
        """Write a remark; an empty one takes it away."""
        return self._act("remark", name, {"text": text.strip()}, **sent)

    def split(self, name: str, first: str, second: str, **sent: Any) -> Event:
        """Part a statement in two, which the model codes.

        Raises
        ------
        ValueError
            If the parts are not the whole of it.
        """
        if known := self._known(sent):
            return known
        statement = self._item(name).statement
        parts = self.model.code(split_in(statement, first, second))
        return self._act("split", name, {"parts": [to_plain(part) for part in parts]}, **sent)

    def join(self, name: str, next_: str = "", *, seen_next: int = 0, **sent: Any) -> Event:
        """Join a statement with the next of the same group in its document.

        Raises
        ------
        ValueError
            If there is no next.
        """
        if known := self._known(sent):
            return known
        item = self._item(name)
        following = self.sync().next_of(name)
        if following is None:
            raise ValueError("der er intet næste udsagn i samme dokument og gruppe")
        if next_ and following.id != next_:
            raise Conflict(self.sync().items.get(name))
        parts = self.model.code([joined(item.statement, following.statement)])
        payload = {"with": following.id, "parts": [to_plain(part) for part in parts]}
        return self._act("join", name, payload, also_seen=seen_next, **sent)

    def undo(self, *, window: str = "", key: str = "", others: Collection[str] = ()) -> Event:
        """Undo the last that a window did, or what a closed one did before it.

        Raises
        ------
        ValueError
            If there is nothing left to undo.
        """
        with self._lock, self._done(), self.store.writing():
            state = self.sync()
            if known := self._known({"key": key}):
                return known
            event = state.undoable(window, others)
            if event is None:
                raise ValueError("der er ikke mere at fortryde")
            payload: dict[str, Any] = {"event": event.id}
            if len(event.about) > 1:
                payload["with"] = event.about[1]
            return self.store.append("undo", event.statement, payload, window=window, key=key)

    def _act(
        self,
        kind: Kind,
        name: str,
        payload: dict[str, Any],
        *,
        seen: int = 0,
        also_seen: int = 0,
        window: str = "",
        key: str = "",
    ) -> Event:
        with self._lock, self._done(), self.store.writing():
            state = self.sync()
            if already := self._known({"key": key}):
                return already
            names = (name, payload["with"]) if "with" in payload else (name,)
            for one, known in zip(names, (seen, also_seen), strict=False):
                if one not in state.items or state.last.get(one, 0) != known:
                    raise Conflict(state.items.get(one))
            return self.store.append(kind, name, payload, seen=seen, window=window, key=key)

    def _known(self, sent: Mapping[str, Any]) -> Event | None:
        """Return what was sent before: then the answer was lost on the way, not the decision."""
        key = sent.get("key")
        self.sync()
        return next((event for event in reversed(self._events) if key and event.key == key), None)

    @contextmanager
    def _done(self) -> Iterator[None]:
        """Take an event into the state when it is on the disk, not before."""
        yield
        self.sync()

    def _item(self, name: str) -> Item:
        item = self.sync().items.get(name)
        if item is None:
            raise Conflict(None)
        return item

    # -- reading the notes -----------------------------------------------------------------

    def renew(self, statements: Sequence[Statement], unread: Collection[str] = ()) -> None:
        """Take in the statements of notes that were read, maybe again.

        A decision stays with its statement where the text is unchanged. A statement that is no
        longer in the notes leaves the review; what was decided on it is kept, and is back when
        the text is.

        Parameters
        ----------
        statements : sequence of Statement
            As they were read. One that a human has coded comes in as reviewed; one that is not
            coded takes nothing back, nor does a code that was decided on here before.
        unread : collection of str
            Files that could not be read now: their statements stay.
        """
        raw = [replace(s, reviewed=False, logic=None, logics=(), unsure=False) for s in statements]
        reviews = [s.logics if s.reviewed else None for s in statements]
        with self._lock:
            reading, known = self.store.about("reading"), self.store.base()
            found = match([one.statement for one in known], raw)
            old = [None if at is None else known[at] for at in found]
            same = [
                one is not None and self._is_coded_as(one.statement, s)
                for one, s in zip(old, raw, strict=True)
            ]
            again = iter(self._code([s for s, kept in zip(raw, same, strict=True) if not kept]))
            base = []
            for one, statement, review, kept in zip(old, raw, reviews, same, strict=True):
                if one is None or not kept:
                    coded = next(again)
                else:
                    coded = _with_code_of(statement, one.statement)
                if one is not None:  # raw notes say nothing of what a workbook had said
                    review = one.review if review is None else review
                    remark = coded.extra.get(REMARK) or one.statement.extra.get(REMARK)
                    if remark:
                        coded = replace(coded, extra={**coded.extra, REMARK: remark})
                base.append(Base(one.id if one else "", coded, review))
            rest = [one for at, one in enumerate(known) if at not in set(found)]
            base += [
                replace(one, present=one.present and one.statement.source in unread) for one in rest
            ]
            with self.store.writing():
                alone = self.store.about("reading") == reading
                if alone:
                    self.sync()
                    before = {
                        (e.statement, *e.payload["logics"])
                        for e in self._events
                        if e.kind in ("decide", "import")
                    }
                    self.store.renew(base)
                    for one, now in zip(old, base, strict=False):
                        if one is None or now.review in (None, one.review):
                            continue
                        codes = [logic.value for logic in now.review or ()]
                        # what was decided here before is an old export, not a new correction
                        if (one.id, *codes) not in before:
                            self.store.append("import", one.id, {"logics": codes})
            if alone:
                self.sync()
            else:  # another process has read notes meanwhile
                self.renew(statements, unread)

    def _is_coded_as(self, known: Statement, read: Statement) -> bool:
        seen = ("text", "heading", "before")
        return known.model == self._label and all(
            getattr(known, name) == getattr(read, name) for name in seen
        )

    def _of_this_model(self, base: list[Base]) -> list[Base]:
        stale = [one for one in base if one.present and one.statement.model != self._label]
        coded = self._code([one.statement for one in stale]) if stale else []
        new = {one.id: statement for one, statement in zip(stale, coded, strict=True)}
        return [replace(one, statement=new.get(one.id, one.statement)) for one in base]

    def _replayed(self) -> State:
        state = replay(self._base, self._events)
        stale = [name for name in state.order if state.items[name].statement.model != self._label]
        unknown = [
            state.items[name].statement
            for name in stale
            if state.items[name].statement not in self._parts
        ]
        if unknown:
            self._parts.update(zip(unknown, self.model.code(unknown), strict=True))
        for name in stale:
            item = state.items[name]
            state.items[name] = replace(item, statement=self._parts[item.statement])
        return state


def _with_code_of(statement: Statement, coded: Statement) -> Statement:
    """Return a statement with the code that the same text was given before."""
    assert coded.probabilities is not None
    return statement.with_coding(
        coded.probabilities, coded.logics, coded.model, unsure=coded.unsure
    )
