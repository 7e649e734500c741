"""Writing files so that nothing is lost: beside, then moved into place."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

__all__ = ["by_ending", "check_free", "new_file", "new_folder"]

Writer = TypeVar("Writer")


def by_ending(path: Path, kinds: Mapping[str, Writer]) -> Writer:
    """Return what a table of kinds holds for a file's ending.

    Raises
    ------
    ValueError
        If the ending is none of them.
    """
    if path.suffix.lower() not in kinds:
        raise ValueError(
            f"{path.name}: endelsen {path.suffix or '(ingen)'} kendes ikke; "
            f"brug en af: {' '.join(kinds)}"
        )
    return kinds[path.suffix.lower()]


def _refuse(path: Path) -> FileExistsError:
    return FileExistsError(
        f"{path} findes allerede. Vælg et andet navn, eller skriv --force for at erstatte den."
    )


def check_free(path: Path, *, force: bool = False) -> None:
    """Refuse a path that is taken, unless told to replace what is there.

    Raises
    ------
    FileExistsError
        If `path` exists and `force` is False.
    """
    if path.exists() and not force:
        raise _refuse(path)


@contextmanager
def new_file(path: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a temporary path that becomes `path` when the block ends without error.

    Parameters
    ----------
    path : Path
        The file to write; its folder is made if needed.
    force : bool, default=False
        Replace a file that is there.

    Raises
    ------
    FileExistsError
        If the file exists and `force` is False.
    """
    check_free(path, force=force)
    path.parent.mkdir(parents=True, exist_ok=True)
    # in the same folder, so that moving is one step; the ending stays for writers that look at it
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        check_free(path, force=force)
        temporary.chmod(0o666 & ~_umask())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a temporary folder that becomes `path` when the block ends without error.

    Raises
    ------
    FileExistsError
        If `path` exists, is not an empty folder, and `force` is False.
    """
    occupied = path.exists() and (not path.is_dir() or any(path.iterdir()))
    if occupied and not force:
        raise _refuse(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        yield temporary
        temporary.chmod(0o777 & ~_umask())
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
        os.replace(temporary, path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
