"""A page to draw on: its size, its letters, and what every picture has."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from etisklandskab.errors import MissingExtraError
from etisklandskab.landscape import ARGUED, Concept
from etisklandskab.profile.profile import ALL, LEAST, Key, Profile
from etisklandskab.profile.profile import name_of as plain_name
from etisklandskab.profile.shares import Share
from etisklandskab.report.geometry import LOGIC_HATCHES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Transform

__all__ = [
    "BODY",
    "INK",
    "LINE",
    "NAMES",
    "SMALL",
    "SOFT",
    "WIDTH",
    "Box",
    "Page",
    "block_height",
    "head",
    "interval",
    "name_of",
    "panels_of",
    "percent",
    "place",
    "row_sizes",
    "rows_of",
    "text_width",
    "wrap",
    "write",
]

# Everything is measured in points, and drawn as large as it is printed: letters stay readable.
WIDTH = 453.5
"""16 cm: an A4 page between its margins."""

SMALL, BODY, TITLE = 7.0, 8.0, 10.0
INK, SOFT, LINE = "#1a1a1a", "#595959", "#d9d9d9"
LEADING = 1.25
NAMES = 92.0
"""The most that the names of rows take."""

_PITCH = 31.0  # the least from row to row
_BREAK = re.compile(r" (?![\d%/])")  # a number stays with the word before it
_VOWELS = frozenset("aeiouyæøåé")
_HINTING = 1.07  # at few dots an inch letters are set on whole dots, and lines grow so much

Box = tuple[float, float, float, float]


def require() -> None:
    """Refuse to draw without the libraries.

    Raises
    ------
    MissingExtraError
        If matplotlib and mpltern are not installed.
    """
    try:
        import matplotlib  # noqa: F401
        import mpltern  # noqa: F401  registers the projection
    except ImportError as error:
        raise MissingExtraError("At tegne billeder", "plot") from error


# -- what is drawn ---------------------------------------------------------------------------


def panels_of(
    profile: Profile, concepts: Sequence[str] | None, *, totals: bool = False
) -> list[str]:
    """Return the concepts to draw.

    Parameters
    ----------
    profile : Profile
        The profile.
    concepts : sequence of str, optional
        Those that were asked for; by default every one that has a share to show.
    totals : bool, default=False
        Whether the share of all groups together is shown, too.

    Raises
    ------
    KeyError
        If there is no such concept.
    ValueError
        If there is nothing to draw.
    """
    groups: list[Key] = [*profile.groups, ()] if totals else profile.groups
    if concepts is None:
        concepts = [
            concept.value
            for concept in Concept
            if any(profile.cell(*group, concept=concept).argued >= LEAST for group in groups)
        ] or [ALL]
    if not any(profile.cell(concept=concept).argued for concept in concepts):
        raise ValueError("der er ingen begrundede udsagn at tegne")
    return list(concepts)


def rows_of(profile: Profile) -> list[Key]:
    """Return the groups and, where there are several, the total last."""
    return [*profile.groups, ()] if len(profile.groups) > 1 else list(profile.groups)


def row_sizes(names: Sequence[str]) -> tuple[float, float]:
    """Return what the names of rows take on the left, and how far rows lie apart, in points."""
    left = max(text_width(line, SMALL) for name in names for line in name.split("\n")) + 8
    return left, max(_PITCH, *(block_height(name, SMALL) + 4 for name in names))


def name_of(group: Key) -> str:
    """Return a group's name as it is written in a picture."""
    # to matplotlib, what stands between two dollars is a formula
    return plain_name(group).replace("$", r"\$")


def percent(share: float) -> str:
    """Return a share as a reader sees it.

    Examples
    --------
    >>> percent(0.254)
    '25 %'
    """
    return f"{100 * share:.0f} %"


def interval(share: Share) -> str:
    """Return a share's interval in percent, as a reader sees it.

    Examples
    --------
    >>> interval(Share(0.254, 0.12, 0.4))
    '12–40'
    """
    return share.bounds


