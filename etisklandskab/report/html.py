"""A notat or visionsprodukt as one HTML file that fetches nothing.

How it looks is in ``templates``; what there is to show is found here. Each statement behind a
figure stands once in a list at the end, where it can be read without scripts, too; a click on a
figure gathers copies of those that it is made of.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etisklandskab.errors import MissingExtraError
from etisklandskab.landscape import ARGUED, Logic, Statement
from etisklandskab.profile.profile import CONCEPTS, FEW, LEAST, Key, Profile, name_of
from etisklandskab.profile.shares import Share, of_argued
from etisklandskab.report.document import (
    EMPHASIS,
    Block,
    Document,
    Heading,
    Landscape,
    Shares,
    logics_of,
    place_of,
    statements_of,
)
from etisklandskab.report.geometry import ink_on, mark_of, region

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

__all__ = ["to_html"]

Points = NDArray[np.float64]

# duty on top, proximity lower left, consequence lower right, in the units of the triangle's viewBox
_CORNERS = np.array([[200.0, 36.0], [32.0, 327.0], [368.0, 327.0]])
_GRID = (0.25, 0.5, 0.75)
_SIZE = 6.5  # of a group's symbol

_FIGURES = re.compile(r"[\d–\-+±<>≤≥.,%\[\]()\s]+")


def to_html(document: Document) -> str:
    """Render a document as one HTML file.

    Parameters
    ----------
    document : Document
        The document.

    Returns
    -------
    str
        The file: styles, script and figures are in it, and nothing is fetched. The same text
        for the same document.

    Raises
    ------
    MissingExtraError
        If Jinja2 is not installed.
    """
    environment = _environment()
    style = environment.get_template("style.css.jinja").render(logics=Logic, ink_on=ink_on)
    script = environment.get_template("script.js").render()
    behind = _Behind(document)
    sections = _sections(document.blocks, behind)
    page: str = environment.get_template("document.html.jinja").render(
        document=document,
        sections=sections,
        behind=behind,
        workshop=_several_workshops(document),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    return page


@cache
def _environment() -> Environment:
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError as error:
        raise MissingExtraError("At skrive HTML", "report") from error
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"emphasised": _emphasised, "percent": _percent, "interval": _interval}
    environment.globals |= {
        "ARGUED": ARGUED,
        "FEW": FEW,
        "zip": zip,
        "NONE": Logic.NONE,
        "logics_of": logics_of,
        "place_of": place_of,
        "is_figures": _is_figures,
        "edge": _path(_CORNERS),
        "lines": [_line(logic, share) for logic in range(3) for share in _GRID],
    }
    return environment


def _hash(text: str) -> str:
    """Return what the content security policy knows a style or script by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _several_workshops(document: Document) -> bool:
    """Say whether a quote's place needs the workshop to be told."""
    quoted: Iterable[Statement] = chain.from_iterable(map(statements_of, document.blocks))
    return len({statement.workshop for statement in quoted}) > 1


# -- text and figures --------------------------------------------------------------------


def _emphasised(text: str) -> Markup:
    from markupsafe import Markup, escape

    return Markup(EMPHASIS.sub(r"<em>\1</em>", str(escape(text))))


def _percent(share: Share) -> str:
    return f"{100 * share.value:.0f}\u00a0%"


def _interval(share: Share) -> str:
    return f"[{share.bounds}]"


def _is_figures(column: Iterable[str]) -> bool:
    """Say whether a column holds nothing but figures, which stand to the right."""
    return all(_FIGURES.fullmatch(cell) for cell in column)


# -- sections ----------------------------------------------------------------------------


@dataclass(slots=True)
class _Section:
    """A heading of level 1 and what stands under it; the first one may lack it."""

    id: str
    heading: str
    blocks: list[tuple[str, Any]] = field(default_factory=list)
    parts: list[tuple[str, str]] = field(default_factory=list)


