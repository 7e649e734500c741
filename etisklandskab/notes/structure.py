"""From blocks to statements: headings, groups, workshops and speakers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from etisklandskab.concepts import find_concepts
from etisklandskab.notes.blocks import Block
from etisklandskab.notes.cleaning import clean

__all__ = ["Place", "Placed", "name_place", "place_blocks", "workshop_number"]

_WORKSHOP = re.compile(
    r"(?:work\s?shop|\bws|\bseminar|\btemadag|\bmøde)[\s_.-]*(?:nr\.?\s*)?(\d{1,2})", re.I
)
_WORKSHOP_BEFORE = re.compile(r"\b(\d{1,2})\.\s*(?:workshop|seminar|temadag)\b", re.I)
_GROUP = re.compile(
    r"^(?:gruppe|grp\.?|bord|hold|team)\s*[-_ ]?\s*(?:nr\.?\s*)?(?:\d{1,2}|[A-ZÆØÅ])(?:\s*(?:og|&|\+|,)\s*\d{1,2})*\b",
    re.I,
)
_GROUP_IN_NAME = re.compile(
    r"(?:gruppe|grp|bord|hold|team)[-_ ]*(?:nr\.?\s*)?(?:\d{1,2})(?:[-_ ]*(?:og|&|\+|,)[-_ ]*\d{1,2})*",
    re.I,
)
_LABEL = re.compile(
    r"^(?:dilemma|tema|spørgsmål|punkt|runde|case|cases|opgave|del|afsnit|pkt\.?|dagsorden|øvelse|session"
    r"|oplæg|emne|bilag|opsamling|plenum|eksempel)\s*(?:nr\.?\s*)?(?:\d{1,2}|[IVX]+|[A-ZÆØÅ])?\s*(?:[:–—-]\s*\S|$)",
    re.I,
)
_NUMBER = re.compile(r"^(?P<n>\d{1,2}(?:\.\d{1,2})*)[.)]?\s+(?=[A-ZÆØÅ])")
_ENDS = re.compile(r"[.!;,…][\"”»)]*$")
_QUESTION_WORD = re.compile(
    r"^(?:hv\w+|er|kan|skal|må|bør|har|vil|på hvilken|i hvilke\w*|til hvem|med hvem|med hvilk\w+)\b",
    re.I,
)
_SPEAKER = re.compile(
    r"^(?P<name>(?:[A-ZÆØÅ][^\W\d_.]+(?:[- ][A-ZÆØÅ][^\W\d_.]*\.?){0,2}|[A-ZÆØÅ]{1,4}|"
    r"(?:Taler|Speaker|Deltager|Borger|Person|Medarbejder|Leder)\s?\d{1,2}))"
    r"(?:\s*\([^()]{1,40}\))?\s*:(?:\s+|$)"
)
# "Lone Madsen   0:03" on a line of its own, as Teams writes a transcript in Word
_TIMED = re.compile(
    r"^(?P<name>[A-ZÆØÅ][^\W\d_.]*\.?(?:[- ][A-ZÆØÅ][^\W\d_]*\.?){0,3}|(?:Taler|Speaker)\s?\d{1,2})"
    r"\s+\[?(?:\d{1,2}:)?\d{1,2}:\d{2}\]?$"
)
# "[00:00:12] Karsten: ..."
_STAMPED = re.compile(
    r"^[\[(]?(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d+)?[\])]?\s*[-–]?\s*(?=[A-ZÆØÅ][^:]{0,40}:\s)"
)
_ROLES = frozenset(
    [
        "ordstyrer",
        "mødeleder",
        "facilitator",
        "konsulent",
        "konsulenten",
        "proceskonsulent",
        "borger",
        "borgeren",
        "pårørende",
        "leder",
        "lederen",
        "medarbejder",
        "sygeplejerske",
        "sosu",
        "chef",
        "centerleder",
        "referent",
        "interviewer",
        "taler",
        "deltager",
        "datter",
        "søn",
        "hustru",
        "mand",
        "direktør",
        "plenum",
    ]
)
_NOT_SPEAKERS = frozenset(
    [
        "nb",
        "obs",
        "ps",
        "note",
        "noter",
        "pointe",
        "pointer",
        "husk",
        "spørgsmål",
        "svar",
        "citat",
        "eksempel",
        "konklusion",
        "dilemma",
        "tema",
        "emne",
        "sundt",
        "værdigt",
        "sammen",
        "opsamling",
        "hovedpointe",
        "hovedpointer",
        "fordele",
        "ulemper",
        "for",
        "imod",
        "mod",
        "plus",
        "minus",
        "altså",
        "men",
        "og",
        "ja",
        "nej",
        "dato",
        "tid",
        "sted",
        "tilstede",
        "til",
        "fra",
        "vedr",
        "emner",
        "mål",
        "formål",
        "udbytte",
        "rammer",
        "aftale",
        "aftaler",
        "beslutning",
        "handling",
        "næste",
        "risiko",
        "kommentar",
        "kommentarer",
        "bemærkning",
        "kilde",
        "pligt",
        "nærhed",
        "konsekvens",
        "refleksion",
        "refleksioner",
        "dagsorden",
        "referat",
        "indledning",
        "resultat",
        "status",
        "punkt",
        "case",
        "ad",
    ]
)


# How high an unmarked heading stands; one that the file marks stands above them all.
_RANKS = {
    "workshop": 0,
    "caps": 1,
    "title": 2,
    "concept": 2,
    "number0": 3,
    "number1": 4,
    "number2": 5,
    "label": 6,
    "question": 7,
    "lead": 8,
    "nested": 9,
    "group": 1,
}
_QUOTED = re.compile(r"^[\"”“»„].*[\"”“«]\.?$", re.DOTALL)
_ANNOUNCED = re.compile(
    r"\b(?:tema(?:et)?|emne(?:t)?|overskriften|punkt(?:et)?|runde(?:n)?|(?:så|nu) (?:er|tager|går|skal|kommer|hedder|"
    r"handler)|vi (?:tager|begynder|starter|går|skal)|videre til|over til|så er der)\b",
    re.I,
)
_META = re.compile(
    r"^(?:møde|dato|tid|tidspunkt|sted|lokale|til ?stede|deltagere|fremmødte?|afbud|fraværende|ref|referent"
    r"|noteret af|notat ved|sagsnr|j\.?nr|ved bordet|kopi til)\.?\s*:"
    r"|^[*_]*\d{1,2}\.\s?[a-zæøå]{3,9}\.? \d{4}\b"
    r"|^(?:ordstyrer|mødeleder|facilitator)\s*:\s*\S+(?: \S+)?$",
    re.I,
)
_PERSON = re.compile(r"[A-ZÆØÅ][\w.-]{0,15}(?: [A-ZÆØÅ][\w.-]*)?")
_SIGNED = re.compile(
    r"^.{2,60}, (?:den|d\.) \d{1,2}\. \w+ \d{4}$|^[^\W\d_]+,? (?:referent|ref\.?)$", re.I
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies: its default workshop and group."""

    workshop: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A block in its place in the note."""

    block: Block
    heading: str
    group: str
    workshop: str
    section: int


@dataclass(frozen=True, slots=True)
class _Heading:
    """An entry in the stack of open headings."""

    rank: int  # a heading closes those of its own rank and of higher ones
    text: str
    role: str  # "", "group" or "workshop"
    theme: str = ""  # what a group's or workshop's heading says besides its name


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("_", " ")).strip(" -–—:.#")


def workshop_number(text: str) -> int | None:
    """Return the number in ``"Workshop 2"``, ``"ws2"``, ``"3. workshop"``, or None.

    Examples
    --------
    >>> workshop_number("workshop_2"), workshop_number("Gruppe 2")
    (2, None)
    """
    match = _WORKSHOP.search(text) or _WORKSHOP_BEFORE.search(text)
    return int(match[1]) if match else None


def _number_workshop(text: str) -> str:
    number = workshop_number(text)
    return "" if number is None else f"Workshop {number}"


def name_place(source: str) -> Place:
    """Tell workshop and group from a file's path.

    Parameters
    ----------
    source : str
        The path relative to the folder that the user named.

    Examples
    --------
    >>> name_place("Workshop 2/gruppe_3.docx")
    Place(workshop='Workshop 2', group='Gruppe 3')
    >>> name_place("ws1 - Hjemmeplejen Øst.txt")
    Place(workshop='Workshop 1', group='Hjemmeplejen Øst')
    """
    path = PurePath(source)
    folders = [part for part in path.parts[:-1] if part not in ("/", "\\", ".", "..")]
    stem = _tidy(path.stem)
    workshop = next(filter(None, map(_number_workshop, [stem, *reversed(folders)])), "")
    if not workshop and folders:
        workshop = _tidy(folders[-1])
    group = _GROUP_IN_NAME.search(path.stem.replace("_", " "))
    if group:
        return Place(workshop, _capital(_tidy(group[0].replace("-", " "))))
    rest = _tidy(_WORKSHOP_BEFORE.sub("", _WORKSHOP.sub("", stem)))
    return Place(workshop, rest or stem)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _speakers(blocks: Sequence[Block]) -> frozenset[str]:
    """Return the labels before a colon that are persons in this note."""
    found = Counter(
        match["name"]
        for block in blocks
        if block.kind in ("text", "bullet", "speech") and (match := _SPEAKER.match(block.text))
    )
    lines = sum(block.kind in ("text", "bullet", "speech") for block in blocks)
    dialogue = sum(found.values()) >= max(3, 0.3 * lines)
    whole = "\n".join(block.text for block in blocks)

    def listed(name: str) -> bool:  # "Til stede: Karsten, MK (visitationen)"
        return bool(re.search(rf"(?:[,(:]|\bog) {re.escape(name)}\b|\b{re.escape(name)} \(", whole))

    def accepted(name: str) -> bool:
        word = name.split()[0].casefold().rstrip(".")
        if word in _NOT_SPEAKERS or find_concepts(name):
            return False
        return word in _ROLES or found[name] >= 2 or dialogue or listed(name)

    return frozenset(filter(accepted, found))


def _names_workshop(block: Block) -> bool:
    text = block.text.strip()
    named = bool(_WORKSHOP.match(text) or _WORKSHOP_BEFORE.match(text))
    return named and len(text.split()) <= 14 and not _ENDS.search(text)


def _is_caps(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 3 and sum(c.isupper() for c in letters) >= 0.9 * len(letters)


def _style(blocks: Sequence[Block], i: int, speakers: frozenset[str]) -> str:
    """Return the style of an unmarked heading, or "" for what is none."""
    block = blocks[i]
    text = block.text.strip()
    bare = text.rstrip(":").strip()
    words = bare.split()
    following = blocks[i + 1] if i + 1 < len(blocks) else None
    if block.kind != "text" or not words or len(words) > 24:
        return ""
    speaker = _SPEAKER.match(text)
    if speaker and speaker["name"] in speakers:
        return ""
    said = [word for word in words if any(c.isalnum() for c in word)]
    short = len(words) <= 14 and not _ENDS.search(bare)
    if _names_workshop(block):
        # several on end are a list of workshops
        beside = [blocks[j] for j in (i - 1, i + 1) if 0 <= j < len(blocks)]
        return "" if any(map(_names_workshop, beside)) else "workshop"
    if _GROUP.match(bare) and short:
        return "group"
    if _is_caps(bare) and len(words) <= 16:
        return "caps"
    if _LABEL.match(text):
        return "label"
    numbered = _NUMBER.match(text)
    if (
        numbered
        and short
        and not (following and _NUMBER.match(following.text) and not following.gap)
    ):
        return f"number{numbered['n'].count('.')}"
    if (
        find_concepts(bare)
        and len(said) <= (8 if bare.casefold().startswith("sammen om") else 4)
        and short
        and not text.endswith("?")
        and (
            text.endswith(":") or find_concepts(words[0]) or bare.casefold().startswith("sammen om")
        )
    ):
        return "concept"
    if following is None or following.kind == "heading":
        return ""
    if i == 0 and short and len(words) <= 10 and text[0].isupper() and not text.endswith("?"):
        lone = following.gap or _META.match(following.text) or _style(blocks, 1, speakers)
        return "title" if lone else ""
    leads_list = following.kind == "bullet"
    if text.endswith("?"):
        alone = len(words) <= 14 and bool(_QUESTION_WORD.match(text))
        if alone and _style(blocks, i + 1, speakers):
            return ""  # nothing stands under it: it was asked
        answered = not following.text.rstrip().endswith("?")
        tight = block.gap and not following.gap and answered
        concept = bool(find_concepts(text)) and len(words) <= 10 and block.gap and answered
        return "question" if alone and (leads_list or tight or concept) else ""
    if text.endswith(":") and len(words) <= 12 and (leads_list or following.gap is False):
        return "lead"
    if not short or not text[0].isupper() or len(words) > 8:
        return ""
    prose = len(following.text.split()) >= 10 and len(following.text) > 2 * len(text)
    if block.gap and (leads_list or (prose and following.kind == "text" and len(words) <= 6)):
        return "title"
    return ""


def _push(stack: list[_Heading], heading: _Heading) -> None:
    """Open a heading: it closes those of its rank and below, a group the group before."""
    for at, entry in enumerate(stack):
        if heading.role == "group" and heading.rank >= 0:
            closes = entry.role == "group"
        else:
            closes = entry.rank >= heading.rank and (entry.role != "group" or entry.rank < 0)
            closes = closes or _other_concept(entry, heading)
        if closes:
            del stack[at:]
            break
    stack.append(heading)


def place_blocks(blocks: Sequence[Block], place: Place) -> list[Placed]:
    """Give every block its headings, group, workshop and speaker.

    Parameters
    ----------
    blocks : sequence of Block
        One file, in reading order.
    place : Place
        What the path tells, where no heading says otherwise.

    Returns
    -------
    list of Placed
        What is left when headings, labels and the head of the minutes are taken out.
    """
    blocks = _attribute_quotes([_without_stamp(block) for block in blocks if block.text.strip()])
    speakers = _speakers(blocks)
    blocks = _without_head(blocks)
    stack: list[_Heading] = []
    placed: list[Placed] = []
    section, speaking, turn, lead = 0, "", "", -1
    for i, block in enumerate(blocks):
        if lead >= 0 and not (block.kind == "bullet" and block.level > lead):
            stack[:] = [entry for entry in stack if entry.rank != _RANKS["nested"]]
            section, lead = section + 1, -1
        timed = _TIMED.match(block.text)
        if timed and block.kind != "bullet":
            turn = timed["name"]
            continue
        if turn:
            block = replace(block, kind="speech", speaker=block.speaker or turn)
        rank = _rank(blocks, i, speakers) if not turn else None
        if rank is not None:
            if rank == _RANKS["nested"]:
                lead = block.level
            text = clean(block.text).rstrip(":").strip()
            if text:
                _push(stack, _heading(rank, text))
            section, speaking = section + 1, ""
            continue
        if block.kind == "row":
            placed.append(_placed_row(block, stack, place, section))
            continue
        match = _SPEAKER.match(block.text)
        if block.speaker:
            speaking = block.speaker
        elif match and match["name"] in speakers:
            speaking = match["name"]
            block = replace(block, text=block.text[match.end() :])
        elif block.gap or block.kind == "bullet":
            speaking = ""
        if not block.text.strip():
            continue
        if block.kind == "speech" and (theme := _announced(block.text)):
            _push(stack, _Heading(_RANKS["concept"], theme, ""))
            section += 1
        block = replace(block, speaker=speaking or _named_last(block.text, speakers))
        placed.append(
            Placed(block, _path(stack), _group(stack, place), _workshop(stack, place), section)
        )
    return placed


def _other_concept(entry: _Heading, heading: _Heading) -> bool:
    """Tell whether two unmarked headings speak of different concepts: then they stand side by side."""
    ours, theirs = find_concepts(heading.text), find_concepts(entry.text)
    return (
        min(entry.rank, heading.rank) > 0 and bool(ours and theirs) and not set(ours) & set(theirs)
    )


def _without_stamp(block: Block) -> Block:
    """Take the time from before a speaker; who speaks at a time is a speaker for certain."""
    text = _STAMPED.sub("", block.text)
    match = _SPEAKER.match(text)
    if text == block.text or match is None:
        return block
    return replace(block, kind="speech", text=text[match.end() :], speaker=match["name"])


def _rank(blocks: Sequence[Block], i: int, speakers: frozenset[str]) -> int | None:
    """Return a heading's rank, or None for what is no heading."""
    block = blocks[i]
    if block.kind == "heading" and block.level:
        return block.level - 20
    if block.kind == "heading":  # marked by bold type alone: it stands where an unmarked one would
        style = _style([replace(block, kind="text"), *blocks[i + 1 : i + 2]], 0, speakers)
        return _RANKS[style or "title"]
    following = blocks[i + 1] if i + 1 < len(blocks) else None
    if (
        block.kind == "bullet"
        and block.text.endswith(":")
        and following is not None
        and following.kind == "bullet"
        and following.level > block.level
    ):
        return _RANKS["nested"]
    style = _style(blocks, i, speakers)
    return _RANKS[style] if style else None


