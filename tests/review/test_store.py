"""The file: nothing lost, nothing changed, nothing misread."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import sys
from pathlib import Path

import pytest

from etisklandskab import Statement
from etisklandskab.errors import NotesError
from etisklandskab.review.state import Base
from etisklandskab.review.store import Store, is_store


def test_events_come_back_in_order_and_only_the_new_ones(db: Path) -> None:
    with Store(db) as store:
        with store.writing():
            events = [store.append("remark", "1", {"text": f"æøå {n}"}) for n in range(3)]
        assert store.events() == events
        assert store.events(events[0].id) == events[1:]
    with Store(db) as again:
        assert again.events() == events


def test_events_are_never_changed_or_deleted(db: Path) -> None:
    with Store(db) as store, store.writing():
        store.append("remark", "1", {"text": "x"})
    with sqlite3.connect(db) as connection:
        for sql in ("DELETE FROM events", "UPDATE events SET payload = '{}'"):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                connection.execute(sql)
    connection.close()


def test_what_fails_half_way_is_not_written(db: Path) -> None:
    with Store(db) as store:
        with pytest.raises(ZeroDivisionError), store.writing():
            store.append("remark", "1", {"text": "x"})
            raise ZeroDivisionError
        assert store.events() == []


def test_statements_keep_their_names_through_readings(db: Path) -> None:
    with Store(db) as store:
        with store.writing():
            first = store.renew([Base("", Statement("a")), Base("", Statement("b"))])
        gone = Base(first[0].id, first[0].statement, present=False)
        with store.writing():
            store.renew([first[1], Base("", Statement("c"), ()), gone])
        assert [(one.id, one.statement.text, one.review, one.present) for one in store.base()] == [
            ("2", "b", None, True),
            ("3", "c", (), True),
            ("1", "a", None, False),
        ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_it_is_for_the_owners_eyes(db: Path) -> None:
    mask = os.umask(0)
    try:
        Store(db).close()
    finally:
        os.umask(mask)
    assert db.stat().st_mode & 0o777 == 0o600


def _add(path: Path, name: str) -> None:
    with Store(path) as store:
        for n in range(20):
            with store.writing():
                store.append("remark", name, {"text": str(n)})


def test_processes_write_at_once(db: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    others = [spawn.Process(target=_add, args=(db, name)) for name in "ab"]
    for other in others:
        other.start()
    for other in others:
        other.join(60)
        assert other.exitcode == 0
    with Store(db) as store:
        events = store.events()
    for name in "ab":
        own = [event.payload["text"] for event in events if event.statement == name]
        assert own == [str(n) for n in range(20)]


def test_a_foreign_file_is_refused_and_left_alone(db: Path) -> None:
    connection = sqlite3.connect(db)
    connection.execute("CREATE TABLE t (x)")
    connection.commit()
    connection.close()
    before = db.read_bytes()
    for read_only in (False, True):
        with pytest.raises(NotesError, match="ikke en med rettelser"):
            Store(db, read_only=read_only)
    assert db.read_bytes() == before
    assert not is_store(db)
    db.write_bytes(b"det er ikke en database" * 100)
    for read_only in (False, True):
        with pytest.raises(NotesError, match="ikke en database"):
            Store(db, read_only=read_only)


def test_a_newer_file_is_refused(db: Path) -> None:
    Store(db).close()
    assert is_store(db)
    connection = sqlite3.connect(db)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(NotesError, match="nyere udgave"):
        Store(db)


def test_a_damaged_file_is_told_of(db: Path) -> None:
    with Store(db) as store, store.writing():
        store.renew([Base("", Statement("x" * 3000)) for _ in range(30)])
    data = bytearray(db.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    db.write_bytes(data)
    with pytest.raises(NotesError, match="beskadiget"), Store(db, read_only=True) as store:
        store.base()
