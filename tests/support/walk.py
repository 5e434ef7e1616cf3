"""Every route of portal and console, asked once in a large school: calls of AWS, RRU, CPU, and the weight of its answer.

What is read is asked as a browser and as a script. What writes is asked with the body that ``BODIES`` has for it, or with an
empty one, which most refuse: then it is the refusal that is counted, and its status says so. Tables are put back after each.
"""

import gzip
import io
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from copy import copy, deepcopy
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from console.app import app as console_app
from latchkey.doubles.model.looks import Look
from latchkey.doubles.model.pairs import Pair
from latchkey.people.model.person import Person
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import new_id
from latchkey.sign_in.hashing import hash_of
from portal.app import app as portal_app
from tests.support.console import HEAD, Console
from tests.support.contract import real_names, world
from tests.support.costs import CALLS, HOME, RRU, SCHOOL, fill, followed, keep, metered, somebody
from tests.support.gateway import Gateway
from tests.support.large_message import LOOKS, large_message
from tests.support.large_school import copy_of, enlarge
from tests.support.portal import PASSWORD
from web.request import READS

MOST_CPU: Final = 0.150
PAGE_BYTES, WIRE_BYTES = 60_000, 20_000
_FILTERS: Final[Mapping[str, list[dict[str, str]]]] = {
    f"{HOME}/people": [
        {"role": "student"},
        {"year_group": "9"},
        {"registration_group": "9A"},
        {"q": "khan"},
        {"q": "zzzzqq"},
        {"missing_email": "true"},
        {"bounced": "true"},
        {"reason": "never_sent"},
        {"role": "teacher"},
    ],
    f"{HOME}/exports/check": [{"format": "slips", "scope": "school"}],
    f"{HOME}/exports/void/check": [{"kind": "pin", "scope": "school"}],
    f"{HOME}/sends/preview": [{"mail": "reset"}],
    f"{HOME}/sends/{{id}}": LOOKS,
    f"{HOME}/sends/{{id}}/recipients": LOOKS,
}
"""Queries that are asked besides none, by path."""
_MESSAGE: Final = "/admin/{school}/sends/{id}"
WALKER: Final = "walker"
"""The username of somebody who signs in with ``PASSWORD``."""
_EVERYBODY: Final = {"select": {"filter": {}}}
BODIES: Final[Mapping[str, dict[str, Any]]] = {
    "POST /admin/{school}/sends": {"kind": "password_link", **_EVERYBODY},
    "POST /admin/{school}/sends?dry_run": {"kind": "password_link", **_EVERYBODY, "dry_run": True},
    "POST /admin/{school}/exports": {"scope": "school", "format": "slips"},
    "POST /admin/{school}/exports?dry_run": {"scope": "school", "format": "slips", "dry_run": True},
    "POST /admin/{school}/codes/void": {"scope": {"filter": {"reason": "code_unused"}}, "kind": "pin"},
    "POST /admin/{school}/rosters": {"filename": "people.csv"},
    "POST /admin/{school}/people": {"role": "student", "given_name": "New", "family_name": "One", "year_group": "7"},
    "PATCH /admin/{school}/people/{id}": {"given_name": "Other"},
    "POST /admin/{school}/people/find": {"q": "khan"},
    "POST /admin/{school}/people/leaving": {"select": {"filter": {"year_group": "13"}}},
    "POST /admin/{school}/people/leaving?some": {"select": {"ids": [copy_of(each, 0).id for each in range(400)]}},
    "POST /admin/{school}/people/returning": {"select": {"filter": {"year_group": "13"}}},
    "POST /admin/{school}/sends/drafts": {"kind": "password_link", **_EVERYBODY},
    "POST /admin/{school}/sends/drafts/{id}": {"kind": "password_link", **_EVERYBODY},
    "POST /admin/{school}/people/selection": {"filter": {}},
    "POST /admin/{school}/mail/tests": {},
    "POST /admin/{school}/preflight": {},
    "POST /schools/{school}/forgot-password": {"identifier": "someone1"},
    "POST /schools/{school}/forgot-password?unknown": {"identifier": "nobody at all"},
    "POST /schools/{school}/sessions": {"identifier": "someone1", "password": "not the one"},
    "POST /schools/{school}/sessions?right": {"identifier": WALKER, "password": PASSWORD},
}
"""Bodies that are in order, by method and path; ``?`` and a word names another of the same."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one answer cost. ``wire``: its bytes as they travel, gzipped."""

    what: str
    status: int
    calls: int
    units: float
    seconds: float
    size: int
    wire: int
    is_page: bool
    empty_with_next: bool = False

    @property
    def is_flat(self) -> bool:
        """Whether its calls and units meet the bar."""
        return self.calls <= CALLS and self.units <= RRU


