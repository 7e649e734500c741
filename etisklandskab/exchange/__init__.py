"""Exchange with programs for qualitative analysis, annotation and statistics."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from etisklandskab.exchange.label_studio import write_label_studio
from etisklandskab.exchange.refi_writing import write_qdc, write_qdpx
from etisklandskab.exchange.tidy import write_tidy
from etisklandskab.files import by_ending
from etisklandskab.landscape import Statement

__all__ = [
    "KINDS",
    "export",
    "write_label_studio",
    "write_qdc",
    "write_qdpx",
    "write_tidy",
]


def _codebook(statements: Iterable[Statement], path: str | Path, *, force: bool = False) -> None:
    write_qdc(path, force=force)


# A new kind of exchange is a writer and a line here.
KINDS = {
    ".qdpx": write_qdpx,
    ".qdc": _codebook,
    ".json": write_label_studio,
    ".csv": write_tidy,
    ".parquet": write_tidy,
}


def export(statements: Iterable[Statement], path: str | Path, *, force: bool = False) -> None:
    """Write coded statements for another program; the file's ending says which.

    What is corrected in a ``.qdpx`` or ``.json``, `etisklandskab.read_notes` reads as reviewed.

    Parameters
    ----------
    statements : iterable of Statement
        Coded statements.
    path : str or Path
        Ends on ``.qdpx`` (NVivo and its like), ``.qdc`` (the codebook alone), ``.json``
        (Label Studio), ``.csv`` or ``.parquet`` (R and Stata).
    force : bool, default=False
        Replace files that are there.

    Raises
    ------
    ValueError
        If the ending is none of these.
    FileExistsError
        If a file exists and `force` is False.
    """
    path = Path(path)
    by_ending(path, KINDS)(statements, path, force=force)
