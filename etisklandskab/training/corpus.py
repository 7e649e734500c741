"""The corpus: one table, a row a statement."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from etisklandskab.columns import read_labels
from etisklandskab.errors import NotesError
from etisklandskab.landscape import Concept, Logic, Statement, split_list

__all__ = ["COLUMNS", "SPLITS", "Labelled", "corpus_path", "read_corpus"]

COLUMNS = (
    "id",
    "document",
    "genre",
    "field",
    "workshop",
    "group",
    "position",
    "heading",
    "speaker",
    "text",
    "concepts",
    "primary",
    "logics",
    "coder1",
    "coder2",
    "coder3",
    "settled",
    "split",
)
CODERS = ("coder1", "coder2", "coder3")
SPLITS = ("train", "dev", "test")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A statement with the truth about it.

    Parameters
    ----------
    id : str
        Stable for ever: ``"D0101-07"``.
    statement : Statement
        In its place, uncoded; ``source`` is the document.
    primary : Logic
        The weightiest logic, as settled.
    logics : tuple of Logic
        Every logic present, the weightiest first; empty for none.
    genre, split : str
        The genre of the document, and ``train``, ``dev`` or ``test``.
    codings : tuple of tuple of Logic
        What each coder named, the weightiest first; empty for none.
    """

    id: str
    statement: Statement
    primary: Logic
    logics: tuple[Logic, ...]
    genre: str
    split: str
    codings: tuple[tuple[Logic, ...], ...] = ()


def corpus_path() -> Path:
    """Return the corpus: in the wheel, or in a checkout.

    The wheel holds the table as it is, 1.4 MB of its 32: no second form of it that must be kept
    the same. Vectors of the training split would be 8.6 MB more, or four minutes of encoding;
    learning needs neither, as it starts from the weights that were fitted on that split.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    inside = Path(__file__).parents[1] / "_corpus" / "corpus.csv"
    path = inside if inside.is_file() else Path(__file__).parents[2] / "data" / "corpus.csv"
    if not path.is_file():
        raise FileNotFoundError("corpus.csv findes ikke; installér etisklandskab igen.")
    return path


def read_corpus(
    path: str | Path | None = None, *, splits: Sequence[str] = SPLITS
) -> list[Labelled]:
    """Read the corpus.

    Parameters
    ----------
    path : str or Path, optional
        The table; by default the one that ships.
    splits : sequence of str
        Which splits; fitting asks for ``train`` and ``dev`` alone.

    Returns
    -------
    list of Labelled
        In the order of the table; each statement has the one before it under the
        same heading as its context.

    Raises
    ------
    NotesError
        If a row does not fit the schema; the message names it.
    """
    path = corpus_path() if path is None else Path(path)
    rows: list[Labelled] = []
    last: Statement | None = None
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise NotesError(str(path), f"kolonnerne er ikke {', '.join(COLUMNS)}.")
        for row in reader:
            try:
                labelled = _labelled(row)
            except (ValueError, KeyError) as error:
                raise NotesError(str(path), f"række {row.get('id')}: {error}") from error
            place = labelled.statement.source, labelled.statement.heading
            if last is not None and place == (last.source, last.heading):
                with_context = replace(labelled.statement, before=last.text)
                labelled = replace(labelled, statement=with_context)
            last = labelled.statement
            if labelled.split in splits:
                rows.append(labelled)
    return rows


def _labelled(row: dict[str, str]) -> Labelled:
    primary, logics = read_labels(row["primary"], row["logics"])
    if row["split"] not in SPLITS:
        raise ValueError(f"{row['split']!r} is no split")
    return Labelled(
        row["id"],
        Statement(
            row["text"],
            source=row["document"],
            workshop=row["workshop"],
            group=row["group"],
            heading=row["heading"],
            position=int(row["position"]),
            speaker=row["speaker"],
            concepts=tuple(Concept(part) for part in split_list(row["concepts"])),
        ),
        primary,
        logics,
        row["genre"],
        row["split"],
        tuple(_coding(row[coder]) for coder in CODERS if row[coder]),
    )


def _coding(cell: str) -> tuple[Logic, ...]:
    named = (Logic.parse(part) for part in split_list(cell))
    return tuple(logic for logic in named if logic is not Logic.NONE)