def _heading(rank: int, text: str) -> _Heading:
    bare = _NUMBER.sub("", text)
    group = _GROUP.match(bare)
    if group:  # "Gruppe 1, noter" and "gruppe 1" are the same group
        return _Heading(
            rank, _capital(" ".join(group[0].split())), "group", _theme(bare, group.end())
        )
    workshop = _WORKSHOP.search(bare) or _WORKSHOP_BEFORE.search(bare)
    if workshop and (
        workshop.start() == 0 or len(bare.split()) <= 6
    ):  # also "Noter fra workshop 2"
        return _Heading(rank, text, "workshop", _theme(bare, workshop.end()))
    return _Heading(rank, text, "")


def _theme(text: str, start: int) -> str:
    """Return what follows the name in "Workshop 3: Sammen om", where it names a concept."""
    rest = text[start:].strip(" -–—:,.")
    return rest if find_concepts(rest) else ""


def _announced(text: str) -> str:
    """Return the theme that a speaker opens: recordings have no other headings."""
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        concepts = find_concepts(sentence)
        if concepts and len(sentence.split()) <= 25 and _ANNOUNCED.search(sentence):
            words = {concept: re.search(concept.value, sentence, re.I) for concept in concepts}
            first = (
                min((m.start(), str(c)) for c, m in words.items() if m)
                if any(words.values())
                else None
            )
            return _capital(first[1]) if first else ""
    return ""


