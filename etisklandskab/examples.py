"""The example workshops that the package ships."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

__all__ = ["example_notes"]


def example_notes() -> Path:
    """Return the folder of the example notes: in the wheel, or in a checkout.

    Three workshops of an invented municipality, ten files of nine kinds.

    Examples
    --------
    >>> sorted(folder.name for folder in example_notes().iterdir())
    ['Workshop 1', 'Workshop 2', 'Workshop 3']
    """
    inside = Path(str(files("etisklandskab"))) / "_examples"
    return inside if inside.is_dir() else Path(__file__).parents[1] / "data" / "examples"
