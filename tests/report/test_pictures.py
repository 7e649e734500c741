"""The landscape: one panel a concept, one point a group."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import mpltern  # noqa: F401  registers the projection
import numpy as np
import pytest

from etisklandskab import Statement, aggregate
from etisklandskab.report.pictures import _region, landscape, save_landscape

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _close() -> object:
    yield
    plt.close("all")


def test_a_panel_for_each_concept_and_a_point_for_each_group(coded: list[Statement]) -> None:
    axes = aggregate(coded).plot()
    assert [ax.get_title() for ax in axes] == ["Sundt", "Værdigt", "Sammen om"]
    (legend,) = axes[0].figure.legends
    names = [text.get_text() for text in legend.get_texts()]
    assert {f"Gruppe {n}" for n in range(1, 6)} <= set(names)
    points = [line for line in axes[0].lines if line.get_marker() not in ("None", "", None)]
    assert len(points) >= 5


def test_it_draws_in_axes_of_ones_own(coded: list[Statement]) -> None:
    ax = plt.figure().add_subplot(projection="ternary")
    assert landscape(aggregate(coded), concepts=["sundt"], ax=ax) == [ax]
    with pytest.raises(ValueError, match="1 axes for 2 panels"):
        landscape(aggregate(coded), concepts=["sundt", "værdigt"], ax=ax)


def test_a_region_lies_in_the_triangle() -> None:
    draws = np.random.default_rng(0).dirichlet([9, 1, 0.2], 2000)
    outline = _region(draws)
    assert (outline >= 0).all()
    assert np.allclose(outline.sum(axis=1), 1)


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_same_picture_every_time(coded: list[Statement], tmp_path: Path, suffix: str) -> None:
    profile = aggregate(coded[:60])
    for name in ("a", "b"):
        save_landscape(profile, tmp_path / f"{name}{suffix}")
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_nothing_to_draw_says_so(coded: list[Statement]) -> None:
    silent = [s for s in coded if not s.logics][:5]
    with pytest.raises(ValueError, match="ingen begrundede udsagn"):
        aggregate(silent).plot()