def _named_last(text: str, speakers: frozenset[str]) -> str:
    """Return the speaker in brackets after a statement: ``"... (Karsten)"``."""
    match = re.search(r"\((?:v\.? )?([^()]{1,40})\)\.?$", text.strip())
    return match[1] if match and match[1] in speakers else ""


def _attribute_quotes(blocks: Sequence[Block]) -> list[Block]:
    """Give a quotation the source that the line after it names as its speaker."""
    result: list[Block] = []
    for block in blocks:
        text = block.text.strip().rstrip(":")
        before = result[-1] if result else None
        names_source = (
            before is not None
            and block.kind == "text"
            and before.kind in ("text", "bullet")
            and _QUOTED.match(before.text.strip())
            and not before.speaker
            and len(text.split()) <= 9
            and text[:1].isupper()
            and not text.endswith((".", "!", "?"))
            and ":" not in text
            and not _QUOTED.match(text)
            and not _is_caps(text)
        )
        if before is not None and names_source:
            result[-1] = replace(before, speaker=text)
        else:
            result.append(block)
    return result


def _without_head(blocks: Sequence[Block]) -> list[Block]:
    """Drop the head and foot of minutes: date, place, who was there, who signed."""
    whole = " ".join(block.text for block in blocks)
    kept = []
    for at, block in enumerate(blocks):
        text = block.text.strip()
        if block.kind in ("text", "bullet") and (
            _META.match(text)
            or (_SIGNED.match(text) and at >= len(blocks) - 3)
            or _lists_present(text, whole)
        ):
            continue
        kept.append(block)
    return kept


