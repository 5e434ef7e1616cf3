"""An admin with a passkey is asked again before an export, and goes on with what was chosen.

No test can wait until a confirmation is 15 minutes old. A session that was open before the passkey was added has never shown it,
so it is asked just as one that showed it long ago.
"""

import re
import secrets

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from infra.operator import invite_admin_event
from tests.browser.account.test_second_factors import AUTHENTICATOR
from tests.browser.chromium import await_shown, check, sign_in
from tests.e2e.client import Product, links_in
from tests.e2e.school import admin_of, as_operator

pytestmark = pytest.mark.browser
SCHOOL = "southgate"
PASSWORD = "eleven cheerful otters"


@pytest.fixture
def login(product: Product) -> str:
    """The address of an admin whom nobody but this test knows: the demo's admins stay as they are."""
    address = f"head.{secrets.token_hex(4)}@southgate.example"
    as_operator(product.stack, invite_admin_event(SCHOOL, email=address, given_name="Hana", family_name="Head"))
    token = links_in(product.mail(address))[0].partition("#")[2]
    used = product.http.post("/password-links/use", json={"token": token, "password": PASSWORD})
    assert used.status_code == 204, used.text
    return address


def authenticator(context: BrowserContext, page: Page) -> tuple[CDPSession, str]:
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]


def test_an_admin_with_a_passkey_is_asked_again_before_an_export(
    desk: BrowserContext, phone: BrowserContext, product: Product, login: str
) -> None:
    # At the desk, with the password alone: a session that is to be old.
    page = desk.new_page()
    sign_in(page, SCHOOL, login, PASSWORD)
    page.wait_for_url(f"**/admin/{SCHOOL}")

    # On the phone: the passkey, and a sign-in with it as the second step.
    mine = phone.new_page()
    made, on_phone = authenticator(phone, mine)
    sign_in(mine, SCHOOL, login, PASSWORD)
    mine.wait_for_url(f"**/admin/{SCHOOL}")
    mine.goto("/account")
    mine.get_by_role("link", name="Set up a second step").click()
    mine.get_by_label("Your current password").last.fill(PASSWORD)
    mine.get_by_label("A name for it").last.fill("My phone")
    mine.get_by_role("button", name="Add a passkey").click()
    expect(mine.get_by_role("heading", level=1, name="Your recovery codes")).to_be_visible()
    mine.get_by_role("link", name="I have kept them").click()
    mine.get_by_role("button", name="Sign out", exact=True).click()
    mine.wait_for_url(f"**/schools/{SCHOOL}")
    sign_in(mine, SCHOOL, login, PASSWORD)
    mine.wait_for_url("**/sessions/second-factor")
    mine.get_by_role("button", name="Use your passkey").click()
    mine.wait_for_url(f"**/admin/{SCHOOL}")

    # At the desk again: an export of one group is asked for, the passkey shown, and the export goes on as it was chosen.
    shown, at_desk = authenticator(desk, page)
    (passkey,) = made.send("WebAuthn.getCredentials", {"authenticatorId": on_phone})["credentials"]
    shown.send("WebAuthn.addCredential", {"authenticatorId": at_desk, "credential": passkey})
    office = admin_of(product.stack, SCHOOL)
    group = office.get(office.console("people"), role="student")["items"][0]["registration_group"]
    page.goto(f"/admin/{SCHOOL}/exports")
    page.get_by_role("link", name="Files", exact=True).click()
    page.get_by_role("radio", name="Registration groups").check()
    page.locator(f"[name='group.{group}']").check()
    page.get_by_label("Parents: a parent code for each student").check()
    page.get_by_label(re.compile("Mail merge, CSV:")).check()
    page.get_by_role("button", name="See what the file will hold").click()
    expect(page.get_by_role("heading", level=1, name="Confirm that it is you")).to_be_visible()
    check(page, "confirm-again")
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("heading", level=1, name="Check before you make the file")).to_be_visible()
    expect(page.get_by_text(f"for {group}: codes for parents.")).to_be_visible()
    page.get_by_role("button", name="Make the file").click()
    page.wait_for_url("**/exports/*")
    await_shown(page, page.get_by_role("link", name=re.compile("^Download the file")))
