"""A parent who reads Urdu, on a phone: from the page of the school to the account, all of it from right to left."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from infra.translations import script
from tests.browser.chromium import check
from tests.e2e.client import PATIENCE, Product
from tests.e2e.school import enrol, new_group, people, pupil

pytestmark = pytest.mark.browser
PASSWORD = "eleven cheerful otters"
URDU: Any = script("catalogues").whole("ur")[0]


def say(message: str) -> str:
    """What the catalogue says for it."""
    return str(URDU.get(message).string)


@pytest.fixture
def phone(browser: Browser, product: Product) -> Iterator[Page]:
    """A narrow phone whose owner reads Urdu."""
    size = {"width": 320, "height": 640}
    context = browser.new_context(base_url=product.stack["url"], viewport=size, locale="ur-PK")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE * 1000)
    yield context.new_page()
    context.close()


@pytest.fixture
def child(admin: Product) -> dict[str, Any]:
    """A student whom nobody but this test knows."""
    group = new_group()
    row = pupil(group.name, 0, group.addresses[0])
    enrol(admin, [[*row[:2], "Zainab", "Ahmed", *row[4:]]])
    (found,) = people(admin, group)
    return found


def right_to_left(page: Page) -> None:
    assert page.evaluate("[document.documentElement.lang, getComputedStyle(document.body).direction]") == ["ur", "rtl"], page.url


def test_an_urdu_speaking_parent_on_a_phone(phone: Page, admin: Product, product: Product, child: dict[str, Any]) -> None:
    codes = admin.http.post(admin.console(f"people/{child['id']}/codes"), json={}).json()
    page, address = phone, f"ammi.{secrets.token_hex(4)}@home.example"
    page.goto(f"/schools/{product.school}")
    right_to_left(page)
    check(page, "urdu-school")
    page.get_by_role("link", name=say("Use a code")).click()
    expect(page.get_by_role("heading", level=1, name=say("Use your code"))).to_be_visible()
    right_to_left(page)
    check(page, "urdu-code")
    page.locator("#code").fill(codes["parent_code"])
    page.get_by_role("button", name=say("Go on")).click()
    expect(page.get_by_role("heading", level=1, name=say("Register as a parent"))).to_be_visible()
    page.get_by_role("button", name=say("Register"), exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(say("There is a problem"))
    right_to_left(page)
    check(page, "urdu-register")
    page.locator("#given_name").fill("Maryam")
    page.locator("#family_name").fill("Ahmed")
    page.locator("#email").fill(address)
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name=say("Register"), exact=True).click()
    expect(page.get_by_role("heading", level=1, name=say("Your account is ready"))).to_be_visible()
    right_to_left(page)
    check(page, "urdu-ready")
    page.locator("main").get_by_role("link", name=say("Sign in"), exact=True).click()

    # The foot of a page has the other languages, for who has a borrowed phone.
    page.get_by_role("button", name="Cymraeg").click()
    page.wait_for_function("document.documentElement.lang === 'cy'")
    assert page.evaluate("getComputedStyle(document.body).direction") == "ltr"
    page.get_by_role("button", name="اردو").click()
    page.wait_for_function("document.documentElement.lang === 'ur'")
    check(page, "urdu-sign-in")

    page.locator("#identifier").fill(address)
    page.locator("#password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name=say("Sign in"), exact=True).click()
    page.wait_for_url("**/account")
    right_to_left(page)
    check(page, "urdu-account")
    expect(page.get_by_text(child["name"]).first).to_be_visible()
