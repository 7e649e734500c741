"""A file of decisions: SQLite, where events are only ever added.

A decision is on the disk when `append` has returned. The journal is the old kind and not the
write-ahead log, so that the one file holds everything whenever it is copied or sent.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from etisklandskab.errors import NotesError
from etisklandskab.landscape import Logic
from etisklandskab.review.state import Base, Event, Kind, from_plain, to_plain

__all__ = ["Store", "is_store"]

_APPLICATION = 0x45544C52  # what tells the file from any other SQLite database
_VERSION = 1
_PATIENCE = 10  # seconds to wait for another process
_SCHEMA = (
    "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    # place: in reading order; NULL for one that the notes no longer have
    "CREATE TABLE statements (id INTEGER PRIMARY KEY, place INTEGER, data TEXT NOT NULL,"
    " review TEXT)",
    "CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL,"
    " kind TEXT NOT NULL, statement TEXT NOT NULL, seen INTEGER NOT NULL, window TEXT NOT NULL,"
    " key TEXT NOT NULL UNIQUE, payload TEXT NOT NULL)",
    "CREATE TRIGGER kept BEFORE DELETE ON events"
    " BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END",
    "CREATE TRIGGER unchanged BEFORE UPDATE ON events"
    " BEGIN SELECT RAISE(ABORT, 'events are never changed'); END",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_VERSION}",
)


def is_store(path: Path) -> bool:
    """Tell a file of decisions from other files, such as the Thumbs.db of Windows."""
    try:
        with path.open("rb") as file:
            head = file.read(72)
    except OSError:
        return False
    return head.startswith(b"SQLite format 3\0") and head[68:] == _APPLICATION.to_bytes(4, "big")


class Store:
    """The file of decisions, open.

    Parameters
    ----------
    path : Path
        The file; made if it is not there, for its owner's eyes only.
    read_only : bool, default=False
        Read one that is there, and change nothing.

    Raises
    ------
    NotesError
        If the file is something else, damaged, or of a newer program.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Store(Path(folder, "rettelser.db")) as store:
    ...     with store.writing():
    ...         event = store.append("decide", "1", {"logics": ["duty"]})
    ...     store.events() == [event]
    True
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        if not read_only and (not path.exists() or path.stat().st_size == 0):
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        # not resolve(): it makes \\server\share of a mapped drive, and SQLite takes no server
        where = quote(path.absolute().as_posix(), safe="/:")
        where = where if where.startswith("/") else f"/{where}"
        mode = "ro" if read_only else "rw"
        self._connection = sqlite3.connect(
            f"file://{where}?mode={mode}",
            uri=True,
            isolation_level=None,  # transactions are begun here, not by the module
            timeout=_PATIENCE,
            check_same_thread=False,
        )
        try:
            with self._understood():
                self._connection.execute("PRAGMA synchronous = FULL")
                if not read_only:
                    self._create()
                self._check()
        except BaseException:
            self.close()
            raise

    def _create(self) -> None:
        with self.writing():
            (tables,) = self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            if not tables:
                for step in _SCHEMA:
                    self._connection.execute(step)

    def _check(self) -> None:
        (application,) = self._connection.execute("PRAGMA application_id").fetchone()
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if application != _APPLICATION:
            raise NotesError(
                self.path.name,
                "filen er en database, men ikke en med rettelser.",
                "Brug en, som etisklandskab review har lavet.",
            )
        if version > _VERSION:
            raise NotesError(
                self.path.name,
                "filen er lavet af en nyere udgave af programmet.",
                "Opdatér med: python -m pip install -U etisklandskab",
            )

    @contextmanager
    def _understood(self) -> Iterator[None]:
        """Say in Danish what is wrong with a file that SQLite cannot read."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                way_out = "Vent lidt, og prøv igen."
                raise NotesError(
                    self.path.name, "filen er optaget af et andet program.", way_out
                ) from error
            raise NotesError(
                self.path.name,
                "filen kan ikke åbnes, måske fordi programmet blev afbrudt midt i at gemme.",
                f"Kør én gang: etisklandskab review {self.path.name}",
            ) from error
        except sqlite3.DatabaseError as error:
            raise NotesError(
                self.path.name,
                "filen er ikke en database, eller den er beskadiget.",
                "Brug en, som etisklandskab review har lavet.",
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the file for writing: what is done in the block is on the disk after it, or undone."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    # -- what the file is about ------------------------------------------------------------

    def about(self, name: str) -> str:
        """Return what is written under a name, or nothing."""
        row = self._connection.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def note(self, name: str, value: str) -> None:
        """Write something under a name."""
        self._connection.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))

    # -- statements ------------------------------------------------------------------------

    def base(self) -> list[Base]:
        """Return the statements that were read, those that are gone last."""
        with self._understood():
            rows = self._connection.execute(
                "SELECT id, place, data, review FROM statements ORDER BY place IS NULL, place, id"
            ).fetchall()
        return [
            Base(
                str(number),
                from_plain(json.loads(data)),
                None if review is None else tuple(map(Logic.parse, json.loads(review))),
                place is not None,
            )
            for number, place, data, review in rows
        ]

    def renew(self, base: Sequence[Base]) -> list[Base]:
        """Write the statements of a new reading and return them with their names.

        Parameters
        ----------
        base : sequence of Base
            In reading order; those without a name are new.
        """
        named = []
        for place, one in enumerate(base):
            row = (
                int(one.id) if one.id else None,
                place if one.present else None,
                json.dumps(to_plain(one.statement), ensure_ascii=False),
                None if one.review is None else json.dumps(one.review),
            )
            at = self._connection.execute(
                "INSERT OR REPLACE INTO statements VALUES (?, ?, ?, ?)", row
            ).lastrowid
            named.append(Base(str(at), one.statement, one.review, one.present))
        self.note("reading", str(int(self.about("reading") or 0) + 1))
        return named

    # -- events ----------------------------------------------------------------------------

    def events(self, after: int = 0) -> list[Event]:
        """Return the events after a number, in order."""
        with self._understood():
            rows = self._connection.execute(
                "SELECT id, kind, statement, payload, seen, window, key, time FROM events"
                " WHERE id > ? ORDER BY id",
                (after,),
            ).fetchall()
        return [
            Event(number, kind, statement, json.loads(payload), *rest)
            for number, kind, statement, payload, *rest in rows
        ]

    def append(
        self,
        kind: Kind,
        statement: str,
        payload: dict[str, Any],
        *,
        seen: int = 0,
        window: str = "",
        key: str = "",
    ) -> Event:
        """Add an event; in a block of `writing`.

        Parameters
        ----------
        kind, statement, payload, seen, window, key
            As in `Event`; without a key it gets one.
        """
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        key = key or os.urandom(12).hex()
        number = self._connection.execute(
            "INSERT INTO events (time, kind, statement, seen, window, key, payload)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (time, kind, statement, seen, window, key, json.dumps(payload, ensure_ascii=False)),
        ).lastrowid
        assert number is not None
        return Event(number, kind, statement, payload, seen, window, key, time)
