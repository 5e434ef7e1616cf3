"""Exports: rows a second and memory of the whole run, and the writer of lines against csv.writer.

The whole run is the product's own code, botocore included; only the network is cut off: answers of DynamoDB, KMS and S3 are
made in the process, as cheaply as they can be. Each size runs in a process of its own, so that its peak memory is its own.
"""

import csv
import io
import json
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.bench.answers import operation_of, response
from tests.bench.bars import Row, row
from tests.bench.memory import peak

SMALL, LARGE, LARGEST = 10_000, 100_000, 1_000_000
RUNS = (
    (SMALL, "mail_merge_csv", False), (SMALL, "mail_merge_csv", True), (LARGE, "mail_merge_csv", True),
    (LARGEST, "mail_merge_csv", True), (SMALL, "mail_merge_xlsx", True), (LARGE, "mail_merge_xlsx", True),
)  # fmt: skip
"""Students, format, and whether they have their codes already."""
ONE_STEP = 14_000  # students who are given their codes while the file is written: about ten pages of the index
PAGE = 1_400  # students in a page of 1 MB, at 700 bytes each
NOW = 1_795_000_000
PLAIN = ("Khan", "O'Brien", "Smith-Jones", "Zoë", "Evans", "Nowak", "Patel", "Taylor", "García", "MacDonald", "Ann Marie")
ODD = ("d’Arcy", "Lee, Ann")  # need a closer look, or quotes


def main() -> Iterator[Row]:
    """The rows of the table, as they come."""
    yield _writer("1 name in 100 odd", "csv", (*PLAIN * 18, *ODD))
    yield _writer("1 name in 6 odd", "", (*PLAIN[:10], *ODD))
    runs: dict[tuple[int, str, bool], dict[str, float]] = {}
    for size, kind, again in RUNS:
        run = runs[size, kind, again] = _child(size, kind, again)
        words = "printed again" if again else "first codes given"
        memory = f"peak {run['peak']:.0f} MB ({run['over']:.0f} MB over the start)"
        got = f"{size / run['seconds']:,.0f} rows/s of CPU, {run['calls']:,.0f} AWS calls, {memory}"
        what = f"{kind} of {size:,} students, {words}"
        yield row(what, got, run)
    for size, kind in ((LARGE, "mail_merge_csv"), (LARGEST, "mail_merge_csv"), (LARGE, "mail_merge_xlsx")):
        growth = runs[size, kind, True]["peak"] / runs[SMALL, kind, True]["peak"]
        words = f"{kind}, peak memory of {size:,} students to {SMALL:,}"
        got, key = f"{growth:.2f} x", "memory" if size == LARGEST else ""
        yield row(words, got, growth, met=growth <= 1.1 if key else None, of=key)


def _writer(which: str, key: str, names: Sequence[str], rounds: int = 15, count: int = 20_000) -> Row:
    """Ready rows to bytes, guarded, against csv.writer of the same rows, unguarded; in turns, medians."""
    from latchkey.office_files.csv import block

    rows = _ready_rows(count, names)

    def ours() -> int:
        return sum(len(block(rows[start : start + 100])) for start in range(0, count, 100))

    def theirs() -> int:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        return len(text.getvalue().encode())

    assert ours() >= theirs()
    times: dict[Callable[[], int], list[float]] = {ours: [], theirs: []}
    for _ in range(rounds):
        for run, taken in times.items():
            start = time.process_time()
            run()
            taken.append(time.process_time() - start)
    mine, other = statistics.median(times[ours]), statistics.median(times[theirs])
    got = f"{other / mine:.2f} x ({mine / count * 1e6:.2f} µs against {other / count * 1e6:.2f} µs a row)"
    words = f"CSV lines with the formula guard, to csv.writer without ({which})"
    return row(words, got, other / mine, met=other / mine >= 2 if key else None, of=key)


def _ready_rows(count: int, names: Sequence[str]) -> list[tuple[str, ...]]:
    from latchkey.codes.model.login_details import login_details
    from latchkey.login_details.model import mail_merge
    from latchkey.people.model.person import CodeState, Person
    from latchkey.schools.model.school import School

    pick = random.Random(7)
    url = "https://latchkey.example/schools/northbridge"
    school, key = School(slug="northbridge", name="N"), b"k" * 32
    sheet = mail_merge.Sheet(audience="both", url=url)
    code = CodeState(1, NOW + 90 * 86_400)
    people = (
        Person(
            id="0" * 20,
            role="student",
            given_name=pick.choice(names),
            family_name=pick.choice(names),
            username=f"student{number}",
            upn=f"B80120{number:07d}",
            mis_id=f"S{number}",
            year_group="7",
            registration_group="7A",
            number=number,
            pin=code,
            parent_code=code,
        )
        for number in range(1, count + 1)
    )
    return [mail_merge.row(login_details(person, school, key, "both"), sheet) for person in people]


