"""HTML: one file that fetches nothing, read by everyone, and answers to a click."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from etisklandskab import Logic, Statement, aggregate
from etisklandskab.errors import MissingExtraError
from etisklandskab.profile.profile import LEAST, Profile
from etisklandskab.report import html as module
from etisklandskab.report.document import (
    Bullets,
    Document,
    Heading,
    Landscape,
    Paragraph,
    Quotes,
    Shares,
    Table,
    Tension,
)
from etisklandskab.report.html import to_html

Open = Callable[..., Page]

GROUP = ("Gruppe 1",)
EVIL = "</template></li><script>document.title = 'ramt'</script>\"'><img src=x onerror=alert(1)> & *nej*"


class Outline(HTMLParser):
    """The elements of a page with their attributes, and the text of each kind of them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self.elements:
            tag = self.elements[-1][0]
            self.texts[tag] = self.texts.get(tag, "") + data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def values(self, attribute: str) -> list[str]:
        return [own[attribute] for _, own in self.elements if attribute in own]


@pytest.fixture(scope="module")
def profile(coded: list[Statement]) -> Profile:
    return aggregate(coded)


@pytest.fixture(scope="module")
def document(profile: Profile) -> Document:
    typical = [profile.cell().typical(logic) for logic in Logic]
    duty, proximity, consequence, none = (one for one in typical if one is not None)
    unsure = next(s for s in profile.statements if s.unsure and len(s.logics) > 1)
    blocks = (
        Paragraph("Ledere talte om *værdighed* og 2 * 3 * 4."),
        Heading("Hovedlinjer"),
        Bullets(("Det *sunde* er en virkning", "Det værdige er en pligt")),
        Table(
            "Begreber", ("Begreb", "Udsagn", "Mest"), (("sundt", "133", "pligt"), ("x", "2", "y"))
        ),
        Heading("Sundt"),
        Landscape(profile, "sundt", "Grupperne om sundt", "Gruppe 1 ligger ved konsekvens."),
        Heading("Udsagn", 2),
        Quotes((duty, none, unsure)),
        Heading("Spændinger", 2),
        Tension(proximity, consequence),
        Heading("Grupper"),
        Landscape(profile, "sammen om", "Grupperne om sammen om", "Plenum er for lille."),
        Shares(profile, GROUP, "Gruppe 1", "Fire søjler."),
        Shares(profile, ("plenum",), "Plenum", "En søjle."),
        Shares(profile, (), "I alt", "Fire søjler."),
    )
    return Document("Et sundt og værdigt liv", "Nordby, marts 2026", blocks, "etisklandskab")


@pytest.fixture(scope="module")
def text(document: Document) -> str:
    return to_html(document)


