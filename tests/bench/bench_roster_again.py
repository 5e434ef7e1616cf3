"""A roster applied, and the same file again: what is written, in write units, and how quickly it is seen that nothing changed.

Everything is the product's own code over tables in memory. What these tables take is not ours, so it is timed and taken off; what
botocore takes is left out with it (bench_roster has it). Write units are counted as AWS charges them: a kilobyte each of the
item and of every index whose entry changes, twice inside a transaction.
"""

import io
import tempfile
import time
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
from tests.bench.bars import Row, row
from tests.bench.units import cost, touched
from tests.support.memory_dynamo import MemoryDynamo
from tests.support.memory_world import SPECIAL, MemoryKms, MemorySqs

NOW: Final = 1_795_000_000
SCHOOL = "northbridge"
ADMIN: Final = Person(id="a" * 20, role="staff", given_name="Ada", family_name="Admin", is_admin=True)
PEOPLE: Final = 20_000
_Wire = dict[str, Any]


def main() -> list[Row]:
    """The rows of the table: what, bar, got and whether the bar is met (None: there is no bar)."""
    with tempfile.TemporaryDirectory() as folder:
        file = write_demo(Path(folder), students=PEOPLE * 1200 // 1630)["plain_csv"]
        world = World(file.read_bytes())
        steps = [(step, words) for words in ("all new", "the same file again") for step in ("preview", "apply")]
        return [_row(f"roster {step}, {words}", *world.step(step)) for step, words in steps]


def _row(what: str, run: Run, seconds: float, units: int) -> Row:
    written = run.of("new") + run.of("changed") + run.of("links") if run.step == "apply" else 0
    each = f", {units / run.total:.2f} a row" if units > run.total else ""
    got = f"{run.total / seconds:,.0f} rows/s of CPU, {units:,} write units{each}"
    again = "again" in what and run.step == "apply"
    met = (written, units * 100 <= run.total) == (0, True) if again else None
    return row(f"{what}, {run.total:,} rows", got, units, met=met, of="roster_again" if again else "")


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
        self.units = 0
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._memory, name)

        def timed(**request: Any) -> Any:
            start = time.process_time()
            keys = [*touched(request)] if name not in {"query", "get_item", "batch_get_item"} else []
            before = [(table, key, self._item(table, key)) for table, key in keys]
            answer = operation(**request)
            paid = sum(cost(item, self._item(table, key)) for table, key, item in before)
            self.units += paid * (2 if name == "transact_write_items" else 1)
            self.seconds += time.process_time() - start
            return answer

        return timed

    def _item(self, table: str, key: tuple[str, str]) -> _Wire | None:
        return self._memory.tables.get(table, {}).get(key)


if __name__ == "__main__":
    for line in main():
        print(f"{line['what']}: {line['got']} {line['bar']}")  # noqa: T201