# -- letters ---------------------------------------------------------------------------------


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a line is at the most, in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=size, weight="bold" if bold else "normal")
    plain = text.replace(r"\$", "$")
    width, _, _ = text_to_path.get_text_width_height_descent(plain, font, ismath=False)
    return _HINTING * float(width)


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Break a text into lines of a width; a word that is wider is broken, too."""
    if "\n" in text:
        return "\n".join(wrap(part, width, size, bold=bold) for part in text.split("\n"))

    def fits(line: str) -> bool:
        return text_width(line, size, bold=bold) <= width

    lines = [""]
    for word in _BREAK.split(text):
        if fits(f"{lines[-1]} {word}".strip()):
            lines[-1] = f"{lines[-1]} {word}".strip()
            continue
        while not fits(word) and (at := _hyphen(word, fits)):
            lines.append(f"{word[:at]}-")
            word = word[at:]
        lines.append(word)
    return "\n".join(lines[1:] if not lines[0] else lines)


def _hyphen(word: str, fits: Callable[[str], bool]) -> int:
    """Return after how many letters to break a word, or 0 where it is too short."""
    most = max((at for at in range(len(word)) if fits(f"{word[:at]}-")), default=0)
    places = range(max(2, most), 1, -1)
    # by Danish rules the last consonant before a vowel goes to the next line
    by_rule = (
        at
        for at in places
        if len(word) - at >= 3 and word[at] not in _VOWELS and word[at + 1] in _VOWELS
    )
    return next(by_rule, places[0] if len(word) > places[0] else 0)


def write(axis: Axes, x: float, y: float, text: str, **style: Any) -> None:
    """Write a small text around a place in axes."""
    style = {"color": INK, "ha": "center", "va": "center_baseline"} | style
    axis.text(x, y, text, style, fontsize=style.pop("fontsize", SMALL))


def head(axis: Axes, text: str, **style: Any) -> None:
    """Write the title of a panel."""
    title = text[:1].upper() + text[1:]
    axis.set_title(title, {"color": INK, "fontweight": "bold"}, "left", fontsize=TITLE, **style)


def block_height(text: str, size: float) -> float:
    """Return how high a text of several lines is, in points."""
    return LEADING * size * (text.count("\n") + 1) if text else 0.0


# -- the page --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """A figure of our own, measured in points from its top left corner.

    Parameters
    ----------
    figure : Figure
        The figure.
    height : float
        Its height.
    """

    figure: Figure
    height: float

    @property
    def _points(self) -> Transform:
        from matplotlib.transforms import Affine2D

        from_top = Affine2D().scale(1 / 72, -1 / 72).translate(0, self.height / 72)
        return from_top + self.figure.dpi_scale_trans

    def text(self, x: float, y: float, text: str, size: float = BODY, **style: Any) -> None:
        """Write a text whose top left corner is here."""
        style = {"color": INK, "va": "top", "linespacing": LEADING} | style
        self.figure.text(x, y, text, style, fontsize=size, transform=self._points)

    def mark(self, x: float, y: float, **style: Any) -> None:
        """Set a marker."""
        from matplotlib.lines import Line2D

        self.figure.add_artist(Line2D([x], [y], transform=self._points, linestyle="none", **style))

    def swatches(self, x: float, y: float) -> None:
        """Tell by which colour each logic is drawn; `y` is the middle of the line."""
        from matplotlib.patches import Rectangle

        for logic, hatch in zip(ARGUED, LOGIC_HATCHES, strict=True):
            self.figure.add_artist(
                Rectangle(
                    (x, y - 4),
                    14,
                    8,
                    transform=self._points,
                    facecolor=logic.colour,
                    edgecolor="white",
                    hatch=hatch,
                    linewidth=0,
                )
            )
            name = logic.danish.capitalize()
            self.text(x + 18, y, name, va="center_baseline")
            x += 18 + text_width(name, BODY) + 14

    def add_axes(self, box: Box, **options: Any) -> Axes:
        """Add axes: left, top, width and height."""
        left, top, width, height = box
        fractions = (
            left / WIDTH,
            1 - (top + height) / self.height,
            width / WIDTH,
            height / self.height,
        )
        return self.figure.add_axes(fractions, **options)


def place(
    ax: Axes | Sequence[Axes] | Figure | None,
    boxes: Sequence[Box],
    height: float,
    **options: Any,
) -> tuple[list[Axes], Page | None]:
    """Return the axes to draw in, and the page that they are on if it is our own.

    Parameters
    ----------
    ax : Axes, sequence of Axes, Figure or None
        Axes of the user's; or an empty figure to lay out; by default a new one.
    boxes : sequence of (left, top, width, height)
        Where axes of our own are.
    height : float
        Of the page.
    **options
        Of `Figure.add_axes`.

    Raises
    ------
    ValueError
        If there is not an axis for each box.
    """
    from matplotlib.figure import Figure

    if ax is not None and not isinstance(ax, Figure):
        axes = list(ax) if isinstance(ax, Sequence | np.ndarray) else [ax]
        if len(axes) != len(boxes):
            raise ValueError(f"{len(axes)} axes for {len(boxes)} panels")
        return axes, None
    if ax is None:
        from matplotlib import pyplot as plt

        ax = plt.figure(layout="none")
    ax.set_size_inches(WIDTH / 72, height / 72)
    ax.set_facecolor("white")
    page = Page(ax, height)
    return [page.add_axes(box, **options) for box in boxes], page
