"""Statements as a plain text with their places in it, and what is said of each beside it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from etisklandskab.columns import COLUMNS, danish_title, read_coding, to_row
from etisklandskab.landscape import Concept, Logic, Statement, split_list

__all__ = ["Laid", "describe", "lay_out", "read_description", "surroundings"]

# XML has no way to hold these; each is replaced by one character so that no place moves.
# A byte order mark is left out by many programs and would move them, too.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufeff\ufffe\uffff]")
_OWN = "– egne kolonner –"
_NAMES = {column.danish: column.name for column in COLUMNS}
_PLACE, _HEADING = "# ", "## "


@dataclass(frozen=True, slots=True)
class Laid:
    """A text and where its statements stand: codepoints from 0, ends exclusive."""

    text: str
    spans: tuple[tuple[int, int], ...]


def holdable(text: str) -> str:
    r"""Return a text as a plain text file and XML can hold it.

    Examples
    --------
    >>> holdable("a\r\nb\x07") == "a\nb\ufffd"
    True
    """
    return _FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def place_line(statement: Statement) -> str:
    """Return the line that names the workshop and the group, or nothing."""
    place = " · ".join(filter(None, (statement.workshop, statement.group)))
    return _one_line(place)


def lay_out(statements: Sequence[Statement]) -> Laid:
    """Write the statements of one source on their lines, with headings and speakers.

    Examples
    --------
    >>> laid = lay_out([Statement("Lyt til hende", heading="SUNDT", speaker="MK")])
    >>> print(laid.text)
    ## SUNDT
    <BLANKLINE>
    MK: Lyt til hende
    >>> [laid.text[start:end] for start, end in laid.spans]
    ['Lyt til hende']
    """
    text: list[str] = []
    length = 0
    spans = []

    def add(part: str) -> None:
        nonlocal length
        text.append(part)
        length += len(part)

    place = heading = ""
    for statement in statements:
        here = place_line(statement)
        over = _one_line(statement.heading)
        if here != place:
            add(f"\n{_PLACE}{here}\n" if length else f"{_PLACE}{here}\n")
            heading = ""
        if over != heading:
            add(f"\n{_HEADING}{over}\n" if length else f"{_HEADING}{over}\n")
        if here != place or over != heading:
            add("\n")
        place, heading = here, over
        if statement.speaker:
            add(f"{_one_line(statement.speaker)}: ")
        start = length
        add(holdable(statement.text))
        spans.append((start, length))
        add("\n")
    return Laid("".join(text), tuple(spans))


def _one_line(text: str) -> str:
    return " ".join(holdable(text).split())


def surroundings(text: str, spans: Iterable[tuple[int, int]]) -> list[dict[str, str]]:
    """Read from a laid out text the place, heading and speaker of each span.

    They are what a statement has when a program did not keep its description.
    """
    spans = list(spans)
    marks: list[tuple[int, str, str]] = [(0, "", "")]
    inside = sorted(spans)
    starts = [start for start, _ in inside]
    place = heading = ""
    for line in re.finditer(r"^(##? ?)(.*)$", text, re.MULTILINE):
        at = bisect_right(starts, line.start()) - 1
        if at >= 0 and line.start() < inside[at][1]:
            continue  # a statement that begins with "#"
        if line[1].startswith("##"):
            heading = line[2].strip()
        else:
            place, heading = line[2].strip(), ""
        marks.append((line.end(), place, heading))
    ends = [end for end, _, _ in marks]
    found = []
    for start, _ in spans:
        _, place, heading = marks[bisect_right(ends, start) - 1]
        workshop, _, group = place.rpartition(" · ")
        lead = text[text.rfind("\n", 0, start) + 1 : start]
        speaker = lead.removesuffix(": ") if lead.endswith(": ") else ""
        found.append({"workshop": workshop, "group": group, "heading": heading, "speaker": speaker})
    return found


def describe(statement: Statement, laid: str) -> str:
    """Return a line for all that is known of a statement, for a reader and for reading back.

    Parameters
    ----------
    statement : Statement
        The statement.
    laid : str
        Its text as it stands in the plain text.

    Examples
    --------
    >>> print(describe(Statement("Lyt", group="Gruppe 1", position=2), "Lyt"))
    Nr. i kilden: 2
    Gruppe: Gruppe 1
    """
    row = {name: value for name, value in to_row(statement).items() if name in _NAMES.values()}
    if laid == statement.text:
        del row["text"]
    for name in ("logic", "logics"):
        if row.get(name):
            row[name] = ", ".join(Logic.parse(part).danish for part in split_list(row[name]))
    # the codes first: some programs keep only the beginning of a comment
    order = ["logic", "logics", *(f"p_{logic.value}" for logic in Logic), "unsure", "model"]
    names = [*order, "position", *row]
    lines = [
        f"{danish_title(name)}: {_escape(_cell(row[name]))}"
        for name in dict.fromkeys(names)
        if row.get(name) not in ("", None)
    ]
    if statement.extra:
        lines.append(_OWN)
        lines += [f"{_escape(name, ':')}: {_escape(v)}" for name, v in statement.extra.items()]
    return "\n".join(lines)


def read_description(
    description: str, text: str, around: Mapping[str, str], source: str
) -> Statement | None:
    """Make the statement again from its description, or None where that is not ours.

    Parameters
    ----------
    description : str
        What `describe` wrote.
    text : str
        What stands at the statement's place.
    around : mapping of str to str
        What the text says of group, heading and speaker.
    source : str
        The source's name.
    """
    standard, own = _split(description)
    if not standard:
        return None
    if standard.keys().isdisjoint(around):  # cut off before it came to the place
        standard |= around
    standard = {"source": source, "text": text, **standard}
    position = standard.get("position", "")
    statement = Statement(
        text=standard["text"],
        source=standard["source"],
        workshop=standard.get("workshop", ""),
        group=standard.get("group", ""),
        heading=standard.get("heading", ""),
        position=int(position) if position.isdecimal() else 0,
        speaker=standard.get("speaker", ""),
        before=standard.get("before", ""),
        concepts=_concepts(standard.get("concept", "")),
        extra=own,
    )
    try:
        coding = read_coding(standard)
    except ValueError:
        coding = None  # cut off, or rewritten by hand: the place is still good
    if coding is None:
        return statement
    logics, probabilities = coding
    unsure = standard.get("unsure", "") == "ja"
    return statement.with_coding(probabilities, logics, standard.get("model", ""), unsure=unsure)


def _cell(value: str | int | float) -> str:
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def _concepts(cell: str) -> tuple[Concept, ...]:
    known = {concept.value: concept for concept in Concept}
    return tuple(known[part] for part in split_list(cell) if part in known)


def _split(description: str) -> tuple[dict[str, str], dict[str, str]]:
    standard: dict[str, str] = {}
    own: dict[str, str] = {}
    mine = True
    for line in re.split(r"\r\n|\r|\n", description):
        if line.strip() == _OWN:
            mine = False
            continue
        match = re.match(r"((?:[^:\\]|\\.)*): ?(.*)$", line)
        if match and mine and match[1].strip() in _NAMES:
            standard[_NAMES[match[1].strip()]] = _unescape(match[2])
        elif match and not mine:
            own[_unescape(match[1])] = _unescape(match[2])
    return standard, own


def _escape(text: str, also: str = "") -> str:
    """Spell out what would end a line, is forbidden in XML or is lost at a line's ends."""
    marks = rf"\\|[\n\r\x85\u2028\u2029]|^\s|\s$|{_FORBIDDEN.pattern}"
    pattern = f"{marks}|[{also}]" if also else marks
    return re.sub(pattern, lambda m: "\\" + (m[0] if m[0] in "\\:" else f"u{ord(m[0]):04x}"), text)


def _unescape(text: str) -> str:
    return re.sub(r"\\(?:u([0-9a-f]{4})|(.))", lambda m: chr(int(m[1], 16)) if m[1] else m[2], text)
