"""Single sign-on over a whole system, as a browser sees it: a school with connections, its people, and a provider."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import HTTPResponse

import federate.system
import portal.system
from federate.app import app
from latchkey.people.model.person import Person
from latchkey.people.model.person_keys import with_keys
from latchkey.schools.model.school import School, Settings, SingleSignOn
from latchkey.shared.model.ids import person_id
from latchkey.sso.model.connection import Connection, SecretRef
from latchkey.sso.oidc.providers import Providers
from latchkey.wiring import Wiring
from portal.app import app as portal_app
from tests.support.gateway import Gateway
from tests.support.oidc_provider import CLIENT, ISSUER, SECRET, Provider
from tests.support.portal import PAGE
from tests.support.system import TestSystem

OWN = Connection(
    name="school",
    kind="oidc",
    label="Northbridge Online",
    roles=("student", "teacher"),
    issuer=ISSUER,
    client_id=CLIENT,
    secret=SecretRef(name="latchkey/sso/northbridge/one"),
)


@dataclass
class Browser:
    """Keeps cookies, and asks for pages."""

    http: Mapping[str, Any]
    jar: dict[str, str] = field(default_factory=dict)

    def get(self, target: str, *, cookies: bool = True, **headers: str) -> HTTPResponse:
        """A page of the function that has it; what it sets is kept."""
        return self._keep(self._of(target).get(target, headers={**PAGE, **self._cookies(cookies), **headers}))

    def submit(self, target: str, fields: dict[str, str] | None = None) -> HTTPResponse:
        """A form of ours."""
        said = {**PAGE, "Content-Type": "application/x-www-form-urlencoded", "Origin": "null", "Sec-Fetch-Site": "same-origin"}
        return self._keep(
            self._of(target).post(target, body=urlencode(fields or {}).encode(), headers=said | self._cookies(True))
        )

    def _of(self, target: str) -> Any:
        path = target.partition("?")[0]
        return self.http["federate" if "/sso/" in path else "portal"]

    def _cookies(self, wanted: bool) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())} if wanted and self.jar else {}

    def _keep(self, answer: HTTPResponse) -> HTTPResponse:
        said = answer.headers.get("Set-Cookie", [])
        for each in said if isinstance(said, list) else [said]:
            first, _, rest = each.partition("; ")
            name, _, value = first.partition("=")
            assert name.startswith("__Host-") and "Secure; HttpOnly; SameSite=" in rest and "Path=/" in rest  # noqa: PT018
            if "Max-Age=0" in rest:
                self.jar.pop(name, None)
            else:
                self.jar[name] = value
        return answer


@dataclass
class World:
    """A school that comes in by its own provider."""

    system: TestSystem
    provider: Provider
    http: Mapping[str, Any]

    @property
    def wiring(self) -> Wiring:
        return self.system.wiring("federate")

    def browser(self) -> Browser:
        return Browser(self.http)

    def school(self, slug: str, *connections: Connection, on: bool = True, **facts: Any) -> School:
        """A school with these connections, in force unless ``on`` is false."""
        public = [each.public for each in connections] if on else []
        sso = SingleSignOn(**facts.pop("sso", {})).with_connections(public)
        made = self.system.school(slug, settings=Settings(sso=sso, **facts))
        for each in connections:
            self.system.wiring("console").connections(slug).add(each)
            if each.secret is not None:
                self.system.wiring("console").client_secrets.put(each.secret.name, SECRET)
        return made

    def add(self, name: str, school: str = "northbridge", **facts: Any) -> Person:
        """A student with the address ``name@northbridge.example``."""
        given = {"role": "student", "given_name": name.title(), "family_name": "Ash", "email": f"{name}@northbridge.example"}
        made = Person(id=person_id(school, f"mis-{name}"), mis_id=f"mis-{name}", **{**given, **facts})
        made = with_keys(made, self.wiring.lookup_key(school))
        self.system.wiring("read_roster").directory(school).put_new([made])
        return made

    def person(self, person: Person, school: str = "northbridge") -> Person:
        found = self.wiring.directory(school).person(person.id)
        assert found is not None
        return found

    def says(self, name: str, **claims: Any) -> None:
        """What the provider says of whoever signs in there from now on."""
        address = f"{name}@northbridge.example"
        self.provider.claims = {"sub": f"sub-{name}", "email": address, "email_verified": True, **claims}

    def back(self, browser: Browser, **asked: str) -> HTTPResponse:
        """Start, sign in at the provider, and come back."""
        return browser.get(self.answer(browser, **asked))

    def answer(self, browser: Browser, at: str = "/schools/northbridge/sso/school", **changed: str) -> str:
        """Start and sign in at the provider: the address that it leads back to."""
        sent = browser.get(at)
        assert sent.status_code == 303, sent.body
        return "/sso/callback?" + urlencode({**self.provider.sign_in(sent.headers["Location"]), **changed})


@contextmanager
def open_world(system: TestSystem, monkeypatch: pytest.MonkeyPatch, *connections: Connection, **facts: Any) -> Iterator[World]:
    """Northbridge with its own provider (or these connections)."""
    provider = Provider(system.clock)
    for each in (federate.system, portal.system):
        monkeypatch.setattr(each, "wiring", system.wiring)
    wiring = system.wiring("federate")
    wiring.__dict__["providers"] = Providers(provider.ask, wiring.now)
    world = World(system, provider, {"federate": Gateway(app), "portal": Gateway(portal_app)})
    world.school("northbridge", *(connections or (OWN,)), **facts)
    yield world
