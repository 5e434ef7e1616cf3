"""Rosters: reading against what others would write, then the whole preview and apply: rows a second and memory.

The comparison is fair to the other side: the same file, the same rules (its validators call ours), no look for duplicates on
either. The whole run is the product's own code, botocore included; only the network is cut off. Each size runs in a process
of its own, so that its peak memory is its own.
"""

import csv
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from tests.bench.answers import operation_of, response
from tests.bench.bars import Row, row
from tests.bench.memory import peak
from tests.bench.peers import use_peers

NOW = 1_795_000_000
RUN, SCHOOL = "0" * 26, "northbridge"
KEY = f"rosters/{SCHOOL}/{RUN}/{'0' * 32}"
COMPARED, LARGE = 100_000, 1_000_000
_NAME = r"^[^\x00-\x1f\x7f-\x9f]{1,100}$"
_PATTERNS = {
    "mis_id": r"^[A-Za-z0-9][A-Za-z0-9._:@/{}-]{0,63}$",
    "role": r"^(student|teacher|staff|parent)$",
    "given_name": _NAME,
    "family_name": _NAME,
    "email": r"^([a-z0-9][a-z0-9_'.+-]*@([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,24})?$",
    "username": r"^([a-z0-9]|[a-z0-9][a-z0-9._-]{0,62}[a-z0-9])?$",
    "upn": r"^([A-Z][0-9]{11}[0-9A-Z])?$",
    "year_group": r"^([1-9]|1[0-4])?$",
    "registration_group": r"^([A-Za-z0-9][A-Za-z0-9 ./&_-]{0,19})?$",
    "children": r"^[^\x00-\x1f]{0,1300}$",
    "language": r"^[A-Za-z-]{0,50}$",
}


def main() -> list[Row]:
    """The rows of the table: what, bar, got and whether the bar is met (None: there is no bar)."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        for size in (COMPARED, LARGE):
            file, rows = _file(Path(name) / str(size), size)
            if size == COMPARED:
                found += _reading(file, rows)
                for step in ("preview", "apply"):
                    run = _child(file, rows, step)
                    got = f"{rows / run['seconds']:,.0f} rows/s of CPU, {run['over']:.0f} MB over the start"
                    found.append(row(f"roster {step} of {rows:,} rows", got, run))
            else:
                run = _child(file, rows, "preview")
                words = f"roster preview of {rows:,} rows, memory over the start"
                got = f"{run['over']:.0f} MB ({rows / run['seconds']:,.0f} rows/s)"
                found.append(row(words, got, run, met=run["over"] <= 30, of="roster_memory"))
                growth = run["peak"] / _child(*_file(Path(name) / "10000", 10_000), "preview")["peak"]
                words = f"roster preview, peak memory of {rows:,} rows to 10,000"
                found.append(row(words, f"{growth:.2f} x", growth, met=growth <= 1.1, of="memory"))
    return found


def _file(folder: Path, size: int) -> tuple[Path, int]:
    """A plain CSV with about this many rows, and their number."""
    from infra.demo import write_demo

    file = write_demo(folder, students=size * 1200 // 1630)["plain_csv"]
    with file.open("rb") as lines:
        return file, sum(1 for _ in lines) - 1


def _reading(file: Path, rows: int, rounds: int = 5) -> list[Row]:
    """The product's reader against others, in turns; the best of each, which neighbours on the machine disturb least."""
    use_peers()
    sides = {
        "ours": partial(_ours, file),
        "csv.DictReader with pydantic": partial(_pydantic, file, _usual_model()),
        "csv.reader with msgspec": partial(_msgspec, file, _quick_model()),
        "polars, without UPN's check letter": partial(_polars, file),
    }
    bars = {"csv.DictReader with pydantic": ("roster_usual", 2.5), "csv.reader with msgspec": ("roster_quick", 1.0)}
    times: dict[str, list[float]] = {side: [] for side in sides}
    for turn in range(rounds + 1):
        for side, read in sides.items():
            start = time.process_time()
            assert read() == rows
            if turn:  # the first loads what each of them needs
                times[side].append(time.process_time() - start)
    best = {side: min(found) for side, found in times.items()}
    mine = best.pop("ours")
    return [
        row(
            f"roster read and checked, to {side}, {rows:,} rows",
            f"{other / mine:.2f} x ({mine / rows * 1e6:.2f} µs against {other / rows * 1e6:.2f} µs a row)",
            other / mine,
            met=other / mine >= bars[side][1] if side in bars else None,
            of=bars[side][0] if side in bars else "",
        )
        for side, other in best.items()
    ]


