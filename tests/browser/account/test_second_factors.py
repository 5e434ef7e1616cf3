"""Somebody sets up an app and a passkey, signs in with each and with a recovery code, and removes one."""

import re
import secrets
import time

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import check, sign_in
from tests.e2e.client import Product
from tests.e2e.school import enrol, new_group, people, pupil
from tests.support.authenticator import app_code

pytestmark = pytest.mark.browser
PASSWORD = "eleven cheerful otters"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def login(admin: Product, product: Product) -> str:
    """The address of a parent whom nobody but this test knows."""
    group = new_group()
    enrol(admin, [pupil(group.name, 0, group.addresses[0])])
    (child,) = people(admin, group)
    code = admin.http.post(admin.console(f"people/{child['id']}/codes"), json={}).json()["parent_code"]
    address = f"mum.{secrets.token_hex(4)}@home.example"
    wishes = {"email": address, "given_name": "Maya", "family_name": "Okafor", "password": PASSWORD}
    answer = product.http.post(f"/schools/{product.school}/codes/use", json={"code": code, **wishes})
    assert answer.status_code == 201, answer.text
    return address


def again(page: Page, product: Product, login: str) -> None:
    """Sign out, and in again as far as the second step."""
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"**/schools/{product.school}")
    sign_in(page, product.school, login, PASSWORD)
    page.wait_for_url("**/sessions/second-factor")


def test_an_app_a_passkey_and_a_recovery_code(desk: BrowserContext, product: Product, login: str) -> None:
    page = desk.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    devtools = desk.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    sign_in(page, product.school, login, PASSWORD)
    page.wait_for_url("**/account")
    page.get_by_role("link", name="Set up a second step").click()
    check(page, "second-factors-none")
    page.get_by_label("Your current password").fill(PASSWORD)
    page.get_by_label("A name for it").fill("My phone")
    page.get_by_role("button", name="Add an authenticator app").click()
    page.wait_for_url(re.compile("/account/second-factors/[0-9a-z]{26}$"))
    expect(page.get_by_role("img", name="QR code for your app")).to_be_visible()
    check(page, "second-factors-app")
    secret = page.locator(".code").inner_text().replace(" ", "")
    page.get_by_label("Six digits").fill(app_code(secret, time.time()))
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", level=1, name="Your recovery codes")).to_be_visible()
    check(page, "second-factors-codes")
    codes = page.locator("ol .code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them").click()

    again(page, product, login)
    check(page, "second-step-app")
    page.get_by_label("Code of your app").fill(app_code(secret, time.time(), 1))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/account")

    page.get_by_role("link", name="Add, remove, or make new recovery codes").click()
    page.get_by_label("A name for it").fill("This computer")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/account/second-factors?done=added")
    check(page, "second-factors-both")

    again(page, product, login)
    check(page, "second-step")
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/account")

    again(page, product, login)
    page.get_by_label("Code of your app").fill(codes[4].lower())
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/account")
    expect(page.get_by_text("Recovery codes left: 9.")).to_be_visible()

    page.get_by_role("link", name="Add, remove, or make new recovery codes").click()
    page.get_by_role("button", name="Remove This computer").click()
    expect(page.get_by_text("It is removed.")).to_be_visible()
    expect(page.get_by_text("This computer")).to_have_count(0)
    assert problems == []
