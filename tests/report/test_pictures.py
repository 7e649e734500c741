"""Pictures: what is drawn is what the profile says, and all of it can be read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import mpltern  # noqa: F401  registers the projection
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from etisklandskab import Logic, Profile, Statement, aggregate
from etisklandskab.errors import MissingExtraError
from etisklandskab.landscape import ARGUED
from etisklandskab.profile.profile import CONCEPTS, FEW, LEAST
from etisklandskab.report.geometry import (
    GROUP_COLOURS,
    GROUP_MARKERS,
    contrast,
    ink_on,
    mark_of,
    region,
    tint,
)
from etisklandskab.report.pictures import (
    KINDS,
    bars,
    draw,
    group_bars,
    heatmap,
    landscape,
    render,
    save,
    sheet,
)
from etisklandskab.report.pictures.canvas import wrap

mpl.use("Agg")

LONG = (
    "Familieafdelingen",
    "Genoptræning og hverdagsrehabilitering",
    "Handicap og specialrådgivning",
    "Hjemmepleje Nord og Syd, aftenvagt",
    "Hjælpemidler, depot og kørsel",
    "Jobcenter, unge og sygedagpenge",
    "Myndighed og visitation",
    "Plejehjem Solbakken og Egelund",
    "Rusmiddelcenter",
    "Socialpsykiatri, botilbud og værested",
    "Sundhedscenter og forebyggelse",
    "Sygeplejen, akutteam",
    "Tandplejen",
)


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def profile(coded: list[Statement]) -> Profile:
    return aggregate(coded)


@pytest.fixture(scope="module")
def profiles(coded: list[Statement], profile: Profile) -> dict[str, Profile]:
    """The notes in few groups, in many with long names, and by workshop."""
    many = [replace(s, group=LONG[at % len(LONG)]) for at, s in enumerate(coded)]
    return {
        "groups": profile,
        "two": aggregate([s for s in coded if s.group in ("Gruppe 1", "Gruppe 3")]),
        "thirteen": aggregate(many),
        "workshops": aggregate(coded, "workshop"),
        "both": aggregate(coded, ("workshop", "group")),
        "odd": aggregate(
            [replace(s, group=s.group.replace("Gruppe 1", "_$5 og $6")) for s in coded]
        ),
    }


def options_of(kind: str, profile: Profile) -> dict[str, Any]:
    return {"group": profile.groups[0]} if kind == "group_bars" else {}


def texts_of(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


# -- what is drawn -----------------------------------------------------------------------------


def test_the_landscape_has_a_panel_for_each_concept_and_a_point_for_each_group(
    profile: Profile,
) -> None:
    axes = profile.plot()
    assert [ax.get_title("left") for ax in axes] == ["Sundt", "Værdigt", "Sammen om"]
    for ax, concept in zip(axes, ["sundt", "værdigt", "sammen om"], strict=True):
        assert {"Pligt", "Nærhed", "Konsekvens", "For få udsagn: plenum"} <= set(texts_of(ax))
        points = [line for line in ax.lines if line.get_marker() not in ("None", "", None)]
        assert [point.get_label() for point in points] == [f"Gruppe {n}" for n in range(1, 6)]
        for point in points:
            shares = profile.shares(point.get_label(), concept=concept)
            expected = [shares[logic].value for logic in ARGUED] @ ax.corners_data  # type: ignore[union-attr]
            assert np.allclose(np.squeeze(point.get_xydata()), expected, atol=2e-3)
    written = {text.get_text() for text in axes[0].figure.texts}
    assert {f"Gruppe {n}" for n in range(1, 6)} <= written
    assert any("95 % sikkerhed" in text.replace("\n", " ") for text in written)


def test_arrows_lead_from_workshop_to_workshop(profiles: dict[str, Profile]) -> None:
    def arrows(ax: Any) -> int:
        return sum(text.arrow_patch is not None for text in ax.texts)

    sundt, værdigt, sammen_om = profiles["both"].plot()
    for ax, concept in ((sundt, "sundt"), (værdigt, "værdigt"), (sammen_om, "sammen om")):
        drawn = [
            group
            for workshop, group in profiles["both"].groups
            if profiles["both"].cell(workshop, group, concept=concept).argued >= LEAST
        ]
        assert arrows(ax) == len(drawn) - len(set(drawn))
    assert arrows(sundt) > 0
    assert {"1", "2"} <= set(texts_of(sundt))
    points = {line.get_label(): line for line in sundt.lines if line.get_label() == "Gruppe 3"}
    assert points["Gruppe 3"].get_color() == mark_of(2)[0]
    assert arrows(profiles["workshops"].plot()[0]) == 1
    without = profiles["both"].plot(arrows=False)
    assert not any(map(arrows, without))
    assert "Workshop 1 / Gruppe 1" in {line.get_label() for line in without[0].lines}
    with pytest.raises(ValueError, match="pile kræver en profil efter workshop"):
        profiles["groups"].plot(arrows=True)


def test_many_regions_are_outlines_and_can_be_left_out(profiles: dict[str, Profile]) -> None:
    corners = 3
    few, many = profiles["groups"].plot()[0], profiles["thirteen"].plot()[0]
    assert len(few.patches) == corners + 5
    assert len(many.patches) == corners
    bare = profiles["groups"].plot(regions=False)[0]
    assert len(bare.patches) == corners
    assert len(bare.lines) == 5


def test_bars_are_as_long_as_the_shares(profile: Profile) -> None:
    axes = bars(profile)
    assert [ax.get_title("left") for ax in axes] == ["Sundt", "Værdigt", "Sammen om"]
    names = [label.get_text() for label in axes[0].get_yticklabels()]
    assert names == [*(f"Gruppe {n}" for n in range(1, 6)), "plenum", "I alt"]
    for ax, concept in zip(axes, ["sundt", "værdigt", "sammen om"], strict=True):
        drawn = [bar.get_width() for bar in ax.patches]
        expected = []
        for group in [*profile.groups, ()]:
            shares = profile.shares(*group, concept=concept)
            found = [share.value for logic in ARGUED if (share := shares[logic])]
            expected += found or [1.0]
        assert drawn == pytest.approx(expected, abs=2e-3)
        few = [g for g in profile.groups if profile.cell(*g, concept=concept).argued < LEAST]
        assert texts_of(ax).count(FEW) == len(few) > 0
        assert str(profile.cell("Gruppe 1", concept=concept).argued) in texts_of(ax)
    share = profile.shares("Gruppe 1", concept="værdigt")[Logic.PROXIMITY]
    assert share
    figures = {f"{100 * share.value:.0f} %", f"{100 * share.low:.0f}–{100 * share.high:.0f}"}
    assert figures <= set(texts_of(axes[1]))
    written = {text.get_text() for text in axes[0].figure.texts}
    assert {"Pligt", "Nærhed", "Konsekvens"} <= written


def test_a_group_has_a_bar_for_each_concept_and_for_all(profile: Profile) -> None:
    (ax,) = group_bars(profile, "Gruppe 2")
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["Sundt", "Værdigt", "Sammen om", "Alle"]
    shares = profile.shares("Gruppe 2")
    drawn = [bar.get_width() for bar in ax.patches[-3:]]
    assert drawn == pytest.approx([shares[logic].value for logic in ARGUED], abs=2e-3)  # type: ignore[union-attr]
    assert ax.figure.texts[0].get_text() == "Gruppe 2"
    assert group_bars(profile, ())[0].figure.texts[0].get_text() == "I alt"
    (ax,) = group_bars(profile, ("plenum",))
    argued = [profile.cell("plenum", concept=concept).argued for concept in CONCEPTS]
    assert texts_of(ax).count(FEW) == sum(n < LEAST for n in argued) > 0


def test_a_cell_holds_its_share_and_interval(profile: Profile) -> None:
    axes = heatmap(profile)
    assert [ax.get_title("left") for ax in axes] == ["Pligt", "Nærhed", "Konsekvens"]
    heads = [label.get_text() for label in axes[0].get_xticklabels()]
    assert heads == [f"{name} ({profile.cell(concept=name).argued})" for name in CONCEPTS]
    for ax, logic in zip(axes, ARGUED, strict=True):
        expected: list[str] = []
        for group in [*profile.groups, ()]:
            for concept in CONCEPTS:
                share = profile.shares(*group, concept=concept)[logic]
                if share:
                    expected += [
                        f"{100 * share.value:.0f} %",
                        f"{100 * share.low:.0f}–{100 * share.high:.0f}",
                    ]
                else:
                    argued = profile.cell(*group, concept=concept).argued
                    expected.append("for få" if argued else "–")
        assert texts_of(ax) == expected
        full = profile.shares("Gruppe 4", concept="værdigt")[logic]
        assert full
        darkest = mpl.colors.to_hex(ax.patches[4 * 3 + 1].get_facecolor())
        assert darkest == tint(logic.colour, full.value)


def test_a_single_logic_can_be_asked_for(profile: Profile) -> None:
    (ax,) = heatmap(profile, logic="ingen")
    assert ax.get_title("left") == "Ingen argumentation"
    share = profile.shares("Gruppe 1")[Logic.NONE]
    assert share
    assert f"{100 * share.value:.0f} %" in texts_of(ax)
    with pytest.raises(ValueError, match="er ikke en logik"):
        heatmap(profile, logic="dyd")


def test_a_sheet_has_a_triangle_for_each_group(profiles: dict[str, Profile]) -> None:
    axes = profiles["thirteen"].plot("sheet")
    assert len(axes) == 14
    titles = [texts_of(ax)[3].replace("\n", " ") for ax in axes]
    assert titles[0] == "Familieafdelingen"
    assert titles[-1] == "I alt"
    width, height = axes[0].figure.get_size_inches() * 2.54
    assert width == pytest.approx(16, abs=0.1)
    assert height < 24.7
    (lonely,) = (ax for ax in profiles["groups"].plot("sheet") if "plenum" in texts_of(ax))
    assert FEW in texts_of(lonely)
    n = profiles["groups"].cell("plenum", concept="sammen om").argued
    assert f"sammen om {n} (for få)" in [text.replace("\xa0", " ") for text in texts_of(lonely)]


def test_a_panel_without_a_point_says_why(coded: list[Statement]) -> None:
    few = aggregate([*[s for s in coded if s.logics and "sundt" in s.concepts][:3], *coded[-3:]])
    axes = landscape(few, concepts=["sundt"])
    assert FEW in texts_of(axes[0])


# -- that it can be read -----------------------------------------------------------------------


def boxes_of(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Text, Bbox]]:
    """Draw, and return every text that was drawn with the box that it fills."""
    drawn: list[tuple[Text, Bbox]] = []
    whole = Text.draw

    def draw(self: Text, renderer: Any) -> None:
        if self.get_visible() and self.get_text().strip():
            drawn.append((self, Text.get_window_extent(self, renderer)))
        whole(self, renderer)

    with monkeypatch.context() as patch:
        patch.setattr(Text, "draw", draw)
        figure.canvas.draw()
    return drawn


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "dpi"),
    [("two", 150), ("thirteen", 150), ("thirteen", 100), ("both", 150), ("odd", 72)],
)
def test_no_text_covers_another_or_leaves_the_page(
    profiles: dict[str, Profile],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    kind: str,
    dpi: int,
) -> None:
    profile = profiles[name]
    figure = Figure(dpi=dpi)
    draw(profile, kind, ax=figure, **options_of(kind, profile))
    mpl.backends.backend_agg.FigureCanvasAgg(figure)
    texts = boxes_of(figure, monkeypatch)
    assert len(texts) > 8
    page = figure.bbox
    for text, box in texts:
        assert text.get_fontsize() >= 7
        inside = page.x0 <= box.x0 and page.y0 <= box.y0 and box.x1 <= page.x1 and box.y1 <= page.y1
        assert inside, text.get_text()
    for (one, box), (other, second) in combinations(texts, 2):
        covered = min(box.x1, second.x1) - max(box.x0, second.x0) > 0.5
        covered &= min(box.y1, second.y1) - max(box.y0, second.y0) > 0.5
        assert not covered, (one.get_text(), other.get_text())


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_as_wide_as_a_page_of_a_notat(profile: Profile, kind: str) -> None:
    figure = draw(profile, kind, **options_of(kind, profile))[0].get_figure(root=True)
    assert figure
    assert figure.get_figwidth() * 2.54 == pytest.approx(16, abs=0.05)
    assert figure.get_figheight() * 2.54 < 24.7


def test_numbers_on_colours_can_be_read(profile: Profile) -> None:
    for ax in bars(profile) + heatmap(profile):
        for text in ax.texts:
            patch = text.get_bbox_patch()
            under = mpl.colors.to_hex(patch.get_facecolor()) if patch else "#ffffff"
            if ax.get_title("left") in ("Pligt", "Nærhed", "Konsekvens") and not patch:
                x, y = (int(place) for place in text.get_position())
                cells = [cell for cell in ax.patches if cell.get_xy() == (x, y)]
                under = mpl.colors.to_hex(cells[0].get_facecolor())
            assert contrast(mpl.colors.to_hex(text.get_color()), under) >= 4.5


def test_a_name_is_broken_to_fit() -> None:
    assert wrap("Hjemmepleje Nord og Syd", 60, 8) == "Hjemmepleje\nNord og Syd"
    assert wrap("Workshop 1 / Gruppe 1", 60, 8) == "Workshop 1 /\nGruppe 1"
    assert wrap("hverdagsrehabilitering", 60, 8) == "hverdagsre-\nhabilitering"
    assert wrap("ø", 1, 8) == "ø"
    assert wrap("", 60, 8) == ""


# -- where it is drawn -------------------------------------------------------------------------


def test_it_draws_in_axes_of_ones_own(profile: Profile) -> None:
    figure = plt.figure()
    ternary = figure.add_subplot(projection="ternary")
    assert landscape(profile, concepts=["sundt"], ax=ternary) == [ternary]
    assert not figure.texts
    with pytest.raises(ValueError, match="1 axes for 2 panels"):
        landscape(profile, concepts=["sundt", "værdigt"], ax=ternary)
    triangles = plt.figure().subplots(2, 4, subplot_kw={"projection": "ternary"}).ravel()[:7]
    assert sheet(profile, ax=triangles) == list(triangles)
    three = plt.figure().subplots(1, 3)
    assert bars(profile, ax=three) == list(three)
    assert three[2].get_yticklabels()[0].get_text() == "Gruppe 1"
    assert heatmap(profile, ax=list(plt.figure().subplots(3)))
    one = plt.figure().subplots()
    assert heatmap(profile, logic=Logic.DUTY, ax=one) == [one]
    one = plt.figure().subplots()
    assert group_bars(profile, "Gruppe 1", ax=one) == [one]
    assert one.get_title("left") == "Gruppe 1"


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_picture_every_time(
    profile: Profile, tmp_path: Path, kind: str, suffix: str
) -> None:
    options = options_of(kind, profile)
    with mpl.rc_context({"font.size": 20, "axes.grid": True, "figure.facecolor": "black"}):
        save(profile, tmp_path / f"a.{suffix}", kind, **options)
    save(profile, tmp_path / f"b.{suffix.upper()}", kind, **options)
    first = (tmp_path / f"a.{suffix}").read_bytes()
    assert first == (tmp_path / f"b.{suffix.upper()}").read_bytes()
    assert first == render(profile, kind, suffix, **options)
    assert not plt.get_fignums()


def test_it_replaces_no_file_unless_told(profile: Profile, tmp_path: Path) -> None:
    path = tmp_path / "landskab.svg"
    save(profile, path)
    with pytest.raises(FileExistsError, match="findes allerede"):
        save(profile, path)
    save(profile, path, "bars", force=True)
    with pytest.raises(ValueError, match="kan ikke gemmes som 'gif'; brug png, svg, pdf"):
        save(profile, tmp_path / "landskab.gif")
    assert [file.name for file in tmp_path.iterdir()] == ["landskab.svg"]


# -- what cannot be drawn ----------------------------------------------------------------------


def test_an_unknown_kind_or_concept_says_what_there_is(profile: Profile) -> None:
    with pytest.raises(ValueError, match="brug en af: landscape, bars, heatmap, sheet, group_bars"):
        profile.plot("cirkel")  # type: ignore[arg-type]
    with pytest.raises(KeyError, match="'rart' er ikke et begreb"):
        profile.plot(concepts=["rart"])
    with pytest.raises(KeyError, match="der er ingen gruppe"):
        group_bars(profile, "Gruppe 9")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_draw_says_so(coded: list[Statement], kind: str) -> None:
    silent = aggregate([s for s in coded if not s.logics][:5])
    with pytest.raises(ValueError, match="ingen begrundede udsagn"):
        draw(silent, kind, **options_of(kind, silent))
    with pytest.raises(ValueError, match="ingen begrundede udsagn"):
        draw(aggregate([]), kind, **({"group": ()} if kind == "group_bars" else {}))


@pytest.mark.parametrize("call", [draw, render, landscape, sheet, bars, heatmap])
@pytest.mark.parametrize("module", ["matplotlib", "mpltern"])
def test_without_matplotlib_it_says_what_to_install(
    profile: Profile,
    monkeypatch: pytest.MonkeyPatch,
    call: Callable[[Profile], object],
    module: str,
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r"At tegne billeder kræver.*etisklandskab\[plot\]"):
        call(profile)


def test_importing_it_does_not_import_matplotlib() -> None:
    code = (
        "import sys, etisklandskab.report.geometry, etisklandskab.report.pictures; "
        "sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# -- geometry ----------------------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [(9, 1, 0.2), (30, 30, 30), (0.3, 0.3, 9), (1, 1, 1)])
def test_a_region_lies_in_the_triangle_and_holds_the_draws(alpha: tuple[float, ...]) -> None:
    draws = np.random.default_rng(0).dirichlet(alpha, 2000)
    outline = region(draws)
    assert (outline >= 0).all()
    assert np.allclose(outline.sum(axis=1), 1)
    polygon = mpl.path.Path(outline[:, :2])
    assert polygon.contains_points(draws[:, :2], radius=1e-9).mean() == pytest.approx(
        0.95, abs=0.02
    )


def test_groups_are_told_apart() -> None:
    assert len({mark_of(at) for at in range(13)}) == 13
    assert len({mark_of(at)[1] for at in range(13)}) == 13 == len(GROUP_MARKERS)
    assert not set(GROUP_COLOURS) & {logic.colour for logic in Logic}
    assert all(contrast(colour, "#ffffff") >= 3 for colour in GROUP_COLOURS)


def test_ink_can_be_read_on_every_shade() -> None:
    for logic in Logic:
        for strength in np.linspace(0, 1, 51):
            shade = tint(logic.colour, strength)
            assert contrast(ink_on(shade), shade) >= 4.5
