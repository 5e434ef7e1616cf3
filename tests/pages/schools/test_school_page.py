"""A school's public page as families see it, and the form on the school's own website, from another origin."""

import base64
import secrets
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect

from infra.local.waiting import wait_for
from infra.operator import make_school_event
from tests.browser.chromium import DESK, PHONE, check, profile, signed_in
from tests.e2e.client import Product, links_in
from tests.e2e.school import admin_of, as_operator
from tests.support.pictures import png

SIZES: dict[str, ViewportSize] = {
    "320": {"width": 320, "height": 640},
    "390": PHONE,
    "820": {"width": 820, "height": 1100},
    "1280": DESK,
}
NOTICE = "We are closed on Friday because of snow.\nLessons are online; everybody signs in from home."


def in_minutes(count: int) -> str:
    return (datetime.now(UTC) + timedelta(minutes=count)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def school(stack: Any, request: pytest.FixtureRequest) -> str:
    """A school of its own, with whatever a school can say."""
    slug = f"st-anne-{secrets.token_hex(3)}"
    settings = {
        "notice": NOTICE,
        "notice_ends_at": in_minutes(600),
        "help_line": "Ring the office on 01632 960000",
        "office_hours": "Monday to Thursday 8 to 4\nFriday 8 to 1",
        "colour": "#7a1f2b",
        **getattr(request, "param", {}),
    }
    facts = {"slug": slug, "name": "St Anne’s Church of England Primary School", "town": "Ely", "postcode": "CB7 4AA"}
    as_operator(stack, make_school_event({**facts, "settings": settings}))
    return slug


@pytest.mark.parametrize("size", SIZES)
def test_the_page_on_every_width_by_day_and_in_the_dark(browser: Browser, stack: Any, school: str, size: str) -> None:
    with profile(browser, stack["url"], SIZES[size]) as context:
        page = context.new_page()
        page.goto(f"/schools/{school}")
        expect(page.get_by_text("We are closed on Friday")).to_be_visible()
        boxes = [page.locator(".ways > li").nth(number).bounding_box() for number in range(3)]
        assert all(box is not None for box in boxes)
        widths = {round(box["width"]) for box in boxes if box}
        assert len(widths) == 1, "three ways in that weigh the same"
        check(page, f"school-{size}")
        for path in ("sessions", "forgot-password", "redeem"):
            page.goto(f"/schools/{school}/{path}")
            expect(page.get_by_text("We are closed on Friday")).to_be_visible()
            check(page, f"school-{path}-{size}")
        page.emulate_media(color_scheme="dark")
        page.goto(f"/schools/{school}")
        check(page, f"school-{size}-dark")


@pytest.mark.parametrize("school", [{"colour": "#ffd400"}, {"colour": "#ffffff"}, {"colour": "#000000"}], indirect=True)
def test_any_colour_can_be_read(browser: Browser, stack: Any, school: str) -> None:
    for scheme in ("light", "dark"):
        with profile(browser, stack["url"], PHONE) as context:
            page = context.new_page()
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.goto(f"/schools/{school}/sessions")
            check(page)


def test_in_urdu_it_runs_from_right_to_left(browser: Browser, stack: Any, school: str) -> None:
    for size in ("320", "1280"):
        with profile(browser, stack["url"], SIZES[size]) as context:
            page = context.new_page()
            page.goto(f"/schools/{school}?language=ur")
            assert page.locator("html").get_attribute("dir") == "rtl"
            said = page.get_by_text("We are closed on Friday")
            assert said.evaluate("e => getComputedStyle(e).direction") == "ltr", "the school's own words as they were typed"
            check(page, f"school-ur-{size}")


def test_the_page_is_light(phone: BrowserContext, school: str) -> None:
    page, weights = phone.new_page(), {}
    page.on("response", lambda answer: weights.update({answer.url: len(answer.body())}))
    page.goto(f"/schools/{school}")
    page.wait_for_load_state()
    own = sum(weight for url, weight in weights.items() if "latchkey.css" not in url)
    assert own <= 20_000, weights


@pytest.mark.parametrize("school", [{"notice_ends_at": in_minutes(60)}], indirect=True)
def test_a_notice_ends_by_itself_on_a_page_that_stays_open_and_on_an_old_copy(phone: BrowserContext, school: str) -> None:
    page = phone.new_page()
    page.clock.install()
    page.goto(f"/schools/{school}")
    expect(page.get_by_text("We are closed on Friday")).to_be_visible()
    page.clock.fast_forward("02:00:00")
    expect(page.get_by_text("We are closed on Friday")).to_be_hidden()
    page.reload()  # the browser's clock is two hours on: for it this page is an old copy
    expect(page.get_by_text("We are closed on Friday")).to_be_hidden()
    expect(page.get_by_role("heading", level=2, name="I have a code")).to_be_visible()


@pytest.fixture
def website() -> Iterator[Any]:
    """A website on an origin of its own; ``body`` is its page."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = f"<!doctype html><title>Our school</title><h1>Our school</h1>{self.server.body}".encode()  # type: ignore[attr-defined]
            self.send_response(200)
            for name, value in (("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(content)))):
                self.send_header(name, value)
            if self.server.policy:  # type: ignore[attr-defined]
                self.send_header("Referrer-Policy", self.server.policy)  # type: ignore[attr-defined]
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    server.body, server.policy = "", ""
    server.origin = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_form_on_the_schools_website(
    desk: BrowserContext, product: Product, admin: Product, student: Any, website: Any
) -> None:
    page = signed_in(desk, product)
    settings = f"/admin/{product.school}/settings/website"
    page.goto(settings)
    check(page, "website")
    website.body = page.locator("#form").inner_text()
    assert website.body.startswith("<form")
    with page.expect_download() as found:
        page.get_by_role("link", name="Download as a picture (PNG)").click()
    assert found.value.suggested_filename == f"{product.school}-qr.png"
    page.get_by_label("Websites with a form of yours").fill(f"{website.origin}/contact")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").first).to_have_text("Saved: Websites with a form of yours.")
    try:
        elsewhere = desk.browser.new_context() if desk.browser else desk
        visitor = elsewhere.new_page()

        def asks() -> str:
            visitor.goto(website.origin)
            visitor.get_by_label("E-mail address or username").fill(student["email"])
            visitor.get_by_role("button", name="Send me a link").click()
            visitor.wait_for_url(f"{product.stack['url']}/**")
            return visitor.get_by_role("heading", level=1).inner_text()

        # The page of a school is as it was a moment ago.
        wait_for(asks, "An answer to the form", lambda said: said == "Look in your mail", pause=2)
        assert visitor.url.startswith(product.stack["url"])
        check(visitor, "website-answer")
        assert links_in(product.mail(student["email"]))
        website.policy = "no-referrer"  # a browser then keeps to itself whose form it is
        asks()
        expect(visitor.get_by_role("alert")).to_contain_text("a website that your school has not named")
        check(visitor, "website-refused")
        visitor.get_by_label("E-mail address or username").fill(student["email"])
        visitor.get_by_role("button", name="Send me a link").click()
        expect(visitor.get_by_role("heading", level=1, name="Look in your mail")).to_be_visible()
        elsewhere.close()
    finally:
        admin.http.put(f"/admin/{product.school}/settings", json={"form_origins": []})


def test_the_logo_stands_on_the_page(desk: BrowserContext, stack: Any) -> None:
    head = admin_of(stack, "southgate")
    logo = base64.b64encode(png(160, 60)).decode()
    assert head.http.put("/admin/southgate/settings", json={"logo_png": logo}).status_code == 200
    try:
        page = desk.new_page()
        picture = page.locator("img.logo")

        def shown() -> bool:
            page.goto("/schools/southgate")
            return picture.count() > 0

        wait_for(shown, "The logo")
        assert picture.evaluate("async e => { await e.decode(); return e.naturalWidth }") == 160
        check(page, "school-logo-sso")
    finally:
        head.http.put("/admin/southgate/settings", json={"logo_png": ""})