def _ours(file: Path) -> int:
    from latchkey.rosters.model.bundle import Around
    from latchkey.rosters.model.files import open_roster
    from latchkey.rosters.stores.notes import TemporaryNotes

    with file.open("rb") as content, TemporaryNotes() as notes:
        return sum(
            len(batch.rows) for batch in open_roster(content, Around(frozenset({SCHOOL}), date(2026, 11, 26)), notes).batches()
        )


def _pydantic(file: Path, model: Callable[..., Any]) -> int:
    with file.open(encoding="utf-8", newline="") as content:
        return sum(1 for row in csv.DictReader(content) if model(**row))


def _msgspec(file: Path, model: Any) -> int:
    import msgspec

    with file.open(encoding="utf-8", newline="") as content:
        lines = csv.reader(content)
        next(lines)
        return len(msgspec.convert([[cell.strip() for cell in line] for line in lines], list[model]))


def _quick_model() -> Any:
    """The same rules as patterns of a msgspec struct; a UPN's check letter is ours, as with pydantic."""
    from msgspec import Meta, defstruct

    from latchkey.rosters.model import cells
    from latchkey.rosters.model.plain_csv import HEADER

    def text(pattern: str) -> Any:
        return Annotated[str, Meta(pattern=pattern)]

    roles = Literal["student", "teacher", "staff", "parent"]
    fields = [(name, roles if name == "role" else text(_PATTERNS[name])) for name in HEADER]
    return defstruct("Row", fields, array_like=True, namespace={"__post_init__": lambda row: cells.upn(row.upn)})


def _polars(file: Path) -> int:
    import polars

    rows = polars.scan_csv(file, infer_schema=False)
    checks = [polars.col(name).fill_null("").str.strip_chars().str.contains(pattern).all() for name, pattern in _PATTERNS.items()]
    found = rows.select(polars.len().alias("rows"), *checks).collect()
    assert all(found.row(0)[1:]), found
    return int(found["rows"][0])


def _usual_model() -> Callable[..., Any]:
    """The same rules as a pydantic model."""
    from pydantic import BaseModel, BeforeValidator, StringConstraints

    from latchkey.rosters.model import cells

    def text(pattern: str) -> Any:
        return Annotated[str, StringConstraints(strip_whitespace=True, pattern=pattern)]

    def optional(kind: Any) -> Any:
        return Annotated[kind | None, BeforeValidator(lambda value: value or None)]

    def checked(rule: Callable[[str], Any]) -> Any:
        return Annotated[Any, BeforeValidator(lambda value: rule(value.strip()))]

    class Row(BaseModel):
        mis_id: text(r"^[A-Za-z0-9][A-Za-z0-9._:@/{}-]{0,63}$")
        role: Literal["student", "teacher", "staff", "parent"]
        given_name: text(r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]{1,100}$")
        family_name: text(r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]{1,100}$")
        email: checked(cells.email)
        username: checked(cells.username)
        upn: checked(cells.upn)
        year_group: optional(text(r"^(?:[1-9]|1[0-4])$"))
        registration_group: optional(text(r"^[A-Za-z0-9][A-Za-z0-9 ./&_-]{0,19}$"))
        children: checked(cells.links)

    return Row