def _sections(blocks: Iterable[Block], behind: _Behind) -> list[_Section]:
    """Part blocks by headings; each block with the name of the macro that shows it."""
    sections = [_Section("afsnit-0", "")]
    for block in blocks:
        section = sections[-1]
        match block:
            case Heading(text, level=1):
                sections.append(_Section(f"afsnit-{len(sections)}", text))
            case Heading(text):
                part = f"{section.id}-{len(section.parts) + 1}"
                section.parts.append((part, text))
                section.blocks.append(("part", (part, text)))
            case Landscape():
                section.blocks.append(("landscape", _LandscapeView(block, behind)))
            case Shares():
                section.blocks.append(("shares", _SharesView(block, behind)))
            case _:
                section.blocks.append((type(block).__name__.lower(), block))
    return sections if sections[0].blocks else sections[1:]


# -- statements behind the figures -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """The statements of one logic in a cell, by their numbers, and its share."""

    logic: Logic
    share: Share | None
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    """A group's statements on a concept; `group_id` is where the list at the end has them."""

    id: str
    group: str
    group_id: str
    concept: str
    n: int
    argued: int
    parts: tuple[_Part, ...]


class _Behind:
    """The statements that the figures are made of, each numbered once, and their cells.

    A statement is known by its object, not by what it says: two people may say the same.
    """

    def __init__(self, document: Document) -> None:
        shown = [key for block in document.blocks for key in _shown(block)]
        self.groups = _by_group(shown)
        statements = chain.from_iterable(self.groups.values())
        self._numbers = {id(statement): at for at, statement in enumerate(statements, start=1)}
        self._ids = {name: f"gruppe-{at}" for at, name in enumerate(self.groups, start=1)}
        self._cells: dict[tuple[int, Key, str], _Cell] = {}
        for profile, group, concept in shown:
            key = (id(profile), group, concept)
            if key not in self._cells:
                cell_id = f"celle-{len(self._cells) + 1}"
                self._cells[key] = self._make(cell_id, profile, group, concept)

    @property
    def cells(self) -> Iterable[_Cell]:
        return self._cells.values()

    def cell(self, profile: Profile, group: Key, concept: str) -> _Cell:
        return self._cells[id(profile), group, concept]

    def group_id(self, name: str) -> str:
        return self._ids.get(name, "udsagn")

    def number(self, statement: Statement) -> int:
        return self._numbers[id(statement)]

    def _make(self, cell_id: str, profile: Profile, group: Key, concept: str) -> _Cell:
        cell = profile.cell(*group, concept=concept)
        shares = profile.shares(*group, concept=concept)
        parts = [
            _Part(
                logic,
                shares[logic],
                tuple(self.number(s) for s in cell.statements if s.logic is logic),
            )
            for logic in Logic
        ]
        name = name_of(group)
        return _Cell(cell_id, name, self.group_id(name), concept, cell.n, cell.argued, tuple(parts))


def _shown(block: Block) -> Iterator[tuple[Profile, Key, str]]:
    """Yield the cells that a figure shows."""
    match block:
        case Landscape(profile, concept):
            for group in profile.groups:
                if profile.cell(*group, concept=concept).argued >= LEAST:
                    yield profile, group, concept
        case Shares(profile, group):
            for concept in CONCEPTS:
                if profile.cell(*group, concept=concept).n:
                    yield profile, group, concept


def _by_group(shown: Iterable[tuple[Profile, Key, str]]) -> dict[str, list[Statement]]:
    """Return the statements of cells, each once: by group, in the order of the notes."""
    wanted: set[int] = set()
    profiles: dict[int, Profile] = {}
    for profile, group, concept in shown:
        wanted |= {id(s) for s in profile.cell(*group, concept=concept).statements}
        profiles[id(profile)] = profile
    found: dict[str, list[Statement]] = {}
    for profile in profiles.values():
        for group in profile.groups:
            own = [s for s in profile.cell(*group).statements if id(s) in wanted]
            if own:
                found.setdefault(name_of(group), []).extend(own)
                wanted -= set(map(id, own))
    return found


# -- figures -----------------------------------------------------------------------------


