"""Every page of both apps as Chromium shows it, and what all of them owe their readers.

The list comes from the apps' routes: a new page has to be named here, with an address that shows it. Each is visited once, with
nothing in the browser's cache. States of a page (errors, what was done) are looked at in the stories beside this file.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, StorageState

from tests.browser.chromium import PICTURES, found_by_axe, profile, sign_in
from tests.e2e.client import Product
from tests.pages.places import Places, made

APPS: Final = ("portal", "console")
NO_PAGE: Final = {
    "portal": {
        "/account/children/{id}/leave": "only after the child was chosen: a story in tests/browser/families",
        "/account/second-factors/{factor}": "an app that is being added: tests/browser/account",
        "/account/second-factors/needed": "only for those who have to add one: tests/browser/account",
        "/schools/{school}/sessions/second-factor": "only in the middle of a sign-in: tests/browser/account",
        "/assets/{name}": "a file",
        "/favicon.ico": "a file",
        "/health": "for machines",
        "/manifest.webmanifest": "a file",
        "/pictures/logos/{name}": "a picture",
        "/pictures/{name}": "a picture",
        "/r/{school}": "leads to the page for codes",
        "/robots.txt": "for machines",
        "/schools/{school}/manifest.webmanifest": "a file",
        "/service-worker.js": "a file",
    },
    "console": {
        "/admin/{school}/audit/download": "a file",
        "/admin/{school}/contacts/{id}/download": "a file",
        "/admin/{school}/exports/{id}/download": "a file",
        "/admin/{school}/people/download": "a file",
        "/admin/{school}/people/{id}/everything": "a file",
        "/admin/{school}/people/selection": "leads to the list of people",
        "/admin/{school}/people/leaving/{id}": "only while many leave: tests/browser",
        "/admin/{school}/readiness/download": "a file",
        "/admin/{school}/readiness/figures/download": "a file",
        "/admin/{school}/rosters/{id}/missing": "a file",
        "/admin/{school}/rosters/{id}/rejected": "a file",
        "/admin/{school}/sends/drafts": "leads to the messages",
        "/admin/{school}/sends/preview": "a file",
        "/admin/{school}/sends/{id}/recipients/download": "a file",
        "/admin/{school}/sends/{id}/recipients/files/{file}": "only of a large message: tests/pages/sends/test_people_file.py",
        "/admin/{school}/sends/{id}/recipients/files/{file}/download": "a file",
        "/admin/{school}/settings/{page}/preview": "a part of a page",
    },
}
ROUTES: Final = {
    app: sorted(route for route, methods in import_module(f"{app}.app").app.routes.items() if "GET" in methods) for app in APPS
}
PAGES: Final = [route for app in APPS for route in ROUTES[app] if route not in NO_PAGE[app]]
PLACES: Final = {f"/admin/{{school}}{place}" for place in ("", "/readiness", "/people", "/sends", "/exports", "/settings")}
HEAVIEST, HEAVIEST_ON_THE_WIRE = 60_000, 20_000  # bytes of a page with all that it loads
OF_PICTURES: Final = {"/families": 20_000}  # bytes more: two sides to print, with their pictures inside
WIDTHS: Final = (1280, 820, 320)
SCRIPTS: Final = Path(__file__).parent / "looks.js"


@pytest.mark.parametrize("app", APPS)
def test_no_route_is_forgotten(app: str) -> None:
    assert set(NO_PAGE[app]) <= set(ROUTES[app])


@pytest.fixture(scope="module")
def places(admin: Product) -> Places:
    return made(admin)


@pytest.fixture(scope="module")
def readers(browser: Browser, stack: Any, product: Product, places: Places) -> dict[str, StorageState]:
    """The cookies of each reader: a visitor, an admin, a student and a parent."""
    found: dict[str, StorageState] = {"visitor": {"cookies": [], "origins": []}}
    for reader, login in places.logins.items():
        with profile(browser, stack["url"], {"width": 1280, "height": 900}) as context:
            page = context.new_page()
            sign_in(page, product.school, *login)
            page.wait_for_url(re.compile("/(account|admin/.*)$"))
            found[reader] = context.storage_state()
    return found


@pytest.fixture
def visit(browser: Browser, stack: Any, readers: dict[str, StorageState]) -> Iterator[Callable[[str], BrowserContext]]:
    """A fresh profile of a reader."""
    opened: list[BrowserContext] = []

    def visited(reader: str) -> BrowserContext:
        opened.append(
            browser.new_context(
                base_url=stack["url"],
                locale="en-GB",
                viewport={"width": WIDTHS[0], "height": 900},
                storage_state=readers[reader],
                reduced_motion="reduce",
            )
        )
        return opened[-1]

    yield visited
    for each in opened:
        each.close()


@pytest.mark.parametrize("route", PAGES)
def test_a_page_is_fit_for_everybody(route: str, visit: Callable[[str], BrowserContext], places: Places) -> None:
    reader, path = places.of(route)
    page, faults = visit(reader).new_page(), list[str]()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - Playwright marks its handlers
    page.on("console", lambda line: faults.append(f"the browser says: {line.text}") if line.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(f"a script fails: {error}"))
    shown = page.goto(path)
    page.wait_for_load_state()
    assert shown is not None
    assert (shown.status, shown.headers["content-type"]) == (200, "text/html; charset=utf-8"), path
    if re.sub(r"\?.*", "", shown.url) != re.sub(r"\?.*", "", page.url):
        faults.append(f"it leads on to {page.url}")
    faults += too_heavy(answers, OF_PICTURES.get(route, 0))
    faults += asked(page, "keyboard")
    faults += asked(page, "words_and_tables", route.startswith("/admin/") and route not in PLACES)
    looked_at = set[str]()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        seen = str(page.evaluate(f"() => {{ {SCRIPTS.read_text('utf-8')}; return what_axe_sees() }}"))
        if seen not in looked_at:
            found = found_by_axe(page)
            lines = found.generate_report().splitlines() if found.violations_count else []
            faults += [f"axe at {width}: {line}" for line in lines if line]
        looked_at.add(seen)
        faults += asked(page, "width")
        keep(page, f"{width}-{path}")
    faults += asked(page, "sizes")
    page.set_viewport_size({"width": 640, "height": 900})
    faults += asked(page, "width")
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    faults += asked(page, "forced_colours")
    assert not faults, "\n".join([path, *dict.fromkeys(faults)])


def too_heavy(answers: list[Response], more: int) -> list[str]:
    """Whether a page with what it loads is too heavy, as it is and as the edge sends it (compressed)."""
    bodies = {answer.url: (answer.body(), answer.headers.get("content-type", "")) for answer in answers if answer.status == 200}
    pages = {url: body for url, (body, kind) in bodies.items() if not kind.startswith("image/png")}
    sent = sum(len(zlib.compress(body, 6)) for body in pages.values())
    whole = sum(map(len, pages.values()))
    print(f"{whole:>7} bytes, {sent:>6} compressed: {', '.join(f'{len(body)} {url}' for url, body in pages.items())}")  # noqa: T201
    return [f"{whole} bytes"] * (whole > HEAVIEST + more) + [f"{sent} bytes compressed"] * (sent > HEAVIEST_ON_THE_WIRE + more)


def asked(page: Page, question: str, *given: object) -> list[str]:
    """What looks.js finds wrong."""
    if question == "keyboard":
        given = (page.evaluate("document.activeElement !== document.body"),)
        page.keyboard.press("Tab")  # what gets the focus from here on is shown to have it, as by hand
    script = f"given => {{ {SCRIPTS.read_text('utf-8')}; return looks.{question}(...given) }}"
    found: list[str] = page.evaluate(script, [*given])
    return found


def keep(page: Page, name: str) -> None:
    """A picture, if pictures are wanted."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[0-9a-z]{20,26}", "id", name.lower())
        page.screenshot(path=Path(PICTURES) / f"{re.sub('[^a-z0-9]+', '-', name).strip('-')}.png", full_page=True)