def _child(file: Path, rows: int, step: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.bench_roster", str(file), str(rows), step]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=900)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def run(file: Path, rows: int, step: str) -> dict[str, float]:
    """A whole preview, or the apply after it, timed, with the memory before and at its peak."""
    from latchkey.rosters.apply_roster import apply_roster
    from latchkey.rosters.read_roster import preview_roster
    from latchkey.settings import NEEDS, Settings
    from latchkey.shared.stores.aws import client_factory
    from latchkey.wiring import Wiring

    cloud = Cloud(file, step)
    make = client_factory()

    def client(service: str) -> Any:
        made = make(service)
        made.meta.events.register(f"before-send.{service}", cloud.answer)
        return made

    environment = {name: name.lower().replace("_", "-") for name in NEEDS["read_roster"]}
    wiring = Wiring(Settings("read_roster", environment), client, lambda: float(NOW))
    for service in ("dynamodb", "kms", "s3"):
        wiring.client(service)
    wiring.schools.get(SCHOOL)
    before = peak()
    start = time.process_time()
    done = apply_roster(wiring, SCHOOL, RUN) if step == "apply" else preview_roster(wiring, SCHOOL, RUN, KEY)
    seconds = time.process_time() - start - cloud.own
    assert done is not None
    assert (done.state, done.done) == ("finished" if step == "apply" else "previewed", rows), done
    return {"seconds": seconds, "over": peak() - before, "peak": peak(), "calls": float(cloud.calls)}


class Cloud:
    """Answers in the place of AWS: a school without people, one run, and a file in S3."""

    def __init__(self, file: Path, step: str) -> None:
        self._file = file.open("rb")
        self._size = file.stat().st_size
        self._run: dict[str, Any] = {
            "id": {"S": RUN}, "state": {"S": "running" if step == "apply" else "queued"}, "filename": {"S": "r.csv"},
            "step": {"S": "apply" if step == "apply" else "upload"}, "key": {"S": KEY}, "created_at": {"N": str(NOW)},
            "created_by": {"S": "a" * 20}, "lease_until": {"N": "0"}, "attempt": {"N": "0"}, "last_number": {"N": "0"},
        }  # fmt: skip
        self.calls = 0
        self.own = 0.0  # seconds of CPU that making answers takes, which are nobody's

    def answer(self, request: Any, **_: Any) -> Any:
        """What a call gets instead of the network (botocore's event ``before-send``)."""
        start = time.process_time()
        try:
            return self._answer(request)
        finally:
            self.own += time.process_time() - start

    def _answer(self, request: Any) -> Any:
        self.calls += 1
        operation = operation_of(request)
        if not operation:
            return self._s3(request)
        return response(request.url, json.dumps(getattr(self, f"_{operation}")(json.loads(request.body))).encode())

    def _GetItem(self, body: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - DynamoDB's names
        sk = body["Key"]["sk"]["S"]
        if sk == "SCHOOL":
            return {"Item": {"slug": {"S": SCHOOL}, "name": {"S": "Northbridge Academy"}}}
        return {"Item": self._run} if sk == RUN else {}

    def _UpdateItem(self, body: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        names, values = body.get("ExpressionAttributeNames", {}), body.get("ExpressionAttributeValues", {})
        for name, value in re.findall(r"(#\d+) = (:\d+)(?=,| ADD|$)", body.get("UpdateExpression", "")):
            self._run[names[name]] = values[value]
        for name, value in re.findall(r"ADD (#\d+) (:\d+)", body.get("UpdateExpression", "")):
            self._run[names[name]] = {"N": str(int(self._run.get(names[name], {"N": "0"})["N"]) + int(values[value]["N"]))}
        return {"Attributes": self._run}

    def _Query(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"Items": [], "Count": 0}

    def _BatchGetItem(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"Responses": {}, "UnprocessedKeys": {}}

    def _BatchWriteItem(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"UnprocessedItems": {}}

    def _PutItem(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {}

    def _GenerateMac(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"Mac": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="}

    def _s3(self, request: Any) -> Any:
        wanted = request.headers["Range"]
        text = wanted.decode() if isinstance(wanted, bytes) else wanted
        first, last = map(int, text.removeprefix("bytes=").split("-"))
        self._file.seek(first)
        block = self._file.read(last - first + 1)
        span = f"bytes {first}-{first + len(block) - 1}/{self._size}"
        headers = {"ETag": '"e"', "Content-Range": span, "Content-Length": str(len(block))}
        return response(request.url, block, headers, status=206)


if __name__ == "__main__":
    import os

    os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="eu-west-2")
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(run(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])))
    else:
        for line in main():
            sys.stdout.write(f"{line['what']}: {line['got']} {line['bar']}\n")
