"""Every route of portal and console, asked once in a large school: calls of AWS, RRU, CPU, and the weight of its answer.

What is read is asked as a browser and as a script. What writes is asked with the body that ``BODIES`` has for it, or with an
empty one, which most refuse: then it is the refusal that is counted, and its status says so. Tables are put back after each.
"""

import gzip
import io
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from copy import copy, deepcopy
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from console.app import app as console_app
from latchkey.doubles.model.looks import Look
from latchkey.doubles.model.pairs import Pair
from latchkey.shared.model.ids import new_id
from portal.app import app as portal_app
from tests.support.console import HEAD, Console
from tests.support.contract import real_names, world
from tests.support.costs import CALLS, HOME, RRU, SCHOOL, fill, followed, keep, metered, somebody
from tests.support.gateway import Gateway
from tests.support.large_message import LOOKS, large_message
from tests.support.large_school import copy_of, enlarge
from tests.support.walk_bodies import BODIES, filled, ways_in
from web.request import READS

MOST_CPU: Final = 0.150
PAGE_BYTES, WIRE_BYTES = 60_000, 20_000
_SCRIPT, _BROWSER = "application/json", "text/html,application/xhtml+xml,*/*;q=0.8"
_FILTERS: Final[Mapping[str, list[dict[str, str]]]] = {
    f"{HOME}/people": [
        {"role": "student"},
        {"year_group": "9"},
        {"registration_group": "9A"},
        {"q": "khan"},
        {"q": "a"},
        {"q": "a k 9a"},
        {"q": "someone"},
        {"q": "someone", "missing_email": "true"},
        {"q": "zzzzqq"},
        {"missing_email": "true"},
        {"bounced": "true"},
        {"reason": "never_sent"},
        {"role": "teacher"},
    ],
    f"{HOME}/people/download": [{"year_group": "9"}, {"year_group": "9", "format": "xlsx"}],
    f"{HOME}/readiness/download": [{"year_group": "9"}, {"year_group": "9", "format": "xlsx"}],
    f"{HOME}/sends/{{id}}/recipients/download": [
        {"show": "came_back"},
        {"q": "khan"},
        {"q": "khan", "by": "group", "format": "xlsx"},
    ],
    f"{HOME}/exports/check": [{"format": "slips", "scope": "school"}],
    f"{HOME}/exports/void/check": [{"kind": "pin", "scope": "school"}],
    f"{HOME}/sends/preview": [{"mail": "reset"}],
    f"{HOME}/sends/{{id}}": LOOKS,
    f"{HOME}/sends/{{id}}/recipients": LOOKS,
}
"""Queries that are asked besides none, by path."""
_MESSAGE: Final = "/admin/{school}/sends/{id}"
_CHOOSES: Final = {f"{_MESSAGE}/again", f"{_MESSAGE}/retry", f"{_MESSAGE}/replan"}
"""What chooses people from the large message; other changes are asked of a small one that they fit."""
_INVITED: Final = {f"{_MESSAGE}/recipients", _MESSAGE}
"""What is asked of a large message of invitations, too: its people by name."""
_DRAFTS: Final = "/admin/{school}/sends/drafts/{id}"


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
        draft = BODIES["POST /admin/{school}/sends/drafts"]
        console.tokens["draft"] = console.post(f"{HOME}/sends/drafts", draft).json_body["id"]
        assert console.system.memory is not None
        enlarge(console.system.memory, "DirectoryTable", thousands)
        _look_for_doubles(console)
        ways_in(console)
        console.tokens["message"] = large_message(console, streams, thousands)
        console.tokens["invitations"] = large_message(console, streams, max(2, thousands // 10), kind="parent_invitation")
        for name, about in _of_the_large_message(console).items():
            console.tokens[name] = console.post(f"{HOME}/sends/drafts", about).json_body["id"]
        yield console


def _of_the_large_message(console: Console) -> dict[str, dict[str, Any]]:
    """Drafts that have to know of the large message whom it has reached, or who has refused it."""
    refused = {"kind": "password_link", "select": {"refused": {"send": console.tokens["message"]}}}
    of_domain = {"kind": "password_link", "select": {"refused": {"domain": "northbridge.example"}}}
    recent = {"kind": "password_link", "select": {"filter": {}}, "skip_sent_within": 60}
    return {"draft_refused": refused, "draft_of_domain": of_domain, "draft_recent": recent}


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
        names |= {"id": console.tokens["message"]} if (method in READS and path.startswith(_MESSAGE)) or path in _CHOOSES else {}
        for name, send in _requests(console, method, path, path.format_map(names)):
            yield _cost(console, Gateway(app), app.app_name, name, send, is_read=method in READS)
        if method in READS:
            yield from _of_more(console, method, path, names)


def _of_more(console: Console, method: str, path: str, names: Mapping[str, str]) -> Iterator[Cost]:
    """What is read of the other drafts, and of a large message of invitations."""
    more, only = list[str](), [{}]
    if path.startswith(_DRAFTS):
        more = ["draft_refused", "draft_of_domain", "draft_recent"]
    elif path in _INVITED:
        more, only = ["invitations"], [{"q": "khan"}, {"q": "zzzzqq"}]
    for token in more:
        real = path.format_map({**names, "id": console.tokens[token]})
        for name, send in _reads(console, method, f"{path} of {token}", real, only):
            yield _cost(console, Gateway(console_app), console_app.app_name, name, send, is_read=True)


def _requests(console: Console, method: str, path: str, real: str) -> Iterator[tuple[str, Any]]:
    if method in READS:
        yield from _reads(console, method, path, real, [{}, *_FILTERS.get(path.replace("{school}", SCHOOL), [])])
        return
    label = f"{method} {path}"
    for name in [label, *(each for each in BODIES if each.startswith(label + "?"))]:
        body = json.dumps(filled(BODIES.get(name, {}), console.tokens)).encode()
        headers = {**console.headers(_SCRIPT), "Content-Type": "application/json"}
        yield name, lambda http, body=body, headers=headers: getattr(http, method.lower())(real, body=body, headers=headers)


def _reads(
    console: Console, method: str, shown: str, real: str, queries: Sequence[Mapping[str, str]]
) -> Iterator[tuple[str, Any]]:
    """An address asked with each of these queries, as a browser and as a script."""
    for query in queries:
        more = "?" + urlencode(query) if query else ""
        for name, accept in (("page", _BROWSER), ("JSON", _SCRIPT)):
            headers = console.headers(accept)
            yield (
                f"{method} {shown}{more}, {name}",
                lambda http, asked=real + more, headers=headers: http.get(asked, headers=headers),
            )


def _cost(console: Console, http: Gateway, function: Any, name: str, send: Any, *, is_read: bool) -> Cost:
    memory = console.system.memory
    assert memory is not None
    before = None if is_read else {table: _kept(items) for table, items in memory.tables.items()}
    taken = []
    for _ in range(2 if is_read else 1):  # the first loads templates, too
        _forget_filters(console)
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
        empty = said.get("items") == [] and bool(said.get("next")) and not said.get("looked")
    units = sum(units for _, units in found)
    return Cost(name, answer.status_code, len(found), units, min(taken), len(body), len(wire), is_page, empty)


def _forget_filters(console: Console) -> None:
    """Whom a filter means is remembered, so that a page asks once for its list and its numbers: here it is asked anew."""
    for each in console.system.wiring("console").roll_memory._schools.values():
        each.first.meant.clear()
        each.known.meant.clear()


def _kept(items: Any) -> Any:
    """A table as it is; one of a hundred thousand keeps its way of making them."""
    kept = copy(items)
    kept.update(deepcopy(dict(items)))
    return kept


__all__ = ["MOST_CPU", "PAGE_BYTES", "WIRE_BYTES", "Cost", "large_school", "walk"]
