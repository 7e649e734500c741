"""Which files there are, what kind they are, and which reader reads them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etisklandskab.errors import NotesError
from etisklandskab.notes.blocks import Block

__all__ = ["KINDS", "STDIN", "NoteFile", "find_files", "read_blocks"]

STDIN = "-"

Reader = Callable[[bytes, str], list[Block]]
PathReader = Callable[[Path, str], list[Block]]
DECISIONS = ".db"
"""What the file of a review in the browser ends on."""


def _reader(module: str, name: str, package: str = "notes") -> Callable[[], Any]:
    """Return a function that imports a reader when it is needed."""

    def load() -> Any:
        from importlib import import_module

        return getattr(import_module(f"etisklandskab.{package}.{module}"), name)

    return load


# A new kind of file is a reader and a line here.
KINDS: dict[str, Callable[[], Reader]] = {
    ".txt": _reader("text", "read_text"),
    ".md": _reader("markdown", "read_markdown"),
    ".markdown": _reader("markdown", "read_markdown"),
    ".docx": _reader("word", "read_word"),
    ".pdf": _reader("documents", "read_pdf"),
    ".odt": _reader("documents", "read_odt"),
    ".rtf": _reader("documents", "read_rtf"),
    ".csv": _reader("tables", "read_delimited"),
    ".tsv": _reader("tables", "read_delimited"),
    ".xlsx": _reader("tables", "read_excel"),
    ".jsonl": _reader("tables", "read_jsonl"),
    ".parquet": _reader("tables", "read_parquet"),
    ".vtt": _reader("recordings", "read_vtt"),
    ".srt": _reader("recordings", "read_srt"),
    ".json": _reader("label_studio", "read_blocks", "exchange"),  # or a transcript
    ".qdpx": _reader("refi_reading", "read_blocks", "exchange"),
}
# SQLite reads its file itself: what a process that was killed left half done is beside it.
_BY_PATH: dict[str, Callable[[], PathReader]] = {DECISIONS: _reader("decisions", "read_decisions")}
_OLD = {
    ".doc": "Åbn den i Word, og gem den som .docx.",
    ".dot": "Åbn den i Word, og gem den som .docx.",
    ".xls": "Åbn den i Excel, og gem den som .xlsx.",
    ".ods": "Gem den som .xlsx.",
    ".pages": "Eksportér den fra Pages som .docx.",
    ".numbers": "Eksportér den fra Numbers som .xlsx.",
    ".one": "Eksportér siderne fra OneNote som .docx.",
    ".html": "Gem siden som .docx eller .txt.",
    ".htm": "Gem siden som .docx eller .txt.",
}
_CODEBOOK = ".kodebog.md"  # what export writes beside a table
_ZIPPED = {".docx", ".xlsx", ".odt", ".qdpx"}
_MAGIC: tuple[tuple[bytes, set[str], str, str], ...] = (
    (b"%PDF", {".pdf"}, "en PDF", ".pdf"),
    (b"{\\rtf", {".rtf"}, "rich text", ".rtf"),
    (b"PAR1", {".parquet"}, "en Parquet-fil", ".parquet"),
    (b"\x89PNG", set(), "et billede", ""),
    (b"\xff\xd8\xff", set(), "et billede", ""),
    (b"GIF8", set(), "et billede", ""),
    (b"ID3", set(), "en lydfil", ""),
    (b"RIFF", set(), "en lyd- eller filmfil", ""),
)
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A file of notes: where it is, and what it is called in every output."""

    path: Path | None
    source: str

    def read(self) -> bytes:
        """Return the file's bytes.

        Raises
        ------
        NotesError
            If it cannot be read.
        """
        if self.path is None:
            return sys.stdin.buffer.read()
        try:
            return self.path.read_bytes()
        except PermissionError as error:
            raise NotesError(
                self.source,
                "der er ikke adgang til filen.",
                "Luk den i andre programmer, og se efter, om du har ret til at læse den.",
            ) from error
        except OSError as error:
            raise NotesError(self.source, f"filen kan ikke læses ({error.strerror}).") from error


