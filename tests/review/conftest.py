"""What the tests of a review share: the light model, for speed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from etisklandskab import EthicsClassifier, Statement, load_model, read_notes
from etisklandskab.review.session import Session
from etisklandskab.review.store import Store

NOTE = """SUNDT
- Aftale er aftale, og loven gælder for alle
- Vi skal lytte til hende og møde hende, hvor hun er
- Det forebygger indlæggelser og giver et bedre liv på sigt
- Mødet begynder kl. 9
- Man må aldrig tvinge nogen. Det er deres ret.
"""

Open = Callable[..., Session]


@pytest.fixture(scope="session")
def light() -> EthicsClassifier:
    return load_model(light=True)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "noter"
    folder.mkdir()
    (folder / "Gruppe 1.txt").write_text(NOTE, encoding="utf-8")
    return folder


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "rettelser.db"


@pytest.fixture
def start(db: Path, light: EthicsClassifier) -> Iterator[Open]:
    """Open a review, as each command does: of notes, of statements, or go on with the file."""
    with ExitStack() as stack:

        def opened(said: Path | list[Statement] | None = None) -> Session:
            session = Session(stack.enter_context(Store(db)), light)
            if said is not None:
                session.renew(read_notes(said) if isinstance(said, Path) else said)
            return session

        yield opened
