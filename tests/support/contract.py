"""What the contract tests share: every operation with what its route is registered with, and a school to ask about."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import pytest

import console.system
import federate.system
import portal.system
import saml.system
from console.app import app as console_app
from federate.app import app as federate_app
from latchkey import errors
from latchkey.sends.plan_send import plan_send
from portal.app import app as portal_app
from saml.app import app as saml_app
from tests.support.console import HEAD_TEACHER, Console, make_person, running_console
from tests.support.gateway import Gateway
from tests.support.openapi import operations
from tests.support.system import running_system
from web.answer import STATUS
from web.app import App
from web.request import READS, WITH_BODY, Malformed, TooLarge, UnsupportedMedia
from web.route_group import Kind

SCHOOL: Final = "northbridge"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of docs/openapi.yaml, and its route."""

    method: str
    path: str
    said: dict[str, Any]

    @property
    def label(self) -> str:
        """POST /schools/{school}/sessions, say."""
        return f"{self.method} {self.path}"

    @property
    def app(self) -> App:
        """The app that has its route."""
        return next(app for app in (portal_app, federate_app, saml_app, console_app) if (self.method, self.path) in app.kinds)

    @property
    def kind(self) -> Kind:
        """What its route is registered with."""
        kind: Kind = self.app.kinds[self.method, self.path]
        return kind

    @property
    def is_closed(self) -> bool:
        """Whether somebody has to be signed in for it."""
        return bool(self.said.get("security")) and {} not in self.said["security"]

    def errors(self) -> dict[int, str]:
        """The errors that its kind can answer: ``{status: why}``. What its use case refuses besides is not known here."""
        found: dict[type[errors.LatchkeyError], str] = {Malformed: "a parameter can be given twice"}
        if self.method in WITH_BODY:
            found |= {TooLarge: "it has a body", UnsupportedMedia: "it has a body"}
        if self.method not in READS and not self.kind.open_to_other_sites:
            found[errors.Forbidden] = "another site can post to it"
        if "{" in self.path:
            found[errors.NotFound] = "what its path names may not exist, or not for who asks"
        elif self.is_closed:
            found[errors.NotSignedIn] = "somebody has to be signed in"
        if self.said.get("requestBody") or self.said.get("parameters"):
            found[errors.Invalid] = "it has parameters or fields"
        return {STATUS[error]: why for error, why in found.items()}


OPERATIONS: Final = [Operation(method.upper(), path, said) for method, path, said in operations()]


@contextmanager
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    """Northbridge with people, a send that runs, an export and a roster; the admin has a child there."""
    token, state = _kept_world()
    with running_system() as system, _silence():
        for each in (console.system, portal.system, federate.system, saml.system):
            monkeypatch.setattr(each, "wiring", system.wiring)
        system.put(state)
        yield Console(system, Gateway(console_app), token)


@cache
def _kept_world() -> tuple[str | None, bytes]:
    """Who is signed in, and what stands in the tables and queues: made once in a process, for more than a thousand tests."""
    with pytest.MonkeyPatch.context() as patch, running_console(patch) as made:
        made.add([*(replace(make_person(each), number=1000 + each) for each in range(3)), make_person(9, email=None)])
        people = made.system.wiring("operate").directory(SCHOOL)
        people.change(make_person(0).id, {"parents": [HEAD_TEACHER.id]})
        people.change(HEAD_TEACHER.id, {"children": [make_person(0).id]})
        send = made.post(f"/admin/{SCHOOL}/sends", {"kind": "password_link", "select": {"filter": {}}}).json_body["id"]
        plan_send(made.system.wiring("plan_send"), SCHOOL, send)
        made.post(f"/admin/{SCHOOL}/exports", {"scope": "school", "format": "slips"})
        made.post(f"/admin/{SCHOOL}/rosters", {"filename": "people.csv"})
        return made.token, made.system.state()


@contextmanager
def _silence() -> Iterator[None]:
    """Two lines for each request would bury the findings.

    Through ``logging.disable``, never through the manager's attribute: loggers remember what is off until they are told.
    """
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def real_names(console: Console, path: str) -> dict[str, str]:
    """What can stand at the places of an operation's path, so that it is there: ``id`` from the list that stands before it.

    Where no list has anything, the name is one that nothing has.
    """
    found = {"school": SCHOOL, "name": "latchkey.css", "page": "start"}
    for place in re.findall(r"\{([a-z_]+)\}", path):
        if place not in found:
            before = path[: path.index(f"/{{{place}}}")].format_map(found)
            http = Gateway(portal_app) if ("GET", before) in portal_app.kinds else console.http
            answer = http.get(before, headers=console.headers("application/json"))
            items = answer.json_body.get("items", []) if answer.status_code == 200 else []
            found[place] = next((str(item.get(place, item.get("id"))) for item in items), "z" * 20)
    return found
