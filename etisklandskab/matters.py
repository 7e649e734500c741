"""Which matters of municipal work a statement is about.

A matter ("sag") is what a statement is about, whichever logic it argues by:
food, medicine, time, relatives. The lexicon, `matters.toml`, says how its
patterns are written.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from itertools import product
from types import MappingProxyType
from typing import Any

from etisklandskab.landscape import Statement

__all__ = ["MATTERS", "find_matters", "matters_of"]

MATTERS: Mapping[str, re.Pattern[str]]
"""The pattern of every matter by its title, in the order of the lexicon."""

# What Danish puts after a stem: hund|e, hund|en, hund|enes, klage|de, klage|r.
_ENDING = r"e?(?:n|t|r|ne|rne|de|te)?s?"
_GAP = r"(?:\s+[^\s.,;:!?]+){0,3}\s+"


def _word(word: str) -> str:
    before, after = word.startswith("*"), word[-1]
    stem = re.escape(word.strip("*~"))
    end = {"*": r"\w*", "~": _ENDING}.get(after, "")
    return (r"\w*" if before else "") + stem + end


def _phrase(phrase: str) -> str:
    parts = [
        _GAP if part == "…" else "(?:" + "|".join(map(_word, part.split("/"))) + ")"
        for part in phrase.split()
    ]
    pattern = r"\s+".join(parts).replace(rf"\s+{_GAP}\s+", _GAP)
    return pattern + r"(?!\w)"


def _trap(phrase: str) -> str:
    left, _, right = phrase.rpartition("|")
    # A lookbehind has one width: each way to write what stands before is one of its own.
    ways = product(*(part.split("/") for part in left.split()))
    before = "|".join(
        rf"(?<=(?<!\w){''.join(re.escape(word) + chr(92) + 's' for word in way)})" for way in ways
    )
    return f"(?:{before})" + _phrase(right) if left else _phrase(right)


def _compiled(words: Iterable[str], traps: Iterable[str]) -> re.Pattern[str]:
    whole = [word for word in words if not word.startswith("*")]
    inside = [word.removeprefix("*") for word in words if word.startswith("*")]
    not_here = "|".join(map(_trap, traps))
    pattern = r"(?<!\w)" + (f"(?!{not_here})" if not_here else "")
    pattern += "(?:" + "|".join(map(_phrase, whole)) + ")"
    return re.compile("|".join([pattern, *map(_phrase, inside)]), re.IGNORECASE)


@cache
def _lexicon() -> list[dict[str, Any]]:
    text = (files("etisklandskab") / "matters.toml").read_text("utf-8")
    return list(tomllib.loads(text)["matter"])


@cache
def _matters() -> Mapping[str, re.Pattern[str]]:
    return MappingProxyType(
        {entry["title"]: _compiled(entry["words"], entry.get("not", ())) for entry in _lexicon()}
    )


def __getattr__(name: str) -> Any:
    if name == "MATTERS":  # read and compiled when first asked for
        return _matters()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@lru_cache(maxsize=4096)
def find_matters(text: str) -> tuple[str, ...]:
    """Return the titles of the matters that a text's words speak of.

    Parameters
    ----------
    text : str
        A statement or a heading.

    Returns
    -------
    tuple of str
        In the order of the lexicon.

    Examples
    --------
    >>> find_matters("Medicinen kan vente til efter maden")
    ('Mad og måltider', 'Læge, medicin og behandling')
    >>> find_matters("Forstanden siger nok noget andet")
    ()
    """
    return tuple(title for title, pattern in _matters().items() if pattern.search(text))


def matters_of(statement: Statement | str) -> tuple[str, ...]:
    """Return the matters of a statement: those it names itself, else those of its heading.

    Parameters
    ----------
    statement : Statement or str
        With its heading, the nearest of which that names a matter counts.

    Examples
    --------
    >>> matters_of(Statement("Det er deres valg", heading="Rygning på bostedet › Regler"))
    ('Regler og skøn',)
    """
    if isinstance(statement, str):
        return find_matters(statement)
    headings = statement.heading.split(" › ")[::-1]
    return find_matters(statement.text) or next(filter(None, map(find_matters, headings)), ())
