"""What pages about people cost: calls of AWS and RRU of DynamoDB, by DynamoDB's rules, while the roll is kept."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import keep_roll.handler as door
from latchkey.people.model.person import CodeState, Person
from latchkey.roll.model.changes import Base
from latchkey.roll.model.entry import CodeFacts, entry_of, place_of
from latchkey.roll.model.packing import pack_base
from latchkey.settings import FunctionName
from tests.support.console import Console
from tests.support.streams import Streams

SCHOOL = "northbridge"
HOME = f"/admin/{SCHOOL}"
CALLS, RRU = 8, 50.0
_WITH_CLIENTS = ("schools", "kept_schools")
"""What a wiring makes once, with a client in it."""
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


class Found(list[tuple[str, float]]):
    """Calls and their read units; ``own`` is what the fakes took, in seconds of CPU."""

    own = 0.0


class Meter:
    """Counts calls, and the read units of those to DynamoDB."""

    def __init__(self, client: Any, found: Found) -> None:
        self._client, self._found = client, found

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)

        def measured(*args: Any, **request: Any) -> Any:
            start = time.process_time()
            try:
                answer = call(*args, **request)
            except Exception:
                self._found.append((name, 0.0))
                raise
            else:
                self._found.append((name, units_read(name, request, answer)))
            finally:
                self._found.own += time.process_time() - start
            return answer

        return measured if callable(call) and not name.startswith("_") else call


def units_read(name: str, request: Any, answer: Any) -> float:
    """RRU: 4 kB each, half of that where a read is eventually consistent; a query is sized as a whole, items each."""
    if name == "get_item":
        return float(_blocks([answer.get("Item", {})]))
    if name == "batch_get_item":
        wanted = request["RequestItems"]
        found = ((1.0 if wanted[table]["ConsistentRead"] else 0.5, items) for table, items in answer["Responses"].items())
        return sum(factor * _blocks([item]) for factor, items in found for item in items)
    if name == "query":
        return _blocks(answer["Items"]) * (1.0 if request.get("ConsistentRead") else 0.5)
    return 0.0


def _blocks(items: list[Any]) -> int:
    return max(1, math.ceil(sum(size_of(item) for item in items) / 4096))


def size_of(item: Any) -> int:
    """Bytes of an item by DynamoDB's rules, near enough: names and values, a number as its digits."""
    if isinstance(item, dict):
        return sum(len(name.encode()) + size_of(value) for name, value in item.items())
    if isinstance(item, list):
        return 3 + sum(1 + size_of(each) for each in item)
    return len(item if isinstance(item, bytes) else str(item).encode())


@contextmanager
def metered(console: Console, function: FunctionName = "console") -> Iterator[Found]:
    """What is called meanwhile by a function."""
    found = Found()
    wiring = console.system.wiring(function)
    clients, factory = dict(wiring._clients), wiring._factory
    wiring._clients = {service: Meter(client, found) for service, client in clients.items()}
    wiring._factory = lambda service: Meter(factory(service), found)
    made = {name: wiring.__dict__.pop(name) for name in _WITH_CLIENTS if name in wiring.__dict__}
    try:
        yield found
    finally:
        wiring._clients, wiring._factory = clients, factory
        wiring.__dict__.update(made)


def fill(console: Console, copies: int) -> int:
    """Put a roll of so many thousand people in place of the kept one; only what is read of the roll knows of them."""
    state = console.system.wiring("keep_roll").rolls("northbridge").state()
    assert state is not None
    few = [entry_of(somebody(number)) for number in range(1_000)]
    many = [
        each._replace(id=f"{place:04d}{each.id[4:]}", family_name=f"{each.family_name}-{place}", pin=CodeFacts(1 << 40))
        for place in range(copies)
        for each in few
    ]
    base = Base(tuple(sorted(many, key=place_of)), {}, frozenset(), state.wanted)
    data = pack_base("northbridge", base)
    console.system.clients("s3").put_object(Bucket="rolls-bucket", Key=state.base, Body=data)
    console.system.wiring("console").roll_memory._schools.clear()
    return len(data)


def followed(console: Console, patch: pytest.MonkeyPatch) -> Streams:
    """The streams of the console's system; keep_roll has its wiring."""
    worker = console.system.wiring("keep_roll")
    patch.setattr(door, "system", lambda: worker)
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
