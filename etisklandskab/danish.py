"""Danish for what the command-line library says in English."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

__all__ = ["DanishCommand", "DanishGroup", "usage_error"]

_HELP = (
    ("Usage: ", "Brug: "),
    ("[OPTIONS]", "[TILVALG]"),
    ("COMMAND [ARGS]...", "KOMMANDO [ARGUMENTER]..."),
    ("Options:", "Tilvalg:"),
    ("Arguments:", "Argumenter:"),
    ("Commands:", "Kommandoer:"),
    ("[required]", "[skal angives]"),
    ("[default: ", "[standard: "),
    ("Show this message and exit.", "Vis denne hjælp."),
    (
        "Install completion for the current shell.",
        "Slå fuldførelse med tabulator til i denne skal.",
    ),
    (
        "Show completion for the current shell, to copy it or customize the installation.",
        "Vis fuldførelsen for denne skal.",
    ),
)
_ERRORS = (
    (r"No such option:? '?(?P<x>--?[^\s']+)'?.*", "Tilvalget {x} findes ikke."),
    (r"No such command '(?P<x>.*?)'\.?.*", "Kommandoen »{x}« findes ikke."),
    (r"Missing argument '(?P<x>.*?)'.*", "Angiv {x}."),
    (r"Missing option '(?P<x>.*?)'.*", "Angiv tilvalget {x}."),
    (r"Option '(?P<x>.*?)' requires an argument.*", "Tilvalget {x} skal have en værdi."),
    (r"Missing command.*", "Angiv en kommando."),
    (r"Got unexpected extra arguments? \((?P<x>.*?)\).*", "Der er for mange argumenter: {x}."),
    (r"Invalid value for '?(?P<x>.*?)'?: .*", "Værdien for {x} kan ikke bruges."),
)


def _translated(text: str) -> str:
    for english, danish in _HELP:
        pattern = r"\s+".join(map(re.escape, english.split(" ")))  # help is wrapped
        text = re.sub(pattern, danish.replace("\\", r"\\"), text)
    return re.sub(r" <[\w\[\]| ]+>(?=\s)", "", text)  # types of arguments, for programmers


class DanishCommand(TyperCommand):
    """A command whose help is Danish throughout."""

    def get_help(self, ctx: Any) -> str:
        """Return the help text."""
        return _translated(super().get_help(ctx))


class DanishGroup(TyperGroup):
    """A group of commands whose help is Danish throughout."""

    def get_help(self, ctx: Any) -> str:
        """Return the help text."""
        return _translated(super().get_help(ctx))


def usage_error(message: str) -> str:
    """Return the Danish for an error in how the program was called.

    Examples
    --------
    >>> usage_error("No such option: --forse Did you mean --force?")
    'Tilvalget --forse findes ikke. Se --help.'
    """
    for pattern, danish in _ERRORS:
        match = re.fullmatch(pattern, message.strip(), re.DOTALL)
        if match:
            return danish.format(**match.groupdict()) + " Se --help."
    return f"{message} Se --help."
