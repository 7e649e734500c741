"""Statements as a plain text with their places in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from etisklandskab.landscape import Statement

__all__ = ["FORBIDDEN", "Laid", "holdable", "lay_out", "place_line", "surroundings"]

# XML has no way to hold these; each is replaced by one character so that no place moves.
# A byte order mark is left out by many programs and would move them, too.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufeff\ufffe\uffff]")
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
    return FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


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
