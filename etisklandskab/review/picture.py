"""The landscape as it is while one decides: a small triangle for each concept, as SVG."""

from __future__ import annotations

import html

import numpy as np
from numpy.typing import NDArray

from etisklandskab.landscape import ARGUED
from etisklandskab.profile.profile import ALL, CONCEPTS, FEW, LEAST, Profile, name_of
from etisklandskab.profile.shares import of_argued
from etisklandskab.report.geometry import mark_of, region

__all__ = ["landscape"]

Points = NDArray[np.float64]

# duty on top, proximity lower left, consequence lower right
_CORNERS = np.array([[100.0, 18.0], [18.0, 160.0], [182.0, 160.0]])
_NAMES = ((100, 11, "middle"), (4, 176, "start"), (196, 176, "end"))
_SIZE = 5.0
_SHADED = 8  # with more groups the regions hide one another


def landscape(profile: Profile) -> str:
    """Draw the landscape of a profile as HTML with inline SVG, without styles of its own.

    Parameters
    ----------
    profile : Profile
        By group.

    Returns
    -------
    str
        A figure for each concept that was spoken of, and a list of the groups.
    """
    marks = {group: mark_of(at) for at, group in enumerate(profile.groups)}
    drawn: set[tuple[str, ...]] = set()
    figures = []
    for concept in (*CONCEPTS[:-1], ALL):
        if not profile.cell(concept=concept).n:
            continue
        points: list[str] = []
        told: list[str] = []
        for group, (colour, marker) in marks.items():
            if profile.cell(*group, concept=concept).argued < LEAST:
                continue
            drawn.add(group)
            draws = of_argued(profile.posterior(*group, concept=concept).group)
            shares = draws.mean(axis=0)
            told.append(f"{name_of(group)}: {_spoken(shares)}")
            if len(marks) <= _SHADED:
                outline = _path(region(draws) @ _CORNERS)
                points.insert(0, f'<path class="region" d="{outline}" fill="{colour}"/>')
            x, y = shares @ _CORNERS
            points.append(
                f'<g transform="translate({x:.1f} {y:.1f})"><title>{html.escape(told[-1])}</title>'
                f"{_symbol(colour, marker)}</g>"
            )
        figures.append(_figure(concept, points, told))
    legend = "".join(
        f'<li><svg viewBox="-8 -8 16 16" aria-hidden="true">{_symbol(*marks[group])}</svg>'
        f"{html.escape(name_of(group))}</li>"
        for group in profile.groups
        if group in drawn
    )
    return f'<div class="triangles">{"".join(figures)}</div><ul class="groups">{legend}</ul>'


def _figure(concept: str, points: list[str], told: list[str]) -> str:
    title = html.escape("alle udsagn" if concept == ALL else concept)
    corners = "".join(
        f'<text class="corner" x="{x}" y="{y}" text-anchor="{anchor}">'
        f'<tspan fill="{logic.colour}">● </tspan>{logic.danish}</text>'
        for logic, (x, y, anchor) in zip(ARGUED, _NAMES, strict=True)
    )
    grid = "".join(
        f'<path d="{_path(np.roll([[s, 1 - s, 0], [s, 0, 1 - s]], at, axis=1) @ _CORNERS, False)}"/>'
        for at in range(3)
        for s in (0.25, 0.5, 0.75)
    )
    few = f'<text class="few" x="100" y="120" text-anchor="middle">{FEW}</text>'
    label = html.escape("; ".join(told) or FEW)
    return (
        f"<figure><figcaption>{title.capitalize()}</figcaption>"
        f'<svg viewBox="0 0 200 180" role="img" aria-label="{label}">'
        f'<g class="grid">{grid}</g><path class="edge" d="{_path(_CORNERS)}"/>'
        f"{corners}{''.join(points) or few}</svg></figure>"
    )


def _spoken(shares: Points) -> str:
    return ", ".join(
        f"{logic.danish} {100 * share:.0f} %" for logic, share in zip(ARGUED, shares, strict=True)
    )


def _path(points: Points, closed: bool = True) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("Z" if closed else "")


def _symbol(colour: str, marker: str) -> str:
    """Return the symbol that matplotlib gives the same marker, roughly."""
    corners, turned, inner = _SHAPES.get(marker, (0, 0.0, 1.0))
    if not corners:
        return f'<circle class="symbol" r="{_SIZE}" fill="{colour}"/>'
    steps = np.arange(corners * (2 if inner < 1 else 1))
    angles = 2 * np.pi * (steps / len(steps) + turned) - np.pi / 2
    reach = np.where((steps % 2 == 1) & (inner < 1), inner, 1.0) * _SIZE * 1.25
    shape = _path(np.column_stack([np.cos(angles), np.sin(angles)]) * reach[:, None])
    return f'<path class="symbol" d="{shape}" fill="{colour}"/>'


# corners, turned by this part of a turn, and how far in the notches go
_SHAPES = {
    "s": (4, 0.125, 1.0),
    "^": (3, 0.0, 1.0),
    "D": (4, 0.0, 1.0),
    "v": (3, 0.5, 1.0),
    "X": (4, 0.125, 0.45),
    "<": (3, 0.75, 1.0),
    "p": (5, 0.0, 1.0),
    ">": (3, 0.25, 1.0),
    "P": (4, 0.0, 0.45),
    "*": (5, 0.0, 0.45),
    "h": (6, 0.0, 1.0),
    "d": (4, 0.0, 0.999),
}
