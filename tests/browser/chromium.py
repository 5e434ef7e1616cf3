"""A real browser: Debian's Chromium, headless, with an axe check on every page that a test stops at."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, sync_playwright

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
PICTURES = os.environ.get("LATCHKEY_PICTURES")  # a folder: pages are then kept as pictures, for docs/pictures


@contextmanager
def browser_context(base_url: str, size: dict[str, int] | None = None) -> Iterator[BrowserContext]:
    """A fresh browser profile whose relative addresses begin with ``base_url``."""
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing; in CI nothing is skipped.", pytrace=False)
        pytest.skip("Chromium is missing (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        try:
            yield browser.new_context(base_url=base_url, viewport=size or DESK, locale="en-GB")  # type: ignore[arg-type]
        finally:
            browser.close()


def check(page: Page, name: str = "") -> None:
    """Fail on what axe finds, on sideways scrolling and on a page without a heading; keep a picture if one is wanted."""
    page.wait_for_load_state()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.locator("h1:visible").count() == 1, page.url
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1], f"{page.url} scrolls sideways: {width}"
    if PICTURES and name:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")
