"""People come in by providers that nobody here wrote, as Chromium sees it."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import check
from tests.pages.sso.at_providers import quiet, sign_in_at_the_certified
from tests.pages.sso.conftest import Academy
from tests.support.providers.running import Provider


def is_in(page: Page, url: str, name: str) -> None:
    page.wait_for_url(f"{url}/account**")
    expect(page.get_by_text(name).first).to_be_visible()


@pytest.fixture
def pupil(academy: Academy, certified: Provider) -> dict[str, Any]:
    """A pupil who has an account at the certified provider, by which the school's students sign in."""
    made = academy.person(given_name="Ifeoma")
    academy.connect_new("certified", certified.origin, label="Certified")
    claims = {"email": made["email"], "email_verified": True}
    certified.change(accounts={made["username"]: claims}, claimsInIdToken=True)
    academy.opened()
    return made


def test_a_pupil_signs_in_through_the_certified_provider(
    desk: BrowserContext, stack: dict[str, Any], academy: Academy, pupil: dict[str, Any]
) -> None:
    page = quiet(desk)
    page.goto(f"/schools/{academy.slug}/sso/certified")
    sign_in_at_the_certified(page, pupil["username"])
    is_in(page, stack["url"], pupil["given_name"])
    check(page, "sso-signed-in")

    # Signing out here offers to sign out there; after that the next child is asked who they are.
    page.get_by_role("button", name="Sign out").first.click()
    there = page.get_by_role("link", name="Sign out there")
    expect(there).to_be_visible()
    check(page, "sso-sign-out")
    there.click()
    page.get_by_role("button", name="Yes, sign me out").click()
    page.goto(f"/schools/{academy.slug}/sso/certified")
    expect(page.get_by_placeholder("Enter any login")).to_be_visible()


def test_a_provider_may_say_the_address_only_when_it_is_asked_again(
    desk: BrowserContext, stack: dict[str, Any], certified: Provider, academy: Academy, pupil: dict[str, Any]
) -> None:
    """As the specification has it: with a code, the claims of a scope are userinfo's, and not in the token."""
    certified.change(claimsInIdToken=False)
    page = quiet(desk)
    page.goto(f"/schools/{academy.slug}/sso/certified")
    sign_in_at_the_certified(page, pupil["username"])
    is_in(page, stack["url"], pupil["given_name"])
