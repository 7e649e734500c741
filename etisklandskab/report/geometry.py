"""Shapes and colours that every rendering of a profile shares, in numpy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "GROUP_COLOURS",
    "GROUP_MARKERS",
    "LOGIC_HATCHES",
    "contrast",
    "ink_on",
    "mark_of",
    "region",
    "tint",
]

Floats = NDArray[np.float64]

GROUP_COLOURS = (
    "#332288",
    "#aa4499",
    "#6b4c2a",
    "#cc6677",
    "#000000",
    "#882255",
    "#807d1e",
    "#6f6fd8",
)
"""Colours of groups, told apart from the logics' own (after Paul Tol's muted scheme)."""

GROUP_MARKERS = "os^DvX<p>P*hd"
"""Markers of groups, as matplotlib names them. With the colours they repeat after 104 groups."""

LOGIC_HATCHES = ("", "////", "....")
"""What tells the three logics apart in grey print, as matplotlib names it."""

_REGION = 0.95


def mark_of(at: int) -> tuple[str, str]:
    """Return the colour and the marker of the group at a place in the order.

    Examples
    --------
    >>> len({mark_of(at) for at in range(104)})
    104
    """
    return GROUP_COLOURS[at % len(GROUP_COLOURS)], GROUP_MARKERS[at % len(GROUP_MARKERS)]


def _channels(colour: str) -> Floats:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255


def tint(colour: str, strength: float) -> str:
    """Return a colour mixed with white.

    Parameters
    ----------
    colour : str
        ``"#rrggbb"``.
    strength : float
        1 is the colour, 0 white.

    Examples
    --------
    >>> tint("#000000", 0.2)
    '#cccccc'
    """
    mixed = 1 - strength * (1 - _channels(colour))
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in mixed)


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2 defines it.

    Examples
    --------
    >>> contrast("#000000", "#ffffff")
    21.0
    """
    dark, light = sorted(map(_luminance, (first, second)))
    return round((light + 0.05) / (dark + 0.05), 2)


def _luminance(colour: str) -> float:
    channels = _channels(colour)
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def ink_on(colour: str) -> str:
    """Return black or white, whichever is read better on a colour; one always has 4.5:1.

    Examples
    --------
    >>> ink_on("#0072b2"), ink_on("#009e73")
    ('#ffffff', '#000000')
    """
    return max(("#ffffff", "#000000"), key=lambda ink: contrast(ink, colour))


def region(draws: Floats) -> Floats:
    """Return the outline of the region that holds 95% of the draws.

    Parameters
    ----------
    draws : ndarray of shape (draws, 3)
        Shares of the three logics, rows sum to 1.

    Returns
    -------
    ndarray of shape (k, 3)
        Corners of the outline in shares: an ellipse, cut off at the sides of the triangle.

    Examples
    --------
    >>> outline = region(np.random.default_rng(0).dirichlet([9, 1, 0.2], 2000))
    >>> bool((outline >= 0).all()), bool(np.allclose(outline.sum(axis=1), 1))
    (True, True)
    """
    corners = np.array([[0.5, np.sqrt(0.75)], [0.0, 0.0], [1.0, 0.0]])
    flat = draws @ corners
    centre = flat.mean(axis=0)
    spread = np.linalg.cholesky(np.cov(flat.T) + 1e-9 * np.eye(2))
    distance = np.linalg.norm(np.linalg.solve(spread, (flat - centre).T), axis=0)
    angle = np.linspace(0, 2 * np.pi, 121)
    circle = np.array([np.cos(angle), np.sin(angle)]) * np.quantile(distance, _REGION)
    outline = (centre[:, None] + spread @ circle).T
    # back to shares, and what lies in the triangle of it
    system = np.vstack([corners.T, np.ones(3)])
    shares = np.linalg.solve(system, np.vstack([outline.T, np.ones(len(outline))])).T
    for side in range(3):
        shares = _cut(shares, side)
    result: Floats = shares / shares.sum(axis=1, keepdims=True)
    return result


def _cut(outline: Floats, side: int) -> Floats:
    """Return what is left of an outline where one share is not negative."""
    ahead = np.roll(outline, -1, axis=0)
    kept = []
    for here, there in zip(outline, ahead, strict=True):
        if here[side] >= 0:
            kept.append(here)
        if (here[side] < 0) != (there[side] < 0):
            crossing = here + (there - here) * here[side] / (here[side] - there[side])
            crossing[side] = 0.0
            kept.append(crossing)
    return np.array(kept)
