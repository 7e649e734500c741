"""Running Danish text to sentences.

Rules decide wherever punctuation and casing are plain. Where they are not
(``"m.m. Karen"``, speech without full stops) a spaCy pipeline that finds
sentences is asked if there is one, else a default is taken. No kept library
splits Danish well and starts fast: pySBD has been still since 2021, and spaCy
alone takes longer to import than a whole note takes to code.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language

__all__ = ["SPACY_MODEL", "danish_pipeline", "model_installed", "split_sentences"]

SPACY_MODEL = "da_core_news_sm"

# Abbreviations after which a sentence goes on ...
_INNER = frozenset(
    [
        "adm",
        "adr",
        "afd",
        "afs",
        "alm",
        "ang",
        "anm",
        "art.nr",
        "bd",
        "bem",
        "bf",
        "bl",
        "bl.a",
        "b.la",
        "ca",
        "cand",
        "chr",
        "d",
        "div",
        "dr",
        "dvs",
        "d.v.s",
        "ekskl",
        "eng",
        "evt",
        "ex",
        "f",
        "feks",
        "f.eks",
        "ff",
        "fhv",
        "fig",
        "forb",
        "forf",
        "forv",
        "fr",
        "f",
        "følg",
        "gl",
        "gns",
        "henh",
        "hr",
        "hhv",
        "h.h.v",
        "iflg",
        "ift",
        "i.f.t",
        "ifb",
        "i.f.b",
        "ifm",
        "i.f.m",
        "iht",
        "i.h.t",
        "ill",
        "incl",
        "inkl",
        "ing",
        "jf",
        "jfr",
        "jvf",
        "kap",
        "kgl",
        "kl",
        "koll",
        "konst",
        "kt",
        "kv",
        "lic",
        "ltr",
        "mag",
        "maks",
        "max",
        "mdr",
        "mht",
        "m.h.t",
        "mhp",
        "m.h.p",
        "ml",
        "mr",
        "mrs",
        "mul",
        "ndr",
        "nr",
        "nuv",
        "opl",
        "opr",
        "orig",
        "p",
        "pag",
        "pbv",
        "pga",
        "p.g.a",
        "pgf",
        "pkt",
        "pr",
        "prof",
        "ref",
        "resp",
        "s",
        "skr",
        "sml",
        "spec",
        "spm",
        "sst",
        "st",
        "stud",
        "sup",
        "sv",
        "tekn",
        "tel",
        "temp",
        "tidl",
        "tilh",
        "tlf",
        "t.o.m",
        "udd",
        "udg",
        "ugtl",
        "v",
        "vedk",
        "vedr",
        "vha",
        "v.h.a",
        "vs",
        "årg",
    ]
)
# ... and those that may also end one.
_EITHER = frozenset(
    [
        "etc",
        "m.fl",
        "mfl",
        "m.m",
        "mm",
        "m.v",
        "mv",
        "o.a",
        "oa",
        "o.l",
        "ol",
        "o.lign",
        "olign",
        "osv",
        "o.s.v",
        "kr",
        "mio",
        "mia",
        "pct",
        "stk",
        "min",
        "sek",
        "tim",
        "kg",
        "km",
        "p.t",
        "pt",
        "dd",
        "d.d",
        "d.s",
        "a.s",
        "aps",
        "co",
        "jr",
        "sr",
        "red",
    ]
)
_MONTH = re.compile(
    r"(?:jan(?:uar)?|feb(?:ruar)?|mar(?:ts)?|apr(?:il)?|maj|jun[ih]?|jul[ih]?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b",
    re.IGNORECASE,
)
_REPORTING = re.compile(
    r"(?:sagde|siger|spurgte|spørger|svarede|svarer|tænkte|tænker|råbte|råber|skrev|skriver|lød|lyder"
    r"|hviskede|mente|mener)\b",
    re.IGNORECASE,
)
_CLOSING = "\"'”’“»«)]"
_CANDIDATE = re.compile(rf"(?P<mark>[.!?…]+)(?P<close>[{re.escape(_CLOSING)}]*)\s+(?=\S)")
_LAST_TOKEN = re.compile(r"[^\s(\[\"”»]+$")
_VOWEL = re.compile(r"[aeiouyæøåéAEIOUYÆØÅ]")
_LONG = 40  # words without a boundary, from which a pipeline is asked


def _decide(text: str, match: re.Match[str], start: int) -> tuple[bool, bool]:
    """Return whether a sentence ends at the candidate, and whether that is certain."""
    mark, close = match["mark"], match["close"]
    rest = text[match.end() :]
    lead = rest.lstrip("\"'”“»«([–- ")
    upper = lead[:1].isupper() or lead[:1].isdigit()
    before = _LAST_TOKEN.search(text[start : match.start()])
    token = before.group().lower() if before else ""
    if not token and start == match.start():
        return False, True  # "... og så"
    if close and not upper:
        return False, True
    if _REPORTING.match(lead) and (close or mark[-1] in "!?"):
        return False, True
    if mark != ".":
        if "…" in mark or mark.startswith(".."):
            return upper, not upper
        return True, upper
    if close and not token:
        return upper, True
    if token.rstrip(".").isdigit():
        if start + len(token) == match.start():
            return False, True  # an enumerator at the start
        if _MONTH.match(lead) or not upper:
            return False, True
        return True, len(token) > 2
    if token in _EITHER:
        return upper, not upper
    if token in _INNER:
        return False, True
    if len(token) == 1 and token.isalpha() and text[match.start() - 1].isupper():
        return False, True  # an initial
    if "." in token and not upper:
        return False, True
    if not upper and len(token) <= 4 and not _VOWEL.search(token):
        return False, False
    return True, upper or len(token) > 3


def _sentence_starts(text: str, nlp: Language) -> set[int]:
    return {token.idx for token in nlp(text) if token.is_sent_start}


def split_sentences(
    text: str,
    nlp: Language | None = None,
    *,
    load: Callable[[], Language | None] = lambda: None,
) -> list[str]:
    """Split running Danish text into sentences.

    Parameters
    ----------
    text : str
        One paragraph or turn of speech.
    nlp : spacy.language.Language, optional
        A pipeline that sets sentence boundaries (da_core_news_sm); asked where
        the rules are not certain.
    load : callable, optional
        Gives such a pipeline, or None; called at the first doubt where `nlp` is not given.

    Returns
    -------
    list of str
        The sentences in order; joined they hold every word of `text`.

    Examples
    --------
    >>> split_sentences("Vi mødes kl. 9.15 d. 3. september. Det gælder bl.a. Karen, nr. 2.")
    ['Vi mødes kl. 9.15 d. 3. september.', 'Det gælder bl.a. Karen, nr. 2.']
    """
    text = " ".join(text.split())
    starts: set[int] | None = None
    pieces, start = [], 0
    for match in _CANDIDATE.finditer(text):
        ends, certain = _decide(text, match, start)
        if not certain and (nlp := nlp or load()) is not None:
            if starts is None:
                starts = _sentence_starts(text, nlp)
            ends = match.end() in starts
        if ends:
            pieces.append(text[start : match.end()].rstrip())
            start = match.end()
    pieces.append(text[start:])
    if any(map(_is_long, pieces)) and (nlp := nlp or load()) is not None:
        pieces = [part for piece in pieces for part in _split_long(piece, nlp)]
    return [piece for piece in pieces if piece]


def _is_long(piece: str) -> bool:
    return len(piece.split()) >= _LONG


def _split_long(piece: str, nlp: Language) -> list[str]:
    """Split speech that runs on without punctuation where the pipeline sees sentences."""
    if not _is_long(piece):
        return [piece]
    parts: list[str] = []
    previous = 0
    for cut in [*sorted(_sentence_starts(piece, nlp) - {0}), len(piece)]:
        if len(piece[previous:cut].split()) >= 4 and len(piece[cut:].split()) != 1:
            parts.append(piece[previous:cut].strip())
            previous = cut
    if previous < len(piece):
        tail = piece[previous:].strip()
        if parts:
            parts[-1] = f"{parts[-1]} {tail}"
        else:
            parts.append(tail)
    return parts


def model_installed() -> bool:
    """Tell whether da_core_news_sm and spaCy are there, without importing them."""
    return all(importlib.util.find_spec(name) is not None for name in (SPACY_MODEL, "spacy"))


@lru_cache(maxsize=1)
def danish_pipeline() -> Any:
    """Return da_core_news_sm with what splitting needs, or None where it is not installed."""
    if not model_installed():
        return None
    try:
        package = importlib.import_module(SPACY_MODEL)
        return package.load(exclude=["ner", "lemmatizer", "attribute_ruler"])
    except (OSError, ImportError, ValueError):
        return None  # a model of another spaCy version: the rules do
