"""What is known of a statement as a memo beside it: lines that a human and the program can read."""

from __future__ import annotations

import re

from etisklandskab.columns import COLUMNS, REVIEW, danish_title
from etisklandskab.exchange.layout import FORBIDDEN
from etisklandskab.exchange.reviews import cells_of
from etisklandskab.landscape import Logic, Statement, split_list

__all__ = ["describe", "read_memo"]

_OWN = "– egne kolonner –"
_NAMES = {column.danish: column.name for column in COLUMNS}
_PROBABILITIES = tuple(f"p_{logic.value}" for logic in Logic)
# the codes first: some programs keep only the beginning
_FIRST = ("logic", "logics", *_PROBABILITIES, "unsure", "model", *REVIEW, "check")
_PLACE = ("workshop", "group", "heading", "speaker")
_LAST = "position"  # always there: what has it is whole


def describe(statement: Statement, laid: str) -> str:
    """Return a line for all that is known of a statement.

    Parameters
    ----------
    statement : Statement
        The statement.
    laid : str
        Its text as it stands in the plain text; it is left out where it is the statement's.

    Examples
    --------
    >>> print(describe(Statement("Lyt", group="Gruppe 1", position=2), "Lyt"))
    Gruppe: Gruppe 1
    Nr. i kilden: 2
    """
    row = cells_of(statement)
    row[_LAST] = row.pop(_LAST)
    if laid == statement.text:
        del row["text"]
    for name in ("logic", "logics", *REVIEW):
        row[name] = ", ".join(Logic.parse(part).danish for part in split_list(row.get(name, "")))
    for name in _PROBABILITIES:
        row[name] = row.get(name, "").replace(".", ",")
    lines = [
        f"{danish_title(name)}: {_escape(row[name])}"
        for name in dict.fromkeys([*_FIRST, *row])
        if row.get(name)
    ]
    if statement.extra:
        lines.append(_OWN)
        lines += [f"{_escape(name, ':')}: {_escape(v)}" for name, v in statement.extra.items()]
    return "\n".join(lines)


def read_memo(memo: str) -> tuple[dict[str, str], dict[str, str]]:
    r"""Return a statement's standard columns and the user's own; both empty where it is not ours.

    Only of one that was cut off on the way columns are missing; else they are empty.

    Examples
    --------
    >>> columns, own = read_memo("Gruppe: Bord 1\nhusk\nNr. i kilden: 2\n– egne kolonner –\nNr: 7")
    >>> columns["group"], columns["position"], columns["speaker"], own
    ('Bord 1', '2', '', {'Nr': '7'})
    """
    columns: dict[str, str] = {}
    own: dict[str, str] = {}
    mine = True
    for line in re.split(r"\r\n|\r|\n", memo):
        if line.strip() == _OWN:
            mine = False
        elif match := re.match(r"((?:[^:\\]|\\.)*): ?(.*)$", line):
            if not mine:
                own[_unescape(match[1])] = _unescape(match[2])
            elif name := _NAMES.get(match[1].strip()):
                columns[name] = _unescape(match[2])
    if _LAST in columns:
        columns = dict.fromkeys(_PLACE, "") | columns
    return (columns, own) if columns else ({}, {})


def _escape(text: str, also: str = "") -> str:
    """Spell out what would end a line, is forbidden in XML or is lost at a line's ends."""
    marks = rf"\\|[\n\r\x85\u2028\u2029]|^\s|\s$|{FORBIDDEN.pattern}"
    pattern = f"{marks}|[{also}]" if also else marks
    return re.sub(pattern, lambda m: "\\" + (m[0] if m[0] in "\\:" else f"u{ord(m[0]):04x}"), text)


def _unescape(text: str) -> str:
    return re.sub(r"\\(?:u([0-9a-f]{4})|(.))", lambda m: chr(int(m[1], 16)) if m[1] else m[2], text)
