"""The portal over a whole system, as a script and as a browser see it."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import HTTPResponse

import portal.system
from latchkey.codes.model import codes
from latchkey.password_links.model import links
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School, Settings, SingleSignOn
from latchkey.shared.model.addresses import visitor
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import person_id
from latchkey.shared.stores.dynamo import Put
from latchkey.sign_in.hashing import hash_of
from latchkey.wiring import Wiring
from portal.app import app
from tests.support.gateway import Gateway
from tests.support.system import TestSystem

ORIGIN = "https://latchkey.test"
PASSWORD = "tulip-harbour-94-quartz"
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
_WITH_CLIENTS = ("kept_schools", "schools")
SSO = SingleSignOn(roles=("student", "staff"), label="Northbridge Online", url="https://sso.northbridge.example/in")


@dataclass
class Portal:
    """Two schools, some people, and a client."""

    system: TestSystem
    http: Any
    schools: dict[str, School] = field(default_factory=dict)

    @property
    def wiring(self) -> Wiring:
        return self.system.wiring("portal")

    def add(self, name: str, school: str = "northbridge", *, password: str | None = PASSWORD, **facts: Any) -> Person:
        """A person with the username ``name``, and a password unless it is None."""
        key = self.wiring.lookup_key(school)
        given: dict[str, Any] = {"role": "student", "given_name": name.title(), "family_name": "Okafor", "username": name}
        given |= facts
        if given.get("email"):
            given["email_key"] = lookup(key, "email", given["email"])
        if given["username"]:
            given["username_key"] = lookup(key, "username", given["username"])
        if password is not None:
            given |= {"version": 1, "password_set_at": self.wiring.now() - 1000}
        made = Person(id=person_id(school, f"mis-{name}"), **given)
        self.system.wiring("read_roster").directory(school).put_new([made])
        if password is not None:
            table, put = self.wiring.credentials(school).password_of(made.id, hash_of(password), self.wiring.now())
            table.put(Put(item=put.item))
        return made

    def person(self, person: Person, school: str = "northbridge") -> Person:
        """The person as they are now."""
        found = self.wiring.directory(school).person(person.id)
        assert found is not None
        return found

    def person_named(self, name: str, school: str = "northbridge") -> Person:
        """The person who was added under this name, as they are now."""
        found = self.wiring.directory(school).person(person_id(school, f"mis-{name}"))
        assert found is not None
        return found

    def token(
        self, person: Person, school: str = "northbridge", *, purpose: links.Purpose = "welcome", life: int = 3600, **other: Any
    ) -> str:
        """A password link for the person as they are now."""
        link = links.Link(
            purpose=purpose,
            school=school,
            person=person.id,
            expires_at=self.wiring.now() + life,
            version=other.get("version", person.version),
            stamp=other.get("stamp", person.stamp),
        )
        return links.token(link, self.wiring.link_key(school, other.get("epoch", 0)))

    def code(
        self, person: Person, kind: codes.Kind, school: str = "northbridge", generation: int | None = None, epoch: int = 0
    ) -> str:
        """A student's code as it is printed: of the generation that they have now, or of another."""
        state = codes.state_of(self.person(person, school), kind)
        now = generation or (state.generation if state else 1)
        return codes.code(kind, person.number or 0, now, self.wiring.code_key(school, epoch))

    def beside(self, address: str, school: str = "northbridge", *, same: bool = False) -> str:
        """An address whose wrong codes are counted apart from those of this one; with ``same`` together with them."""
        key = self.wiring.lookup_key(school)
        others = (f"198.51.{number // 250}.{number % 250}" for number in range(60_000))
        part = visitor(key, address)[:2]
        return next(each for each in others if each != address and (visitor(key, each)[:2] == part) is same)

    def redeem(self, code: object, school: str = "northbridge", **fields: Any) -> HTTPResponse:
        """Use a code as a script."""
        return self.post(f"/schools/{school}/codes/use", {"code": code, "password": PASSWORD, **fields})

    def get(self, path: str, **headers: str) -> HTTPResponse:
        return self.http.get(path, headers={"Accept": "application/json", **_names(headers)})

    def page(self, path: str, **headers: str) -> HTTPResponse:
        return self.http.get(path, headers={**PAGE, **_names(headers)})

    def post(self, path: str, fields: Any, **headers: str) -> HTTPResponse:
        """As a script: JSON without a cookie. Text stands as it is."""
        body = fields if isinstance(fields, str) else json.dumps(fields)
        said = {"Content-Type": "application/json", "Accept": "application/json", **_names(headers)}
        return self.http.post(path, body=body.encode(), headers=said)

    def submit(self, path: str, fields: dict[str, str], **headers: str) -> HTTPResponse:
        """As a browser: a form of our own page."""
        said = {**PAGE, "Content-Type": "application/x-www-form-urlencoded", "Origin": "null", "Sec-Fetch-Site": "same-origin"}
        return self.http.post(path, body=urlencode(fields).encode(), headers=said | _names(headers))

    def sign_in(self, identifier: Any, password: Any = PASSWORD, school: str = "northbridge", **headers: str) -> HTTPResponse:
        return self.post(f"/schools/{school}/sessions", {"identifier": identifier, "password": password}, **headers)

    def requests(self) -> list[dict[str, Any]]:
        """Take what was put on the queue for mails that people ask for."""
        return [json.loads(body) for body in self.system.messages("REQUESTS_QUEUE")]


def _names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@contextmanager
def calls_of(wiring: Wiring, *known: str) -> Iterator[list[str]]:
    """The operations of AWS that a function asks for meanwhile; its container knows these schools, and keys once derived."""
    found = list[str]()
    for name in _WITH_CLIENTS:
        wiring.__dict__.pop(name, None)
    kept = {service: wiring.client(service) for service in ("dynamodb", "kms", "sqs")}
    wiring._clients = {service: _Noting(client, found) for service, client in kept.items()}
    for school in known:
        wiring.kept_schools.get(school)
    found.clear()
    try:
        yield found
    finally:
        wiring._clients = kept
        for name in _WITH_CLIENTS:
            wiring.__dict__.pop(name, None)


def calls_of_a_fresh_container(portal: Portal) -> AbstractContextManager[list[str]]:
    """The same of the portal, which has read no school yet."""
    return calls_of(portal.wiring)


class _Noting:
    """A client that writes down what it is asked."""

    def __init__(self, client: Any, found: list[str]) -> None:
        self._client, self._found = client, found

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)

        def noted(*args: Any, **request: Any) -> Any:
            self._found.append(name)
            return call(*args, **request)

        return noted if callable(call) and not name.startswith("_") else call


@contextmanager
def open_portal(system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    """The portal with Northbridge (passwords) and Southgate (single sign-on for students and staff)."""
    monkeypatch.setattr(portal.system, "wiring", system.wiring)
    schools = {
        "northbridge": system.school("northbridge", name="Northbridge Academy", urn="139001"),
        "southgate": system.school(
            "southgate", name="Southgate High", town="Ely", postcode="CB7 4AA", settings=Settings(sso=SSO, notice="Closed: snow")
        ),
    }
    yield Portal(system, Gateway(app), schools)