def find_files(
    paths: Iterable[str | Path],
    *,
    skipped: Callable[[str], None] | None = None,
    failed: Callable[[NotesError], None] | None = None,
    but: Path | None = None,
) -> Iterator[NoteFile]:
    """Find the files of notes at some paths, folders with all below them.

    Parameters
    ----------
    paths : iterable of str or Path
        Files and folders; ``"-"`` is standard input.
    skipped : callable, optional
        Told the name of each file in a folder that is no note (a picture, say).
    failed : callable, optional
        Told the error of each path that does not exist; by default it is raised.
    but : Path, optional
        A file to leave out.

    Yields
    ------
    NoteFile
        In the order of the paths, in a folder sorted by name; each file once.

    Raises
    ------
    NotesError
        If a path does not exist.
    """
    seen: set[Path] = set() if but is None else {but.resolve()}
    for given in paths:
        if str(given) == STDIN:
            yield NoteFile(None, "standard input")
            continue
        path = Path(given)
        if not path.exists():
            error = NotesError(
                str(given), "stien findes ikke.", "Se efter, om navnet er stavet rigtigt."
            )
            if failed is None:
                raise error
            failed(error)
            continue
        if path.is_dir():
            # a folder that is itself a workshop still names it
            root = path.resolve()
            named = root.parent if _names_workshop(root.name) else root
            found = sorted(p for p in root.rglob("*") if p.is_file() and not _hidden(p, root))
        else:
            root = named = path.resolve().parent
            if _names_workshop(root.name):
                named = root.parent
            found = [path.resolve()]
        for file in found:
            source = file.relative_to(named).as_posix()
            known = file.suffix.lower() in KINDS or file.suffix.lower() in _OLD or _decided(file)
            known = known and not file.name.lower().endswith(_CODEBOOK)
            if path.is_dir() and not known:
                if skipped is not None:
                    skipped(source)
                continue
            if file not in seen:
                seen.add(file)
                yield NoteFile(file, source)


def _names_workshop(name: str) -> bool:
    from etisklandskab.notes.structure import workshop_number

    return workshop_number(name) is not None


def _decided(path: Path) -> bool:
    from etisklandskab.review.store import is_store

    return path.suffix.lower() == DECISIONS and is_store(path)


def _hidden(path: Path, root: Path) -> bool:
    parts = path.relative_to(root).parts
    return any(part.startswith((".", "~$")) for part in parts)


def read_blocks(file: NoteFile) -> list[Block]:
    """Read a file with the reader of its kind.

    Raises
    ------
    NotesError
        If the file is empty, protected, damaged, wrongly named or of no known kind.
    """
    source = file.source
    suffix = file.path.suffix.lower() if file.path is not None else ".txt"
    if suffix in _BY_PATH and file.path is not None:
        return _BY_PATH[suffix]()(file.path, source)
    if suffix not in KINDS:
        kinds = " ".join(sorted(KINDS))
        way_out = _OLD.get(suffix, f"Gem noterne som en af: {kinds}")
        raise NotesError(
            source, f"filer af slagsen »{suffix or 'uden endelse'}« kan ikke læses.", way_out
        )
    data = file.read()
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise NotesError(source, "filen er tom.", "Se efter, om noterne er gemt i en anden fil.")
    _check_magic(data, suffix, source)
    return KINDS[suffix]()(data, source)


def _check_magic(data: bytes, suffix: str, source: str) -> None:
    """Refuse a file that is not of the kind its name says."""
    if data.startswith(_OLE):
        if suffix in (".docx", ".xlsx"):
            raise NotesError(
                source,
                "filen er beskyttet med adgangskode (eller i det gamle Office-format).",
                f"Åbn den i Office, og gem den uden adgangskode som {suffix}.",
            )
        raise NotesError(
            source, "filen er et gammelt Office-dokument.", "Gem den som .docx eller .xlsx."
        )
    for magic, suffixes, name, right in _MAGIC:
        if data.startswith(magic) and suffix not in suffixes:
            way_out = (
                f"Omdøb den, så den ender på {right}."
                if right
                else "Gem teksten i noterne som .txt eller .docx."
            )
            raise NotesError(source, f"filen ender på {suffix}, men er {name}.", way_out)
    zipped = data.startswith(b"PK\x03\x04")
    if zipped and suffix not in _ZIPPED:
        right = next((s for s, part in _PARTS.items() if part in data), ".docx")
        raise NotesError(
            source,
            f"filen ender på {suffix}, men er et Office-dokument.",
            f"Omdøb den, så den ender på {right}.",
        )
    if suffix in _ZIPPED and not zipped:
        raise NotesError(
            source,
            f"filen ender på {suffix}, men er ikke sådan et dokument.",
            "Åbn den i det program, den er skrevet i, og gem den igen.",
        )
    if zipped and _PARTS[suffix] not in data:
        right = next((s for s, part in _PARTS.items() if part in data), "")
        if right:
            raise NotesError(
                source,
                f"filen ender på {suffix}, men er et {right}-dokument.",
                f"Omdøb den, så den ender på {right}.",
            )
    if suffix == ".pdf" and not data[:1024].lstrip().startswith(b"%PDF"):
        raise NotesError(
            source, "filen ender på .pdf, men er ikke en PDF.", "Gem den på ny som PDF."
        )


_PARTS = {
    ".docx": b"word/",
    ".xlsx": b"xl/",
    ".odt": b"opendocument.text",
    ".qdpx": b".qde",
}
