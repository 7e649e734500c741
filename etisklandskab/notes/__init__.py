"""Files of workshop notes to statements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etisklandskab.columns import CODING, check_of, read_coding, read_review
from etisklandskab.concepts import concepts_of
from etisklandskab.errors import NotesError
from etisklandskab.landscape import ARGUED, Logic, Statement
from etisklandskab.notes.blocks import Block
from etisklandskab.notes.cleaning import clean, is_furniture, is_murmur
from etisklandskab.notes.files import NoteFile, find_files, read_blocks
from etisklandskab.notes.splitting import danish_pipeline, split_sentences
from etisklandskab.notes.structure import Place, Placed, name_place, place_blocks
from etisklandskab.notes.tables import records_to_blocks

if TYPE_CHECKING:
    from spacy.language import Language

__all__ = ["read_notes", "statements_in_records"]

_SHORT, _BREATH = 5, 30  # words: a sentence that leans on its neighbour, and how long both may be
_LONGEST = 3000  # characters; the longest sentence of real minutes has some 600


def read_notes(
    paths: str | Path | Iterable[str | Path],
    *,
    nlp: Language | None = None,
    on_error: Callable[[NotesError], None] | None = None,
    on_skip: Callable[[str], None] | None = None,
    but: Path | None = None,
) -> list[Statement]:
    r"""Read workshop notes of any kind and return their statements.

    Parameters
    ----------
    paths : str, Path or iterable of them
        Files, folders (with all below them) or ``"-"`` for standard input.
    nlp : spacy.language.Language, optional
        A pipeline that finds sentences, asked where punctuation leaves a doubt.
        By default da_core_news_sm if it is installed, else rules alone.
    on_error : callable, optional
        Told each file's error, and the rest is read; by default the first is raised.
    on_skip : callable, optional
        Told the name of each file in a folder that is no note, or that is read in another: a
        coded table is left out where its notes are read as well; where a human has corrected it,
        the notes are.
    but : Path, optional
        A file to leave out, such as the one that the statements are to be written to.

    Returns
    -------
    list of Statement
        In reading order, with group, workshop, heading, speaker and concepts.

    Raises
    ------
    NotesError
        If a file cannot be read or holds no statement; the message (Danish)
        names the file, the place and the way out.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     note = Path(folder, "Gruppe 3.txt")
    ...     _ = note.write_text("SUNDT\n- Aftale er aftale\n- Mm.\n", encoding="utf-8")
    ...     [(s.group, s.heading, s.text) for s in read_notes(note)]
    [('Gruppe 3', 'SUNDT', 'Aftale er aftale')]
    """
    if isinstance(paths, str | Path):
        paths = [paths]
    read: dict[str, list[Statement]] = {}
    for file in find_files(paths, skipped=on_skip, failed=on_error, but=but):
        try:
            read[file.source] = [*read.get(file.source, []), *_read_file(file, nlp)]
        except NotesError as error:
            if on_error is None:
                raise
            on_error(error)
    for source, why in _read_twice(read).items():
        del read[source]
        if on_skip is not None:
            on_skip(source + why)
    return [statement for statements in read.values() for statement in statements]


def _read_twice(read: Mapping[str, list[Statement]]) -> dict[str, str]:
    """Return the files whose statements are read from another, too, and what is to be said of it."""
    tables = {
        source: {s.source for s in statements}
        for source, statements in read.items()
        if any(s.logic is not None for s in statements)
        and {s.source for s in statements} <= read.keys() - {source}
    }
    skipped: dict[str, str] = {}
    for table, notes in tables.items():
        if not any(s.reviewed for s in read[table]):
            skipped[table] = ""
            continue
        for source in sorted(notes):
            if source in skipped:
                raise NotesError(
                    table,
                    f"den retter de samme noter som en anden tabel ({source}{skipped[source]}).",
                    "Flyt den ene et andet sted hen.",
                )
            skipped[source] = f" (rettet i {table})"
    return skipped


def statements_in_records(records: Sequence[dict[str, Any]], source: str) -> list[Statement]:
    """Return the statements in rows of a table that is in memory.

    Parameters
    ----------
    records : sequence of dict
        The rows.
    source : str
        What the statements' source is called.

    Raises
    ------
    NotesError
        If there is no column of statements.
    """
    placed = place_blocks(records_to_blocks(records, source), name_place(source))
    return list(_statements(placed, source, None))


def _read_file(file: NoteFile, nlp: Language | None) -> list[Statement]:
    blocks = read_blocks(file)
    place = name_place(file.source) if file.path is not None else Place()
    placed = place_blocks(blocks, place)
    statements = list(_statements(placed, file.source, nlp))
    if not statements:
        raise NotesError(
            file.source,
            "der er ingen udsagn i filen, kun overskrifter eller tomme linjer.",
            "Se efter, om det er den rigtige fil.",
        )
    return statements


def _statements(placed: list[Placed], source: str, nlp: Language | None) -> Iterator[Statement]:
    position, before, section = 0, "", -1
    for item in placed:
        block = item.block
        if block.kind == "row":
            position += 1
            yield _row_statement(item, source, block.row or position)
            continue
        for text in _texts(block, source, nlp):
            position += 1
            yield concepts_of(
                Statement(
                    text=text,
                    source=source,
                    workshop=item.workshop,
                    group=item.group,
                    heading=item.heading,
                    position=position,
                    speaker=block.speaker,
                    before=before if section == item.section else "",
                )
            )
            before, section = text, item.section


def _texts(block: Block, source: str, nlp: Language | None) -> Iterator[str]:
    if is_furniture(block.text):
        return
    whole = clean(block.text)
    running = block.kind in ("text", "speech")
    if (running and re.search(r"[.!?…][\"”»)]*\s", whole)) or (
        len(whole.split()) >= 40 and running
    ):
        pieces = [clean(piece) for piece in split_sentences(whole, nlp, load=danish_pipeline)]
    else:
        pieces = [whole]
    if block.kind == "speech" or (running and block.speaker):
        pieces = _join_short(pieces)
    for piece in pieces:
        if len(piece) > _LONGEST:
            raise NotesError(
                source,
                f"{block.place or 'teksten'} rummer {len(piece)} tegn uden punktum og kan ikke "
                "deles i udsagn.",
                "Sæt linjeskift eller punktum mellem udsagnene.",
            )
        if re.search(r"\w", piece) and not is_murmur(piece):
            yield piece


def _join_short(pieces: list[str]) -> list[str]:
    """Join the short sentences of one breath: ``"Vilkår. Vi får løn for det."``."""
    joined: list[str] = []
    for piece in pieces:
        if is_murmur(piece):
            continue
        words = len(piece.split())
        last = len(joined[-1].split()) if joined else 0
        if joined and min(words, last) <= _SHORT and words + last <= _BREATH:
            joined[-1] = f"{joined[-1]} {piece}"
        else:
            joined.append(piece)
    return joined


def _row_statement(item: Placed, source: str, place: int) -> Statement:
    block = item.block
    columns = block.columns
    position = columns.get("position", "")
    statement = concepts_of(
        Statement(
            text=" ".join(block.text.split()),
            source=columns.get("source", "") or source,
            workshop=item.workshop,
            group=item.group,
            heading=item.heading,
            position=int(position) if position.isdecimal() else place,
            speaker=block.speaker,
            before=columns.get("before", ""),
            extra=dict(block.extra),
        ),
        columns.get("concept", ""),
    )
    try:
        coding = read_coding(columns)
    except ValueError as error:
        raise NotesError(
            source, f"{block.place}: {error}.", "Ret cellen, eller slet kolonnerne med koder."
        ) from error
    if coding is None and "check" not in columns and not block.cells:
        # codes of the user's own are not lost when the program's take the columns' names
        own = {f"{n} (egen)": columns[n] for n in CODING if columns.get(n)}
        return replace(statement, extra={**statement.extra, **own}) if own else statement
    # a statement that was edited or split since it was coded has lost its code
    check = columns.get("check", check_of(statement))
    if coding is not None and (check == check_of(statement) or (not check and block.cells)):
        logics, probabilities = coding
        unsure = columns.get("unsure", "").strip().casefold() == "ja"
        model = columns.get("model", "")
        statement = statement.with_coding(probabilities, logics, model, unsure=unsure)
    return _with_review(statement, block, source)


def _with_review(statement: Statement, block: Block, source: str) -> Statement:
    """Return the statement as a human coded it in the cells of its row, if she did."""
    if not block.cells:
        return statement
    written: dict[str, tuple[Logic, ...]] = {}
    for name, cell in block.cells.items():
        try:
            written[name] = read_review(block.columns[name])
        except ValueError as error:
            names = ", ".join(logic.danish for logic in ARGUED)
            raise NotesError(
                source, f"{cell}: {error}", f"Skriv {names} eller {Logic.NONE.danish}."
            ) from error
    if written.get("corrected", ())[:1] == (Logic.NONE,):
        return statement.with_review(())
    # who only writes what else is there lets the model's proposal stand
    weightiest = written.get("corrected") or tuple(filter(None, [statement.logic]))
    if not weightiest:
        raise NotesError(
            source,
            f"{block.cells['also']}: »Også« er udfyldt, men »Rettet« er tom.",
            "Skriv den vigtigste logik i »Rettet«.",
        )
    logics = (*weightiest, *written.get("also", ()))
    return statement.with_review(dict.fromkeys(x for x in logics if x is not Logic.NONE))
