"""A school of a hundred thousand that fits into a test: its students are made when they are asked for, by key or by the index
``people``, in pages of a megabyte as DynamoDB has them. What is written stands in the tables as ever and counts before them.
"""

from bisect import bisect_left, bisect_right
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from latchkey.people.model.person import Person
from latchkey.people.stores.items import person_to_item
from latchkey.shared.stores.dynamo import pack_item
from tests.support.costs import SCHOOL, size_of, somebody
from tests.support.memory_dynamo import MemoryDynamo

_MEGABYTE: Final = 1_048_576
_Wire = dict[str, Any]


def copy_of(number: int, place: int) -> Person:
    """The same person once more, of other id and name: the roll of ``costs.fill`` has the same."""
    one = somebody(number)
    return replace(one, id=f"{place:04d}{one.id[4:]}", family_name=f"{one.family_name}-{place}")


class _Directory(dict[tuple[str, str], _Wire]):
    """The items of the table, and those that are only made when they are asked for."""

    def __init__(self, items: dict[tuple[str, str], _Wire], copies: int) -> None:
        super().__init__(items)
        self._copies = copies

    def get(self, key: Any, default: Any = None) -> Any:
        """An item by its key."""
        return super().get(key) or self._made(*key) or default

    def _made(self, pk: str, sk: str) -> _Wire | None:
        school, _, person = pk.partition("#P#")
        if school != SCHOOL or sk != "PERSON" or not person.isdigit():
            return None
        place, number = int(person[:4]), int(person[4:])
        return made(number, place) if number < 1_000 and place < self._copies else None


@lru_cache(maxsize=4_000)
def made(number: int, place: int) -> _Wire:
    """The item of a copy."""
    return pack_item(person_to_item(SCHOOL, copy_of(number, place)))


def enlarge(memory: MemoryDynamo, table: str, copies: int) -> None:
    """Let a table have so many thousand students more."""
    memory.tables[table] = _Directory(memory.tables[table], copies)
    keys = sorted(
        (str(person_to_item(SCHOOL, copy_of(number, place))["people_sk"]), number, place)
        for number in range(1_000)
        for place in range(copies)
    )
    usual = memory.query

    def query(**request: Any) -> _Wire:
        names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
        if names["#p"] != "people_pk" or values[":p"]["S"] != f"{SCHOOL}#student":
            return usual(**request)
        return _page(keys, request)

    memory.query = query  # type: ignore[method-assign]


def _page(keys: list[tuple[str, int, int]], request: _Wire) -> _Wire:
    """A page of the index: at most as many as are wanted, and a megabyte."""
    second = request["ExpressionAttributeValues"].get(":s", {"S": ""})["S"]
    above = "#s > :s" in request["KeyConditionExpression"]
    low = bisect_right(keys, second, key=lambda each: each[0]) if above else bisect_left(keys, second, key=lambda each: each[0])
    high = len(keys) if above else bisect_left(keys, second + "\U0010ffff", key=lambda each: each[0])
    forward, start = request["ScanIndexForward"], request.get("ExclusiveStartKey")
    if start is not None:
        at = bisect_right(keys, start["people_sk"]["S"], key=lambda each: each[0])
        low, high = (max(low, at), high) if forward else (low, min(high, at - 1))
    places = range(low, high) if forward else range(high - 1, low - 1, -1)
    items, size = list[_Wire](), 0
    for each in places:
        items.append(made(*keys[each][1:]))
        size += size_of(items[-1])
        if len(items) == request.get("Limit") or size > _MEGABYTE:
            break
    more = len(items) < len(places)
    return {
        "Items": items,
        **({"LastEvaluatedKey": {n: items[-1][n] for n in ("pk", "sk", "people_pk", "people_sk")}} if more else {}),
    }
