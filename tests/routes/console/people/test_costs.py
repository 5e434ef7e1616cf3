"""What pages about people cost: calls of AWS and RRU of DynamoDB, by DynamoDB's rules, while the roll is kept.

A school of 1,500 stands in the tables; one of 100,000 in the roll alone, which is what its pages read.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

import keep_roll.handler as door
from latchkey.people.model.person import CodeState, Person
from latchkey.roll.model.changes import Base
from latchkey.roll.model.entry import Entry, entry_of
from latchkey.roll.model.packing import pack_base
from latchkey.roll.model.roll import place_of
from latchkey.shared.stores.dynamo_wire import pack
from tests.support.console import Console
from tests.support.streams import Streams

HOME = "/admin/northbridge"
CALLS, RRU = 8, 50.0
VIEWS = {
    "home": ("page", HOME, {}),
    "people": ("page", f"{HOME}/people", {}),
    "people, JSON": ("get", f"{HOME}/people", {}),
    "people of a year": ("page", f"{HOME}/people", {"year_group": "9"}),
    "people of a group": ("page", f"{HOME}/people", {"registration_group": "9A"}),
    "people by name": ("page", f"{HOME}/people", {"q": "khan"}),
    "people whom nobody knows": ("page", f"{HOME}/people", {"q": "zzzzqq"}),
    "people without e-mail": ("page", f"{HOME}/people", {"missing_email": "true"}),
    "people whose mail came back": ("page", f"{HOME}/people", {"bounced": "true"}),
    "people whom a link has not reached": ("page", f"{HOME}/people", {"reason": "never_sent"}),
    "readiness, JSON": ("get", f"{HOME}/readiness", {}),
}


def somebody(number: int) -> Person:
    """A student, in one of seven years and eight groups of each; every fourth has no address."""
    year = 7 + number % 7
    return Person(
        id=f"{number:020d}",
        role="student",
        given_name=("Ann", "Bob", "Cem", "Dia")[number % 4],
        family_name=("Khan", "Lee", "O'Neil", "Smith", "Fox")[number % 5] + f"-{number}",
        email=f"someone.{number}@northbridge.example" if number % 4 else None,
        email_key=f"{number:032x}",
        username=f"someone{number}",
        upn=f"A{number:012d}",
        mis_id=f"mis-{number}",
        year_group=str(year),
        registration_group=f"{year}{'ABCDEFGH'[number % 8]}",
        number=number + 1,
        pin=CodeState(1, 1_900_000_000, given_at=1_790_000_000),
        parent_code=CodeState(1, 1_900_000_000, given_at=1_790_000_000),
    )


class Meter:
    """Counts calls, and the read units of those to DynamoDB."""

    def __init__(self, client: Any, found: list[tuple[str, float]]) -> None:
        self._client, self._found = client, found

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)

        def measured(*args: Any, **request: Any) -> Any:
            answer = call(*args, **request)
            self._found.append((name, _units(name, request, answer)))
            return answer

        return measured if callable(call) and not name.startswith("_") else call


def _units(name: str, request: Any, answer: Any) -> float:
    """RRU: 4 kB each, half of that where a read is eventually consistent; a query is sized as a whole, items each."""
    if name == "get_item":
        return float(_blocks([answer.get("Item", {})]))
    if name == "batch_get_item":
        return float(sum(_blocks([item]) for items in answer["Responses"].values() for item in items))
    if name == "query":
        return _blocks(answer["Items"]) * (1.0 if request.get("ConsistentRead") else 0.5)
    return 0.0


def _blocks(items: list[Any]) -> int:
    return max(1, math.ceil(sum(_size(item) for item in items) / 4096))


def _size(item: Any) -> int:
    """Bytes of an item by DynamoDB's rules, near enough: names and values, a number as its digits."""
    if isinstance(item, dict):
        return sum(len(name.encode()) + _size(value) for name, value in item.items())
    if isinstance(item, list):
        return 3 + sum(1 + _size(each) for each in item)
    return len(item if isinstance(item, bytes) else str(item).encode())


