"""The errors that a user can put right; their messages are Danish."""

from __future__ import annotations

__all__ = ["BundleError", "EtisklandskabError", "MissingExtraError", "NotesError"]


class EtisklandskabError(Exception):
    """Base of all errors that this package raises on its own account."""


class NotesError(EtisklandskabError, ValueError):
    """A file of notes that cannot be read.

    Parameters
    ----------
    source : str
        The file's name.
    problem : str
        What is wrong, and where in the file.
    way_out : str
        What the user can do about it.
    """

    def __init__(self, source: str, problem: str, way_out: str = "") -> None:
        super().__init__(source, problem, way_out)
        self.source, self.problem, self.way_out = source, problem, way_out

    def __str__(self) -> str:
        text = f"{self.source}: {self.problem}"
        return f"{text} {self.way_out}" if self.way_out else text


class BundleError(EtisklandskabError, ValueError):
    """A model folder that is damaged, incomplete or of a newer format."""


class MissingExtraError(EtisklandskabError, ImportError):
    """A feature whose library is not installed.

    Parameters
    ----------
    feature : str
        What needs it, in Danish.
    extra : str
        The extra that brings it.
    """

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f'{feature} kræver et tillæg: python -m pip install "etisklandskab[{extra}]"'
        )
        self.feature, self.extra = feature, extra
