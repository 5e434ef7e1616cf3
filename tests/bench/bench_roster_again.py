"""A roster applied, and the same file again: what is written, in write units, and how quickly it is seen that nothing changed.

Everything is the product's own code over tables in memory. What these tables take is not ours, so it is timed and taken off; what
botocore takes is left out with it (bench_roster has it). Write units are counted as AWS charges them: a kilobyte each of the
item and of every index whose entry changes, twice inside a transaction.
"""

import io
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from infra.demo import write_demo
from latchkey.people.model.person import Person
from latchkey.rosters.apply_roster import apply_roster
from latchkey.rosters.model.runs import Run
from latchkey.rosters.read_roster import preview_roster
from latchkey.rosters.watch_roster import ask_to_apply
from latchkey.schools.model.school import School
from latchkey.settings import NEEDS, FunctionName, Settings
from latchkey.shared.model.ids import new_id
from latchkey.wiring import Wiring
from tests.support import sam
from tests.support.memory_dynamo import MemoryDynamo
from tests.support.memory_world import SPECIAL, MemoryKms, MemorySqs

NOW: Final = 1_795_000_000
SCHOOL = "northbridge"
ADMIN: Final = Person(id="a" * 20, role="staff", given_name="Ada", family_name="Admin", is_admin=True)
PEOPLE: Final = 20_000
_Wire = dict[str, Any]


def main() -> list[dict[str, Any]]:
    """The rows of the table: what, bar, got and whether the bar is met (None: there is no bar)."""
    with tempfile.TemporaryDirectory() as folder:
        file = write_demo(Path(folder), students=PEOPLE * 1200 // 1630)["plain_csv"]
        world = World(file.read_bytes())
        steps = [(step, words) for words in ("all new", "the same file again") for step in ("preview", "apply")]
        return [_row(f"roster {step}, {words}", *world.step(step)) for step, words in steps]


def _row(what: str, run: Run, seconds: float, units: int) -> dict[str, Any]:
    written = run.of("new") + run.of("changed") + run.of("links") if run.step == "apply" else 0
    each = f", {units / run.total:.2f} a row" if units > run.total else ""
    got = f"{run.total / seconds:,.0f} rows/s of CPU, {units:,} write units{each}"
    again = "again" in what and run.step == "apply"
    return {
        "what": f"{what}, {run.total:,} rows",
        "bar": "≤ 1 unit for 100 rows" if again else "",
        "got": got,
        "met": (written, units * 100 <= run.total) == (0, True) if again else None,
        "value": {"units": units, "rows": run.total, "seconds": seconds},
    }


class World:
    """A school without people, over tables in memory, and a file that is uploaded again and again."""

    def __init__(self, file: bytes) -> None:
        self.dynamo = Counted()
        self._s3 = Uploaded(file)
        assert self._wiring("operate").schools.make(School(slug=SCHOOL, name="Northbridge Academy"))
        self._run = ""

    def step(self, step: str) -> tuple[Run, float, int]:
        """Preview the file, or apply what was previewed: the run, seconds of our own CPU, and write units."""
        worker, console = self._wiring("read_roster"), self._wiring("console")
        if step == "preview":
            self._run = new_id()
            key = f"rosters/{SCHOOL}/{self._run}/{'0' * 32}"
            made = Run(
                id=self._run, state="queued", step="upload", filename="r.csv", key=key, created_at=NOW, created_by=ADMIN.id
            )  # fmt: skip
            console.rosters(SCHOOL).make(
                made, console.audit(SCHOOL).record_of(ADMIN.id, "roster.start", NOW, {"roster": made.id})
            )
        else:
            ask_to_apply(console, SCHOOL, ADMIN, self._run)
        self.dynamo.units, self.dynamo.seconds = 0, 0.0
        start = time.process_time()
        done = preview_roster(worker, SCHOOL, self._run, key) if step == "preview" else apply_roster(worker, SCHOOL, self._run)
        seconds = time.process_time() - start - self.dynamo.seconds
        assert done is not None
        assert done.state == ("previewed" if step == "preview" else "finished"), done
        return done, seconds, self.dynamo.units

    def _wiring(self, function: FunctionName) -> Wiring:
        clients = {"dynamodb": self.dynamo, "sqs": MemorySqs(), "kms": MemoryKms(), "s3": self._s3}
        environment = {name: name.lower() for name in NEEDS[function]} | SPECIAL
        return Wiring(Settings(function, environment), lambda service: clients[service], lambda: float(NOW))


class Uploaded:
    """An S3 that has one file under every key."""

    def __init__(self, file: bytes) -> None:
        self._file = file

    def get_object(self, *, Range: str, **_: Any) -> _Wire:  # noqa: N803 - botocore's names
        """GetObject, of a range."""
        first, last = map(int, Range.removeprefix("bytes=").split("-"))
        block = self._file[first : last + 1]
        span = f"bytes {first}-{first + len(block) - 1}/{len(self._file)}"
        return {"Body": io.BytesIO(block), "ETag": '"1"', "ContentRange": span, "ContentLength": len(block)}


class Counted:
    """Tables in memory that count what a write costs, and how long they take themselves."""

    def __init__(self) -> None:
        self._memory = MemoryDynamo()
        self._indexes = [
            (index["KeySchema"][0]["AttributeName"], index["Projection"]["ProjectionType"])
            for index in sam.resources("AWS::DynamoDB::Table")["DirectoryTable"]["GlobalSecondaryIndexes"]
        ]
        self.units = 0
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._memory, name)

        def timed(**request: Any) -> Any:
            start = time.process_time()
            touched = [*_written(request)] if name not in {"query", "get_item", "batch_get_item"} else []
            before = [(table, key, self._item(table, key)) for table, key in touched]
            answer = operation(**request)
            paid = sum(self._cost(item, self._item(table, key)) for table, key, item in before)
            self.units += paid * (2 if name == "transact_write_items" else 1)
            self.seconds += time.process_time() - start
            return answer

        return timed

    def _item(self, table: str, key: tuple[str, str]) -> _Wire | None:
        return self._memory.tables.get(table, {}).get(key)

    def _cost(self, before: _Wire | None, after: _Wire | None) -> int:
        units = max(_kilobytes(before), _kilobytes(after))
        for key, projection in self._indexes:
            old, new = ((item or {}).get(key) for item in (before, after))
            if old != new:
                units += (_kilobytes(before) if old else 0) + (_kilobytes(after) if new else 0)
            elif new and projection == "ALL" and before != after:
                units += _kilobytes(after)
        return units


def _written(request: _Wire) -> Iterable[tuple[str, tuple[str, str]]]:
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


def _kilobytes(item: Mapping[str, Any] | None) -> int:
    return -(-sum(len(name) + _size(value) for name, value in (item or {}).items()) // 1024)


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_size(part) + (len(name) if len(name) > 2 else 1) for name, part in value.items())
    if isinstance(value, list):
        return sum(map(_size, value))
    return len(value) if isinstance(value, str | bytes) else 1


if __name__ == "__main__":
    for line in main():
        print(f"{line['what']}: {line['got']} {line['bar']}")  # noqa: T201
