"""Triangles: a corner is a logic, a point a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etisklandskab.columns import natural_key
from etisklandskab.landscape import ARGUED
from etisklandskab.profile.profile import FEW, LEAST, Key, Profile
from etisklandskab.profile.shares import of_argued
from etisklandskab.report.geometry import mark_of, region, tint
from etisklandskab.report.pictures.canvas import (
    BODY,
    INK,
    LINE,
    SMALL,
    SOFT,
    WIDTH,
    Box,
    Page,
    block_height,
    head,
    name_of,
    panels_of,
    place,
    require,
    rows_of,
    text_width,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["landscape", "sheet"]

Floats = NDArray[np.float64]

_HEIGHT = float(np.sqrt(0.75))  # of a triangle whose side is 1
_CORNERS = np.array([[0.5, 1.0], [0.0, 0.0], [1.0, 0.0]])  # in fractions of its box
_MIDDLE = (0.5, 0.33)
_SHADED = 6  # so many regions in a triangle can be shaded and still be told apart
_NAMED = 8  # so many that have no point are named
_PAGE = 700.0  # points: an A4 page between its margins
_WORKSHOP = "workshop"


@dataclass(frozen=True)
class _Mark:
    """What a legend tells: a name and how its points look."""

    name: str
    colour: str
    marker: str


@dataclass(frozen=True)
class _Point:
    """A place in a triangle.

    Parameters
    ----------
    mark : _Mark
        How it looks.
    draws : ndarray of shape (draws, 3)
        Of its true place.
    path : tuple of str
        The group whose point it is in some workshop.
    label : str
        The workshop, where there are arrows.
    """

    mark: _Mark
    draws: Floats
    path: Key
    label: str = ""

    @property
    def shares(self) -> Floats:
        """Where it is."""
        mean: Floats = self.draws.mean(axis=0)
        return mean


# -- the landscape ---------------------------------------------------------------------------


def landscape(
    profile: Profile,
    *,
    concepts: Sequence[str] | None = None,
    ax: Axes | Sequence[Axes] | Figure | None = None,
    regions: bool = True,
    arrows: bool | None = None,
) -> list[Axes]:
    """Draw the landscape: a triangle for each concept with a point for each group.

    A corner is a logic: a group in the corner argues by it alone, one in the middle by
    all three alike. The region around a point holds the true point with 95% probability;
    it is shaded where there are few enough, else an outline.

    Parameters
    ----------
    profile : Profile
        The profile.
    concepts : sequence of str, optional
        Which panels; by default every concept of which some group said enough.
    ax : Axes, sequence of Axes or Figure, optional
        Ternary axes to draw in, one for each panel: ``import mpltern``, then
        ``figure.add_subplot(projection="ternary")``. Or an empty figure to lay out.
    regions : bool, default=True
        Whether to draw the uncertainty.
    arrows : bool, optional
        Whether arrows lead each group from workshop to workshop; by default where the
        profile is by workshop.

    Returns
    -------
    list of matplotlib.axes.Axes

    Raises
    ------
    KeyError
        If there is no such concept.
    MissingExtraError
        If matplotlib and mpltern are not installed.
    ValueError
        If there is nothing to draw, not an axis for each panel, or arrows are asked for
        and the profile is not by workshop.
    """
    require()
    panels = panels_of(profile, concepts)
    if arrows is None:
        arrows = _WORKSHOP in profile.by
    elif arrows and _WORKSHOP not in profile.by:
        raise ValueError('pile kræver en profil efter workshop: by=("workshop", "group")')
    marks = _marks(profile, arrows)
    found = [_points(profile, concept, marks, arrows) for concept in panels]
    everyone = list(dict.fromkeys(marks.values()))
    alone = len(panels) == 1
    cell, side = (262.0, 214.0) if alone else (WIDTH / 2, 178.0)
    absent = [wrap(_absent(everyone, points), cell - 16, SMALL) for points in found]
    top, tall = 24.0, 62 + side * _HEIGHT + max(block_height(text, SMALL) for text in absent)
    boxes = [
        (at % 2 * cell + (cell - side) / 2, at // 2 * tall + top, side, side * _HEIGHT)
        for at in range(len(panels))
    ]
    # the legend takes the place of a panel where one is free, else it stands below
    free, rows = len(panels) % 2 == 1, (len(panels) + 1) // 2
    present = {point.mark for points in found for point in points}
    legend = _Legend(
        [mark for mark in everyone if mark in present],
        _explained(found, regions),
        WIDTH - cell if free else WIDTH,
        1 if free else 2,
    )
    left, start = (cell, (rows - 1) * tall + top) if free else (0.0, rows * tall)
    axes, page = place(ax, boxes, max(rows * tall, start + legend.height), projection="ternary")
    for axis, concept, points, note in zip(axes, panels, found, absent, strict=True):
        head(axis, concept, x=-20 / side, y=1, pad=8)
        _frame(axis)
        _write(axis, (0.5, 0), note, (0, -34), va="top", color=SOFT)
        _fill(axis, points, regions)
        if not points:
            _write(axis, _MIDDLE, FEW, va="center", color=SOFT)
    if page:
        legend.draw(page, left, start)
    return axes


def _workshops(profile: Profile) -> list[str]:
    at = profile.by.index(_WORKSHOP)
    return sorted({group[at] for group in profile.groups}, key=natural_key)


def _path(profile: Profile, group: Key) -> Key:
    """Return those of a group's names that stay from workshop to workshop."""
    named = zip(profile.by, group, strict=True)
    return tuple(name for field, name in named if field != _WORKSHOP)


