"""A forged token in Chromium: it ends on a page, and the honest one after it lets in (all others: tests/routes/federate)."""

from typing import Any

from playwright.sync_api import BrowserContext, expect

from tests.browser.chromium import check
from tests.pages.sso.at_providers import quiet, says
from tests.pages.sso.conftest import Academy
from tests.support.providers.forged_tokens import FORGED
from tests.support.providers.hostile import Hostile, Plan


def test_a_forged_token_ends_on_a_page_and_an_honest_one_lets_in(
    phone: BrowserContext, academy: Academy, hostile: Hostile, pupil: dict[str, Any], stack: dict[str, Any]
) -> None:
    academy.connect_new("id", hostile.new_issuer())
    start = f"/schools/{academy.slug}/sso/id"
    claims = {"email": pupil["email"], "email_verified": True}
    hostile.plan = Plan(claims=claims, token=FORGED["the right name of a key and another key"])
    page = quiet(phone)
    page.goto(start)
    says(page, "This sign-in is not set up right")
    check(page, "sso-forged")
    assert not any(each["name"] == "__Host-latchkey" for each in phone.cookies())

    hostile.plan = Plan(claims=claims)
    academy.opened()
    page.goto(start)
    page.wait_for_url(f"{stack['url']}/account")
    expect(page.get_by_text(pupil["given_name"]).first).to_be_visible()
