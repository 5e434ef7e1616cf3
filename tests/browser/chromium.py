"""A real browser: Debian's Chromium, headless, with an axe check on every page that a test stops at."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, ViewportSize, expect, sync_playwright

from infra.local.waiting import LOOKS, wait_for
from tests.e2e.client import PATIENCE, Product

# Only the last list of features counts, so this one says Playwright's again. New is WebUIOmnibox...: each new profile loaded
# pages for suggestions below the address bar, in a process that worked for longer than that of the page under test.
OFF = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
QUIET = [
    f"--disable-features={','.join(OFF)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
PICTURES = os.environ.get("LATCHKEY_PICTURES")  # a folder: pages are then kept as pictures, for docs/pictures


_SESSIONS: dict[tuple[str, str], list[Any]] = {}


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Chromium, or a skip that says what is missing (in CI: a failure)."""
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing; in CI nothing is skipped.", pytrace=False)
        pytest.skip("Chromium is missing (Debian: apt-get install chromium)")
    expect.set_options(timeout=PATIENCE * 1000)  # what is there is seen at once, however long the rest is waited for
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def profile(browser: Browser, base_url: str, size: ViewportSize, *, java_script_enabled: bool = True) -> Iterator[BrowserContext]:
    """A fresh profile whose relative addresses begin with ``base_url``."""
    context = browser.new_context(base_url=base_url, viewport=size, locale="en-GB", java_script_enabled=java_script_enabled)
    context.set_default_timeout(PATIENCE * 1000)
    try:
        yield context
    finally:
        context.close()


def sign_in(page: Page, school: str, identifier: str, password: str) -> None:
    """Fill in the form of a school and send it."""
    page.goto(f"/schools/{school}/sessions")
    page.get_by_label("E-mail address or username").fill(identifier)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def signed_in(context: BrowserContext, product: Product, login: Mapping[str, str] | None = None) -> Page:
    """A page whose reader is signed in: the demo's admin, or another. Their session is used again as long as it lasts."""
    page, login = context.new_page(), login or product.stack["admin"]
    home = f"{product.stack['url']}/admin/{product.school}"
    session = _SESSIONS.get((home, login["identifier"]))
    if session is not None:
        context.add_cookies(session)
        page.goto(home)
        if page.url == home:
            return page
        context.clear_cookies()
    sign_in(page, product.school, login["identifier"], login["password"])
    page.wait_for_url(home)
    _SESSIONS[home, login["identifier"]] = [each for each in context.cookies() if each["name"] == "__Host-latchkey"]
    return page


def await_shown(page: Page, awaited: Locator, looks: int = LOOKS) -> None:
    """Wait for what a page shows at the end of a run; while anything on the page changes, it is waited for."""
    wait_for(lambda: (awaited.is_visible(), page.locator("main").inner_text()), str(awaited), lambda seen: seen[0], looks=looks)


_WRONG = """() => {
  const same = /^(class|style|role|type|scope|tabindex|hidden|disabled|checked|lang|dir)$|^aria-(?!label|describedby|controls)/;
  const shape = each => each.nodeType === 3 ? (each.data.trim() ? "text" : "") : each.nodeType !== 1 ? "" :
    `<${each.tagName} ${[...each.attributes].map(a => same.test(a.name) ? `${a.name}=${a.value}` : a.name)}>` +
    [...each.childNodes].map(shape).join("") + "</>";
  const seen = new Map();
  const exclude = [...document.querySelectorAll("tbody > tr, ul > li, ol > li")].filter(each => {
    const shapes = seen.get(each.parentNode) || seen.set(each.parentNode, new Set()).get(each.parentNode);
    const one = [...each.parentNode.children].indexOf(each) % 2 + shape(each);
    return shapes.has(one) || !shapes.add(one);
  });
  return axe.run({exclude}, {resultTypes: ["violations"]}).then(found => ({violations: found.violations}));
}"""


def found_by_axe(page: Page) -> AxeResults:
    """What axe finds wrong, of rows that are alike but for their words in the first, even and odd.

    Only that leaves the browser: what is in order takes as long to hand over as all was to look at.
    """
    for again in (True, True, False):
        try:
            if not page.evaluate("'axe' in window"):
                page.evaluate(AXE_SCRIPT)
            return AxeResults(page.evaluate(_WRONG))
        except Error as error:
            if not again or not re.search("context was destroyed|axe is not defined", error.message):
                raise
            page.wait_for_load_state()  # a script has just led on to another page
    raise AssertionError


def check(page: Page, name: str = "") -> None:
    """Fail on what axe finds, on sideways scrolling and on a page without a heading; keep a picture if one is wanted."""
    page.wait_for_load_state()
    found = found_by_axe(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.locator("h1:visible").count() == 1, page.url
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1], f"{page.url} scrolls sideways: {width}"
    if PICTURES and name:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")
