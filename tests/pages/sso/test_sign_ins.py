"""People come in by providers that nobody here wrote, as Chromium sees it."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import check
from tests.e2e.school import admin_of
from tests.pages.sso.at_providers import go_by, quiet, sign_in_at_the_certified
from tests.pages.sso.conftest import Academy
from tests.support.providers.running import Provider


def is_in(page: Page, url: str, name: str) -> None:
    page.wait_for_url(f"{url}/account**")
    expect(page.get_by_text(name).first).to_be_visible()


@pytest.fixture
def southgate(stack: dict[str, Any], certified: Provider) -> Iterator[tuple[Academy, dict[str, Any]]]:
    """Southgate with the certified provider beside its own; a pupil of it who has an account there, and nobody uses elsewhere."""
    academy = Academy("southgate", admin_of(stack, "southgate"), {})
    academy.connect_new("certified", certified.origin, label="Sign in with Certified")
    people = academy.admin.get(academy.admin.console("people"), role="student")["items"]
    pupil = secrets.choice([each for each in people if each["email"] and each["username"] > "21"])
    claims = {"email": pupil["email"], "email_verified": True, "given_name": pupil["given_name"]}
    certified.change(accounts={"me": claims}, claimsInIdToken=True)
    yield academy, pupil
    academy.connect("certified", on=False)


def test_a_pupil_of_southgate_signs_in_through_the_certified_provider(
    desk: BrowserContext, stack: dict[str, Any], southgate: tuple[Academy, dict[str, Any]]
) -> None:
    _, pupil = southgate
    page = quiet(desk)
    go_by(page, "southgate", "certified")
    sign_in_at_the_certified(page, "me")
    is_in(page, stack["url"], pupil["given_name"])
    check(page, "sso-signed-in")

    # Signing out here offers to sign out there; after that the next child is asked who they are.
    page.get_by_role("button", name="Sign out").first.click()
    there = page.get_by_role("link", name="Sign out there")
    expect(there).to_be_visible()
    check(page, "sso-sign-out")
    there.click()
    page.get_by_role("button", name="Yes, sign me out").click()
    page.goto("/schools/southgate/sso/certified")
    expect(page.get_by_placeholder("Enter any login")).to_be_visible()


def test_a_provider_may_say_the_address_only_when_it_is_asked_again(
    desk: BrowserContext, stack: dict[str, Any], certified: Provider, southgate: tuple[Academy, dict[str, Any]]
) -> None:
    """As the specification has it: with a code, the claims of a scope are userinfo's, and not in the token."""
    certified.change(claimsInIdToken=False)
    page = quiet(desk)
    page.goto("/schools/southgate/sso/certified")
    sign_in_at_the_certified(page, "me")
    is_in(page, stack["url"], southgate[1]["given_name"])
