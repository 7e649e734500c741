"""Which matters of municipal work a statement is about.

A matter ("sag") is what is talked of, by whichever logic: food, medicine, time,
relatives. `matters.toml` is the lexicon and tells how its words are written.
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
"""The pattern of each matter by its title, in the order of the lexicon."""

_ENDING = r"e?(?:n|t|r|ne|rne|de|te)?s?"  # hund|e, hund|ene, hund|enes, klage|r, klage|de
_GAP = r"(?:\s+[^\s.,;:!?]+){0,3}\s+"
_FIRST = re.compile(r"\*?\w+[*~]?|.")
_TOKEN = re.compile(r"\w+|[^\w\s]")


def _word(word: str) -> str:
    before = r"\w+" if word.startswith("*") else ""
    after = {"*": r"\w*", "~": _ENDING}.get(word[-1], "")
    return before + re.escape(word.strip("*~")) + after


def _either(part: str) -> str:
    return "(?:" + "|".join(map(_word, part.split("/"))) + ")"


def _phrase(phrase: str) -> str:
    clauses = (r"\s+".join(map(_either, clause.split())) for clause in phrase.split("…"))
    return _GAP.join(clauses) + r"(?!\w)"


def _trap(trap: str) -> str:
    left, _, right = trap.rpartition("|")
    # A lookbehind has one width, so each way to say what stands before is one of its own.
    ways = product(*(part.split("/") for part in left.split()))
    before = "|".join(
        rf"(?<=(?<!\w){''.join(re.escape(word) + chr(92) + 's' for word in way)})" for way in ways
    )
    return f"(?:{before}){_phrase(right)}"


def _compiled(words: Iterable[str], traps: Iterable[str]) -> re.Pattern[str]:
    whole = [_phrase(word) for word in words if not word.startswith("*")]
    # The letters before are not matched: to try them from every letter takes seconds.
    parts = [rf"(?<=\w){_phrase(word[1:])}" for word in words if word.startswith("*")]
    trap = "|".join(map(_trap, traps))
    guard = f"(?!{trap})" if trap else ""
    pattern = "|".join([rf"(?<!\w){guard}(?:{'|'.join(whole)})", *parts])
    return re.compile(pattern, re.IGNORECASE)


def _key(phrase: str) -> str:
    """Return the pattern of a phrase's rarest word, taken to be its longest."""
    part = max(phrase.split(), key=lambda part: min(map(len, part.split("/"))))
    return "|".join(_word(_FIRST.findall(way)[0]) for way in part.split("/"))


@cache
def _lexicon() -> tuple[Mapping[str, Any], ...]:
    text = (files("etisklandskab") / "matters.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["matter"])


@cache
def _matters() -> Mapping[str, re.Pattern[str]]:
    return MappingProxyType(
        {entry["title"]: _compiled(entry["words"], entry.get("not", ())) for entry in _lexicon()}
    )


@cache
def _keys() -> dict[str, re.Pattern[str]]:
    return {
        entry["title"]: re.compile("|".join(map(_key, entry["words"])), re.IGNORECASE)
        for entry in _lexicon()
    }


# Most words tell of nothing: their matters are worth keeping, a search is worth sparing.
@lru_cache(maxsize=65536)
def _hinted(word: str) -> frozenset[str]:
    return frozenset(title for title, key in _keys().items() if key.fullmatch(word))


@lru_cache(maxsize=4096)
def find_matters(text: str) -> tuple[str, ...]:
    """Return the titles of the matters that a text's own words tell of.

    Parameters
    ----------
    text : str
        A statement or a heading.

    Returns
    -------
    tuple of str
        In the order of the lexicon; empty where it tells of none.

    Examples
    --------
    >>> find_matters("Datteren ringer om natten")
    ('Familie og pårørende', 'Søvn og nat')
    >>> find_matters("Altså, han bad om tid i en anden tilstand")
    ()
    """
    hinted = frozenset[str]().union(*map(_hinted, set(_TOKEN.findall(text.lower()))))
    return tuple(
        title for title, matter in _matters().items() if title in hinted and matter.search(text)
    )


def matters_of(statement: Statement | str) -> tuple[str, ...]:
    """Return the titles of the matters that a statement is about.

    Its own words decide; where they tell of none, the nearest heading that does.

    Parameters
    ----------
    statement : Statement or str
        A statement in its place, or its text alone.

    Returns
    -------
    tuple of str
        In the order of the lexicon; empty where neither tells of any.

    Examples
    --------
    >>> matters_of(Statement("Hun vil hellere vente", heading="Tandplejen"))
    ('Tænder og mund',)
    >>> matters_of("Hun vil hellere vente")
    ()
    """
    if isinstance(statement, str):
        return find_matters(statement)
    headings = statement.heading.split(" › ")[::-1]
    return find_matters(statement.text) or next(filter(None, map(_headed, headings)), ())


@cache
def _genres() -> frozenset[str]:
    return frozenset(entry["title"] for entry in _lexicon() if not entry.get("heading", True))


def _headed(heading: str) -> tuple[str, ...]:
    return tuple(title for title in find_matters(heading) if title not in _genres())


def __getattr__(name: str) -> Any:
    if name == "MATTERS":  # read and compiled when first asked for
        return _matters()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
