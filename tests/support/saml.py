"""Single sign-on by SAML over a whole system, as a browser sees it: the provider is tests/support/saml_provider.py."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import HTTPResponse

import saml.system
from latchkey.sso.model.connection import Connection
from latchkey.sso.oidc.fetch import Fetched, Unreachable
from latchkey.sso.saml.source import Source
from saml.app import app
from tests.support.federate import Browser, World, open_world
from tests.support.gateway import Gateway
from tests.support.portal import PAGE
from tests.support.saml_provider import AFFILIATION, FAMILY, GIVEN, MAIL, Answer, Keys, keys, metadata, posted, read_request
from tests.support.system import TestSystem

ORIGIN = "https://latchkey.test"
UNIFY = Connection(
    name="unify",
    kind="saml",
    label="RM Unify",
    roles=("student", "teacher"),
    issuer="https://idp.test/entity",
    tenant=("northbridge.example",),
    match_claim="mail",
    metadata_url="https://idp.test/metadata",
    sign_in_url="https://idp.test/sso",
)
"""With ``certificates`` of the run."""


def unify(**facts: Any) -> Connection:
    """The usual connection."""
    return replace(UNIFY, **{"certificates": (keys().text,), **facts})


@dataclass
class SamlBrowser(Browser):
    """A browser that a provider's page may have post a form across sites: then no Lax cookie comes with it."""

    def from_elsewhere(self, document: str, **fields: str) -> HTTPResponse:
        """The provider's form."""
        said = {**PAGE, "Content-Type": "application/x-www-form-urlencoded", "Origin": "https://idp.test"}
        body = urlencode({"SAMLResponse": posted(document), **fields}).encode()
        return self._keep(self.http["saml"].post("/sso/saml", body=body, headers={**said, "Sec-Fetch-Site": "cross-site"}))

    def brings(self, document: str) -> HTTPResponse:
        """The provider's form, and our page's, which sends itself."""
        first = self.from_elsewhere(document)
        found = re.search(r'name="SAMLResponse" value="([^"]+)"', first.body.decode())
        if first.status_code != 200 or found is None:
            return first
        return self.submit("/sso/saml", {"SAMLResponse": found[1], "again": "1"})

    def _of(self, target: str) -> Any:
        return self.http["saml"] if target.startswith("/sso/saml") else super()._of(target)


@dataclass
class SamlWorld(World):
    """A school that comes in by SAML; ``published``: what stands at addresses of metadata, or why nothing does."""

    published: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def browser(self) -> SamlBrowser:
        return SamlBrowser(self.http)

    def fetch(self, url: str, *, headers: Mapping[str, str] | None = None, local: tuple[str, ...] = ()) -> Fetched:
        """The web."""
        assert headers is not None
        assert local == ()
        self.asked.append(url)
        found = self.published.get(url, "refused")
        if not found.startswith("<"):
            raise Unreachable(found)
        return Fetched(200, found.encode())

    def asks(self, browser: Browser, at: str = "/schools/northbridge/sso/unify") -> Answer:
        """Start: the provider's right answer to what we ask, about Ann."""
        sent = browser.get(at)
        assert sent.status_code == 303, sent.body
        request = read_request(sent.headers["Location"])
        issuer = request.findtext("{urn:oasis:names:tc:SAML:2.0:assertion}Issuer")
        person = {MAIL: ["ann@northbridge.example"], GIVEN: ["Ann"], FAMILY: ["Ash"]}
        affiliation = {AFFILIATION: ["student@northbridge.example"]}
        return Answer(
            answers=request.get("ID"), audience=issuer, now=int(self.system.clock()), attributes={**person, **affiliation}
        )

    def comes_in(self, browser: SamlBrowser, by: Keys | None = None, **facts: Any) -> HTTPResponse:
        """Start, sign in there, and come back with an answer that is right but for these facts."""
        return browser.brings(replace(self.asks(browser), **facts).signed(by))


@contextmanager
def open_saml_world(
    system: TestSystem, monkeypatch: pytest.MonkeyPatch, *connections: Connection, **facts: Any
) -> Iterator[SamlWorld]:
    """Northbridge with RM Unify (or these connections)."""
    monkeypatch.setattr(saml.system, "wiring", system.wiring)
    with open_world(system, monkeypatch, *(connections or (unify(),)), **facts) as world:
        made = SamlWorld(system, world.provider, {**world.http, "saml": Gateway(app)})
        made.published[UNIFY.metadata_url] = metadata(scopes=["northbridge.example"])
        wiring = system.wiring("saml")
        wiring.__dict__["metadata"] = Source(made.fetch, wiring.now, ())
        yield made