@contextmanager
def large_school(patch: pytest.MonkeyPatch, thousands: int) -> Iterator[Console]:
    """The world of the contract's tests, with so many thousand students in its roll and its directory."""
    with redirect_stdout(io.StringIO()), world(patch) as console:
        streams = followed(console, patch)
        console.add([somebody(0)])
        console.system.wiring("keep_roll").rolls(SCHOOL).want(int(console.system.clock.now))
        keep(console, streams)
        fill(console, thousands)
        console.tokens["draft"] = console.post(f"{HOME}/sends/drafts", {"kind": "password_link", **_EVERYBODY}).json_body["id"]
        assert console.system.memory is not None
        enlarge(console.system.memory, "DirectoryTable", thousands)
        _look_for_doubles(console)
        _with_password(console)
        console.tokens["message"] = large_message(console, streams, thousands)
        yield console


def _with_password(console: Console) -> None:
    """A teacher who has set a password, and is in the directory alone."""
    portal, now = console.system.wiring("portal"), int(console.system.clock.now)
    key = lookup(portal.lookup_key(SCHOOL), "username", WALKER)
    names: dict[str, Any] = {"given_name": "Wal", "family_name": "Ker", "username": WALKER, "username_key": key}
    made = Person(id="w" * 20, role="teacher", version=1, password_set_at=now - 1, **names)
    console.system.wiring("operate").directory(SCHOOL).put_new([made])
    table, put = portal.credentials(SCHOOL).password_of(made.id, hash_of(PASSWORD), now)
    table.put(put)


def _look_for_doubles(console: Console) -> None:
    """A look that has found a thousand pairs: each student's first two copies have one UPN."""
    now, looks = int(console.system.clock.now), console.system.wiring("plan_send").looks(SCHOOL)
    looks.make(Look(id=new_id(now), state="finished", created_at=now, created_by=HEAD, looked=1_000, finished_at=now, piece=2))
    looks.keep(looks.latest()[0], [Pair.of(copy_of(each, 0).id, copy_of(each, 1).id) for each in range(1_000)])


def walk(console: Console, only: str | None = None) -> Iterator[Cost]:
    """Every route, or those of one path; those that read first."""
    asked = sorted({*portal_app.kinds, *console_app.kinds}, key=lambda each: (each[0] not in READS, each[1], each[0]))
    for method, path in asked:
        if only not in {None, path}:
            continue
        app = portal_app if (method, path) in portal_app.kinds else console_app
        names = real_names(console, path) | ({"page": "reset"} if "settings/{page}" in path else {})
        names |= {"id": console.tokens["draft"]} if "/drafts/{id}" in path else {}
        names |= {"id": console.tokens["message"]} if method in READS and path.startswith(_MESSAGE) else {}
        real = path.format_map(names)
        for name, send in _requests(console, method, path, real):
            yield _cost(console, Gateway(app), app.app_name, name, send, is_read=method in READS)


def _requests(console: Console, method: str, path: str, real: str) -> Iterator[tuple[str, Any]]:
    script, browser = "application/json", "text/html,application/xhtml+xml,*/*;q=0.8"
    if method in READS:
        for query in [{}, *_FILTERS.get(path.replace("{school}", SCHOOL), [])]:
            asked = real + ("?" + urlencode(query) if query else "")
            shown = path + ("?" + urlencode(query) if query else "")
            yield f"{method} {shown}, page", lambda http, asked=asked: http.get(asked, headers=console.headers(browser))
            yield f"{method} {shown}, JSON", lambda http, asked=asked: http.get(asked, headers=console.headers(script))
        return
    label = f"{method} {path}"
    for name in [label, *(each for each in BODIES if each.startswith(label + "?"))]:
        body = json.dumps(BODIES.get(name, {})).encode()
        headers = {**console.headers(script), "Content-Type": "application/json"}
        yield name, lambda http, body=body, headers=headers: getattr(http, method.lower())(real, body=body, headers=headers)


def _cost(console: Console, http: Gateway, function: Any, name: str, send: Any, *, is_read: bool) -> Cost:
    memory = console.system.memory
    assert memory is not None
    before = None if is_read else {table: _kept(items) for table, items in memory.tables.items()}
    taken = []
    for _ in range(2 if is_read else 1):  # the first loads templates, too
        with metered(console, function) as found:
            start = time.process_time()
            answer = send(http)
            taken.append(time.process_time() - start - found.own)
    if before is not None:
        memory.tables.clear()
        memory.tables.update(before)
    body = answer.body if isinstance(answer.body, bytes) else str(answer.body).encode()
    is_page = "text/html" in str(answer.headers.get("Content-Type", ""))
    wire = body if answer.headers.get("Content-Encoding") else gzip.compress(body, 6)
    empty = False
    if not is_page and answer.status_code == 200 and body.startswith(b"{"):
        said = json.loads(body)
        empty = said.get("items") == [] and bool(said.get("next"))
    units = sum(units for _, units in found)
    return Cost(name, answer.status_code, len(found), units, min(taken), len(body), len(wire), is_page, empty)


def _kept(items: Any) -> Any:
    """A table as it is; one of a hundred thousand keeps its way of making them."""
    kept = copy(items)
    kept.update(deepcopy(dict(items)))
    return kept


__all__ = ["BODIES", "MOST_CPU", "PAGE_BYTES", "WIRE_BYTES", "Cost", "large_school", "walk"]
