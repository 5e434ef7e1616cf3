"""The pages of a sign-in at the school's own provider, as a browser shows them: each on which one can end, and those beside."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import pytest
from chalice.test import HTTPResponse
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from latchkey.sso.model.connection import GOOGLE, Connection
from portal.app import app as portal_app
from tests.browser.chromium import DESK, PHONE, check, profile
from tests.support.federate import OWN, World, open_world
from tests.support.gateway import Gateway
from tests.support.oidc_provider import query_of
from tests.support.system import TestSystem

ORIGIN: Final = "https://latchkey.test"
START: Final = "/schools/northbridge/sso/school"
GOOGLES: Final = Connection(
    name="google", kind="google", label="Google", roles=("staff",), issuer=GOOGLE, client_id="x", tenant=("northbridge.example",)
)


@pytest.fixture
def world(system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with open_world(system, monkeypatch, OWN, GOOGLES, help_line="Ring the office on 01632 960000", colour="#7a1f2b") as made:
        yield made


def refused(world: World, error: str) -> HTTPResponse:
    browser = world.browser()
    state = query_of(browser.get(START).headers["Location"])["state"]
    return browser.get(f"/sso/callback?state={state}&error={error}")


def pages(world: World) -> dict[str, HTTPResponse]:
    """Every kind of page, by its name."""
    world.says("zoe")
    found = {
        "help": world.browser().get(f"{START}/help"),
        "help-google": world.browser().get("/schools/northbridge/sso/google/help"),
        "sign-out": world.browser().get(f"{START}/sign-out"),
        "wrong-account": world.back(world.browser()),
        "lost": world.browser().get("/sso/callback?code=a&state=b"),
    }
    found |= {error: refused(world, error) for error in ("access_denied", "consent_required", "login_required", "server_error")}
    world.add("ada")
    world.says("ada")
    browser = world.browser()
    back = world.answer(browser)
    kept = dict(browser.jar)
    browser.get(back)
    browser.jar = kept
    found["used"] = browser.get(back)
    world.provider.secret = "another"
    found["setup"] = world.back(world.browser())
    return found


def shown(page: Page, made: dict[str, HTTPResponse]) -> None:
    """Answer the browser out of the process: the pages that were made, and the portal's assets."""
    portal = Gateway(portal_app)

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        answer = made.get(path.removeprefix("/shown/")) or portal.get(path)
        headers = {name: value for name, value in answer.headers.items() if isinstance(value, str) and name != "Set-Cookie"}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.body)

    page.route("**/*", answer)


@pytest.mark.parametrize(("size", "width"), [("390", PHONE), ("1280", DESK), ("320", {"width": 320, "height": 640})])
def test_each_page_says_what_to_do(browser: Browser, world: World, size: str, width: ViewportSize) -> None:
    made = pages(world)
    with profile(browser, ORIGIN, width) as context:
        page = context.new_page()
        shown(page, made)
        for name in made:
            page.goto(f"/shown/{name}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(page.locator("main a.button")).to_have_count(1)  # one thing to do next
            check(page, f"sso-{name}-{size}")
            assert len(made[name].body) < 60_000


def test_a_wrong_account_in_the_dark_and_in_urdu(browser: Browser, world: World) -> None:
    world.says("zoe")
    person = world.browser()
    back = world.answer(person)
    made = {"urdu": person.get(back, **{"Accept-Language": "ur"})}
    with profile(browser, ORIGIN, PHONE) as context:
        page = context.new_page()
        page.emulate_media(color_scheme="dark")
        shown(page, made)
        page.goto("/shown/urdu")
        assert page.locator("html").get_attribute("dir") == "rtl"
        expect(page.get_by_role("link", name="دوسرا اکاؤنٹ استعمال کریں")).to_have_attribute("href", f"{START}?again=1")
        check(page, "sso-wrong-account-urdu")
