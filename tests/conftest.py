"""What the tests share."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from etisklandskab import EthicsClassifier, Statement, load_model, read_notes
from etisklandskab.cli import main

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "data" / "examples"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = "gpu quic background-networking component-update sync"


@pytest.fixture(scope="session")
def model() -> EthicsClassifier:
    return load_model()


@pytest.fixture(scope="session")
def coded(model: EthicsClassifier) -> list[Statement]:
    """The example workshops, coded."""
    return model.code(read_notes(EXAMPLES))


@pytest.fixture(scope="session")
def light() -> list[Statement]:
    """The example workshops coded by the light model, probabilities as tables hold them."""
    said = load_model(light=True).code(read_notes(EXAMPLES))
    return [replace(s, probabilities=tuple(round(p, 4) for p in s.probabilities)) for s in said]


@pytest.fixture
def note(tmp_path: Path) -> Callable[..., list[Statement]]:
    """Write a note and read it: ``note("SUNDT\\n- ...", "Gruppe 1.txt")``."""

    def write(content: str | bytes, name: str = "Gruppe 1.txt") -> list[Statement]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_notes(path)

    return write


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command line: exit code, standard output, standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        sys.stdout.flush()
        out, err = capfd.readouterr()
        return int(ended.value.code or 0), out, err

    return call


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser without a window; what it may fetch is for the test to say."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.fail(
            f"no browser: none of {', '.join(BROWSERS)} is in PATH (Debian: apt-get install chromium)",
            pytrace=False,
        )
    flags = [f"--disable-{what}" for what in QUIET.split()]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--no-first-run", *flags]
        )
        yield browser
        browser.close()
