"""What DynamoDB charges for, counted on tables in memory: write units of a kilobyte, of the item and of every index whose entry
changes, twice inside a transaction; read units of four kilobytes, half where a read is eventually consistent."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from tests.support import sam
from tests.support.costs import units_read
from tests.support.memory_dynamo import MemoryDynamo

_Wire = dict[str, Any]
_READS = ("get_item", "batch_get_item", "query")
_WRITES = ("put_item", "update_item", "delete_item", "batch_write_item", "transact_write_items")


class Metered(MemoryDynamo):
    """Tables in memory that count ``calls`` by operation, ``written`` and ``read`` units."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.calls: Counter[str] = Counter()
        self.written = 0
        self.read = 0.0

    def read_measured(self, name: str, request: _Wire) -> _Wire:
        """A reading operation, counted."""
        answer: _Wire = getattr(MemoryDynamo, name)(self, **request)
        self.calls[name] += 1
        self.read += units_read(name, request, answer)
        return answer

    def write_measured(self, name: str, request: _Wire) -> _Wire:
        """A writing operation, counted."""
        before = [(table, key, self.item(table, key)) for table, key in touched(request)]
        answer: _Wire = getattr(MemoryDynamo, name)(self, **request)
        self.calls[name] += 1
        paid = sum(cost(item, self.item(table, key)) for table, key, item in before)
        self.written += paid * (2 if name == "transact_write_items" else 1)
        return answer

    def item(self, table: str, key: tuple[str, str]) -> _Wire | None:
        """An item as it stands, or None."""
        return self.tables.get(table, {}).get(key)


def _counted(name: str, way: str) -> Any:
    return lambda self, **request: getattr(self, way)(name, request)


for _names, _way in ((_READS, "read_measured"), (_WRITES, "write_measured")):
    for _name in _names:
        setattr(Metered, _name, _counted(_name, _way))


@cache
def _indexes() -> list[tuple[str, str]]:
    return [
        (index["KeySchema"][0]["AttributeName"], index["Projection"]["ProjectionType"])
        for index in sam.resources("AWS::DynamoDB::Table")["DirectoryTable"]["GlobalSecondaryIndexes"]
    ]


def cost(before: _Wire | None, after: _Wire | None) -> int:
    """Write units of an item that was one thing and is another; a key that only some items have belongs to an index."""
    units = max(kilobytes(before), kilobytes(after))
    for key, projection in _indexes():
        old, new = ((item or {}).get(key) for item in (before, after))
        if old != new:
            units += (kilobytes(before) if old else 0) + (kilobytes(after) if new else 0)
        elif new and projection == "ALL" and before != after:
            units += kilobytes(after)
    return units


def touched(request: _Wire) -> Iterable[tuple[str, tuple[str, str]]]:
    """Tables and keys of what a request writes."""
    if "TransactItems" in request:
        parts = [next(iter(each.values())) for each in request["TransactItems"]]
    elif "RequestItems" in request:
        parts = [
            {"TableName": table, **next(iter(each.values()))} for table, some in request["RequestItems"].items() for each in some
        ]
    else:
        parts = [request]
    for part in parts:
        key = part.get("Key") or part["Item"]
        yield part["TableName"], (key["pk"]["S"], key["sk"]["S"])


def kilobytes(item: Mapping[str, Any] | None) -> int:
    """Write units of one item."""
    return -(-sum(len(name) + _size(value) for name, value in (item or {}).items()) // 1024)


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_size(part) + (len(name) if len(name) > 2 else 1) for name, part in value.items())
    if isinstance(value, list):
        return sum(map(_size, value))
    return len(value) if isinstance(value, str | bytes) else 1