def _marks(profile: Profile, arrows: bool) -> dict[Key, _Mark]:
    """Return how each group looks: the same in every workshop where there are arrows."""
    names = {group: (arrows and _path(profile, group)) or group for group in profile.groups}
    looks = {name: mark_of(at) for at, name in enumerate(dict.fromkeys(names.values()))}
    return {group: _Mark(name_of(name), *looks[name]) for group, name in names.items()}


def _points(
    profile: Profile, concept: str, marks: Mapping[Key, _Mark], arrows: bool
) -> list[_Point]:
    workshops = _workshops(profile) if arrows else []
    labels = dict(zip(workshops, _short(workshops), strict=True)) if arrows else {}
    points = []
    for group, mark in marks.items():
        if profile.cell(*group, concept=concept).argued < LEAST:
            continue
        draws = of_argued(profile.posterior(*group, concept=concept).group)
        if arrows:
            label = labels[group[profile.by.index(_WORKSHOP)]]
            points.append(_Point(mark, draws, _path(profile, group), label))
        else:
            points.append(_Point(mark, draws, group))
    return points


def _short(names: Sequence[str]) -> list[str]:
    """Return names without the words that all of them begin with.

    Examples
    --------
    >>> _short(["Workshop 1", "Workshop 2"]), _short(["Foråret", "Efteråret"])
    (['1', '2'], ['Foråret', 'Efteråret'])
    """
    words = [name.split() for name in names]
    same = 0
    while len({tuple(name[: same + 1]) for name in words}) == 1 < min(map(len, words)) - same:
        same += 1
    return [" ".join(name[same:]) for name in words]


def _absent(marks: Sequence[_Mark], points: Sequence[_Point]) -> str:
    """Say who has no point."""
    names = [mark.name for mark in marks if not any(point.mark == mark for point in points)]
    if not names:
        return ""
    who = ", ".join(names) if len(names) <= _NAMED else f"{len(names)} af {len(marks)}"
    return f"{FEW.capitalize()}: {who}"


