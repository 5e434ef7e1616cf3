"""The demo's own school sign-in, SAML, and two schools beside each other, as Chromium sees them."""

import secrets
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import check
from tests.pages.sso.at_providers import go_by, quiet, says
from tests.pages.sso.conftest import Academy, new_academy
from tests.support.providers.certificates import key_and_certificate
from tests.support.providers.running import Provider, provider
from tests.support.visitor import Visitor

MAIL = "urn:oid:0.9.2342.19200300.100.1.3"


def is_in(page: Page, url: str, name: str) -> None:
    page.wait_for_url(f"{url}/account**")
    expect(page.get_by_text(name).first).to_be_visible()


def test_the_demos_own_sign_in_can_be_tried(phone: BrowserContext, stack: dict[str, Any]) -> None:
    pupil = stack["sso"]["accounts"]["student"]
    page = phone.new_page()
    page.goto("/schools/southgate")
    check(page, "sso-school")
    go_by(page, "southgate", "southgate-id")
    expect(page.get_by_role("heading", level=1, name="Southgate ID")).to_be_visible()
    check(page, "sso-southgate-id")
    page.get_by_role("link", name="Cancel and go back").click()
    says(page, "You are not signed in")
    check(page, "sso-cancelled")
    page.get_by_role("link", name="Try again").click()
    page.get_by_role("button", name="Somebody else").click()
    says(page, "This account is not known here")
    check(page, "sso-unknown")
    page.get_by_role("link", name="Use another account").click()
    page.get_by_role("button", name=pupil["name"]).click()
    is_in(page, stack["url"], pupil["name"].split()[0])

    # The next child at this computer signs in as themselves, and the first one's session is over.
    before = {
        each["value"] for each in phone.cookies() if each["name"].startswith("__Host-latchkey") and "sso" not in each["name"]
    }
    assert before
    teacher = stack["sso"]["accounts"]["teacher"]
    page.goto("/schools/southgate/sso/southgate-id")
    page.get_by_label("Or type anybody’s user name").fill(teacher["user_name"])
    page.get_by_role("button", name="Sign in").click()
    is_in(page, stack["url"], teacher["name"].split()[0])
    assert not before & {each["value"] for each in phone.cookies()}


@pytest.fixture(scope="module")
def saml(stack: dict[str, Any], sign_in_ports: dict[str, socket.socket]) -> Iterator[Provider]:
    key, certificate = key_and_certificate()
    acs = f"{stack['url']}/sso/saml"
    with provider("samlp", sign_in_ports["saml"], key=key, certificate=certificate, people={}, acs=acs) as made:
        yield made


def test_a_teacher_signs_in_through_saml(desk: BrowserContext, stack: dict[str, Any], saml: Provider, academy: Academy) -> None:
    teacher = academy.person("teacher", given_name="Tomasz")
    saml.change(people={"t": {"id": "pairwise-1", "attributes": {MAIL: teacher["email"]}}})
    academy.connect(
        "rm-unify", kind="saml", label="Sign in with RM Unify", roles=["teacher"], metadata_url=f"{saml.origin}/metadata", on=True
    )
    academy.opened()
    page = quiet(desk)
    page.goto(f"/schools/{academy.slug}/sso/rm-unify")
    page.get_by_label("Your name here").fill("t")
    page.get_by_role("button", name="Sign in").click()
    is_in(page, stack["url"], "Tomasz")

    # Afterwards the account's own id counts, whatever its address says: the next one to have the address is not this teacher.
    saml.change(people={"t": {"id": "pairwise-2", "attributes": {MAIL: teacher["email"]}}})
    page.goto(f"/schools/{academy.slug}/sso/rm-unify")
    page.get_by_label("Your name here").fill("t")
    page.get_by_role("button", name="Sign in").click()
    says(page, "Your page here is linked with another account there")
    check(page, "sso-saml-other-account")


def test_the_provider_of_one_school_opens_no_other(stack: dict[str, Any], sign_in_ports: dict[str, socket.socket]) -> None:
    """A pupil of each has the same address: the first school's provider opens the first school, and never the second."""
    first, second = new_academy(stack, "First Academy"), new_academy(stack, "Second Academy")
    email = f"same.{secrets.token_hex(4)}@x.example"
    pupils = {each.slug: each.person(email=email) for each in (first, second)}
    claims = {"email": email, "email_verified": True, "sub": "the same account"}
    with provider("oauth2-mock-server", sign_in_ports["second"], claims=claims) as other:
        first.connect_new("id", other.origin)
        first.opened()
        with Visitor(stack["url"]) as visitor:
            visitor.follow(f"/schools/{first.slug}/sso/id")
            assert visitor.signed_in_as() == pupils[first.slug]["id"]
            page = visitor.ask("GET", f"/schools/{second.slug}/sso/id")
            assert page.status_code == 404, "the second school has no provider"
            assert visitor.signed_in_as() == pupils[first.slug]["id"]
            # The way back of the first school's sign-in cannot be turned into one of the second's.
            back = visitor.follow(f"/schools/{first.slug}/sso/id", until="/sso/callback").headers["Location"]
            visitor.ask("GET", f"{back}&school={second.slug}")
            assert visitor.signed_in_as() == pupils[first.slug]["id"]
