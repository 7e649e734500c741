"""A user's table with the truth in a column."""

from __future__ import annotations

from pathlib import Path

from etisklandskab.errors import NotesError
from etisklandskab.landscape import Logic, Statement
from etisklandskab.notes import read_notes

__all__ = ["read_gold"]

_NAMES = ("facit", "gold", "guld", "rettet", "primary", "logic (egen)", "logik (egen)")


def read_gold(path: Path, column: str | None = None) -> tuple[list[Statement], list[Logic]]:
    """Read statements and their true logics from a table.

    Parameters
    ----------
    path : Path
        A table with a column of statements and one of labels.
    column : str, optional
        The column of labels; by default the first that is called facit, gold, rettet or primary,
        or what a human has coded in a coded table.

    Returns
    -------
    tuple of (list of Statement, list of Logic)
        The rows that have a label.

    Raises
    ------
    NotesError
        If there is no such column, no label in it, or a label is unknown.
    """
    statements = read_notes(path)
    titles = list(dict.fromkeys(title for s in statements for title in s.extra))
    wanted = (column,) if column else _NAMES
    found = next((t for name in wanted for t in titles if t.casefold() == name.casefold()), None)
    reviewed = [s for s in statements if s.reviewed]
    if found is None and column is None and reviewed:
        return reviewed, [s.logic for s in reviewed if s.logic is not None]
    if found is None:
        raise NotesError(
            str(path),
            f"tabellen har ingen kolonne med facit (kolonner: {', '.join(titles) or 'ingen'}).",
            "Kald den facit, eller nævn den med --gold.",
        )
    rows = [s for s in statements if s.extra.get(found)]
    if not rows:
        raise NotesError(str(path), f"kolonnen »{found}« er tom.", "Skriv facit i den.")
    truth = []
    for statement in rows:
        try:
            truth.append(Logic.parse(statement.extra[found]))
        except ValueError as error:
            raise NotesError(str(path), f"række {statement.position}: {error}.") from error
    return rows, truth