def _explained(panels: Sequence[Sequence[_Point]], regions: bool) -> list[str]:
    """Say how to read a landscape."""
    notes = ["Jo nærmere et hjørne, jo mere argumenterer gruppen efter den logik."]
    if regions:
        shaded = all(_shaded(points) for points in panels)
        what = "Fladen om et punkt" if shaded else "Omridset om et punkt"
        notes.append(f"{what} rummer gruppens plads med 95 % sikkerhed.")
    if any(_steps(points) for points in panels):
        before = "de tidligere punkter er lyse, deres omrids prikket"
        notes.append(f"Pilene går fra workshop til workshop; {before}.")
        if any(point.label.isdecimal() for points in panels for point in points):
            notes.append("Tallet ved et punkt er workshoppens nummer.")
    return notes


# -- many small ones -------------------------------------------------------------------------


def sheet(
    profile: Profile,
    *,
    concepts: Sequence[str] | None = None,
    ax: Axes | Sequence[Axes] | Figure | None = None,
) -> list[Axes]:
    """Draw a small triangle for each group with a point for each concept, on one A4 page.

    Parameters
    ----------
    profile : Profile
        The profile. Many more than 20 groups take more than a page.
    concepts : sequence of str, optional
        Which points; by default every concept of which some group said enough.
    ax : Axes, sequence of Axes or Figure, optional
        Ternary axes to draw in, one for each group and, where there are several groups, one
        for the total. Or an empty figure to lay out.

    Returns
    -------
    list of matplotlib.axes.Axes

    Raises
    ------
    KeyError
        If there is no such concept.
    MissingExtraError
        If matplotlib and mpltern are not installed.
    ValueError
        If there is nothing to draw, or not an axis for each triangle.
    """
    require()
    shown = panels_of(profile, concepts, totals=True)
    groups = rows_of(profile)
    marks = {concept: _Mark(concept, *mark_of(at)) for at, concept in enumerate(shown)}
    legend = _Legend(
        list(marks.values()),
        [
            "Hver trekant er en gruppe, hvert punkt et begreb; fladen om det rummer gruppens "
            "plads med 95 % sikkerhed. Tallene er begrundede udsagn."
        ],
        WIDTH,
        4,
    )
    fewest = {1: 1, 4: 2}.get(len(groups), 3)
    for columns in range(fewest, 6):
        grid = _Grid(profile, groups, shown, columns)
        if grid.height + legend.height <= _PAGE:
            break
    height = grid.height + legend.height
    axes, page = place(ax, grid.boxes, height, projection="ternary")
    for axis, group, title, note in zip(axes, groups, grid.titles, grid.notes, strict=True):
        _frame(axis, small=True)
        style = {"fontsize": BODY, "fontweight": "bold", "va": "bottom"}
        _write(axis, (0.5, 1), title, (0, 16), **style)
        _write(axis, (0.5, 0), note, (0, -17), va="top", color=SOFT)
        points = []
        for concept in shown:
            if profile.cell(*group, concept=concept).argued >= LEAST:
                draws = of_argued(profile.posterior(*group, concept=concept).group)
                points.append(_Point(marks[concept], draws, (concept,)))
        _fill(axis, points, True, size=5.5)
        if not points:
            _write(axis, _MIDDLE, FEW, va="center", color=SOFT)
    if page:
        legend.draw(page, 0, grid.height)
    return axes


class _Grid:
    """Where the triangles of a sheet are."""

    def __init__(
        self, profile: Profile, groups: Sequence[Key], concepts: Sequence[str], columns: int
    ) -> None:
        cell = WIDTH / columns
        side = min(cell - 28, 170)
        self.titles = [wrap(name_of(group), cell - 6, BODY, bold=True) for group in groups]
        counts = [_counts(profile, group, concepts) for group in groups]
        self.notes = [wrap(text, cell - 6, SMALL) for text in counts]
        self.boxes: list[Box] = []
        self.height = 4.0
        for first in range(0, len(groups), columns):
            row = slice(first, first + columns)
            top = self.height + 18 + max(block_height(text, BODY) for text in self.titles[row])
            for at in range(len(groups[row])):
                left = at * cell + (cell - side) / 2
                self.boxes.append((left, top, side, side * _HEIGHT))
            below = max(block_height(text, SMALL) for text in self.notes[row])
            self.height = top + side * _HEIGHT + below + 26


