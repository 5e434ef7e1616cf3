"""Eight planted faults: each ends on a page that says what to do, and the self-check, or an admin's own try, names it.

At the certified provider, but for those that only another can have: keys that cannot be read are looked for only of an issuer
of whom nothing is kept, and accounts of another tenant are Google's. What stands in for those is the hostile provider.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import check
from tests.pages.sso.at_providers import quiet, says, sign_in_at_the_certified
from tests.pages.sso.conftest import SECRET, Academy, new_academy
from tests.support.providers.hostile import Hostile, Plan
from tests.support.providers.running import Provider


@pytest.fixture
def academy(stack: dict[str, Any]) -> Academy:
    """A school for each test: one that is known already is kept for a while, with the connections that it had."""
    return new_academy(stack)


@pytest.fixture
def pupil(academy: Academy) -> dict[str, Any]:
    return academy.person()


@pytest.fixture
def at_certified(academy: Academy, certified: Provider, pupil: dict[str, Any], stack: dict[str, Any]) -> Iterator[Any]:
    """Connect the school with the certified provider, where the pupil has an account, and plant a fault there or here."""
    ours = {"client_id": "ours", "client_secret": SECRET, "redirect_uris": [f"{stack['url']}/sso/callback"]}

    def connect(*, client: dict[str, Any] | None = None, claims: dict[str, Any] | None = None, issuer: str = "") -> None:
        account = {"email": pupil["email"], "email_verified": True, **(claims or {})}
        certified.change(clients=[{**ours, **(client or {})}], accounts={pupil["username"]: account}, claimsInIdToken=True)
        academy.connect_new("id", issuer or certified.origin)

    yield connect
    certified.change(clients=[ours], accounts={})


def go(desk: BrowserContext, at: str, login: str = "", *, agree: bool = True) -> Page:
    """Sign in as somebody does; without a ``login`` the provider asks nothing."""
    desk.clear_cookies()
    page = quiet(desk)

    page.goto(at)
    if login:
        sign_in_at_the_certified(page, login, agree=agree)
    return page


def start(academy: Academy, name: str = "id") -> str:
    return f"/schools/{academy.slug}/sso/{name}"


def names(checks: dict[str, Any], name: str, why: str) -> None:
    """The check says what is wrong, and what mends it."""
    assert (checks[name]["state"], checks[name]["why"]) == ("stop", why), checks[name]
    assert checks[name]["text"]
    assert checks[name]["fix"]


def test_a_wrong_redirect_address(desk: BrowserContext, academy: Academy, at_certified: Any) -> None:
    """The error stands on the provider's page, and nobody comes back: our page before it says what to do."""
    at_certified(client={"redirect_uris": ["https://elsewhere.example/sso/callback"]})
    page = go(desk, start(academy))
    expect(page.get_by_text("invalid_redirect_uri").first).to_be_visible()
    page.goto(f"{start(academy)}/help")
    says(page, "When the sign-in says no")
    check(page, "sso-help")
    names(academy.checks("id"), "redirect_address", "not_registered")


def test_a_secret_that_is_no_longer_taken(
    desk: BrowserContext, academy: Academy, at_certified: Any, pupil: dict[str, Any]
) -> None:
    at_certified(client={"client_secret": "another-one-by-now"})
    page = go(desk, start(academy), pupil["username"])
    says(page, "This sign-in is not set up right")
    expect(page.get_by_text("invalid_client")).to_be_visible()
    check(page, "sso-secret")
    names(academy.checks("id"), "secret", "refused")


def test_an_account_of_another_domain(desk: BrowserContext, academy: Academy, hostile: Hostile, pupil: dict[str, Any]) -> None:
    google = {"tenant": ["school.example"], "client_id": "1-a.apps.googleusercontent.com", "client_secret": SECRET}
    academy.connect("google", kind="google", label="Google", roles=["student"], on=True, **google)
    claims = {"email": pupil["email"], "email_verified": True}
    hostile.plan = Plan(claims=claims | {"hd": "other.example"})
    page = go(desk, start(academy, "google"))
    says(page, "This is not an account of your school")
    expect(page.get_by_text(pupil["email"]).first).to_be_visible()
    check(page, "sso-other-domain")
    go(desk, academy.try_it("google"))
    names(academy.tried("google"), "tenant", "other")

    hostile.plan = Plan(claims=claims | {"hd": "school.example"})
    academy.opened()
    go(desk, start(academy, "google")).wait_for_url("**/account**")


def test_somebody_who_does_not_agree(desk: BrowserContext, academy: Academy, at_certified: Any, pupil: dict[str, Any]) -> None:
    at_certified()
    page = go(desk, start(academy), pupil["username"], agree=False)
    says(page, "You are not signed in")
    check(page, "sso-denied")
    go(desk, academy.try_it("id"), pupil["username"], agree=False)
    names(academy.tried("id"), "consent", "refused")


def test_an_admin_of_the_provider_who_has_not_agreed(desk: BrowserContext, academy: Academy, hostile: Hostile) -> None:
    academy.connect_new("id", hostile.new_issuer())
    hostile.plan = Plan(back={"code": None, "error": "consent_required", "error_description": "AADSTS65001: The user or admin"})
    page = go(desk, start(academy))
    says(page, "Your school has to allow this first")
    expect(page.get_by_text("AADSTS65001")).to_be_visible()
    check(page, "sso-consent")
    go(desk, academy.try_it("id"))
    names(academy.tried("id"), "consent", "admin_needed")


@pytest.mark.parametrize(("seconds", "why"), [(3_600, "ahead"), (-3_600, "behind")])
def test_a_clock_that_is_wrong(desk: BrowserContext, academy: Academy, hostile: Hostile, seconds: int, why: str) -> None:
    academy.connect_new("id", hostile.new_issuer())
    hostile.ahead = seconds
    page = go(desk, start(academy))
    says(page, "The clocks do not agree")
    check(page, f"sso-clock-{why}")
    names(academy.checks("id"), "clock", why)
    hostile.ahead = 0


def test_no_address(desk: BrowserContext, academy: Academy, at_certified: Any, pupil: dict[str, Any]) -> None:
    at_certified(claims={"email": None, "email_verified": None})
    page = go(desk, start(academy), pupil["username"])
    says(page, "We were not told who you are")
    check(page, "sso-no-address")
    go(desk, academy.try_it("id"), pupil["username"])
    names(academy.tried("id"), "email_claim", "missing")


def test_another_issuer(desk: BrowserContext, academy: Academy, certified: Provider, at_certified: Any) -> None:
    at_certified(issuer=f"{certified.origin}/")
    page = go(desk, start(academy))
    says(page, "This sign-in is not set up right")
    check(page, "sso-issuer")
    names(academy.checks("id"), "issuer", "other")


def test_keys_that_cannot_be_read(desk: BrowserContext, academy: Academy, hostile: Hostile) -> None:
    academy.connect_new("id", hostile.new_issuer())
    hostile.plan = Plan(pages={"/jwks": (503, {}, b"")})
    page = go(desk, start(academy))
    says(page, "The other side does not answer")
    check(page, "sso-keys")
    names(academy.checks("id"), "keys", "unreachable")
