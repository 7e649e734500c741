"""A heat map: groups by concepts, the darker the larger the share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from etisklandskab.landscape import ARGUED, Logic
from etisklandskab.profile.profile import ALL, Key, Profile
from etisklandskab.profile.shares import Share
from etisklandskab.report.geometry import ink_on, tint
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

__all__ = ["heatmap"]

_FEW = "for få"


def heatmap(
    profile: Profile,
    *,
    logic: Logic | str | None = None,
    ax: Axes | Sequence[Axes] | Figure | None = None,
) -> list[Axes]:
    """Draw groups by concepts: the darker a cell, the larger the share.

    Parameters
    ----------
    profile : Profile
        The profile.
    logic : Logic or str, optional
        One panel alone, by code or Danish name; by default a panel for each of the three
        logics of argument.
    ax : Axes, sequence of Axes or Figure, optional
        Axes to draw in, one for each panel; or an empty figure to lay out.

    Returns
    -------
    list of matplotlib.axes.Axes

    Raises
    ------
    MissingExtraError
        If matplotlib and mpltern are not installed.
    ValueError
        If there is no such logic, nothing to draw, or not an axis for each panel.
    """
    require()
    logics = ARGUED if logic is None else (Logic.parse(logic),)
    concepts = panels_of(profile, None, totals=True)
    if concepts != [ALL]:
        concepts.append(ALL)
    groups = rows_of(profile)
    room = NAMES if len(logics) > 1 else 1.5 * NAMES
    n = {group: profile.cell(*group).base(logics[0]) for group in groups}
    names = [wrap(f"{name_of(g)} ({n[g]})", room, SMALL, bold=not g) for g in groups]
    left, pitch = row_sizes(names)
    gap = 6.0
    width = (WIDTH - 2 - left - gap * (len(logics) - 1)) / len(logics)
    heads = [f"{concept} ({profile.cell(concept=concept).base(logics[0])})" for concept in concepts]
    longest = max(text_width(head, SMALL) for head in heads)
    upright = longest + 6 > width / len(concepts)
    top = 24 + (longest + 6 if upright else SMALL + 4)
    height = pitch * len(groups)
    boxes: list[Box] = [
        (left + at * (width + gap), top, width, height) for at in range(len(logics))
    ]
    note = wrap(_note(logics), WIDTH - 8, SMALL)
    bottom = top + height + 6
    axes, page = place(ax, boxes, bottom + block_height(note, SMALL) + 6)
    for at, (axis, shown) in enumerate(zip(axes, logics, strict=True)):
        title = shown.theory if shown is Logic.NONE else shown.danish
        head(axis, title, pad=6)
        ticks = [x + 0.5 for x in range(len(concepts))]
        axis.set_xticks(ticks, heads, rotation=90 if upright else 0)
        _panel(axis, profile, shown, groups, concepts, names if page is None or at == 0 else None)
    if page:
        page.text(4, bottom, note, SMALL, color=SOFT)
    return axes


def _note(logics: Sequence[Logic]) -> str:
    of = "alle udsagn" if Logic.NONE in logics else "de begrundede udsagn"
    return (
        f"Jo mørkere, jo større andel af {of} (antallet i parentes). Under andelen står dens "
        "95 %-interval i procent."
    )


def _panel(
    axis: Any,
    profile: Profile,
    logic: Logic,
    groups: Sequence[Key],
    concepts: Sequence[str],
    names: Sequence[str] | None,
) -> None:
    """Draw the cells of a panel; each is one unit wide and high."""
    axis.set(xlim=(0, len(concepts)), ylim=(len(groups), 0))
    for spine in axis.spines.values():
        spine.set_visible(False)
    axis.xaxis.tick_top()
    axis.set_yticks([at + 0.5 for at in range(len(groups))], names or [""] * len(groups))
    axis.tick_params(labelsize=SMALL, labelcolor=INK, length=0)
    for y, group in enumerate(groups):
        for x, concept in enumerate(concepts):
            share = profile.shares(*group, concept=concept)[logic]
            n = profile.cell(*group, concept=concept).base(logic)
            _cell(axis, x, y, logic, share, n)
    if not groups[-1]:
        axis.axhline(len(groups) - 1, color=INK, linewidth=1, zorder=3)
    if names:
        for group, label in zip(groups, axis.get_yticklabels(), strict=True):
            label.set(linespacing=1.15, fontweight="normal" if group else "bold")


def _cell(axis: Any, x: int, y: int, logic: Logic, share: Share | None, n: int) -> None:
    from matplotlib.patches import Rectangle

    style: dict[str, Any] = {"edgecolor": "white", "linewidth": 1}
    if share:
        style["facecolor"] = tint(logic.colour, share.value)
        ink = ink_on(style["facecolor"])
        figure = {"fontsize": BODY, "fontweight": "bold", "color": ink}
        write(axis, x + 0.5, y + 0.34, percent(share.value), **figure)
        write(axis, x + 0.5, y + 0.7, interval(share), color=ink)
    elif n:
        style |= {"facecolor": "white", "edgecolor": LINE, "hatch": "////"}
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        write(axis, x + 0.5, y + 0.5, _FEW, color=SOFT, bbox=box)
    else:
        style["facecolor"] = "white"
        write(axis, x + 0.5, y + 0.5, "–", color=SOFT)
    axis.add_patch(Rectangle((x, y), 1, 1, **style))