def _counts(profile: Profile, group: Key, concepts: Sequence[str]) -> str:
    """Say how many statements the points are of."""
    parts = []
    for concept in concepts:
        if n := profile.cell(*group, concept=concept).argued:
            part = f"{concept} {n}" if n >= LEAST else f"{concept} {n} (for få)"
            # what belongs together stays together when the line is broken
            parts.append(part.replace(" ", "\N{NO-BREAK SPACE}"))
    return ", ".join(parts)


# -- what a triangle consists of -------------------------------------------------------------


def _frame(axis: Any, *, small: bool = False) -> None:
    """Draw an empty triangle."""
    axis.set_tlim(0, 1)
    ticks = (0.25, 0.5, 0.75)
    for sides in (axis.taxis, axis.laxis, axis.raxis):
        sides.set_ticks(ticks, [""] * 3 if small else [f"{100 * tick:.0f} %" for tick in ticks])
        sides.set_tick_params(labelsize=SMALL, colors=SOFT, length=0 if small else 2.5, pad=2)
    axis.grid(color=LINE, linewidth=0.5)
    for spine in axis.spines.values():
        spine.set(edgecolor=SOFT, linewidth=0.8)
    corners = np.eye(3)
    size = SMALL if small else BODY
    weight = "normal" if small else "bold"
    below, out = (-4, 8) if small else (-18, 16)
    places = (
        ((0.5, 1), (0, 4), "center", "bottom"),
        ((0, 0), (-out, below), "left", "top"),
        ((1, 0), (out, below), "right", "top"),
    )
    for logic, corner, (at, shift, ha, va) in zip(ARGUED, corners, places, strict=True):
        # its tip has the logic's colour
        tip = 0.94 * corner + 0.06 * corners
        axis.fill(*tip.T, color=logic.colour, linewidth=0, zorder=1.6)
        style = {"fontsize": size, "fontweight": weight, "ha": ha, "va": va}
        _write(axis, at, logic.danish.capitalize(), shift, **style)


def _write(
    axis: Any,
    at: tuple[float, float],
    text: str,
    shift: tuple[float, float] = (0, 0),
    **style: Any,
) -> None:
    """Write at a place in fractions of a triangle's box, shifted by points."""
    if text:
        style = {"fontsize": SMALL, "color": INK, "ha": "center", "linespacing": 1.25} | style
        axis.annotate(
            text,
            at,
            shift,
            xycoords="axes fraction",
            textcoords="offset points",
            annotation_clip=False,
            **style,
        )


def _fill(axis: Any, points: Sequence[_Point], regions: bool, size: float = 7) -> None:
    """Draw points with their regions, arrows and labels."""
    steps, shaded = _steps(points), _shaded(points)
    before = {id(start) for start, _ in steps}
    for point in points:
        colour, last = point.mark.colour, id(point) not in before
        outline = region(point.draws)
        if regions and shaded and last:
            axis.fill(*outline.T, color=colour, alpha=0.1, linewidth=0, zorder=2)
        if regions:
            closed = np.vstack([outline, outline[:1]])
            alpha, width = (0.6, 0.8) if shaded else (0.4, 0.6)
            line = {"alpha": alpha, "linewidth": width, "linestyle": "-" if last else (0, (2, 3))}
            axis.plot(*closed.T, color=colour, zorder=2.5, **line)
        axis.plot(
            *point.shares[:, None],
            marker=point.mark.marker,
            color=colour if last else tint(colour, 0.3),
            markeredgecolor="white" if last else colour,
            markeredgewidth=0.7,
            markersize=_size(point.mark, size if shaded else 0.8 * size),
            linestyle="none",
            label=point.mark.name,
            zorder=5 if last else 4.5,
        )
    for start, end in steps:
        axis.annotate(
            "",
            tuple(end.shares @ _CORNERS),
            tuple(start.shares @ _CORNERS),
            xycoords="axes fraction",
            textcoords="axes fraction",
            arrowprops={
                "arrowstyle": "-|>,head_length=0.35,head_width=0.16",
                "color": start.mark.colour if start.mark == end.mark else SOFT,
                "linewidth": 1.1,
                "shrinkA": size / 2,
                "shrinkB": size / 2,
            },
            zorder=4,
        )
    if steps:
        _label(axis, points)


