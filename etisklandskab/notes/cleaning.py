"""What is not part of a statement: marks, times, asides, murmurs."""

from __future__ import annotations

import re

__all__ = ["clean", "is_furniture", "is_murmur"]

_TIME = r"\d{1,2}[.:]\d{2}(?:[.:]\d{2})?(?:[.,]\d{1,3})?"
_STAMP = re.compile(
    rf"^[\[(<]?\s*{_TIME}(?:\s*(?:-->|[-–])\s*{_TIME})?\s*[\])>]?\s*[:–-]?\s+(?=\S)"
)
_STAMP_BRACKETED = re.compile(rf"[\[(<]\s*(?:\d+:)?{_TIME}\s*[\])>]")
_ONLY_TIME = re.compile(
    rf"^(?:kl\.?\s*)?[\[(]?{_TIME}[\])]?(?:\s*(?:-->|[-–]|til)\s*(?:kl\.?\s*)?{_TIME})?\s*[:.]?$",
    re.IGNORECASE,
)
_PAGE = re.compile(
    r"^(?:[-–]\s*\d{1,4}\s*[-–]|\d{1,4}|(?:side|page|s\.)\s*\d+(?:\s*(?:af|of|/)\s*\d+)?|\d+\s*/\s*\d+)$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"^(?:https?://|www\.)\S+$|^\S+@\S+\.\w+$", re.IGNORECASE)
_RULE = re.compile(r"^[\W_]+$")
_CITATION = re.compile(r"^[A-ZÆØÅ][\w.&, -]{1,40}?(?:et al\.?)?[.,]?\s*\(?(?:19|20)\d{2}\)?\.?$")
_BRACKETS = re.compile(r"\[(?!\s*(?:\.\.\.|…)\s*\])[^\[\]]*\]")
_PARENTHESIS = re.compile(r"\s*\(([^()]*)\)")
_ASIDE = re.compile(
    r"\b(?:latter|griner|grin|ler|pause|stilhed|tavshed|tavst|nik|nikker|nikken|suk|sukker|klapper"
    r"|bifald|uhørligt|utydeligt|utydelig|uforståeligt|mumlen|mumler|hoster|snak|afbryder|afbrydes"
    r"|afbrudt|i munden på|red\.?|ref\.?|referent\w*|notat\w*|noter|min note|tegner|skriver på|peger"
    r"|gestikulerer|rømmer|telefon\w* ringer|dør\w* (?:går|smækker)|kommer ind|går ud|kigger"
    r"|ryster på hovedet|enighed|alle enige|hele bordet|flere taler|tolk\w*|sic|inaudible|laughter"
    r"|ingen konklusion|crosstalk|musik|applaus|kaffe|tid\w* ude)\b",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{1,3}|~~|`)(?=\S)(.+?)(?<=\S)\1(?!\w)")
_LINK = re.compile(r"!?\[([^\]]*)\]\((?:[^()\s]|\([^()]*\))*\)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_MARK = re.compile(
    r"^(?:[•·‣▪▫◦●○■□►▶➢➤→✓✔☐☑☒]\s*|\[[ xX]?\]\s+|o\s+(?=[A-ZÆØÅ])|[-–—*+>]\s+)(?=\S)"
)
_PAIRS = {"”": "”", "“": "”", "»": "«", "„": "“", '"': '"', "(": ")"}
_MURMUR = frozenset(
    [
        "mm",
        "mmm",
        "mhm",
        "mmh",
        "hm",
        "hmm",
        "øh",
        "øhm",
        "øhh",
        "æh",
        "eh",
        "åh",
        "ah",
        "ha",
        "ja",
        "jaja",
        "jo",
        "joh",
        "næ",
        "nej",
        "nå",
        "nåh",
        "okay",
        "ok",
        "tak",
        "jep",
        "yes",
        "super",
        "fint",
        "godt",
        "præcis",
        "netop",
        "nemlig",
        "enig",
        "klart",
        "javel",
        "selvfølgelig",
        "bestemt",
        "rigtigt",
        "sandt",
        "velbekomme",
        "hej",
        "goddag",
        "farvel",
        "altså",
        "jamen",
    ]
)
_ELLIPSIS = re.compile(  # "Det har den." answers, and says nothing of its own
    r"^(?:(?:ja|jo|nej|nå|åh|men|og|altså|okay),? )*(?:det|den) (?:har|er|gør|var|skal|kan|ved|skriver|vil|tror"
    r"|må|gjorde|siger|håber|synes|noterer) (?:jeg|vi|du|han|hun|den|det|de|I|man)"
    r"(?: (?:da|jo|nemlig|godt|ikke|også|nu|vel|faktisk|selv))*$|^(?:mange )?tak for (?:det|i dag|ordet|kaffen|at \w+ \w+ \w+)$",
    re.IGNORECASE,
)


def _drop_asides(text: str) -> str:
    text = _BRACKETS.sub(" ", text)
    whole = _PARENTHESIS.fullmatch(text.strip())
    if whole:
        return ""

    def keep(match: re.Match[str]) -> str:
        inner = match[1]
        aside = not inner.strip() or (len(inner.split()) <= 8 and _ASIDE.search(inner))
        return "" if aside else match[0]

    return _PARENTHESIS.sub(keep, text)


def _drop_lone_quotes(text: str) -> str:
    """Drop a quotation mark that splitting has left without its partner."""
    if text[:1] in _PAIRS and not any(c in text[1:] for c in _CLOSERS[text[0]]):
        text = text[1:].lstrip()
    if text[-1:] in '”“«»"' and not any(c in text[:-1] for c in '”“«»„"'):
        text = text[:-1].rstrip()
    return text


_CLOSERS = {"”": "”“", "“": "”“", "»": "«", "„": "“”", '"': '"', "(": ")"}


def clean(text: str) -> str:
    """Return the statement in a line: no marks, times, tags or note-taker's asides.

    Parameters
    ----------
    text : str
        A line, bullet or sentence.

    Returns
    -------
    str
        Empty where nothing of a statement is left.

    Examples
    --------
    >>> clean("- [00:12:31] **Aftale** er aftale (latter)")
    'Aftale er aftale'
    >>> clean("Hun ringer selv (og det er nyt)")
    'Hun ringer selv (og det er nyt)'
    """
    text = text.replace("\u00ad", "").replace("\u200b", "").replace("\ufeff", "")
    text = " ".join(text.split())
    text = _LINK.sub(r"\1", text)
    text = _MARK.sub("", text)
    text = _EMPHASIS.sub(r"\2", text)
    text = _STAMP_BRACKETED.sub(" ", text)
    text = _STAMP.sub("", text)
    text = _TAG.sub("", text)
    text = _drop_asides(text)
    text = re.sub(r"\s+([,.;:!?…])(?=\s|$)", r"\1", " ".join(text.split()))
    return _drop_lone_quotes(text.strip())


def is_murmur(text: str) -> bool:
    """Tell whether a text is only a backchannel: ``"Mm."``, ``"Ja. Tak."``.

    Examples
    --------
    >>> is_murmur("Ja, ja. Okay."), is_murmur("Ja, men det er hendes hjem")
    (True, False)
    """
    words = re.findall(r"\w+", text.lower())
    if len(words) <= 6 and all(word in _MURMUR for word in words):
        return True
    return bool(_ELLIPSIS.match(text.strip(" .!…,–-")))


def is_furniture(line: str) -> bool:
    """Tell whether a line is layout: a page number, a time of the agenda, a rule, an address.

    Examples
    --------
    >>> [is_furniture(line) for line in ("Side 3 af 7", "8.45:", "-----", "Aftale er aftale")]
    [True, True, True, False]
    """
    line = line.strip()
    return bool(any(p.match(line) for p in (_PAGE, _ONLY_TIME, _ADDRESS, _RULE, _CITATION)))