class _SharesView:
    """Bars of one group: a cell for each concept that it speaks of."""

    def __init__(self, block: Shares, behind: _Behind) -> None:
        self.caption, self.alt = block.caption, block.alt
        self.cells = [behind.cell(*key) for key in _shown(block)]


@dataclass(frozen=True, slots=True)
class _Mark:
    """A group in the triangle: outlines as SVG paths, its name to the side where there is room."""

    cell: _Cell
    colour: str
    symbol: str
    region: str
    x: float
    y: float
    side: str


class _LandscapeView:
    """The triangle of one concept, and the groups that have too few statements for it."""

    def __init__(self, block: Landscape, behind: _Behind) -> None:
        self.caption, self.alt, self.concept = block.caption, block.alt, block.concept
        profile = block.profile
        shown = {group: behind.cell(profile, group, concept) for _, group, concept in _shown(block)}
        self.marks = [
            _mark(profile, group, shown[group], at)
            for at, group in enumerate(profile.groups)
            if group in shown
        ]
        self.few = [
            (name_of(group), profile.cell(*group, concept=block.concept))
            for group in profile.groups
            if group not in shown
        ]


def _mark(profile: Profile, group: Key, cell: _Cell, at: int) -> _Mark:
    draws = of_argued(profile.posterior(*group, concept=cell.concept).group)
    x, y = (round(float(c), 1) for c in _place(draws.mean(axis=0)))
    colour, marker = mark_of(at)
    return _Mark(
        cell,
        colour,
        _path(_SYMBOLS[marker] * _SIZE),
        _path(_place(region(draws))),
        x,
        y,
        "end" if x > _CORNERS[:, 0].mean() else "start",
    )


def _place(shares: Points) -> Points:
    """Return where shares of duty, proximity and consequence lie in the triangle."""
    placed: Points = shares @ _CORNERS
    return placed


def _path(points: Points) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of equal shares of a logic; its label stands where the logic's own edge is."""

    path: str
    label: str
    x: float
    y: float
    anchor: str


def _line(logic: int, share: float) -> _Line:
    ends = np.zeros((2, 3))
    ends[:, logic] = share
    ends[[0, 1], [logic - 2, logic - 1]] = 1 - share
    placed = _place(ends)
    dx, dy, anchor = ((7, 4, "start"), (-7, 4, "end"), (0, 16, "middle"))[logic]
    x, y = (round(float(c), 1) for c in placed[1] + (dx, dy))
    return _Line(_path(placed), f"{100 * share:.0f}\u00a0%", x, y, anchor)


def _ring(corners: int, turned: float = 0.0, inner: float = 1.0, size: float = 1.0) -> Points:
    """Return a regular polygon around 0, or a star where every other corner lies further in.

    It stands on a side or a corner as `turned` says, in parts of half a turn.
    """
    angle = np.pi * (2 * np.arange(corners) / corners + turned)
    reach = size * np.where(np.arange(corners) % 2, inner, 1.0)
    return np.stack([reach * np.sin(angle), -reach * np.cos(angle)], axis=1)


_ARM = np.array([(-1, -3), (1, -3), (1, -1)])
_QUARTER = np.array([(0, 1), (-1, 0)])
_PLUS = 0.4 * np.concatenate([_ARM @ np.linalg.matrix_power(_QUARTER, at) for at in range(4)])
# by the names that matplotlib has for them
_SYMBOLS = {
    "o": _ring(32),
    "s": _ring(4, 0.25, size=1.2),
    "D": _ring(4, size=1.25),
    "d": _ring(4, size=1.3) * (0.6, 1),
    "^": _ring(3, size=1.3),
    "v": _ring(3, 1, size=1.3),
    "<": _ring(3, -0.5, size=1.3),
    ">": _ring(3, 0.5, size=1.3),
    "p": _ring(5, size=1.15),
    "h": _ring(6, size=1.15),
    "*": _ring(10, inner=0.45, size=1.45),
    "P": _PLUS,
    "X": _PLUS @ np.array([(1, 1), (-1, 1)]) / np.sqrt(2),
}