def _size(mark: _Mark, size: float) -> float:
    """Return the size at which markers look equally large."""
    return size * {"*": 1.5, "P": 1.3, "X": 1.1, "D": 0.85, "s": 0.9}.get(mark.marker, 1.0)


def _steps(points: Sequence[_Point]) -> list[tuple[_Point, _Point]]:
    """Return from where to where arrows lead."""
    paths: dict[Key, list[_Point]] = {}
    for point in points:
        if point.label:
            paths.setdefault(point.path, []).append(point)
    return [step for path in paths.values() for step in pairwise(path)]


def _shaded(points: Sequence[_Point]) -> bool:
    """Whether regions are shaded: those of the points where no arrow begins."""
    return len(points) - len(_steps(points)) <= _SHADED


def _label(axis: Any, points: Sequence[_Point]) -> None:
    """Write the workshops at their points, where there is room."""
    axis.apply_aspect()
    scale = 72 / axis.get_figure(root=True).dpi
    frame = axis.get_window_extent()
    box = np.array([frame.width, frame.height]) * scale
    at = [point.shares @ _CORNERS * box for point in points]
    steps = _steps(points)
    taken = [np.array([*(spot - 5), *(spot + 5)]) for spot in at]
    for start, end in steps:
        for part in np.linspace(0, 1, 24)[1:-1]:
            spot = (start.shares * (1 - part) + end.shares * part) @ _CORNERS * box
            taken.append(np.array([*(spot - 1), *(spot + 1)]))
    moving = {id(point) for step in steps for point in step}
    for spot, point in zip(at, points, strict=True):
        if id(point) not in moving:
            continue
        half = np.array([text_width(point.label, SMALL) / 2 + 0.5, SMALL / 2])
        for angle in np.arange(0.25, 2.25, 0.25) * np.pi:
            centre = spot + np.array([np.cos(angle), np.sin(angle)]) * (half + 5)
            own = np.array([*(centre - half), *(centre + half)])
            inside = (own[:2] >= 0).all() and (own[2:] <= box).all()
            if inside and not any(
                (own[:2] < other[2:]).all() and (own[2:] > other[:2]).all() for other in taken
            ):
                taken.append(own)
                _write(axis, tuple(centre / box), point.label, va="center", zorder=7)
                break


class _Legend:
    """Whose the points are, and how to read them."""

    def __init__(
        self, marks: Sequence[_Mark], notes: Sequence[str], width: float, columns: int
    ) -> None:
        self._column = width / columns
        self._notes = wrap("\n".join(notes), width - 8, SMALL)
        self._entries: list[tuple[float, float, _Mark, str]] = []
        each = -(-len(marks) // columns)
        deepest = 0.0
        for first in range(0, len(marks), each or 1):
            y = 0.0
            for mark in marks[first : first + each]:
                name = wrap(mark.name, self._column - 24, BODY)
                self._entries.append((first // each * self._column, y, mark, name))
                y += block_height(name, BODY) + 3
            deepest = max(deepest, y)
        self._below = deepest + 4
        self.height = self._below + block_height(self._notes, SMALL) + 6

    def draw(self, page: Page, left: float, top: float) -> None:
        """Draw it on a page."""
        for x, y, mark, name in self._entries:
            style = {"marker": mark.marker, "color": mark.colour, "markeredgecolor": "white"}
            page.mark(left + x + 8, top + y + BODY / 2 + 1, markersize=_size(mark, 7), **style)
            page.text(left + x + 18, top + y, name)
        page.text(left + 4, top + self._below, self._notes, SMALL, color=SOFT)
