"""Stacked bars: how much of what was argued is argued by each logic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etisklandskab.landscape import ARGUED
from etisklandskab.profile.profile import ALL, CONCEPTS, FEW, TOTAL, Key, Profile
from etisklandskab.profile.shares import Share
from etisklandskab.report.geometry import LOGIC_HATCHES, ink_on
from etisklandskab.report.pictures.canvas import (
    BODY,
    INK,
    LINE,
    NAMES,
    SMALL,
    SOFT,
    WIDTH,
    Box,
    block_height,
    head,
    interval,
    name_of,
    panels_of,
    percent,
    place,
    require,
    row_sizes,
    rows_of,
    text_width,
    wrap,
    write,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["bars", "group_bars"]

_ABREAST = 3  # so many panels are side by side; of narrower ones the numbers run together
_GAP = 10.0
_NOTE = (
    "Streger: hvor grænsen mellem to logikker kan ligge. Tal under: "
    "95 %-interval i procent. n: begrundede udsagn."
)


@dataclass(frozen=True)
class _Row:
    """A bar: its name, the three shares, and how many statements they are of."""

    name: str
    shares: list[Share] | None
    n: int
    bold: bool

    @classmethod
    def of(cls, profile: Profile, group: Key, concept: str, name: str) -> _Row:
        """Return the row of a cell; bold where it is of all groups or all concepts."""
        found = profile.shares(*group, concept=concept)
        shares = [share for logic in ARGUED if (share := found[logic])]
        n = profile.cell(*group, concept=concept).argued
        return cls(name, shares or None, n, not group or name == ALL.capitalize())


def bars(
    profile: Profile,
    *,
    concepts: Sequence[str] | None = None,
    ax: Axes | Sequence[Axes] | Figure | None = None,
) -> list[Axes]:
    """Draw stacked bars: a panel for each concept with a bar for each group.

    A segment is a logic's share of what is argued. The lines under a bar are the intervals
    of its two inner borders, the numbers under them each logic's interval.

    Parameters
    ----------
    profile : Profile
        The profile.
    concepts : sequence of str, optional
        Which panels; by default every concept of which enough was said.
    ax : Axes, sequence of Axes or Figure, optional
        Axes to draw in, one for each panel; or an empty figure to lay out.

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
        If there is nothing to draw, or not an axis for each panel.
    """
    require()
    panels = panels_of(profile, concepts, totals=True)
    groups = rows_of(profile)
    names = [wrap(name_of(group), NAMES, SMALL, bold=not group) for group in groups]
    left, pitch = row_sizes(names)
    panes = [
        [_Row.of(profile, group, concept, name) for group, name in zip(groups, names, strict=True)]
        for concept in panels
    ]
    n = _n_width([row for rows in panes for row in rows])
    columns = len(panels) if len(panels) <= _ABREAST else 2
    width = (WIDTH - left + _GAP) / columns - _GAP
    height = pitch * len(groups)
    boxes: list[Box] = [
        (
            left + at % columns * (width + _GAP),
            42 + at // columns * (height + 42),
            width - n,
            height,
        )
        for at in range(len(panels))
    ]
    note = wrap(_NOTE, WIDTH - 8, SMALL)
    bottom = boxes[-1][1] + height + 22
    axes, page = place(ax, boxes, bottom + block_height(note, SMALL) + 6)
    for at, (axis, concept, rows) in enumerate(zip(axes, panels, panes, strict=True)):
        head(axis, concept, pad=4)
        _stack(axis, rows, named=page is None or at % columns == 0)
    if page:
        page.swatches(left, 12)
        page.text(4, bottom, note, SMALL, color=SOFT)
    return axes


def group_bars(
    profile: Profile, group: str | Key, *, ax: Axes | Sequence[Axes] | Figure | None = None
) -> list[Axes]:
    """Draw one group's stacked bars: a bar for each concept and one for all together.

    Parameters
    ----------
    profile : Profile
        The profile.
    group : str or tuple of str
        Values of the fields in ``profile.by``; ``()`` is the total.
    ax : Axes, sequence of one Axes or Figure, optional
        Where to draw; or an empty figure to lay out.

    Returns
    -------
    list of matplotlib.axes.Axes
        A single one.

    Raises
    ------
    KeyError
        If there is no such group.
    MissingExtraError
        If matplotlib and mpltern are not installed.
    ValueError
        If there is nothing to draw, or more than one axis.
    """
    require()
    key = (group,) if isinstance(group, str) else tuple(group)
    if not profile.cell(*key).argued:
        raise ValueError("der er ingen begrundede udsagn at tegne")
    shown = [c for c in CONCEPTS if c == ALL or profile.cell(*key, concept=c).n]
    rows = [_Row.of(profile, key, concept, concept.capitalize()) for concept in shown]
    left = max(text_width(row.name, SMALL, bold=True) for row in rows) + 8
    title = wrap(name_of(key), WIDTH - 200, BODY, bold=True)
    note = wrap(_NOTE, WIDTH - 8, SMALL)
    top = block_height(title, BODY) + 17
    height = 25.0 * len(rows)
    bottom = top + height + 18
    box = (left, top, WIDTH - left - _n_width(rows), height)
    axes, page = place(ax, [box], bottom + block_height(note, SMALL) + 4)
    _stack(axes[0], rows, named=True)
    if page:
        page.text(4, 4, title, BODY, fontweight="bold")
        page.swatches(WIDTH - 185, 10)
        page.text(4, bottom, note, SMALL, color=SOFT)
    else:
        head(axes[0], title)
    return axes


# -- what a panel consists of ----------------------------------------------------------------


def _n_width(rows: Sequence[_Row]) -> float:
    """Return what the numbers of statements take beside the bars."""
    return 7 + max(text_width(str(row.n), SMALL) for row in rows)


def _stack(axis: Any, rows: Sequence[_Row], *, named: bool) -> None:
    """Draw the bars of a panel; a row is one unit high."""
    axis.set(xlim=(0, 1), ylim=(len(rows), 0))
    for spine in axis.spines.values():
        spine.set_visible(False)
    quarters = (0, 0.25, 0.5, 0.75, 1)
    axis.set_xticks(quarters, [percent(x) if x != 0.25 and x != 0.75 else "" for x in quarters])
    axis.tick_params(axis="x", labelsize=SMALL, colors=SOFT, length=0)
    axis.grid(axis="x", color=LINE, linewidth=0.5)
    axis.set_axisbelow(True)
    ticks = [at + 0.3 for at in range(len(rows))]
    axis.set_yticks(ticks, [row.name if named else "" for row in rows])
    axis.tick_params(axis="y", labelsize=SMALL, labelcolor=INK, length=0, pad=6)
    for row, label in zip(rows, axis.get_yticklabels(), strict=True):
        label.set(linespacing=1.15, fontweight="bold" if row.bold else "normal")
    width = axis.get_window_extent().width * 72 / axis.get_figure(root=True).dpi
    for top, row in enumerate(rows):
        write(axis, 1 + 4 / width, top + 0.3, str(row.n), ha="left", color=SOFT)
        if row.shares is None:
            _empty(axis, top)
        else:
            _bar(axis, top, row.shares, width)
    if rows[-1].name == TOTAL:
        axis.axhline(len(rows) - 1, color=SOFT, linewidth=0.6)
    write(axis, 1 + 4 / width, -0.03, "n", ha="left", va="bottom", color=SOFT)


def _empty(axis: Any, top: float) -> None:
    axis.barh(
        top + 0.3,
        1,
        0.42,
        facecolor="white",
        edgecolor=SOFT,
        linewidth=0.5,
        linestyle=(0, (2, 3)),
        clip_on=False,
    )
    write(axis, 0.5, top + 0.3, FEW, color=SOFT)


def _bar(axis: Any, top: float, shares: Sequence[Share], width: float) -> None:
    total = sum(share.value for share in shares)  # 1 but for rounding
    left, middles = 0.0, []
    for logic, hatch, share in zip(ARGUED, LOGIC_HATCHES, shares, strict=True):
        size = share.value / total
        style = {"facecolor": logic.colour, "edgecolor": "white", "hatch": hatch, "linewidth": 0}
        axis.barh(top + 0.3, size, 0.42, left=left, **style)
        middles.append(left + size / 2)
        # where it is narrow, the number alone
        forms = (percent(share.value), f"{100 * share.value:.0f}")
        text = next((form for form in forms if text_width(form, SMALL) + 3 <= size * width), "")
        if text:
            box = {"facecolor": logic.colour, "edgecolor": "none", "pad": 0.8}
            ink = ink_on(logic.colour)
            write(axis, middles[-1], top + 0.3, text, color=ink, bbox=box, zorder=4)
        left += size
        if left < 0.999:
            axis.plot([left, left], [top + 0.09, top + 0.51], color="white", linewidth=1, zorder=3)
    duty, _, consequence = shares
    _whisker(axis, top + 0.585, duty.value / total, duty.low, duty.high)
    _whisker(
        axis,
        top + 0.665,
        1 - consequence.value / total,
        1 - consequence.high,
        1 - consequence.low,
    )
    texts = [interval(share) for share in shares]
    widths = [text_width(text, SMALL) / width for text in texts]
    for x, text in zip(_apart(middles, widths, 4 / width), texts, strict=True):
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        write(axis, x, top + 0.83, text, color=SOFT, bbox=box)


def _whisker(axis: Any, y: float, value: float, low: float, high: float) -> None:
    axis.plot([low, high], [y, y], color=INK, linewidth=0.8, solid_capstyle="butt")
    axis.plot([value], [y], marker="|", markersize=4, markeredgewidth=1.2, color=INK)


def _apart(middles: Sequence[float], widths: Sequence[float], gap: float) -> list[float]:
    """Move labels sideways until none covers another; they stay within the bar.

    Examples
    --------
    >>> [round(x, 2) for x in _apart([0.9, 0.97, 0.99], [0.2, 0.2, 0.2], 0.1)]
    [0.3, 0.6, 0.9]
    """
    moved, edge = [], -gap
    for middle, width in zip(middles, widths, strict=True):
        moved.append(max(middle, edge + gap + width / 2))
        edge = moved[-1] + width / 2
    edge = 1 + gap
    for at in reversed(range(len(moved))):
        moved[at] = min(moved[at], edge - gap - widths[at] / 2)
        edge = moved[at] - widths[at] / 2
    return moved
