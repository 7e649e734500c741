"""Pictures of a profile."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etisklandskab.files import new_file
from etisklandskab.profile.profile import Profile
from etisklandskab.report.pictures.canvas import require
from etisklandskab.report.pictures.cells import heatmap
from etisklandskab.report.pictures.stacked import bars, group_bars
from etisklandskab.report.pictures.triangles import landscape, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["bars", "draw", "group_bars", "heatmap", "landscape", "render", "save", "sheet"]

KINDS: Mapping[str, Callable[..., list[Axes]]] = {
    "landscape": landscape,
    "bars": bars,
    "heatmap": heatmap,
    "sheet": sheet,
    "group_bars": group_bars,
}

# what a format would otherwise say of when and by what it was written
_METADATA: Mapping[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}


def draw(profile: Profile, kind: str = "landscape", **options: Any) -> list[Axes]:
    """Draw a profile.

    Parameters
    ----------
    profile : Profile
        The profile.
    kind : {"landscape", "bars", "heatmap", "sheet", "group_bars"}, default="landscape"
        Which picture.
    **options
        Of the function of that name.

    Returns
    -------
    list of matplotlib.axes.Axes

    Raises
    ------
    MissingExtraError
        If matplotlib and mpltern are not installed.
    ValueError
        If there is no such kind, or nothing to draw.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} er ikke en slags billede; brug en af: {', '.join(KINDS)}")
    return KINDS[kind](profile, **options)


def render(
    profile: Profile,
    kind: str = "landscape",
    suffix: str = "png",
    *,
    dpi: float = 150,
    **options: Any,
) -> bytes:
    """Return a picture as a file's bytes, the same each time, 16 cm wide.

    Parameters
    ----------
    profile, kind, **options
        As in `draw`.
    suffix : {"png", "svg", "pdf"}, default="png"
        The format.
    dpi : float, default=150
        Dots an inch of a PNG.

    Raises
    ------
    MissingExtraError
        If matplotlib and mpltern are not installed.
    ValueError
        If there is no such kind or format, or nothing to draw.
    """
    if suffix not in _METADATA:
        raise ValueError(f"et billede kan ikke gemmes som {suffix!r}; brug {', '.join(_METADATA)}")
    require()
    import matplotlib
    from matplotlib import style
    from matplotlib.figure import Figure

    # a figure that pyplot knows nothing of: no window, and nothing to close
    buffer = io.BytesIO()
    with style.context("default"), matplotlib.rc_context({"svg.hashsalt": "etisklandskab"}):
        figure = Figure()
        draw(profile, kind, ax=figure, **options)
        figure.savefig(buffer, format=suffix, dpi=dpi, metadata=_METADATA[suffix])
    return buffer.getvalue()


def save(
    profile: Profile, path: Path, kind: str = "landscape", *, force: bool = False, **options: Any
) -> None:
    """Write a picture to a PNG, SVG or PDF, at once or not at all.

    Parameters
    ----------
    profile, kind, **options
        As in `render`.
    path : Path
        The file; its ending says which format.
    force : bool, default=False
        Replace a file that is there.

    Raises
    ------
    FileExistsError
        If the file exists and `force` is False.
    MissingExtraError
        If matplotlib and mpltern are not installed.
    ValueError
        If there is no such kind or format, or nothing to draw.
    """
    path = Path(path)
    with new_file(path, force=force) as temporary:
        suffix = path.suffix.lower().removeprefix(".")
        temporary.write_bytes(render(profile, kind, suffix, **options))