def _lists_present(text: str, whole: str) -> bool:
    """Tell whether a line only lists who was there: names that come again in the note."""
    names = [
        re.sub(r"\s*\(.*?\)", "", part).strip() for part in re.split(r",|\bog\b", text.rstrip("."))
    ]
    if len(names) < 3 or not all(_PERSON.fullmatch(name) for name in names):
        return False
    again = sum(len(re.findall(rf"\b{re.escape(name)}\b", whole)) > 1 for name in names)
    # "Tillid, Nærvær, Respekt" come again too, but also in lower case
    words = any(re.search(rf"\b{re.escape(name.lower())}\b", whole) for name in names)
    return again >= 0.6 * len(names) and not words


def _placed_row(block: Block, stack: list[_Heading], place: Place, section: int) -> Placed:
    columns = block.columns
    own = columns.get("heading", "")
    heading = " › ".join(filter(None, [_path(stack), own]))
    return Placed(
        replace(block, speaker=columns.get("speaker", "")),
        heading,
        columns.get("group", "") or _group(stack, place),
        columns.get("workshop", "") or _workshop(stack, place),
        section,
    )


def _path(stack: list[_Heading]) -> str:
    parts = (entry.theme if entry.role else entry.text for entry in stack)
    return " › ".join(filter(None, parts))


def _group(stack: list[_Heading], place: Place) -> str:
    return next((e.text for e in reversed(stack) if e.role == "group"), place.group)


def _workshop(stack: list[_Heading], place: Place) -> str:
    named = next((e.text for e in reversed(stack) if e.role == "workshop"), "")
    return _number_workshop(named) or place.workshop