@pytest.fixture
def opened(browser: Browser, text: str, tmp_path: Path) -> Iterator[Open]:
    """Open a page of a width; afterwards, nothing was fetched and nothing was complained of."""
    contexts: list[BrowserContext] = []
    noise: list[str] = []

    def call(width: int = 1280, html: str = text, scripts: bool = True) -> Page:
        path = tmp_path / "dokument.html"
        path.write_text(html, "utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("request", lambda request: noise.append(request.url))
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("dialog", lambda dialog: noise.append(dialog.message))
        page.goto(path.as_uri())
        assert noise.pop(0) == path.as_uri()
        return page

    yield call
    for context in contexts:
        context.close()
    assert noise == []


# -- the file --------------------------------------------------------------------------------


def test_headings_landmarks_and_language(text: str) -> None:
    outline = Outline(text)
    assert text.startswith("<!doctype html>")
    assert outline.all("html") == [{"lang": "da"}]
    levels = [int(tag[1]) for tag, _ in outline.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(here <= before + 1 for before, here in pairwise(levels))
    for landmark in ("header", "nav", "main", "footer"):
        assert len(outline.all(landmark)) == 1
    assert all("scope" in own for own in outline.all("th"))
    assert len(outline.all("caption")) == len(outline.all("table"))


def test_every_link_and_reference_has_its_end(text: str) -> None:
    outline = Outline(text)
    (most,) = Counter(outline.values("id")).most_common(1)
    assert most[1] == 1
    ids = set(outline.values("id"))
    assert {link[1:] for link in outline.values("href")} <= ids
    assert set(outline.values("data-cell")) <= ids
    assert set(outline.values("aria-labelledby")) <= ids
    numbers = {at for numbers in outline.values("data-statements") for at in numbers.split()}
    assert {f"u{at}" for at in numbers} == {one for one in ids if re.fullmatch(r"u\d+", one)}


def test_it_has_contents_where_asked_for(document: Document, text: str) -> None:
    assert '<a href="#afsnit-2-1">Udsagn</a>' in text
    without = to_html(replace(document, contents=False))
    assert "<nav" not in without
    assert '<h3 id="afsnit-2-1">Udsagn</h3>' in without


def test_nothing_in_it_is_fetched(text: str) -> None:
    assert not re.search(r"https?:|//|url\(|@import|<link|<base|<iframe", text)
    outline = Outline(text)
    assert not outline.values("src")
    assert not outline.values("style")
    assert not [name for _, own in outline.elements for name in own if name.startswith("on")]


def test_the_policy_allows_its_own_style_and_script_alone(text: str) -> None:
    (policy,) = (own["content"] for own in Outline(text).all("meta") if "http-equiv" in own)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    for tag in ("style", "script"):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules.pop(f"{tag}-src") == f"'sha256-{digest}'"
    assert set(rules.values()) == {"'none'"}
    assert "default-src" in rules


def test_the_same_bytes_twice(coded: list[Statement], document: Document, text: str) -> None:
    again = aggregate(coded)
    blocks = tuple(
        replace(block, profile=again) if isinstance(block, Landscape | Shares) else block
        for block in document.blocks
    )
    assert to_html(replace(document, blocks=blocks)) == text


def test_each_statement_is_in_it_once(profile: Profile, text: str) -> None:
    items = re.findall(r'<li id="u\d+"><p>(.*?)</p>', text)
    assert len(items) == len(profile.statements)
    assert len(text) < 600 * len(items)


def test_a_document_of_one_group_holds_no_others_statements(profile: Profile) -> None:
    text = to_html(Document("A", "", (Shares(profile, GROUP, "B", "C"),), ""))
    assert len(re.findall(r'<li id="u\d+">', text)) == profile.cell(*GROUP).n


def test_emphasis_quotes_and_badges(profile: Profile, text: str) -> None:
    assert "<em>værdighed</em> og 2 * 3 * 4." in text
    assert "<li>Det <em>sunde</em> er en virkning</li>" in text
    unsure = next(s for s in profile.statements if s.unsure and len(s.logics) > 1)
    figure = next(f for f in text.split('<figure class="quote ')[1:] if unsure.text in f)
    badges = re.findall(
        r'<span class="badge (\w+)"[^>]*>([^<]+)</span>', figure.split("</figure")[0]
    )
    expected = [(logic.value, logic.danish) for logic in unsure.logics]
    assert badges == [*expected, ("unsure", "usikker")]
    assert f'<span class="place">{unsure.group}' in figure
    assert '<span class="badge none">ingen argumentation</span>' in text


def test_figures_in_a_table_stand_to_the_right(text: str) -> None:
    assert '<th scope="col" class="figures">Udsagn</th>' in text
    assert '<td class="figures">133</td>' in text
    assert "<td>pligt</td>" in text


def test_too_few_statements_give_no_figure(profile: Profile, text: str) -> None:
    assert 0 < profile.cell("plenum", concept="sammen om").argued < LEAST
    row = text.split('<th scope="row">plenum</th>')[1].split("</tr>")[0]
    assert "for få udsagn" in row
    assert "%" not in row


def test_without_jinja_it_says_what_to_install(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    module._environment.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingExtraError, match=r"At skrive HTML .*etisklandskab\[report\]"):
        to_html(document)


def test_a_document_without_figures(document: Document) -> None:
    text = to_html(Document("A", "", (Paragraph("B"),), "", contents=False))
    assert "<template" not in text
    assert "Udsagnene bag figurerne" not in text


# -- in a browser ----------------------------------------------------------------------------


def figure(page: Page, caption: str) -> Locator:
    return page.locator("figure.chart").filter(
        has=page.locator("figcaption", has_text=re.compile(f"^{caption}$"))
    )


def listed(panel: Locator) -> list[str]:
    return panel.locator("li > p:first-child").all_text_contents()


def by_logic(profile: Profile, *group: str, concept: str) -> list[str]:
    own = profile.cell(*group, concept=concept).statements
    return [s.text for logic in Logic for s in own if s.logic is logic]


def test_a_click_on_a_point_shows_its_statements(opened: Open, profile: Profile) -> None:
    page = opened()
    chart = figure(page, "Grupperne om sundt")
    panel = chart.get_by_role("region")
    assert panel.count() == 0
    for number in range(1, 6):
        chart.locator(f'.mark[aria-label^="Gruppe {number}:"]').click()
        assert panel.get_attribute("aria-label") == f"Gruppe {number}: sundt"
        assert listed(panel) == by_logic(profile, f"Gruppe {number}", concept="sundt")
    share = profile.shares("Gruppe 5", concept="sundt")[Logic.DUTY]
    assert share is not None
    duty = panel.locator('[data-logic="duty"]')
    n = profile.cell("Gruppe 5", concept="sundt").counts[Logic.DUTY]
    assert duty.locator("p").first.inner_text().split() == [
        "pligt",
        f"{100 * share.value:.0f}",
        "%",
        f"[{100 * share.low:.0f}–{100 * share.high:.0f}]",
        f"{n}",
        "udsagn",
    ]
    assert duty.locator("li").count() == n


@pytest.mark.parametrize("key", ["Enter", " "])
def test_the_keyboard_opens_and_escape_brings_focus_back(
    opened: Open, profile: Profile, key: str
) -> None:
    page = opened()
    chart = figure(page, "Grupperne om sammen om")
    mark, panel = chart.locator(".mark").nth(2), chart.get_by_role("region")
    chart.locator(".mark").nth(1).focus()
    page.keyboard.press("Tab")
    assert mark.evaluate("mark => mark.matches(':focus-visible')")
    assert mark.get_attribute("aria-expanded") == "false"
    page.keyboard.press(key)
    assert mark.get_attribute("aria-expanded") == "true"
    assert panel.evaluate("panel => panel.contains(document.activeElement)")
    assert listed(panel) == by_logic(profile, "Gruppe 3", concept="sammen om")
    page.keyboard.press("Escape")
    assert panel.count() == 0
    assert mark.evaluate("mark => mark === document.activeElement")
    assert mark.get_attribute("aria-expanded") == "false"


def test_a_segment_shows_the_statements_of_its_logic(opened: Open, profile: Profile) -> None:
    page = opened()
    for caption, group in (("Gruppe 1", GROUP), ("I alt", ())):
        chart = figure(page, caption)
        for at, concept in enumerate(("sundt", "værdigt", "sammen om", "alle")):
            bar = chart.locator(".bar").nth(at)
            for logic in Logic:
                bar.locator(f'[data-logic="{logic.value}"]').click()
                own = profile.cell(*group, concept=concept).statements
                expected = [s.text for s in own if s.logic is logic]
                assert listed(chart.get_by_role("region")) == expected
    assert page.get_by_role("region", name="I alt: alle").count() == 1  # one at a time
    page.get_by_role("button", name="Luk").click()
    assert page.locator(".panel:visible").count() == 0


def test_a_name_in_the_legend_opens_too_and_a_second_click_closes(opened: Open) -> None:
    page = opened(360)
    chart = figure(page, "Grupperne om sundt")
    name = chart.locator(".legend").get_by_role("button", name="Gruppe 2")
    name.click()
    assert chart.locator(".mark.chosen").get_attribute("data-cell") == name.get_attribute(
        "data-cell"
    )
    assert chart.get_by_role("region").is_visible()
    name.click()
    assert chart.get_by_role("region").count() == 0


def test_what_notes_say_stays_text(opened: Open, coded: list[Statement]) -> None:
    odd = [replace(s, text=EVIL, group=EVIL, workshop=EVIL, speaker=EVIL) for s in coded[:60]]
    profile = aggregate(odd)
    blocks = (
        Heading(EVIL),
        Paragraph(EVIL),
        Table(EVIL, (EVIL, EVIL), ((EVIL, EVIL),)),
        Landscape(profile, "sundt", EVIL, EVIL),
        Shares(profile, profile.groups[0], EVIL, EVIL),
        Tension(odd[0], odd[1]),
    )
    page = opened(html=to_html(Document(EVIL, EVIL, blocks, EVIL)))
    assert page.title() == EVIL
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 1
    page.locator(".mark").first.click()
    assert set(listed(page.locator(".panel:visible"))) == {EVIL}
    assert page.locator("blockquote").first.inner_text() == EVIL
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_phone_scrolls_down_only(opened: Open) -> None:
    page = opened(360)
    page.locator("details summary").first.click()
    for opener in (".mark", ".segment"):
        page.locator(opener).first.click()
        assert page.locator(".panel:visible").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_two_sides_of_a_tension(opened: Open) -> None:
    for width, beside in ((1280, True), (360, False)):
        quotes = opened(width).locator(".tension .quote")
        corner = "all => all.map(one => one.getBoundingClientRect()).map(one => [one.x, one.y])"
        first, second = quotes.evaluate_all(corner)
        assert (first[1] == second[1]) is beside
        assert (first[0] == second[0]) is not beside


def test_every_button_has_a_name_and_shows_its_focus(opened: Open) -> None:
    page = opened()
    buttons = page.get_by_role("button")
    assert buttons.count() > 50
    assert page.get_by_role("button", name=re.compile(r"\w")).count() == buttons.count()
    assert page.locator("svg [role=button]:not([aria-label])").count() == 0
    for kind, part in ((".mark", ".ring"), (".segment", ".under"), (".legend a", "")):
        here = page.locator(kind).nth(1)
        look = "e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).fill].join()"
        shown = here.locator(part) if part else here
        before = shown.evaluate(look)
        page.locator(kind).nth(0).focus()
        page.keyboard.press("Tab")
        assert here.evaluate("e => e.matches(':focus-visible')")
        assert shown.evaluate(look) != before


def test_the_first_tab_skips_to_the_content(opened: Open) -> None:
    page = opened()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Spring til indholdet")
    box = skip.bounding_box()
    assert box
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


CONTRAST = """() => {
  const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = c => {
    const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = e => {
    const segment = e.closest(".segment");
    if (segment) return rgb(getComputedStyle(segment.querySelector("rect:not(.under)")).fill);
    for (; e; e = e.parentElement) {
      const colour = rgb(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3]) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || e.matches("script, title, desc, .dot") || !e.checkVisibility()) continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(rgb(e.closest("svg") ? style.fill : style.color)), light(behind(e))].sort((x, y) => y - x);
    found.push([(a + 0.05) / (b + 0.05), walk.currentNode.data.trim()]);
  }
  return found.sort((x, y) => x[0] - y[0]);
}"""


def test_all_text_can_be_read_on_what_is_behind_it(opened: Open) -> None:
    page = opened()
    page.locator("details summary").first.click()
    page.locator(".mark").first.click()
    found = page.evaluate(CONTRAST)
    assert len(found) > 300
    assert found[0][0] >= 4.5, found[0]


def test_without_scripts_a_point_leads_to_its_groups_statements(
    opened: Open, profile: Profile
) -> None:
    page = opened(scripts=False)
    group = page.locator("details", has_text="Gruppe 2")
    assert not group.locator("li").first.is_visible()
    page.locator('.mark[aria-label^="Gruppe 2:"]').first.click()
    assert group.locator("li").first.is_visible()
    assert group.locator("li > p:first-child").all_text_contents() == [
        s.text for s in profile.cell("Gruppe 2").statements
    ]


def test_print_has_pages_and_no_controls(opened: Open) -> None:
    page = opened()
    page.locator(".mark").first.click()
    page.emulate_media(media="print")
    for control in (".close", ".skip", ".screen", ".behind"):
        assert not page.locator(control).first.is_visible()
    assert page.locator(".panel:visible li").first.is_visible()  # what is open is printed
    breaks = page.locator("main > section").evaluate_all(
        "all => all.map(one => getComputedStyle(one).breakBefore)"
    )
    assert breaks == ["auto", "page", "page", "page", "page"]
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_motion_only_where_it_is_welcome(opened: Open) -> None:
    page = opened()
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    assert page.evaluate(behaviour) == "auto"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(behaviour) == "smooth"
