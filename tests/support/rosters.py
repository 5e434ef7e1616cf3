"""Rosters on a whole system: the console starts them, S3 has the file, messages come as Lambda hands them to read_roster."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote_plus

import boto3
import pytest

import read_roster.handler as door
from latchkey.people.model.person import Person
from latchkey.rosters.model.bundle import Around
from latchkey.rosters.model.files import Source, open_roster
from latchkey.rosters.model.plain_csv import HEADER
from latchkey.rosters.model.questions import Asks
from latchkey.rosters.model.runs import Rejection, Row
from latchkey.rosters.stores.notes import TemporaryNotes
from latchkey.shared.model.ids import person_id
from latchkey.wiring import Wiring
from tests.support.console import Console
from tests.support.sqs import Context, event_of
from tests.support.system import REGION

SCHOOL = "northbridge"
TODAY = date(2026, 11, 26)
ROSTERS = f"/admin/{SCHOOL}/rosters"
UPNS = ("B801200005001", "P207000016049", "F801400115001", "R801400117002", "C801400119003")


def row(number: int, **cells: str) -> dict[str, str]:
    """A student's row: number 7 is "Given7 Family7" of 7A."""
    given = {
        "mis_id": f"S{number}",
        "role": "student",
        "given_name": f"Given{number}",
        "family_name": f"Family{number}",
        "email": f"s{number}@pupils.northbridge.example",
        "username": f"user{number}",
        "year_group": "7",
        "registration_group": "7A",
    }
    return {**given, **cells}


def parent(number: int, *children: str, **cells: str) -> dict[str, str]:
    """A parent's row."""
    names = {"given_name": f"Parent{number}", "family_name": f"Family{number}", "email": f"p{number}@mail.example"}
    return {"mis_id": f"P{number}", "role": "parent", **names, "children": ";".join(children), **cells}


def plain(rows: Iterable[Mapping[str, str]], header: Iterable[str] = HEADER, delimiter: str = ",") -> bytes:
    """A plain CSV."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [*header], delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def zipped(**files: str | bytes) -> bytes:
    """A zip of files, named without their .csv."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in files.items():
            bundle.writestr(f"{name}.csv", content)
    return out.getvalue()


@dataclass
class Parsed:
    """What a file says, without any system."""

    rows: list[Row] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    warned: list[Rejection] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    format: str = ""
    shape: str = ""
    whole: bool = True
    asks: Sequence[Asks] = ()


def parse(content: bytes, school: Iterable[str] = (SCHOOL, "100001"), **around: Any) -> Parsed:
    """Read a file without a system; ``around`` is what else the reader knows."""
    found = Parsed()
    with TemporaryNotes() as notes:
        source: Source = open_roster(io.BytesIO(content), Around(frozenset(school), TODAY, **around), notes)
        found.format, found.whole = source.format, source.whole
        for batch in source.batches():
            found.rows += batch.rows
            found.rejected += batch.rejected
            found.warned += batch.warned
        found.asks, found.shape, found.warnings = source.asks, source.shape, source.warnings
    return found


@dataclass
class Desk:
    """An admin with rosters, and the worker that reads them."""

    console: Console
    monkeypatch: pytest.MonkeyPatch
    keys: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.monkeypatch.setattr(door, "system", lambda: self.worker)

    @property
    def worker(self) -> Wiring:
        """The wiring of read_roster."""
        return self.console.system.wiring("read_roster")

    @property
    def bucket(self) -> str:
        """The bucket of uploads."""
        return self.console.system.environment["UPLOADS_BUCKET"]

    def start(self, content: bytes | None, filename: str = "roster.csv") -> str:
        """Start a roster and put its file; the run's id."""
        answer = self.console.post(ROSTERS, {"filename": filename})
        assert answer.status_code == 201, answer.json_body
        roster: str = answer.json_body["id"]
        self.keys[roster] = answer.json_body["upload"]["fields"]["key"]
        if content is not None:
            self.put(roster, content)
        return roster

    def put(self, roster: str, content: bytes) -> None:
        """Put the file of a roster, as the form would."""
        boto3.client("s3", REGION).put_object(Bucket=self.bucket, Key=self.keys[roster], Body=content)

    def came(self, roster: str, **other: str) -> dict[str, Any]:
        """S3's message that the file has come."""
        name = {"name": other.get("bucket", self.bucket)}
        file = {"key": quote_plus(other.get("key", self.keys.get(roster, "")), safe="/"), "size": 1, "eTag": "x"}
        s3 = {"s3SchemaVersion": "1.0", "bucket": name, "object": file}
        return {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Post", "s3": s3}]}

    def work(self, *bodies: Any, attempt: int = 1) -> int:
        """Hand messages to read_roster; how many failed."""
        return len(door.handle(event_of(bodies, "ROSTER_QUEUE", attempt=attempt), Context(900))["batchItemFailures"])

    def preview(self, content: bytes, filename: str = "roster.csv") -> dict[str, Any]:
        """Upload a file and preview it."""
        roster = self.start(content, filename)
        assert self.work(self.came(roster)) == 0
        return self.run(roster)

    def apply(self, roster: str) -> dict[str, Any]:
        """Apply a previewed roster."""
        assert self.console.post(f"{ROSTERS}/{roster}/apply", {}).status_code in {200, 202}
        assert self.work(*self.console.system.messages("ROSTER_QUEUE")) == 0
        return self.run(roster)

    def load(self, rows: Iterable[Mapping[str, str]]) -> dict[str, Any]:
        """Upload, preview and apply."""
        return self.apply(self.preview(plain(rows))["id"])

    def run(self, roster: str) -> dict[str, Any]:
        """The run as the API shows it."""
        answer = self.console.get(f"{ROSTERS}/{roster}")
        assert answer.status_code == 200
        body: dict[str, Any] = answer.json_body
        return body

    def person(self, mis_id: str) -> Person | None:
        """Somebody of the school, by MIS id."""
        return self.worker.directory(SCHOOL).person(person_id(SCHOOL, mis_id))

    def items(self) -> list[str]:
        """Everything about people in the directory, to compare before and after."""
        everything = self.worker.client("dynamodb").scan(TableName="DirectoryTable")["Items"]
        found = [item for item in everything if item["sk"]["S"] == "PERSON"]
        return sorted(json.dumps(item, sort_keys=True) for item in found)

    def worker_audit(self) -> list[dict[str, Any]]:
        """The school's audit events, newest first."""
        return self.console.system.wiring("console").audit(SCHOOL).page()[0]


class Crash(BaseException):
    """The worker is gone."""


def dying(client: Any, patch: pytest.MonkeyPatch, after: int) -> list[int]:
    """The client's call that writes after so many is its last one; how many there were, as they are counted."""
    count = [0]

    def counted(original: Any) -> Any:
        def call(*_: Any, **request: Any) -> Any:
            answer = original(**request)
            count[0] += 1
            if count[0] == after:
                raise Crash()
            return answer

        return call

    for name in ("batch_write_item", "transact_write_items", "update_item", "put_item"):
        patch.setattr(client, name, counted(getattr(client, name)))
    return count
