"""Walk through the copies and compare them with the stack's tables: count what would come back, or put it there.

Every write says what it expects: what is missing is written only if it still is, and facts are set on an item that is there by an
update of those facts. So people can work on meanwhile, and whatever stops this, the same again goes on.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from botocore.exceptions import ClientError

from infra.local.trouble import Trouble
from infra.restore.copies import Copies, Note
from infra.restore.rules import TABLES, WHY, Old, Why, Wire, changed, old, school_of, text
from latchkey.audit.stores.audit import Audit
from latchkey.shared.stores.dynamo import Table

_AT_ONCE: Final = 16  # writes
_A_CALL: Final = 100  # keys of a BatchGetItem


@dataclass(slots=True)
class Sum:
    """What a walk has found, by table and kind: ``missing`` items, ``other`` ones that differ; and what stays away, and why."""

    read: Counter[str] = field(default_factory=Counter)
    missing: Counter[tuple[str, str]] = field(default_factory=Counter)
    other: Counter[tuple[str, str]] = field(default_factory=Counter)
    away: Counter[Why] = field(default_factory=Counter)
    by_school: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    schools: set[str] = field(default_factory=set)

    @property
    def writes(self) -> int:
        """Items to write."""
        return self.missing.total() + self.other.total()

    def lines(self) -> Iterator[str]:
        """As a table for people."""
        kinds = sorted({*self.missing, *self.other}, key=lambda each: (TABLES.index(each[0]), each[1]))
        for table, kind in kinds:
            other = self.other[table, kind]
            yield f"  {self.missing[table, kind]:>9,}  {kind} missing" + (f", {other:,} that differ" if other else "")
        if not kinds:
            yield "  Nothing is missing."
        for why, count in sorted(self.away.items()):
            yield f"  {count:>9,}  stay away: {WHY[why]}"


@dataclass(frozen=True, slots=True)
class Write:
    """One write: a whole item where there is none, or (``live``) facts of one that is there."""

    table: str
    old: Old
    item: Wire
    live: Wire | None = None


class Walk:
    """One walk through the copies, of one school or (``""``) of all.

    ``overwrite``: facts of people and schools that differ are set as they were, too. ``clock`` gives epoch seconds.
    """

    def __init__(self, copies: Copies, school: str, *, overwrite: bool, clock: Callable[[], float] = time.time) -> None:
        self._copies = copies
        self._school = school
        self._overwrite = overwrite
        self._clock = clock
        self._dynamodb = copies.cloud.client("dynamodb")

    def count(self, note: Note) -> Sum:
        """What there is to do; changes nothing. ``Trouble`` where the copies hold no such school, or none at all."""
        found = Sum()
        for writes in self._pages(found):
            _count(found, writes)
            note(f"{found.read.total():,} items compared")
        if self._school and self._school not in found.schools:
            raise Trouble(
                f"At that moment there was no school {self._school!r}, only: {', '.join(sorted(found.schools)) or 'none'}."
            )
        if not found.schools:
            raise Trouble("The copies hold no school: choose a later moment.")
        return found

    def put_back(self, counted: Sum, note: Note) -> Sum:
        """Do it. Schools come last: until all that a school has is there, nobody finds it."""
        done, schools, start = Sum(), list[Write](), self._clock()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for writes in self._pages(done):
                schools += [each for each in writes if each.old.kind == "schools"]
                now = [each for each in writes if each.old.kind != "schools"]
                _count(done, [write for write, made in zip(now, pool.map(self._write, now), strict=True) if made])
                note(_progress(done.writes, counted.writes, self._clock() - start))
        _count(done, [write for write in schools if self._write(write)])
        for school, kinds in done.by_school.items():
            table = Table(self._dynamodb, self._copies.live["activity"])
            Audit(table, school).record("operator", "data.restore", int(self._clock()), dict(kinds))
        return done

    def _pages(self, found: Sum) -> Iterator[list[Write]]:
        """What is to be written, a page of a copy at a time; what stays away is counted in ``found``."""
        for table in TABLES:
            if table == "sessions":
                continue
            for page in self._scan(table):
                mine = [item for item in page if not self._school or school_of(item) == self._school]
                found.read[table] += len(mine)
                found.schools |= {text(item, "pk") for item in page if text(item, "sk") == "SCHOOL"}
                yield self._compared(table, mine, found)

    def _compared(self, table: str, items: list[Wire], found: Sum) -> list[Write]:
        wanted = []
        for item in items:
            each = old(table, item, int(self._clock()), self._ended(table, item))
            if each.why is not None:
                found.away[each.why] += 1
            else:
                wanted.append((each, item))
        live = self._live(table, [item for _, item in wanted])
        writes = []
        for each, item in wanted:
            there = live.get((text(item, "pk"), text(item, "sk")))
            if there is None and each.item is not None:
                writes.append(Write(table, each, each.item))
            elif there is not None and self._overwrite and table == "directory" and (facts := changed(item, there)):
                writes.append(Write(table, each, facts, there))
        return writes

    def _write(self, write: Write) -> bool:
        """Whether it was made; not where somebody was quicker."""
        name = self._copies.live[write.table]
        try:
            if write.live is None:
                self._dynamodb.put_item(TableName=name, Item=write.item, ConditionExpression="attribute_not_exists(pk)")
                return True
            names = {f"#{place}": each for place, each in enumerate(write.item)}
            facts = ", ".join(f"{short} = :{short[1:]}" for short in names)
            values = {f":{place}": value for place, value in enumerate(write.item.values())}
            more = ""
            if write.old.kind == "people":  # another address, role or status ends links and sessions; so does this, always
                names, values, more = names | {"#version": "version"}, values | {":one": {"N": "1"}}, " ADD #version :one"
            self._dynamodb.update_item(
                TableName=name,
                Key={"pk": write.live["pk"], "sk": write.live["sk"]},
                UpdateExpression=f"SET {facts}{more}",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def _scan(self, table: str) -> Iterator[list[Wire]]:
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._copies.name(table), ConsistentRead=True)
        for page in pages:
            yield page["Items"]

    def _live(self, table: str, items: list[Wire]) -> dict[tuple[str, str], Wire]:
        """The items of the stack's own table with these keys."""
        name, found = self._copies.live[table], dict[tuple[str, str], Wire]()
        for start in range(0, len(items), _A_CALL):
            keys = [{"pk": item["pk"], "sk": item["sk"]} for item in items[start : start + _A_CALL]]
            left = {name: {"Keys": keys, "ConsistentRead": True}}
            while left:
                answer = self._dynamodb.batch_get_item(RequestItems=left)
                found |= {(text(item, "pk"), text(item, "sk")): item for item in answer["Responses"].get(name, [])}
                left = answer.get("UnprocessedKeys") or {}
        return found

    def _ended(self, table: str, item: Wire) -> Wire | None:
        """What the stack's own table keeps of this school, if it is one that was deleted."""
        if table != "directory" or text(item, "sk") != "SCHOOL":
            return None
        key = {"pk": item["pk"], "sk": {"S": "ENDED"}}
        answer = self._dynamodb.get_item(TableName=self._copies.live[table], Key=key, ConsistentRead=True)
        kept: Wire | None = answer.get("Item")
        return kept


def _count(found: Sum, writes: list[Write]) -> None:
    for write in writes:
        (found.missing if write.live is None else found.other)[write.table, write.old.kind] += 1
        found.by_school[school_of(write.live or write.item)][write.old.kind] += 1


def _progress(done: int, total: int, seconds: float) -> str:
    """How far, and how long it will take at this speed."""
    said = f"{done:,} of {total:,} items put back"
    if done < _A_CALL or done >= total:
        return said
    left = (total - done) * seconds / done
    return f"{said}, about {left / 60:.0f} minutes left" if left >= 90 else f"{said}, about {left:.0f} seconds left"