@contextmanager
def metered(console: Console) -> Iterator[list[tuple[str, float]]]:
    """What is called meanwhile by the console."""
    found: list[tuple[str, float]] = []
    wiring = console.system.wiring("console")
    clients, factory = dict(wiring._clients), wiring._factory
    wiring._clients = {service: Meter(client, found) for service, client in clients.items()}
    wiring._factory = lambda service: Meter(factory(service), found)
    try:
        yield found
    finally:
        wiring._clients, wiring._factory = clients, factory


@pytest.fixture
def streams(console: Console, monkeypatch: pytest.MonkeyPatch) -> Streams:
    worker = console.system.wiring("keep_roll")
    monkeypatch.setattr(door, "system", lambda: worker)
    assert console.system.memory is not None
    return Streams(console.system.memory)


def keep(console: Console, streams: Streams) -> None:
    """The roll is kept, and the container knows it."""
    console.get(f"{HOME}/people")
    while event := streams.take():
        door.handle(event, None)
    console.get(f"{HOME}/people")


def look(console: Console, view: str) -> tuple[int, float, Any]:
    way, path, query = VIEWS[view]
    with metered(console) as found:
        answer = getattr(console, way)(path, **query)
    assert answer.status_code == 200
    return len(found), sum(units for _, units in found), answer


def check(console: Console, views: Any) -> dict[str, tuple[int, float]]:
    costs = {view: look(console, view)[:2] for view in views}
    too_dear = {view: cost for view, cost in costs.items() if cost[0] > CALLS + 4 * (view == "home") or cost[1] > RRU}
    assert not too_dear, costs
    return costs


def test_a_school_of_1500(console: Console, streams: Streams) -> None:
    console.add([somebody(number) for number in range(1_500)])
    keep(console, streams)
    costs = check(console, VIEWS)
    assert costs["people"][1] <= 8, "93 RRU before there was a roll"
    assert costs["people, JSON"][1] <= 8


def test_a_school_of_100000(console: Console, streams: Streams) -> None:
    console.add([somebody(0)])
    keep(console, streams)
    state = console.system.wiring("keep_roll").rolls("northbridge").state()
    assert state is not None
    few = [entry_of(somebody(number)) for number in range(1_000)]
    many: list[Entry] = [
        each._replace(id=f"{place:04d}{each.id[4:]}", family_name=f"{each.family_name}-{place}") for place in range(100) for each in few
    ]
    base = Base(tuple(sorted(many, key=place_of)), {}, frozenset(), state.wanted)
    console.system.clients("s3").put_object(Bucket="rolls-bucket", Key=state.base, Body=pack_base("northbridge", base))
    console.system.wiring("console").roll_memory._schools.clear()
    check(console, ["people", "people by name", "people whom nobody knows", "people of a group", "people without e-mail", "home"])
    _, _, answer = look(console, "people")
    assert "100,000" in answer.body.decode()
    with metered(console) as found:
        tried = console.post(f"{HOME}/sends", {"kind": "password_link", "select": {"filter": {}}, "dry_run": True}).json_body
    assert tried["total"] == 100_000
    assert len(found) <= CALLS
    assert sum(units for _, units in found) <= RRU


def test_ones_own_change_is_seen_at_once_and_read_until_it_has_come(console: Console, streams: Streams) -> None:
    console.add([somebody(number) for number in range(30)])
    keep(console, streams)
    one = somebody(3)
    assert console.post(f"{HOME}/people/{one.id}", {"given_name": "Zebedee"}, "patch").status_code == 200
    calls, units, answer = look(console, "people, JSON")
    assert "Zebedee" in [item["given_name"] for item in answer.json_body["items"]]
    assert calls <= CALLS
    assert units <= RRU
    assert console.get(f"{HOME}/people", q="zebedee").json_body["items"][0]["id"] == one.id
    assert replace(one, given_name="Zebedee").given_name in console.page(f"{HOME}/people", q="zebedee").body.decode()


def test_sizes_are_dynamodbs() -> None:
    assert _size({"pk": pack("ab"), "n": pack(12)}) == 2 + 1 + 2 + 1 + 1 + 2
