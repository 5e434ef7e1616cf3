"""A parent opens the address of a slip on a phone, and is signed in after three taps: Go on, Use this phone, and unlocking it."""

import secrets

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.account.test_second_factors import AUTHENTICATOR
from tests.browser.chromium import check
from tests.e2e.client import Product
from tests.e2e.school import enrol, new_group, people, pupil

pytestmark = pytest.mark.browser
UNLOCKING = 1  # the authenticator is touched once, which happens by itself here


def test_a_parent_goes_from_slip_to_passkey_in_three_taps(phone: BrowserContext, admin: Product, product: Product) -> None:
    group = new_group()
    enrol(admin, [pupil(group.name, 0, group.addresses[0])])
    (child,) = people(admin, group)
    code = admin.http.post(admin.console(f"people/{child['id']}/codes"), json={}).json()["parent_code"]
    page, taps = phone.new_page(), 0
    devtools = phone.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    page.goto(f"/r/{product.school}#{code}")
    page.get_by_role("button", name="Go on").click()
    taps += 1
    page.get_by_label("Your first name").fill("Maya")
    page.get_by_label("Your e-mail address").fill(f"maya.{secrets.token_hex(4)}@home.example")
    expect(page.get_by_role("button", name="Use this phone")).to_be_visible()
    check(page, "slip-use-this-phone")
    page.get_by_role("button", name="Use this phone").click()
    taps += 1 + UNLOCKING
    page.wait_for_url("**/account")
    assert taps <= 3
    expect(page.get_by_role("heading", level=1)).to_contain_text("Maya")

    page.get_by_role("button", name="Sign out").click()
    page.goto(f"/schools/{product.school}/sessions")
    check(page, "sign-in-with-a-passkey")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/account")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Maya")