def _child(size: int, kind: str, again: bool) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.bench_export", str(size), kind, "again" if again else "first"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=1_800)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def run(size: int, kind: str, again: bool) -> dict[str, float]:
    """One whole export, timed, with the memory before and at its peak."""
    from latchkey.login_details.build_export import build_export
    from latchkey.settings import NEEDS, Settings
    from latchkey.shared.stores.aws import client_factory
    from latchkey.wiring import Wiring

    environment = {name: name.lower().replace("_", "-") for name in NEEDS["build_export"]}
    environment["ORIGIN"] = "https://latchkey.example"
    cloud = Cloud(size, kind, again)
    make = client_factory()

    def client(service: str) -> Any:
        made = make(service)
        made.meta.events.register(f"before-send.{service}", cloud.answer)
        return made

    wiring = Wiring(Settings("build_export", environment), client, lambda: float(NOW))
    for service in ("dynamodb", "kms", "s3"):
        wiring.client(service)
    cloud.page(None)
    before = peak()
    start = time.process_time()
    done = build_export(wiring, "northbridge", "0" * 26)
    seconds = time.process_time() - start
    assert done is not None
    assert (done.state, done.rows) == ("finished", size)
    assert cloud.stored > size * (150 if kind == "mail_merge_csv" else 60)
    return {"seconds": seconds, "peak": peak(), "over": peak() - before, "calls": float(cloud.calls)}


class Cloud:
    """Answers in the place of AWS; it keeps nothing but counts."""

    def __init__(self, size: int, kind: str, again: bool) -> None:
        self._size = size
        code = f'{{"M":{{"generation":{{"N":"1"}},"expires_at":{{"N":"{NOW + 80 * 86_400}"}},"uses":{{"N":"0"}}}}}}'
        self._codes = f',"pin":{code},"parent_code":{code}' if again else ""
        self._export = {
            "id": {"S": "0" * 26}, "state": {"S": "running"}, "created_at": {"N": str(NOW)}, "created_by": {"S": "a" * 20},
            "scope": {"S": "school"}, "scope_value": {"S": ""}, "format": {"S": kind}, "audience": {"S": "both"},
            "never_logged_in": {"BOOL": False}, "total": {"N": str(size)}, "done": {"N": "0"}, "rows": {"N": "0"},
            "left_out": {"N": "0"}, "lease_until": {"N": "0"}, "attempt": {"N": "1"},
            "stage": {"S": "codes" if size > ONE_STEP else "file"},
        }  # fmt: skip
        self.calls = 0
        self.stored = 0

    def answer(self, request: Any, **_: Any) -> Any:
        """What a call gets instead of the network (botocore's event ``before-send``)."""
        self.calls += 1
        operation = operation_of(request)
        if not operation:
            return self._s3(request)
        body = json.loads(request.body)
        found: dict[str, Any] = {}
        if operation == "Query":
            return response(request.url, self.page(body.get("ExclusiveStartKey")))
        if operation == "GetItem":
            school: dict[str, Any] = {"slug": {"S": "northbridge"}, "name": {"S": "Northbridge Academy"}}
            found = {"Item": self._export if body["Key"]["sk"]["S"] == "0" * 26 else school}
        elif operation == "UpdateItem":
            self._change(body)
            found = {"Attributes": self._export}
        elif operation == "GenerateMac":
            found = {"Mac": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="}
        return response(request.url, json.dumps(found).encode())

    def _change(self, body: dict[str, Any]) -> None:
        """What an update sets; a run goes through two steps, so it has to know where it is."""
        names, values = body["ExpressionAttributeNames"], body["ExpressionAttributeValues"]
        for name, value in re.findall(r"(#\d+) = (:\d+)", body["UpdateExpression"]):
            self._export[names[name]] = values[value]

    def page(self, after: Any) -> bytes:
        """A page of students as DynamoDB sends it."""
        first = int(after["pk"]["S"]) if after else 1
        last = min(first + PAGE - 1, self._size)
        items = ",".join(self._student(number) for number in range(first, last + 1))
        more = f',"LastEvaluatedKey":{{"pk":{{"S":"{last + 1}"}}}}' if last < self._size else ""
        return f'{{"Items":[{items}],"Count":{last - first + 1}{more}}}'.encode()

    def _student(self, number: int) -> str:
        name, other = PLAIN[number % len(PLAIN)], PLAIN[number % 7]
        return (
            f'{{"pk":{{"S":"northbridge#P#{number:020d}"}},"sk":{{"S":"PERSON"}},"people_pk":{{"S":"northbridge#student"}},'
            f'"people_sk":{{"S":"07#7A#{name}#{other}#{number:020d}"}},"id":{{"S":"{number:020d}"}},"role":{{"S":"student"}},'
            f'"given_name":{{"S":"{other}"}},"family_name":{{"S":"{name}"}},"username":{{"S":"student{number}"}},'
            f'"upn":{{"S":"B80120{number:07d}"}},"mis_id":{{"S":"S{number}"}},"year_group":{{"S":"7"}},'
            f'"registration_group":{{"S":"7A"}},"is_admin":{{"BOOL":false}},"status":{{"S":"active"}},"version":{{"N":"0"}},'
            f'"number":{{"N":"{number}"}},"username_key":{{"S":"{number:032x}"}}{self._codes}}}'
        )

    def _s3(self, request: Any) -> Any:
        if request.method == "POST" and "uploads" in request.url and "uploadId" not in request.url:
            text = b"<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"
            return response(request.url, text, {"Content-Type": "application/xml"})
        if request.method == "PUT":
            body = request.body
            while piece := body.read(65_536) if hasattr(body, "read") else body:
                self.stored += len(piece)
                if not hasattr(body, "read"):
                    break
            return response(
                request.url, b"", {"Content-Type": "application/xml", "ETag": '"e"', "x-amz-checksum-crc32": "AAAAAA=="}
            )
        text = b"<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>"
        return response(request.url, text, {"Content-Type": "application/xml"})


if __name__ == "__main__":
    import os

    os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="eu-west-2")
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(run(int(sys.argv[1]), sys.argv[2], sys.argv[3] == "again")))
    else:
        for line in main():
            sys.stdout.write(f"{line['what']}: {line['got']} {line['bar']}\n")
