"""A teacher comes in by SAML, in Chromium: to the provider, back by its form, and once more from our own page."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import DESK, PHONE, profile
from tests.support.gateway import answer, proxy_event
from tests.support.in_process import app_of
from tests.support.quick_stack.__main__ import Made, Server
from tests.support.saml import SamlWorld, open_saml_world, unify
from tests.support.saml_provider import AFFILIATION, FAMILY, GIVEN, MAIL, Answer, Keys, keys, posted, read_request
from tests.support.system import TestSystem


@dataclass
class Site:
    """Our site and the provider's, which is another one for the browser; whoever goes there is ``name``."""

    world: SamlWorld
    origin: str
    name: str = "ann"
    by: Keys | None = None

    def ours(self, method: str, target: str, headers: Message, body: bytes, address: str) -> Made:
        """The apps."""
        app = app_of(urlsplit(target).path)
        event = proxy_event(app, method, target, dict(headers.items()), body)
        event["requestContext"]["identity"]["sourceIp"] = address
        made = answer(app, event)
        return made.status_code, made.headers, made.body

    def theirs(self, _method: str, target: str, _headers: Message, _body: bytes, _address: str) -> Made:
        """The provider's page, whose form sends itself."""
        request = read_request(target)
        person = {MAIL: [f"{self.name}@northbridge.example"], GIVEN: [self.name.title()], FAMILY: ["Ash"]}
        said = Answer(
            answers=request.get("ID"),
            audience=request.findtext("{urn:oasis:names:tc:SAML:2.0:assertion}Issuer"),
            recipient=f"{self.origin}/sso/saml",
            destination=f"{self.origin}/sso/saml",
            now=int(self.world.system.clock()),
            subject=f"subject-{self.name}",
            id=f"_{self.name}{request.get('ID')[-8:]}",
            attributes={**person, AFFILIATION: ["staff@northbridge.example"]},
        )
        field = f'<input name="SAMLResponse" value="{posted(said.signed(self.by))}">'
        form = f'<form method="post" action="{self.origin}/sso/saml">{field}</form>'
        page = f"<!doctype html><title>Provider</title>{form}<script>document.forms[0].submit()</script>"
        return 200, {"Content-Type": "text/html"}, page.encode()


@pytest.fixture
def site(system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    here, there = Server(), Server()
    origin = f"http://localhost:{here.server_port}"
    system.environment["ORIGIN"] = origin
    connection = unify(sign_in_url=f"http://127.0.0.1:{there.server_port}/sso")
    with open_saml_world(system, monkeypatch, connection) as world:
        made = Site(world, origin)
        here.answer, there.answer = made.ours, made.theirs
        yield made
    for each in (here, there):
        each.shutdown()
        each.server_close()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_teacher_comes_in_and_the_next_at_the_computer_is_another(site: Site, browser: Browser, size: Any) -> None:
    with profile(browser, site.origin, size) as context:
        page = context.new_page()
        for site.name in ("ann", "ben"):
            site.world.add(site.name, role="teacher")
            page.goto(f"{site.origin}/schools/northbridge/sso/unify")
            page.wait_for_url(f"{site.origin}/account")
            assert page.locator("nav.who").get_by_text(f"{site.name.title()} Ash").is_visible()


def test_a_forged_answer_ends_on_a_page_that_says_what_to_do(site: Site, browser: Browser) -> None:
    site.world.add("ann", role="teacher")
    site.by = keys("attacker")
    with profile(browser, site.origin, DESK) as context:
        page = context.new_page()
        page.goto(f"{site.origin}/schools/northbridge/sso/unify")
        page.get_by_role("heading", name="This sign-in is not set up right").wait_for()
        assert page.get_by_text("saml-signature").is_visible()


def test_without_the_script_the_button_goes_on(site: Site, browser: Browser) -> None:
    site.world.add("ann", role="teacher")
    with profile(browser, site.origin, DESK) as context:
        page = context.new_page()
        page.route("**/once-more*", lambda route: route.abort())
        page.goto(f"{site.origin}/schools/northbridge/sso/unify")
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url(f"{site.origin}/account")
