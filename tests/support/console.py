"""The console over a system on moto: schools, people, sessions, and a client for scripts and browsers."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

import console.system
from console.app import app
from latchkey.people.model.person import Person
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import person_id
from latchkey.sign_in.session import open_session
from tests.support.gateway import Gateway
from tests.support.system import TestSystem, running_system

ORIGIN = "https://latchkey.test"
PAGE = "text/html,application/xhtml+xml,*/*;q=0.8"
HEAD = "abcdefghjkmnpqrstvwx"


def make_person(number: int, **facts: Any) -> Person:
    """Somebody of a school: student 7 is "Given7 Family7" of group 7A, with an address."""
    given = {
        "role": "student",
        "given_name": f"Given{number}",
        "family_name": f"Family{number:04d}",
        "email": f"p{number}@northbridge.example",
        "username": f"user{number}",
        "year_group": "7",
        "registration_group": "7A",
        "mis_id": f"M{number}",
    }
    return Person(id=person_id("northbridge", str(number)), **{**given, **facts})


@dataclass
class Console:
    """One client; ``token`` is who asks, None nobody."""

    system: TestSystem
    http: Any
    token: str | None = None
    tokens: dict[str, str] = field(default_factory=dict)

    def add(self, people: Iterable[Person], school: str = "northbridge") -> None:
        """Put people into a school."""
        key = self.system.wiring("console").lookup_key(school)
        self.system.wiring("operate").directory(school).put_new(
            _with_key(person, lookup(key, "email", person.email) if person.email else None) for person in people
        )

    def sign_in(self, person: Person, school: str = "northbridge") -> str:
        """A session of a person, as they stand in the directory."""
        found = self.system.wiring("console").directory(school).person(person.id)
        assert found is not None
        return open_session(self.system.wiring("portal"), school, found)[0]

    def headers(self, accept: str) -> dict[str, str]:
        """What a script, or a browser, sends."""
        if accept == PAGE:
            cookie = {"Cookie": f"__Host-latchkey={self.token}"} if self.token else {}
            return {"Accept": PAGE, "Origin": ORIGIN, **cookie}
        return {"Accept": accept, **({"Authorization": f"Bearer {self.token}"} if self.token else {})}

    def get(self, path: str, **query: str) -> Any:
        """GET as a script."""
        return self.http.get(path + ("?" + urlencode(query) if query else ""), headers=self.headers("application/json"))

    def page(self, path: str, **query: str) -> Any:
        """GET as a browser."""
        return self.http.get(path + ("?" + urlencode(query) if query else ""), headers=self.headers(PAGE))

    def post(self, path: str, body: Any, method: str = "post") -> Any:
        """POST (or PUT) JSON as a script."""
        headers = {**self.headers("application/json"), "Content-Type": "application/json"}
        return getattr(self.http, method)(path, body=json.dumps(body).encode(), headers=headers)

    def form(self, path: str, fields: dict[str, str]) -> Any:
        """POST a form as a browser."""
        headers = {**self.headers(PAGE), "Content-Type": "application/x-www-form-urlencoded"}
        return self.http.post(path, body=urlencode(fields).encode(), headers=headers)

    def led(self, path: str, fields: dict[str, str]) -> str:
        """The text of the page to which a form leads."""
        answer = self.form(path, fields)
        assert answer.status_code == 303, answer.body
        return str(self.page(answer.headers["Location"]).body.decode())


def _with_key(person: Person, key: str | None) -> Person:
    from dataclasses import replace

    return replace(person, email_key=key)


HEAD_TEACHER = Person(
    id=HEAD, role="staff", given_name="Ada", family_name="Admin", email="ada@northbridge.example", is_admin=True, version=1
)


@contextmanager
def running_console(monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    """Northbridge with one admin, who is signed in; its neighbour Southgate with another."""
    with running_system() as system:
        monkeypatch.setattr(console.system, "wiring", system.wiring)
        system.school("northbridge")
        system.school("southgate")
        made = Console(system, Gateway(app))
        made.add([HEAD_TEACHER])
        made.add([HEAD_TEACHER], "southgate")
        made.token = made.sign_in(HEAD_TEACHER)
        yield made
