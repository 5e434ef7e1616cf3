"""A parent opens an invitation on a phone, and is signed in after two taps: Use this phone, and unlocking it."""

import secrets

from playwright.sync_api import BrowserContext, expect

from tests.browser.account.test_second_factors import AUTHENTICATOR
from tests.browser.chromium import check
from tests.e2e.client import Product, links_in
from tests.e2e.school import enrol, new_group, people, pupil

PASSWORD = "eleven cheerful otters"
UNLOCKING = 1  # the authenticator is touched once, which happens by itself here


def test_a_parent_goes_from_invitation_to_passkey(phone: BrowserContext, admin: Product, product: Product) -> None:
    group = new_group()
    enrol(admin, [pupil(group.name, 0, group.addresses[0])])
    (child,) = people(admin, group)
    pin = admin.http.post(admin.console(f"people/{child['id']}/codes"), json={}).json()["pin"]
    at = f"/schools/{product.school}"
    product.http.post(f"{at}/codes/use", json={"code": pin, "password": PASSWORD}).raise_for_status()
    token = product.http.post(f"{at}/sessions", json={"identifier": child["email"], "password": PASSWORD}).json()["token"]
    address = f"maya.{secrets.token_hex(4)}@home.example"
    invited = product.http.post(
        "/account/parent-invitations", json={"emails": [address]}, headers={"Authorization": f"Bearer {token}"}
    )
    assert invited.status_code == 202, invited.text
    (link,) = {each for each in links_in(admin.mail(address)) if "/join#" in each}

    page, taps = phone.new_page(), 0
    devtools = phone.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    authenticator = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]
    page.goto(link)
    expect(page.get_by_role("heading", level=1, name="Make your account")).to_be_visible()
    page.get_by_role("button", name="Use this phone").click()
    expect(page.get_by_role("link", name="Enter your first name")).to_be_visible()
    assert not devtools.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"], "nothing was made"
    page.get_by_label("Your first name").fill("Maya")
    check(page, "invitation-use-this-phone")
    page.get_by_role("button", name="Use this phone").click()
    taps += 1 + UNLOCKING
    page.wait_for_url("**/account")
    assert taps <= 3
    expect(page.get_by_role("heading", level=1)).to_contain_text("Maya")
    expect(page.get_by_role("heading", level=3, name=child["given_name"])).to_be_visible()

    page.goto("/account/second-factors")
    expect(page.get_by_role("heading", name="Your phone, instead of a password")).to_be_visible()
    expect(page.get_by_text("It is your only way in")).to_be_visible()
    check(page, "phone-only-way-in")
    page.goto("/account")
    expect(page.get_by_text("Instead of a password")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{at}/sessions")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/account")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Maya")
