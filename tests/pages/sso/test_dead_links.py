"""A mail that is older than the school's own sign-in: its link leads to that, in words and with its button."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from latchkey.invitations.invite import invite
from latchkey.invitations.model.invitation import DAY, link_of
from latchkey.password_links.model import links
from latchkey.schools.model.school import PublicConnection, Settings, SingleSignOn
from tests.browser.chromium import DESK, PHONE, check, profile
from tests.support.portal import Portal, open_portal
from tests.support.system import TestSystem

ORIGIN: Final = "https://latchkey.test"
OWN: Final = PublicConnection(name="school", kind="oidc", label="School account", roles=("student", "parent"), issuer="https://i")


@pytest.fixture
def portal(system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    with open_portal(system, monkeypatch) as made:
        yield made


def switch_on(portal: Portal) -> None:
    """The school's own sign-in counts from now on."""
    school = portal.wiring.schools.get("northbridge")
    assert school is not None
    sso = SingleSignOn(roles=OWN.roles, connections=(OWN,))
    portal.system.wiring("operate").schools.change(replace(school, settings=Settings(sso=sso)))
    portal.system.clock.now += 60  # portals keep a copy of the school for a minute


def served(page: Page, portal: Portal) -> None:
    """The portal answers the browser, out of this process."""

    def answer(route: Route) -> None:
        sent, parts = route.request, urlsplit(route.request.url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        body = (sent.post_data or "").encode()
        made = portal.http.get(target, headers=sent.headers) if sent.method == "GET" else None
        made = made or portal.http.post(target, body=body, headers=sent.headers)
        headers = {name: value for name, value in made.headers.items() if isinstance(value, str)}
        route.fulfill(status=made.status_code, headers=headers, body=made.body)

    page.route("**/*", answer)


def old_links(portal: Portal) -> dict[str, str]:
    """Where mails of before lead: to a password, and to a parent's account."""
    ann = portal.add("ann", password=None)
    school = portal.wiring.schools.get("northbridge")
    assert school is not None
    invitation = invite(portal.wiring, school, "mum@home.example", [ann.id], "contacts")
    asked = links.token(link_of(invitation, "northbridge", portal.wiring.now() + DAY), portal.wiring.link_key("northbridge", 0))
    return {"set-password": portal.token(ann), "join": asked}


@pytest.mark.parametrize("path", ["set-password", "join"])
def test_it_says_with_what_they_sign_in_and_leads_there(browser: Browser, portal: Portal, path: str) -> None:
    token = old_links(portal)[path]
    switch_on(portal)
    for size, width in (("phone", PHONE), ("desk", DESK)):
        with profile(browser, ORIGIN, width) as context:
            page = context.new_page()
            served(page, portal)
            page.goto(f"/{path}#{token}")
            expect(page.get_by_role("heading", level=1)).to_have_text("You sign in with your school account")
            expect(page.get_by_text("this link does nothing any more")).to_be_visible()
            button = page.get_by_role("link", name="Sign in with your school account")
            expect(button).to_have_attribute("href", "/schools/northbridge/sso/school")
            check(page, f"sso-dead-{path}-{size}")
