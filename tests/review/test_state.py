"""Events and the state they make: pure."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etisklandskab import Concept, Logic, Statement
from etisklandskab.review.state import (
    Base,
    Event,
    Item,
    State,
    from_plain,
    joined,
    match,
    replay,
    split_in,
    to_plain,
)

TEXTS = ("Aftale er aftale, og det gælder alle", "Lyt til hende nu", "Det virker på sigt", "Kl. 9")


def said(n: int = 4) -> list[Base]:
    return [Base(str(at), Statement(TEXTS[at], source="a", position=at + 1)) for at in range(n)]


# what can be done, as (kind, which of the statements that are there, how)
STEP = st.tuples(
    st.sampled_from(["decide", "remark", "split", "join", "undo"]),
    st.integers(0, 9),
    st.integers(0, 15),
    st.sampled_from(["her", "there"]),
)


def do(state: State, number: int, step: tuple[str, int, int, str]) -> Event | None:
    """Return the event of a step, as a session would make it; None where it cannot be done."""
    kind, at, how, window = step
    name = state.order[at % len(state.order)]
    statement = state.items[name].statement
    if kind == "decide":
        logics = [logic.value for k, logic in enumerate(list(Logic)[:3]) if how >> k & 1]
        return Event(number, "decide", name, {"logics": logics}, window=window)
    if kind == "remark":
        return Event(number, "remark", name, {"text": f"nr. {how}"}, window=window)
    if kind == "split":
        words = statement.text.split()
        if len(words) < 2:
            return None
        cut = how % (len(words) - 1) + 1
        parts = split_in(statement, " ".join(words[:cut]), " ".join(words[cut:]))
        return Event(number, "split", name, {"parts": list(map(to_plain, parts))}, window=window)
    if kind == "join":
        following = state.next_of(name)
        if following is None:
            return None
        parts = [joined(statement, following.statement)]
        payload = {"with": following.id, "parts": list(map(to_plain, parts))}
        return Event(number, "join", name, payload, window=window)
    event = state.undoable(window)
    if event is None:
        return None
    payload = {"event": event.id}
    if len(event.about) > 1:
        payload["with"] = event.about[1]
    return Event(number, "undo", event.statement, payload, window=window)


def told(state: State) -> list[Item]:
    return [state.items[name] for name in state.order]


def history(steps: list[tuple[str, int, int, str]]) -> tuple[list[Event], list[State]]:
    events: list[Event] = []
    states = [replay(said(), [])]
    for step in steps:
        event = do(states[-1], len(events) + 1, step)
        if event is not None:
            events.append(event)
            states.append(replay(said(), events))
    return events, states


@given(st.lists(STEP, max_size=25))
def test_no_word_is_ever_lost(steps: list[tuple[str, int, int, str]]) -> None:
    for state in history(steps)[1]:
        assert set(state.order) == set(state.items)
        words = " ".join(item.statement.text for item in told(state)).split()
        assert words == " ".join(TEXTS).split()


@given(st.lists(STEP, max_size=25))
def test_each_event_changes_what_it_is_about_and_nothing_else(
    steps: list[tuple[str, int, int, str]],
) -> None:
    events, states = history(steps)
    for event, (before, after) in zip(events, pairwise(states), strict=True):
        about = {*event.about, *event.made}
        if event.kind == "undo":
            undone = next(e for e in events if e.id == event.payload["event"])
            about |= {*undone.about, *undone.made}
        for name in before.items.keys() - about:
            assert after.items[name] == before.items[name]
        assert after.last[event.statement] == event.id


@given(st.lists(STEP, max_size=25))
def test_undoing_leads_all_the_way_back(steps: list[tuple[str, int, int, str]]) -> None:
    events, states = history(steps)
    state = states[-1]
    for number in range(len(events) + 1, 3 * len(events) + 2):
        event = do(state, number, ("undo", 0, 0, "a new window"))
        if event is None:
            break
        events.append(event)
        state = replay(said(), events)
    assert told(state) == told(states[0])
    assert not state.live


@given(st.lists(STEP.filter(lambda step: step[0] != "undo"), min_size=1, max_size=15))
def test_undoing_the_last_gives_what_was_before(steps: list[tuple[str, int, int, str]]) -> None:
    events, states = history([(*step[:3], "her") for step in steps])
    for _ in range(len(events)):
        undo = do(replay(said(), events), len(events) + 1, ("undo", 0, 0, "her"))
        assert undo is not None
        events.append(undo)
        undone = sum(event.kind == "undo" for event in events)
        assert told(replay(said(), events)) == told(states[-1 - undone])


@given(st.lists(STEP, max_size=20), st.sets(st.integers(0, 3), min_size=1))
def test_what_has_gone_from_the_notes_comes_back_as_it_was(
    steps: list[tuple[str, int, int, str]], absent: set[int]
) -> None:
    events, states = history(steps)
    some = [replace(one, present=int(one.id) not in absent) for one in said()]
    without = replay(some, events)
    for event in without.live:
        assert (event in without.idle) == any(
            name not in replay(some, [e for e in events if e.id < event.id]).items
            for name in event.about
        )
    for one in some:
        if one.present:
            words = " ".join(item.statement.text for item in told(without))
            assert one.statement.text in words
    assert told(replay(said(), events)) == told(states[-1])


def test_a_window_undoes_its_own_and_not_what_an_open_one_did() -> None:
    events = [
        Event(1, "decide", "0", {"logics": ["duty"]}, window="mine"),
        Event(2, "decide", "1", {"logics": ["duty"]}, window="theirs"),
    ]
    state = replay(said(), events)
    assert state.undoable("mine") == events[0]
    assert state.undoable("new", ["theirs"]) == events[0]
    assert state.undoable("new", ["theirs", "mine"]) is None
    # what another has built on is left alone
    events.append(Event(3, "decide", "0", {"logics": []}, window="theirs"))
    assert replay(said(), events).undoable("mine", ["theirs"]) is None


def test_parts_keep_place_context_and_their_own_concepts() -> None:
    whole = Statement(
        "Sundhed er trivsel. Værdighed er at blive hørt.",
        source="a",
        heading="H",
        position=7,
        before="Hvad er det?",
        concepts=(Concept.SUNDT, Concept.VÆRDIGT),
        extra={"Farve": "gul"},
    )
    first, second = split_in(whole, "Sundhed er trivsel.", "Værdighed er at blive hørt.")
    assert (first.concepts, second.concepts) == ((Concept.SUNDT,), (Concept.VÆRDIGT,))
    assert {first.position, second.position} == {7}
    assert (first.before, second.before) == ("Hvad er det?", first.text)
    assert joined(first, second) == whole


@pytest.mark.parametrize(
    "parts", [("Lyt", "nu"), ("Lyt til hende nu", ""), ("Lyt til hende", "nu!")]
)
def test_parts_must_be_the_whole(parts: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="del"):
        split_in(Statement("Lyt til hende nu"), *parts)


def test_a_remark_follows_the_first_part_and_both_remarks_the_whole() -> None:
    base = said(2)
    remarked = [Event(n, "remark", str(n - 1), {"text": f"r{n}"}) for n in (1, 2)]
    one = joined(base[0].statement, base[1].statement)
    together = Event(3, "join", "0", {"with": "1", "parts": [to_plain(one)]})
    assert [item.remark for item in told(replay(base, [*remarked, together]))] == ["r1 / r2"]
    parts = list(
        map(to_plain, split_in(base[0].statement, "Aftale", "er aftale, og det gælder alle"))
    )
    apart = Event(3, "split", "0", {"parts": parts})
    assert [item.remark for item in told(replay(base, [*remarked, apart]))] == ["r1", "", "r2"]


TEXT = st.sampled_from(["a", "b", "c"])


@given(st.lists(st.tuples(TEXT, TEXT)), st.lists(st.tuples(TEXT, TEXT)))
def test_match_takes_each_once_and_as_many_as_there_are(
    known: list[tuple[str, str]], read: list[tuple[str, str]]
) -> None:
    old = [Statement(text, source=source) for source, text in known]
    new = [Statement(text, source=source) for source, text in read]
    found = match(old, new)
    taken = [at for at in found if at is not None]
    assert len(taken) == len(set(taken))
    assert all(at is None or old[at].text == s.text for at, s in zip(found, new, strict=True))
    for text in "abc":
        both = min(sum(s.text == text for s in group) for group in (old, new))
        assert sum(old[at].text == text for at in taken) == both


def test_statements_as_plain_data(coded: list[Statement]) -> None:
    import json

    for statement in coded[::7]:
        assert from_plain(json.loads(json.dumps(to_plain(statement)))) == statement
