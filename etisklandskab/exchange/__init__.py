"""Exchange with programs for qualitative analysis, annotation and statistics."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from etisklandskab.exchange.coded import Coded
from etisklandskab.exchange.label_studio import read_label_studio, write_label_studio
from etisklandskab.exchange.refi import read_qdc, read_qdpx, write_qdc, write_qdpx
from etisklandskab.exchange.tidy import write_tidy
from etisklandskab.landscape import Statement

__all__ = [
    "KINDS",
    "Coded",
    "export",
    "read_label_studio",
    "read_qdc",
    "read_qdpx",
    "write_label_studio",
    "write_qdc",
    "write_qdpx",
    "write_tidy",
]


def _codebook(items: Iterable[Statement | Coded], path: str | Path, *, force: bool = False) -> None:
    write_qdc(path, force=force)


# A new kind of exchange is a writer and a line here.
KINDS = {
    ".qdpx": write_qdpx,
    ".qdc": _codebook,
    ".json": write_label_studio,
    ".csv": write_tidy,
    ".parquet": write_tidy,
}


def export(items: Iterable[Statement | Coded], path: str | Path, *, force: bool = False) -> None:
    """Write coded statements for another program; the file's ending says which.

    Parameters
    ----------
    items : iterable of Statement or Coded
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
    write = KINDS.get(path.suffix.lower())
    if write is None:
        raise ValueError(
            f"{path.name}: endelsen {path.suffix or '(ingen)'} kendes ikke; "
            f"brug en af: {' '.join(KINDS)}"
        )
    write(items, path, force=force)
