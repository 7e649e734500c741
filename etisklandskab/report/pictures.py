"""Pictures of a profile."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etisklandskab.errors import MissingExtraError
from etisklandskab.files import new_file
from etisklandskab.landscape import ARGUED, Concept
from etisklandskab.profile.profile import LEAST, Profile
from etisklandskab.profile.shares import of_argued

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["landscape", "save_landscape"]

# Okabe & Ito's palette after the three logics' own colours; markers tell groups apart in grey print
_COLOURS = ("#332288", "#cc6677", "#117733", "#999933", "#882255", "#44aa99", "#aa4499", "#000000")
_MARKERS = "osD^vPX*<>hdp"
_REGION = 0.95


def landscape(
    profile: Profile,
    *,
    concepts: Sequence[str] | None = None,
    ax: Axes | Sequence[Axes] | None = None,
    regions: bool = True,
) -> list[Axes]:
    """Draw the landscape: a triangle for each concept with a point for each group.

    A corner is a logic: a group in the corner argues by it alone, one in the middle by
    all three alike. The shaded region holds the true point with 95% probability.

    Parameters
    ----------
    profile : Profile
        The profile.
    concepts : sequence of str, optional
        Which panels; by default every concept that is spoken of.
    ax : Axes or sequence of Axes, optional
        Ternary axes to draw in, one for each panel: ``import mpltern``, then
        ``figure.add_subplot(projection="ternary")``.
    regions : bool, default=True
        Whether to shade the uncertainty.

    Returns
    -------
    list of matplotlib.axes.Axes

    Raises
    ------
    MissingExtraError
        If matplotlib and mpltern are not installed.
    ValueError
        If there is nothing to draw, or not an axis for each panel.
    """
    try:
        import matplotlib.pyplot as plt
        import mpltern  # noqa: F401  registers the projection
    except ImportError as error:
        raise MissingExtraError("At tegne landskabet", "plot") from error
    panels = list(concepts or (c.value for c in Concept if profile.cell(concept=c.value).argued))
    if not panels:
        panels = ["alle"]
    if not profile.cell(concept=panels[0]).argued:
        raise ValueError("der er ingen begrundede udsagn at tegne")
    if ax is None:
        columns = min(len(panels), 3)
        figure = plt.figure(figsize=(4.6 * columns, 5.6), layout="constrained")
        axes = [
            figure.add_subplot(1, columns, at + 1, projection="ternary")
            for at in range(len(panels))
        ]
    else:
        axes = list(ax) if isinstance(ax, Sequence | np.ndarray) else [ax]
    if len(axes) != len(panels):
        raise ValueError(f"{len(axes)} axes for {len(panels)} panels")
    handles: dict[str, Any] = {}
    for axis, concept in zip(axes, panels, strict=True):
        _frame(axis, concept)
        for at, group in enumerate(profile.groups):
            cell = profile.cell(*group, concept=concept)
            if cell.argued < LEAST:
                continue
            draws = of_argued(profile.posterior(*group, concept=concept).group)
            colour, marker = _COLOURS[at % len(_COLOURS)], _MARKERS[at % len(_MARKERS)]
            if regions:
                axis.fill(*_region(draws).T, color=colour, alpha=0.10, linewidth=0)
                axis.plot(*_region(draws).T, color=colour, alpha=0.45, linewidth=0.8)
            (point,) = axis.plot(
                *draws.mean(axis=0)[:, None],
                marker=marker,
                color=colour,
                markersize=8,
                linestyle="none",
                markeredgecolor="white",
                zorder=5,
            )
            handles[" / ".join(group)] = point
    if ax is None and handles:
        axes[0].figure.legend(
            handles.values(),
            handles.keys(),
            loc="outside lower center",
            ncols=min(len(handles), 5),
            frameon=False,
            title="Fladen rummer gruppens plads med 95 % sikkerhed" if regions else None,
            title_fontsize="small",
        )
    return axes


def save_landscape(profile: Profile, path: Path, *, force: bool = False) -> None:
    """Write the landscape to a PNG, SVG or PDF, at once or not at all.

    Raises
    ------
    FileExistsError
        If the file exists and `force` is False.
    """
    with new_file(path, force=force) as temporary:
        try:
            import matplotlib
            from matplotlib import pyplot as plt
        except ImportError as error:
            raise MissingExtraError("At tegne landskabet", "plot") from error
        # the same bytes every time, and no window where there is no screen
        with matplotlib.rc_context({"svg.hashsalt": "etisklandskab"}):
            matplotlib.use("Agg")
            figure = landscape(profile)[0].get_figure(root=True)
            assert figure is not None
            metadata = {
                ".png": {"Software": None},
                ".svg": {"Date": None},
                ".pdf": {"CreationDate": None},
            }
            figure.savefig(temporary, dpi=150, metadata=metadata[path.suffix.lower()])
            plt.close(figure)


def _frame(axis: Any, concept: str) -> None:
    axis.set_title(concept.capitalize(), pad=26, fontsize=13)
    axis.set_tlim(0, 1)
    for name, logic in zip("tlr", ARGUED, strict=True):
        getattr(axis, f"set_{name}label")(
            logic.danish.capitalize(), color=logic.colour, fontweight="bold"
        )
    ticks = [0.25, 0.5, 0.75]
    for sides in (axis.taxis, axis.laxis, axis.raxis):
        sides.set_ticks(ticks, [f"{100 * tick:.0f} %" for tick in ticks])
        sides.set_tick_params(labelsize=7, colors="#666666")
    axis.grid(color="#dddddd", linewidth=0.6)


def _region(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the outline of the region that holds 95% of the draws, in shares."""
    corners = np.array([[0.5, np.sqrt(0.75)], [0.0, 0.0], [1.0, 0.0]])
    flat = draws @ corners
    centre = flat.mean(axis=0)
    spread = np.linalg.cholesky(np.cov(flat.T) + 1e-9 * np.eye(2))
    distance = np.linalg.norm(np.linalg.solve(spread, (flat - centre).T), axis=0)
    angle = np.linspace(0, 2 * np.pi, 121)
    circle = np.array([np.cos(angle), np.sin(angle)]) * np.quantile(distance, _REGION)
    outline = (centre[:, None] + spread @ circle).T
    # back to shares, and into the triangle
    system = np.vstack([corners.T, np.ones(3)])
    shares = np.linalg.solve(system, np.vstack([outline.T, np.ones(len(outline))])).T
    inside = np.clip(shares, 0, None)
    result: NDArray[np.float64] = inside / inside.sum(axis=1, keepdims=True)
    return result
