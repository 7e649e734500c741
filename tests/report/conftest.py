"""What the tests of documents share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = "gpu quic background-networking component-update sync"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser without a window; what it may fetch is for the test to say."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail(
            f"no browser: none of {', '.join(NAMES)} is in PATH (Debian: apt-get install chromium)",
            pytrace=False,
        )
    flags = [f"--disable-{what}" for what in QUIET.split()]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--no-first-run", *flags]
        )
        yield browser
        browser.close()
