"""An admin sets up single sign-on in a browser: a page for each step, on a desk, on a phone, by keyboard and without scripts."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import PHONE, check, profile, signed_in
from tests.e2e.client import Product

GOOGLE_ID = "1234567890-abc123.apps.googleusercontent.com"
TENANT = "11111111-2222-3333-4444-555555555555"
CLIENT = "99999999-8888-7777-6666-555555555555"


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_google_is_registered_and_kept_as_a_draft(request: pytest.FixtureRequest, product: Product, width: str) -> None:
    context: BrowserContext = request.getfixturevalue(width)
    page = signed_in(context, product)
    base = f"/admin/{product.school}/settings"
    page.goto(base)
    page.get_by_role("link", name="Single sign-on", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Single sign-on")
    check(page, f"sso-empty-{width}")
    page.get_by_role("link", name="Google Workspace").click()
    expect(page.get_by_text(f"{product.stack['url']}/sso/callback")).to_be_visible()
    check(page, f"sso-google-registration-{width}")
    page.get_by_label("Client ID").fill("mistyped")
    page.get_by_role("button", name="Save", exact=True).click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Google’s client IDs end with .apps.googleusercontent.com.")
    check(page, f"sso-google-wrong-{width}")
    page.get_by_label("Your school’s Google domain").fill("northbridge.example")
    page.get_by_label("Client ID").fill(GOOGLE_ID)
    page.get_by_label("Client secret").fill("GOCSPX-of-the-story")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Saved")
    expect(page.get_by_role("heading", level=1)).to_have_text("Google Workspace")
    expect(page.get_by_text("your institution’s admin needs to review this app")).to_be_visible()
    expect(page.locator("#client")).to_have_text(GOOGLE_ID)
    assert "GOCSPX-of-the-story" not in page.content()
    check(page, f"sso-google-{width}")
    page.get_by_role("link", name=re.compile("who, and switch it on")).click()
    check(page, f"sso-google-people-{width}")
    page.get_by_label("Now").select_option("on")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Choose who signs in with it.")
    page.get_by_role("link", name="Back without saving").click()
    _removed(page, "Google Workspace")


def test_microsoft_asks_when_the_secret_ends_and_says_what_only_its_page_would(desk: BrowserContext, product: Product) -> None:
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}/settings/sso/entra/registration")
    page.get_by_label("Directory (tenant) ID").fill(TENANT)
    page.get_by_label("Application (client) ID").fill(CLIENT)
    page.get_by_label("Client secret").fill("abc~of-the-story")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the day on which the secret ends")
    page.get_by_label("Client secret").fill("abc~of-the-story")
    page.get_by_label("The secret ends on").fill("2031-08-31")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("AADSTS50020", exact=False).first).to_be_visible()
    expect(page.get_by_text("the client secret ends on 2031-08-31")).to_be_visible()
    check(page, "sso-entra-desk")
    page.goto(f"/admin/{product.school}/settings/sso")
    check(page, "sso-list-desk")
    page.get_by_role("link", name="Microsoft Entra ID").click()
    _removed(page, "Microsoft Entra ID")


@pytest.mark.parametrize("name", ["rm-unify", "openid"])
def test_the_other_registrations(phone: BrowserContext, product: Product, name: str) -> None:
    page = signed_in(phone, product)
    page.goto(f"/admin/{product.school}/settings/sso/{name}/registration")
    check(page, f"sso-{name}-registration-phone")


def test_without_scripts_and_by_keyboard(browser: Browser, product: Product) -> None:
    with profile(browser, product.stack["url"], PHONE, java_script_enabled=False) as context:
        page = signed_in(context, product)
        page.goto(f"/admin/{product.school}/settings/sso/openid/registration")
        page.get_by_label("Issuer").focus()
        page.keyboard.type("http://login.school.example")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("Enter an address that begins with https://")
        expect(page.get_by_label("Issuer")).to_have_value("http://login.school.example")


def _removed(page: Page, called: str) -> None:
    page.get_by_role("button", name=f"Remove {called}").click()
    expect(page.get_by_role("status").first).to_contain_text("The provider is removed")
