"""The file of a review in the browser: statements with what was decided on them."""

from __future__ import annotations

from pathlib import Path

from etisklandskab.columns import to_row
from etisklandskab.errors import NotesError
from etisklandskab.notes.blocks import Block
from etisklandskab.notes.tables import records_to_blocks
from etisklandskab.review.state import replay
from etisklandskab.review.store import Store

__all__ = ["read_decisions"]


def read_decisions(path: Path, source: str) -> list[Block]:
    """Read the statements of a file that ``etisklandskab review`` wrote; nothing in it is changed.

    Raises
    ------
    NotesError
        If the file is another database, or damaged.
    """
    try:
        with Store(path, read_only=True) as store:
            rows = [to_row(s) for s in replay(store.base(), store.events()).statements()]
    except NotesError as error:
        raise NotesError(source, error.problem, error.way_out) from error
    if not rows:
        raise NotesError(source, "der er ingen udsagn i filen.", "Giv noterne med til review.")
    return records_to_blocks(rows, source)
