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

# hund|e, hund|en, hund|enes, klage|de, klage|r
_ENDING = r"e?(?:n|t|r|ne|rne|de|te)?s?"
_GAP = r"(?:\s+[^\s.,;:!?]+){0,3}\s+"
_END = r"(?!\w)"


def _word(word: str) -> str:
    before = r"\w+" if word.startswith("*") else ""
    after = {"*": r"\w*", "~": _ENDING}.get(word[-1], "")
    return before + re.escape(word.strip("*~")) + after


def _phrase(phrase: str) -> str:
    parts = ["(?:" + "|".join(map(_word, part.split("/"))) + ")" for part in phrase.split()]
    gap = "(?:" + _word("…") + ")"
    return r"\s+".join(parts).replace(rf"\s+{gap}\s+", _GAP) + _END


def _trap(phrase: str) -> str:
    left, _, right = phrase.rpartition("|")
    # What a lookbehind holds has one width, so each way of saying it is one of its own.
    ways = product(*(part.split("/") for part in left.split()))
    behind = [r"\s".join([*map(re.escape, way), ""]) for way in ways] if left else [""]
    return "(?:" + "|".join(rf"(?<=(?<!\w){before})" for before in behind) + ")" + _phrase(right)


def _compiled(words: Iterable[str], traps: Iterable[str]) -> re.Pattern[str]:
    whole = "|".join(_phrase(word) for word in words if not word.startswith("*"))
    # What stands before is not matched: to try it at every letter would take seconds.
    parts = "".join(rf"|(?<=\w){_phrase(word[1:])}" for word in words if word.startswith("*"))
    trap = "|".join(map(_trap, traps))
    guard = f"(?!{trap})" if trap else ""
    return re.compile(rf"(?<!\w){guard}(?:{whole}){parts}", re.IGNORECASE)


def _key(phrase: str) -> str:
    """Return the pattern of a phrase's rarest word (its longest), up to a hyphen or stop."""
    part = max(phrase.split(), key=lambda part: min(map(len, part.split("/"))))
    return "|".join(_word(re.match(r"\*?(?:\w+[*~]?|.)", way)[0]) for way in part.split("/"))  # type: ignore[index]


@cache
def _lexicon() -> tuple[Mapping[str, Any], ...]:
    text = (files("etisklandskab") / "matters.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["matter"])


@cache
def _matters() -> Mapping[str, re.Pattern[str]]:
    found = {matter["title"]: _compiled(matter["words"], matter["not"]) for matter in _lexicon()}
    return MappingProxyType(found)


@cache
def _keys() -> dict[str, re.Pattern[str]]:
    return {
        matter["title"]: re.compile("|".join(map(_key, matter["words"])), re.IGNORECASE)
        for matter in _lexicon()
    }


@cache
def _genres() -> frozenset[str]:
    return frozenset(m["title"] for m in _lexicon() if not m.get("heading", True))


@lru_cache(maxsize=65536)
def _hinted(word: str) -> frozenset[str]:
    return frozenset(title for title, key in _keys().items() if key.fullmatch(word))


def __getattr__(name: str) -> Any:
    if name == "MATTERS":  # read and compiled when first asked for
        return _matters()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@lru_cache(maxsize=4096)
def find_matters(text: str) -> tuple[str, ...]:
    words = set(re.findall(r"\w+|[^\w\s]", text.lower()))
    hinted = frozenset[str]().union(*map(_hinted, words))
    return tuple(title for title, pattern in _matters().items() if title in hinted and pattern.search(text))


def _headed(heading: str) -> tuple[str, ...]:
    return tuple(title for title in find_matters(heading) if title not in _genres())


def matters_of(statement: Statement | str) -> tuple[str, ...]:
    if isinstance(statement, str):
        return find_matters(statement)
    own = find_matters(statement.text)
    headings = statement.heading.split(" › ")[::-1]
    return own or next(filter(None, map(_headed, headings)), ())
