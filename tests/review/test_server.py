"""The server: who is let in, what it answers, and the page in a real browser."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from starlette.testclient import TestClient

from etisklandskab import EthicsClassifier, Logic, read_notes
from etisklandskab.review.server import Address, make_app
from etisklandskab.review.session import Session
from etisklandskab.review.store import Store

Open = Callable[..., Session]
ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "data" / "examples"
HOST, TOKEN = "http://127.0.0.1:5001", "hemmelig"
SENT = {"window": "w", "after": 0, "run": "", "seen": 0}


@pytest.fixture
def session(start: Open, notes: Path) -> Session:
    return start(notes)


@pytest.fixture
def client(session: Session) -> TestClient:
    return TestClient(make_app(session, TOKEN, 5001), f"{HOST}/{TOKEN}/", headers={"Origin": HOST})


# -- who is let in -----------------------------------------------------------------------


def test_only_who_has_the_address_is_let_in(client: TestClient) -> None:
    assert client.get("").status_code == 200
    for path in ("/", "/state", "/hemmelig", "/hemmelit/", "/hemmelig2/state", "/favicon.ico"):
        assert client.get(f"{HOST}{path}").status_code == 404, path


@pytest.mark.parametrize(
    "host", ["ond.example", "127.0.0.1", "localhost:5001", "127.0.0.1:5002", ""]
)
def test_no_other_host_is_let_in(client: TestClient, host: str) -> None:
    answer = client.get("state", headers={"Host": host})
    assert answer.status_code == 421
    assert "Aftale" not in answer.text


@pytest.mark.parametrize("origin", ["http://ond.example", "null", "http://127.0.0.1:5002", ""])
def test_no_other_page_can_decide(session: Session, client: TestClient, origin: str) -> None:
    body = {**SENT, "key": "k", "statement": session.sync().order[0], "logics": []}
    assert client.post("do/decide", json=body, headers={"Origin": origin}).status_code == 403
    assert session.last == 0


def test_nothing_is_fetched_from_outside_or_kept(client: TestClient) -> None:
    for path in ("", "state", "review.js", "findes-ikke"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "http" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
    for name in ("", "review.css", "review.js"):
        text = client.get(name).text
        assert not re.search(r"https?://", text), name
        assert "style=" not in text
    assert client.get("..%2fserver.py").status_code == 404
    assert client.get("__init__.py").status_code == 404


# -- what it answers ---------------------------------------------------------------------


def test_a_decision_and_what_another_window_hears(session: Session, client: TestClient) -> None:
    everything = client.get("state").json()
    name = everything["items"][0]["id"]
    body = {**SENT, "key": "k", "statement": name, "logics": ["duty"], "run": everything["run"]}
    told = client.post("do/decide", json=body).json()
    assert told["changed"][0]["decision"] == ["duty"]
    assert client.post("do/decide", json=body).json()["last"] == told["last"]  # sent twice
    news = client.get("news", params={"after": 0, "run": told["run"], "window": "x"}).json()
    assert [item["id"] for item in news["changed"]] == [name]
    answer = client.post("do/decide", json={**body, "key": "2", "window": "x", "logics": []})
    assert answer.status_code == 409
    assert answer.json()["conflict"]["decision"] == ["duty"]
    assert session.statements()[0].logics == (Logic.DUTY,)


def test_what_changes_the_order_is_told_in_full(session: Session, client: TestClient) -> None:
    name = session.sync().order[0]
    run = client.get("state").json()["run"]
    parts = ["Aftale er aftale,", "og loven gælder for alle"]
    body = {**SENT, "key": "k", "statement": name, "parts": parts, "run": run}
    told = client.post("do/split", json=body).json()
    assert [item["text"] for item in told["items"][:2]] == parts
    assert told["at"] == told["items"][0]["id"]
    assert client.post("do/split", json=body).json()["at"] == told["at"]  # sent twice
    told = client.post("do/undo", json={**SENT, "key": "u", "run": run}).json()
    assert told["at"] == name


def test_what_makes_no_sense_is_refused(session: Session, client: TestClient) -> None:
    name = session.sync().order[0]
    for kind, body in (
        ("decide", {"logics": ["plikt"]}),
        ("decide", {}),
        ("split", {"parts": ["Aftale", "nej"]}),
        ("join", {}),
        ("undo", {}),
    ):
        answer = client.post(f"do/{kind}", json={**SENT, "key": kind, "statement": name, **body})
        assert answer.status_code == 400, kind
        assert answer.json()["error"]
    assert client.post("do/decide", content=b"{").status_code == 400
    assert client.post("do/decide", content=b"x" * 300_000).status_code == 413
    assert session.last == 0


def test_a_full_disk_is_told_of(
    session: Session, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(session.store, "append", full)
    body = {**SENT, "key": "k", "statement": session.sync().order[0], "logics": []}
    answer = client.post("do/decide", json=body)
    assert answer.status_code == 503
    assert "kan ikke skrives" in answer.json()["error"]


def test_the_workbook(session: Session, client: TestClient, tmp_path: Path) -> None:
    session.decide(session.sync().order[0], [Logic.CONSEQUENCE])
    path = tmp_path / "kodning.xlsx"
    path.write_bytes(io.BytesIO(client.get("kodning.xlsx").content).read())
    read = read_notes(path)
    assert [s.text for s in read] == [s.text for s in session.statements()]
    assert read[0].logic is Logic.CONSEQUENCE


def test_the_same_file_has_the_same_address(db: Path, light: EthicsClassifier) -> None:
    with Store(db) as store:
        session = Session(store, light)
        first = Address(session)
        second = Address(session)  # while the first is held
        assert second.port != first.port
        assert second.token == first.token
        first.socket.close()
        second.socket.close()
        again = Address(session)
        assert str(again) == str(first)
        again.socket.close()


# -- in a real browser -------------------------------------------------------------------


class Program:
    """The command as the consultant runs it."""

    def __init__(self, folder: Path, *arguments: object) -> None:
        command = [sys.executable, "-m", "etisklandskab", "review", "--light", "--no-open"]
        self.process = subprocess.Popen(
            [*command, *map(str, arguments)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        assert self.process.stdout is not None
        self.before = ""
        self.url = ""
        for line in self.process.stdout:
            self.before += line
            if found := re.search(r"http://\S+", line):
                self.url = found.group()
                break
        assert self.url, self.before

    def end(self, how: signal.Signals) -> str:
        self.process.send_signal(how)
        return self.before + self.process.communicate(timeout=30)[0]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    started: list[Program] = []

    def start(*arguments: object) -> Program:
        started.append(Program(tmp_path, *arguments))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="da")
    yield context
    context.close()


def visit(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on(
        "request", lambda request: None if request.url.startswith(url) else pytest.fail(request.url)
    )
    page.goto(url)
    expect(page.locator("#choices button")).to_have_count(4)
    return page


def press(page: Page, *keys: str) -> None:
    """Press keys, each when the one before is on the disk."""
    for key in keys:
        before = page.inner_text("#progress")
        page.keyboard.press(key)
        if not key.startswith("Shift"):
            expect(page.locator("#progress")).not_to_have_text(before)


def decided(path: Path) -> dict[str, tuple[Logic, ...]]:
    return {s.text: s.logics for s in read_notes(path) if s.reviewed}


def test_thirty_by_keyboard_and_the_power_goes(
    context: BrowserContext, program: Callable[..., Program], db: Path
) -> None:
    first = program(EXAMPLES)
    page = visit(context, first.url)
    chosen: dict[str, tuple[Logic, ...]] = {}
    for n in range(30):
        text = page.inner_text("#text").split(": ", 1)
        key = "1230"[n % 4]
        press(page, key)
        chosen[text[-1]] = (list(Logic)[n % 4],) if n % 4 < 3 else ()
        if n == 14:
            first.process.kill()  # kill -9
            first.process.communicate()
            page.keyboard.press("1")
            expect(page.locator("#banner")).to_contain_text("ikke gemt endnu")
            chosen[page.inner_text("#text").split(": ", 1)[-1]] = (Logic.DUTY,)
            again = program("rettelser.db")
            assert again.url == first.url
            expect(page.locator("#progress")).to_contain_text("16 af 535", timeout=15_000)
            expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator("#progress")).to_contain_text("31 af 535 set")
    found = decided(db)
    assert len(found) == 31
    assert all(set(chosen[text]) <= set(logics) for text, logics in found.items() if text in chosen)
    assert len(found.keys() & chosen.keys()) >= 28  # a speaker may stand in front of the text
    told = again.end(signal.SIGINT)
    assert "31 af 535 udsagn er set; alt er gemt i rettelser.db" in told
    assert "etisklandskab review rettelser.db" in told
    assert not any(text in told for text in chosen)


def test_two_windows(context: BrowserContext, program: Callable[..., Program], notes: Path) -> None:
    one = program(notes)
    mine, theirs = visit(context, one.url), visit(context, one.url)
    text = mine.inner_text("#text")
    assert theirs.inner_text("#text") == text
    theirs.route("**/news?*", lambda route: route.abort())  # it has not heard yet
    press(mine, "1")
    theirs.keyboard.press("2")
    dialog = theirs.locator("#conflict")
    expect(dialog).to_contain_text("Det andet vindue har valgt pligt. Du valgte nærhed.")
    dialog.get_by_role("button", name="Brug mit: nærhed").click()
    expect(theirs.locator("#text")).not_to_have_text(text)
    mine.bring_to_front()
    mine.keyboard.press("ArrowLeft")
    expect(mine.locator("#proposal")).to_contain_text("nærhed", timeout=10_000)
    expect(mine.locator("#proposal")).to_contain_text("i et andet vindue")


def test_a_remark_from_another_window_is_neither_erased_nor_written_over(
    context: BrowserContext, program: Callable[..., Program], notes: Path, db: Path
) -> None:
    one = program(notes)
    mine, theirs = visit(context, one.url), visit(context, one.url)
    theirs.bring_to_front()
    theirs.keyboard.press("b")
    theirs.keyboard.type("spørg Bodil")
    theirs.keyboard.press("Enter")
    mine.bring_to_front()
    expect(mine.locator("#remark")).to_have_value("spørg Bodil", timeout=10_000)
    press(mine, "1")
    (said,) = [s for s in read_notes(db) if s.reviewed]
    assert said.extra["Bemærkning"] == "spørg Bodil"
    mine.keyboard.press("b")
    mine.keyboard.type("mit")
    at = mine.inner_text("#text")
    theirs.bring_to_front()
    if theirs.inner_text("#text") != at:
        theirs.keyboard.press("ArrowRight")
    expect(theirs.locator("#text")).to_have_text(at)
    theirs.keyboard.press("b")
    theirs.keyboard.type("deres")
    theirs.keyboard.press("Enter")
    expect(theirs.locator("#live")).to_have_text("Bemærkningen er gemt.")
    mine.bring_to_front()
    mine.keyboard.press("Enter")
    expect(mine.locator("#conflict")).to_be_visible()


def test_a_double_click_decides_one_statement(
    context: BrowserContext, program: Callable[..., Program], notes: Path
) -> None:
    page = visit(context, program(notes).url)
    page.locator("#choices button").first.dblclick(delay=60)
    expect(page.locator("#progress")).to_contain_text("1 af 5 set")
    page.wait_for_timeout(500)
    expect(page.locator("#progress")).to_contain_text("1 af 5 set")


def test_the_number_pad_is_digits_only_where_it_writes_digits(
    context: BrowserContext, program: Callable[..., Program], notes: Path
) -> None:
    page = visit(context, program(notes).url)
    card = page.locator("#card")
    card.dispatch_event("keydown", {"code": "Numpad1", "key": "End"})
    page.wait_for_timeout(400)
    expect(page.locator("#progress")).to_contain_text("0 af 5 set")
    card.dispatch_event("keydown", {"code": "Numpad1", "key": "1"})
    expect(page.locator("#progress")).to_contain_text("1 af 5 set")


def test_keys_decide_after_a_click_on_the_order(
    context: BrowserContext, program: Callable[..., Program], notes: Path
) -> None:
    page = visit(context, program(notes).url)
    page.locator("#reading").click()
    press(page, "1")
    expect(page.locator("#progress")).to_contain_text("1 af 5 set")


def test_undo_also_and_remarks(
    context: BrowserContext, program: Callable[..., Program], notes: Path, db: Path
) -> None:
    one = program(notes)
    page = visit(context, one.url)
    text = page.inner_text("#text")
    page.keyboard.press("Shift+Digit2")
    page.keyboard.press("b")
    page.keyboard.type("Spørg Bodil, j s u 1")
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_contain_text("Bemærkningen er gemt")
    press(page, "1")
    assert decided(db) == {text: (Logic.DUTY, Logic.PROXIMITY)}
    assert [s.extra.get("Bemærkning") for s in read_notes(db) if s.text == text] == [
        "Spørg Bodil, j s u 1"
    ]
    press(page, "Enter", "0")
    one.process.kill()
    one.process.communicate()
    program("rettelser.db")
    page.reload()
    expect(page.locator("#progress")).to_contain_text("3 af")
    press(page, "u", "u", "u")
    expect(page.locator("#text")).to_have_text(text)
    page.keyboard.press("u")
    expect(page.locator("#remark")).to_have_value("")
    page.keyboard.press("u")
    expect(page.locator("#live")).to_contain_text("ikke mere at fortryde")
    assert decided(db) == {}


def test_split_and_join(
    context: BrowserContext, program: Callable[..., Program], notes: Path, db: Path
) -> None:
    one = program(notes)
    page = visit(context, one.url)
    page.get_by_label("I rækkefølge").check()
    texts = [s.text for s in read_notes(notes)]
    expect(page.locator("#text")).to_have_text(texts[0])
    page.locator("#card").click(position={"x": 1, "y": 1})
    page.keyboard.press("s")
    expect(page.locator(".cut:focus")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_contain_text("Udsagnet er delt")
    assert [s.text for s in read_notes(db)][:2] == ["Aftale er aftale, og", "loven gælder for alle"]
    expect(page.locator("#text")).to_have_text("Aftale er aftale, og")
    page.keyboard.press("j")
    expect(page.locator("#text")).to_have_text(texts[0])
    assert [s.text for s in read_notes(db)] == texts
    page.keyboard.press("u")
    expect(page.locator("#text")).to_have_text("Aftale er aftale, og")
    page.keyboard.press("u")
    expect(page.locator("#text")).to_have_text(texts[0])
    page.get_by_role("button", name="Del").first.click()
    page.get_by_label("Del efter »aftale,«").click()
    expect(page.locator("#text")).to_have_text("Aftale er aftale,")


def test_by_mouse_enter_still_keeps_the_proposal_of_the_next(
    context: BrowserContext, program: Callable[..., Program], notes: Path, db: Path
) -> None:
    page = visit(context, program(notes).url)
    page.locator("#choices button").nth(3).click()
    expect(page.locator("#progress")).to_contain_text("1 af")
    expect(page.locator("#card")).to_be_focused()
    text, proposal = page.inner_text("#text"), page.inner_text("#proposal .logic >> nth=0")
    press(page, "Enter")
    assert decided(db)[text][:1] == tuple(x for x in Logic if x.danish == proposal != "ingen")
    # a remark that is being written is not lost to a click
    page.locator("#remark").fill("husk")
    text = page.inner_text("#text")
    page.locator("#choices button").nth(0).click()
    expect(page.locator("#progress")).to_contain_text("3 af")
    assert [s.extra.get("Bemærkning") for s in read_notes(db) if s.text == text] == ["husk"]


def test_the_landscape_follows(
    context: BrowserContext, program: Callable[..., Program], tmp_path: Path
) -> None:
    many = tmp_path / "Gruppe 1.txt"
    lines = [f"- Vi skal lytte til borger nummer {n}" for n in range(12)]
    many.write_text("\n".join(["SUNDT", *lines]), encoding="utf-8")
    page = visit(context, program(many).url)
    expect(page.locator("#picture svg").first).to_be_visible(timeout=15_000)
    before = page.locator("#picture").inner_html()
    started = time.monotonic()
    press(page, *"1" * 10)
    assert time.monotonic() - started < 10
    deadline = time.monotonic() + 20
    while page.locator("#picture").inner_html() == before:
        assert time.monotonic() < deadline
        page.wait_for_timeout(200)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (820, 1180), (390, 844)])
def test_it_fits(
    browser: Browser, program: Callable[..., Program], width: int, height: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=True)
    page = visit(context, program(EXAMPLES).url)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width > 800:
        box = page.locator("#join").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height
    for button in page.locator("button:visible").all():
        size = button.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 38
    context.close()
