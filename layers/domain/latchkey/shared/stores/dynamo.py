"""The four tables of DynamoDB (keys ``pk`` and ``sk``): reads, conditional writes, batches and transactions.

How values and expressions are written is in dynamo_wire.py; stores take both from here.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import SystemRandom
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from latchkey.errors import Changed, TryLater
from latchkey.shared.stores.aws import Client, code_of, translate
from latchkey.shared.stores.dynamo_wire import (
    Condition,
    Delete,
    Item,
    Put,
    Update,
    Value,
    Write,
    key_of,
    pack,
    pack_item,
    unpack_item,
)
from latchkey.shared.stores.pace import Pace

__all__ = [
    "Condition",
    "ConditionFailed",
    "Delete",
    "Item",
    "Page",
    "Put",
    "Table",
    "Update",
    "Value",
    "Write",
    "batch_get",
    "one_each",
    "pack",
    "pack_item",
    "transact",
]

_CHANCE: Final = SystemRandom()  # what is started from one snapshot must not wait alike
_BATCH_WRITE: Final = 25  # DynamoDB: BatchWriteItem
_BATCH_GET: Final = 100  # DynamoDB: BatchGetItem, TransactWriteItems
_TRIES: Final = 8


class ConditionFailed(Changed):
    """A write found the item in another state than it expected; ``item`` is what it found (None: no item).

    Stores may look at the item; what leaves a store is ``Changed`` to use cases, or an error that names what was found.
    """

    def __init__(self, item: Item | None) -> None:
        super().__init__("condition failed")
        self.item = item


@dataclass(frozen=True, slots=True)
class Page:
    """Some items in order, and where the next page begins (None: there is none)."""

    items: list[Item]
    next: Item | None


class Table:
    """One DynamoDB table. ``noted`` is called with the keys of items after they were written or deleted."""

    def __init__(self, client: Client, name: str, noted: Callable[[list[tuple[str, str]]], None] | None = None) -> None:
        self._client = client
        self.name = name
        self.noted = noted or _nobody

    def get(self, pk: str, sk: str) -> Item | None:
        """The item, read consistently."""
        answer = self._call("get_item", Key=key_of(pk, sk), ConsistentRead=True)
        return unpack_item(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[tuple[str, str]], only: Sequence[str] = (), *, eventual: bool = False) -> list[Item]:
        """The items that exist, in no certain order; ``only`` these attributes of them, if it names some.

        ``eventual``: half as dear, and not as they were left in the last second.
        """
        return [item for _, item in batch_get(self._client, {self: keys}, {self: only}, eventual=eventual)]

    def get_across(self, wanted: Mapping["Table", Iterable[tuple[str, str]]]) -> dict[tuple[str, str, str], Item]:
        """Items of this table and others that exist, by ``(table's name, pk, sk)``, read consistently; 100 keys a call."""
        return {(name, item["pk"], item["sk"]): item for name, item in batch_get(self._client, wanted)}

    def put(self, put: Put) -> None:
        """Write an item; ``ConditionFailed`` if a condition does not hold."""
        self._conditional("put_item", put.request(self.name))
        self.noted([_key(put)])

    def put_with(self, put: Put, other: tuple["Table", Put]) -> None:
        """Write an item here and one in another table, both or neither."""
        transact(self._client, [(self, put), other])

    def transact_with(self, writes: Sequence[tuple["Table", Write]]) -> None:
        """All writes, to this table and others, or none; as ``transact``."""
        transact(self._client, writes)

    def update(self, update: Update) -> Item:
        """Update an item and return it as it now is; ``ConditionFailed`` if a condition does not hold."""
        answer = self._conditional("update_item", update.request(self.name) | {"ReturnValues": "ALL_NEW"})
        self.noted([_key(update)])
        return unpack_item(answer.get("Attributes", {}))

    def transact(self, writes: Sequence[Update | Put], pace: Pace | None = None) -> None:
        """All writes to this table or none (at most 100); ``ConditionFailed`` with the first item not as expected.

        With a pace a table that is busy is waited for.
        """
        all_or_none = [(self, write) for write in writes]
        if pace is None:
            transact(self._client, all_or_none)
            return
        pace.wait(len(writes))
        while True:
            try:
                transact(self._client, all_or_none)
            except TryLater:
                pace.refused()
            else:
                pace.took(len(writes))
                return

    def delete(self, pk: str, sk: str) -> None:
        """Delete an item, whether it exists or not."""
        self._call("delete_item", Key=key_of(pk, sk))
        self.noted([(pk, sk)])

    def page(
        self,
        partition: str,
        *,
        index: str | None = None,
        pk_name: str = "pk",
        sk_name: str = "sk",
        prefix: str = "",
        above: str = "",
        start: Item | None = None,
        limit: int | None = None,
        newest_first: bool = False,
        eventual: bool = False,
        only: Sequence[str] = (),
    ) -> Page:
        """One page (1 MB or ``limit`` items) of a partition of the table or of an index, in the order of the sort key.

        ``prefix``: only keys that begin so; or ``above``: only keys behind this one, which need not exist.
        ``eventual``: half as dear, and what was written in the last second may be missing. ``only`` these attributes, if it names
        some: as dear as all, but less to send and to read.
        """
        request: dict[str, Any] = {
            "KeyConditionExpression": "#p = :p",
            "ExpressionAttributeNames": {"#p": pk_name},
            "ExpressionAttributeValues": {":p": pack(partition)},
            "ScanIndexForward": not newest_first,
        }
        if prefix:
            request["KeyConditionExpression"] += " AND begins_with(#s, :s)"
            request["ExpressionAttributeNames"]["#s"] = sk_name
            request["ExpressionAttributeValues"][":s"] = pack(prefix)
        elif above:
            request["KeyConditionExpression"] += " AND #s > :s"
            request["ExpressionAttributeNames"]["#s"] = sk_name
            request["ExpressionAttributeValues"][":s"] = pack(above)
        if index:
            request["IndexName"] = index
        elif not eventual:
            request["ConsistentRead"] = True
        if only:
            projected = _projection(only)
            request["ProjectionExpression"] = projected["ProjectionExpression"]
            request["ExpressionAttributeNames"] |= projected["ExpressionAttributeNames"]
        if start:
            request["ExclusiveStartKey"] = pack_item(start)
        if limit:
            request["Limit"] = limit
        answer = self._call("query", **request)
        last = answer.get("LastEvaluatedKey")
        return Page([unpack_item(item) for item in answer["Items"]], unpack_item(last) if last else None)

    def pages(self, partition: str, **options: Any) -> Iterator[list[Item]]:
        """All pages of a partition, one after the other; options as of ``page``."""
        start: Item | None = None
        while True:
            page = self.page(partition, start=start, **options)
            yield page.items
            start = page.next
            if start is None:
                return

    def scan_keys(self, wanted: str, values: Mapping[str, str], *, start: Item | None = None) -> Page:
        """One page (1 MB read) of the whole table: the keys of those items that a filter over ``pk`` and ``sk`` means.

        It asks for no other attribute, so that a role can be allowed to see no other.
        """
        request: dict[str, Any] = {
            "Select": "SPECIFIC_ATTRIBUTES",
            "ProjectionExpression": "pk, sk",
            "FilterExpression": wanted,
            "ExpressionAttributeValues": {name: pack(value) for name, value in values.items()},
            "ConsistentRead": True,
        }
        if start:
            request["ExclusiveStartKey"] = pack_item(start)
        answer = self._call("scan", **request)
        last = answer.get("LastEvaluatedKey")
        return Page([unpack_item(item) for item in answer["Items"]], unpack_item(last) if last else None)

    def delete_across(self, keys: Mapping["Table", Sequence[tuple[str, str]]]) -> None:
        """Delete items of this table and others, whether they exist or not, 25 a call; ``TryLater`` where a table is busy."""
        left = [(table.name, {"DeleteRequest": {"Key": key_of(*key)}}) for table, some in keys.items() for key in some]
        for at in range(0, len(left), _BATCH_WRITE):
            batch: dict[str, list[dict[str, Any]]] = {}
            for name, request in left[at : at + _BATCH_WRITE]:
                batch.setdefault(name, []).append(request)
            for attempt in range(_TRIES):
                try:
                    batch = self._client.batch_write_item(RequestItems=batch).get("UnprocessedItems") or {}
                except (ClientError, BotoCoreError) as error:
                    translate(error)
                if not batch:
                    break
                _pause(attempt)
            else:
                raise TryLater()
        for table, some in keys.items():
            table.noted([*some])

    def delete_many(self, keys: Iterable[tuple[str, str]]) -> None:
        """Delete items, whether they exist or not, 25 a call."""
        left, pace = [{"DeleteRequest": {"Key": key_of(pk, sk)}} for pk, sk in keys], Pace()
        for at in range(0, len(left), _BATCH_WRITE):
            self._write_batch(left[at : at + _BATCH_WRITE], pace)

    def write_many(self, items: Iterable[Mapping[str, Value]], pace: Pace | None = None) -> None:
        """Write items whole and unconditionally, 25 a call, as fast as the table takes them; it may refuse all for a minute."""
        pace, batch = pace or Pace(), list[dict[str, Any]]()
        for item in items:
            batch.append({"PutRequest": {"Item": pack_item(item)}})
            if len(batch) == _BATCH_WRITE:
                self._write_batch(batch, pace)
                batch = []
        if batch:
            self._write_batch(batch, pace)

    def _write_batch(self, batch: list[dict[str, Any]], pace: Pace) -> None:
        pace.wait(len(batch))
        keys = [_key_in(request) for request in batch]
        while batch:
            try:
                answer = self._client.batch_write_item(RequestItems={self.name: batch})
            except (ClientError, BotoCoreError) as error:
                with suppress(TryLater):
                    translate(error)
                left = batch
            else:
                left = answer.get("UnprocessedItems", {}).get(self.name, [])
            if len(left) < len(batch):
                pace.took(len(batch) - len(left))
            if left:
                pace.refused()
            batch = left
        self.noted(keys)

    def _call(self, operation: str, **request: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(TableName=self.name, **request)
        except (ClientError, BotoCoreError) as error:
            translate(error)
        return answer

    def _conditional(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        for attempt in range(_TRIES):
            try:
                answer: dict[str, Any] = getattr(self._client, operation)(**request)
                return answer
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    found: Any = error.response.get("Item")
                    raise ConditionFailed(unpack_item(found) if found else None) from error
                if code_of(error) != "TransactionConflictException":
                    translate(error)
            except BotoCoreError as error:
                translate(error)
            _pause(attempt)
        raise TryLater()


def batch_get(
    client: Client,
    wanted: Mapping[Table, Iterable[tuple[str, str]]],
    only: Mapping[Table, Sequence[str]] | None = None,
    *,
    eventual: bool = False,
) -> Iterator[tuple[str, Item]]:
    """``(table name, item)`` of the items that exist, read consistently unless ``eventual``, 100 keys a call across tables.

    ``only``: of which tables which attributes alone are read, so that a role can be allowed to see no other.
    """
    projected = {table.name: _projection(names) for table, names in (only or {}).items() if names}
    keys = [(table.name, key_of(pk, sk)) for table, pairs in wanted.items() for pk, sk in dict.fromkeys(pairs)]
    for start in range(0, len(keys), _BATCH_GET):
        left: dict[str, Any] = {}
        for name, key in keys[start : start + _BATCH_GET]:
            if name not in left:
                left[name] = {"Keys": [], "ConsistentRead": not eventual, **projected.get(name, {})}
            left[name]["Keys"].append(key)
        for attempt in range(_TRIES):
            try:
                answer = client.batch_get_item(RequestItems=left)
            except (ClientError, BotoCoreError) as error:
                translate(error)
            for name, items in answer["Responses"].items():
                for item in items:
                    yield name, unpack_item(item)
            left = answer.get("UnprocessedKeys") or {}
            if not left:
                break
            _pause(attempt)
        else:
            raise TryLater()


def _projection(names: Sequence[str]) -> dict[str, Any]:
    """Some are words of DynamoDB's own, so all have an alias."""
    aliases = {f"#{place}": name for place, name in enumerate(names)}
    return {"ProjectionExpression": ", ".join(aliases), "ExpressionAttributeNames": aliases}


def one_each(writes: Iterable[tuple[Table, Write]]) -> list[tuple[Table, Write]]:
    """The same writes, in which updates of one item are one: a transaction writes an item once.

    They must not set the same attribute; every condition of them holds, or none is written.
    """
    found: dict[tuple[str, str, str], tuple[Table, Write]] = {}
    others: list[tuple[Table, Write]] = []
    for table, write in writes:
        if not isinstance(write, Update):
            others.append((table, write))
            continue
        key = (table.name, write.pk, write.sk)
        before = found[key][1] if key in found else None
        found[key] = table, write if not isinstance(before, Update) else _together(before, write)
    return [*found.values(), *others]


def _together(one: Update, other: Update) -> Update:
    parts = {name: {**getattr(one, name), **getattr(other, name)} for name in ("set", "add", "append")}
    return Update(pk=one.pk, sk=one.sk, when=[*one.when, *other.when], **parts)


def transact(client: Client, writes: Sequence[tuple[Table, Write]]) -> None:
    """All writes or none (at most 100); conflicts are tried again. ``ConditionFailed`` with the first item not as expected."""
    items = []
    for table, write in writes:
        request = write.request(table.name)
        if not isinstance(write, Delete):
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        items.append({type(write).__name__: request})
    for attempt in range(_TRIES):
        try:
            client.transact_write_items(TransactItems=items)
            _note(writes)
            return
        except ClientError as error:
            if code_of(error) != "TransactionCanceledException":
                translate(error)
            for reason in error.response.get("CancellationReasons", []):
                if reason.get("Code") == "ConditionalCheckFailed":
                    found = reason.get("Item")
                    raise ConditionFailed(unpack_item(found) if found else None) from error
        except BotoCoreError as error:
            translate(error)
        _pause(attempt)
    raise TryLater()


def _nobody(_keys: list[tuple[str, str]]) -> None:
    """Nobody wants to know."""


def _key(write: Write) -> tuple[str, str]:
    """``(pk, sk)`` of a write."""
    return (str(write.item["pk"]), str(write.item["sk"])) if isinstance(write, Put) else (write.pk, write.sk)


def _key_in(request: Mapping[str, Any]) -> tuple[str, str]:
    """``(pk, sk)`` of a request of a batch."""
    (said,) = request.values()
    key = said.get("Key") or said["Item"]
    return key["pk"]["S"], key["sk"]["S"]


def _note(writes: Sequence[tuple[Table, Write]]) -> None:
    """Say of each table what was written."""
    for table in {id(table): table for table, _ in writes}.values():
        table.noted([_key(write) for of, write in writes if of is table])


def _pause(attempt: int) -> None:
    time.sleep(_CHANCE.uniform(0, min(2.0, 0.05 * 2**attempt)))  # spreads retries
