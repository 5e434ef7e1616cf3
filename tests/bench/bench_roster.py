"""Rosters: reading against what others would write, then the whole preview and apply: rows a second and memory.

What others would write stands in ``roster_reading``. The whole run is the product's own code, botocore included; only the network
is cut off. Each size runs in a process of its own, so that its peak memory is its own.
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.answers import operation_of, response
from tests.bench.bars import Row, row
from tests.bench.memory import peak
from tests.bench.roster_reading import SCHOOL, file_of, reading

NOW = 1_795_000_000
RUN = "0" * 26
KEY = f"rosters/{SCHOOL}/{RUN}/{'0' * 32}"
COMPARED, LARGE = 100_000, 1_000_000


def main() -> Iterator[Row]:
    """The rows of the table, as they come."""
    with tempfile.TemporaryDirectory() as name:
        for size in (COMPARED, LARGE):
            file, rows = file_of(Path(name) / str(size), size)
            if size == COMPARED:
                yield from reading(file, rows)
                for step in ("preview", "apply"):
                    run = _child(file, rows, step)
                    got = f"{rows / run['seconds']:,.0f} rows/s of CPU, {run['over']:.0f} MB over the start"
                    yield row(f"roster {step} of {rows:,} rows", got, run)
            else:
                run = _child(file, rows, "preview")
                words = f"roster preview of {rows:,} rows, memory over the start"
                got = f"{run['over']:.0f} MB ({rows / run['seconds']:,.0f} rows/s)"
                yield row(words, got, run, met=run["over"] <= 30, of="roster_memory")
                growth = run["peak"] / _child(*file_of(Path(name) / "10000", 10_000), "preview")["peak"]
                words = f"roster preview, peak memory of {rows:,} rows to 10,000"
                yield row(words, f"{growth:.2f} x", growth, met=growth <= 1.1, of="memory")


def _child(file: Path, rows: int, step: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.bench_roster", str(file), str(rows), step]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=1_500)
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
