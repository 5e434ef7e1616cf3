"""What the contract tests share: every operation with what its route is registered with, and a school to ask about."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest

import portal.system
from console.app import app as console_app
from latchkey import errors
from latchkey.sends.plan_send import plan_send
from portal.app import app as portal_app
from tests.support.console import Console, make_person, running_console
from tests.support.openapi import operations
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
        return portal_app if (self.method, self.path) in portal_app.kinds else console_app

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
    """Northbridge with people, a send that runs, an export and a roster."""
    with running_console(monkeypatch) as console:
        monkeypatch.setattr(portal.system, "wiring", console.system.wiring)
        console.add([*(replace(make_person(each), number=1000 + each) for each in range(3)), make_person(9, email=None)])
        send = console.post(f"/admin/{SCHOOL}/sends", {"kind": "password_link", "select": {"filter": {}}}).json_body["id"]
        plan_send(console.system.wiring("plan_send"), SCHOOL, send)
        console.post(f"/admin/{SCHOOL}/exports", {"scope": "school", "format": "slips"})
        console.post(f"/admin/{SCHOOL}/rosters", {"filename": "people.csv"})
        yield console


def real_names(console: Console, path: str) -> dict[str, str]:
    """What can stand at the places of an operation's path, so that it is there."""
    ids = ids_of(console)
    listed = path.partition("/admin/{school}/")[2].partition("/")[0]
    return {"school": SCHOOL, "name": "latchkey.css", **({"id": ids[listed]} if listed in ids else {})}


def ids_of(console: Console) -> dict[str, str]:
    """An id of each list of the console: what stands first in it, by the list's name."""
    found: dict[str, str] = {}
    for each in OPERATIONS:
        if each.method == "GET" and each.path.startswith("/admin/{school}/") and each.path.count("/") == 3:
            name = each.path.rpartition("/")[2]
            items = console.get(f"/admin/{SCHOOL}/{name}").json_body.get("items")
            if items and "id" in items[0]:
                found[name] = items[0]["id"]
    return found
