"""Contacts on a whole system: an admin uploads them, read_roster reads and joins, build_export writes the files."""

import csv
import io
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlsplit

import boto3
import pytest

import build_export.handler as writer
import read_roster.handler as reader
from latchkey.people.model.person import Person
from latchkey.shared.model.ids import person_id
from tests.support.console import HEAD_TEACHER, Console
from tests.support.exports import file_behind
from tests.support.sqs import Context, event_of
from tests.support.system import REGION

SCHOOL = "northbridge"
CONTACTS = f"/admin/{SCHOOL}/contacts"
UPNS = ("G801125022401", "W801125022402", "K801125022403", "V801125022301", "B801200005001")
SIMS = (
    "UPN", "Forename", "Surname", "Reg", "Year", "Adno", "Title", "Forename", "Surname", "Relationship", "Priority",
    "Parental Responsibility", "Court Order", "Primary Email",
)  # fmt: skip


def student(number: int, given: str, family: str, **facts: Any) -> Person:
    """A student of 7A, with the UPN of this number and the admission number 00451n."""
    usual: dict[str, Any] = {
        "role": "student",
        "upn": UPNS[number],
        "mis_id": f"00451{number}",
        "year_group": "7",
        "registration_group": "7A",
        "number": number + 1,
    }
    given_id = person_id(SCHOOL, f"c{number}")
    return Person(id=given_id, given_name=given, family_name=family, **{**usual, **facts})


def table(*rows: tuple[str, ...], header: tuple[str, ...] = SIMS, encoding: str = "utf-8") -> bytes:
    """A CSV; with SIMS's header unless another is given."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode(encoding)


def sims(who: Person, contact: tuple[str, str, str], *, email: str = "", **said: str) -> tuple[str, ...]:
    """A row of SIMS: a student and one contact (title, forename, surname)."""
    usual = {"relationship": "Mother", "priority": "1", "responsible": "T", "court": "F", **said}
    return (
        who.upn or "", who.given_name, who.family_name, "7A", "Year  7", who.mis_id or "", *contact, usual["relationship"],
        usual["priority"], usual["responsible"], usual["court"], email,
    )  # fmt: skip


@dataclass
class Desk:
    """An admin with contacts, and the two workers."""

    console: Console
    monkeypatch: pytest.MonkeyPatch
    keys: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.monkeypatch.setattr(reader, "system", lambda: self.console.system.wiring("read_roster"))
        self.monkeypatch.setattr(writer, "system", lambda: self.console.system.wiring("build_export"))

    @property
    def bucket(self) -> str:
        """The bucket of uploads."""
        return self.console.system.environment["UPLOADS_BUCKET"]

    def start(self, content: bytes | None, **fields: str) -> str:
        """Start an upload and put its file; the run's id."""
        answer = self.console.post(CONTACTS, {"filename": "contacts.csv", **fields})
        assert answer.status_code == 201, answer.json_body
        run: str = answer.json_body["id"]
        self.keys[run] = answer.json_body["upload"]["fields"]["key"]
        if content is not None:
            self.put(run, content)
        return run

    def put(self, run: str, content: bytes) -> None:
        """Put the file of a run, as the form would."""
        boto3.client("s3", REGION).put_object(Bucket=self.bucket, Key=self.keys[run], Body=content)

    def wait(self, seconds: int) -> None:
        """Let time go by; the admin signs in again."""
        self.console.system.clock.now += seconds
        self.console.token = self.console.sign_in(HEAD_TEACHER)

    def uploads(self) -> list[str]:
        """The keys of all files in the bucket of uploads."""
        return [each["Key"] for each in boto3.client("s3", REGION).list_objects_v2(Bucket=self.bucket).get("Contents", [])]

    def came(self, run: str) -> dict[str, Any]:
        """S3's message that the file has come."""
        s3 = {"bucket": {"name": self.bucket}, "object": {"key": quote_plus(self.keys[run], safe="/")}}
        return {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Post", "s3": s3}]}

    def read(self, *bodies: Any, attempt: int = 1, seconds: int = 900) -> int:
        """Hand messages to read_roster; how many failed."""
        return len(reader.handle(event_of(bodies, "ROSTER_QUEUE", attempt=attempt), Context(seconds))["batchItemFailures"])

    def write(self, *bodies: Any, attempt: int = 1, seconds: int = 900) -> int:
        """Hand messages to build_export; how many failed."""
        return len(writer.handle(event_of(bodies, "EXPORT_QUEUE", attempt=attempt), Context(seconds))["batchItemFailures"])

    def finish(self, run: str) -> dict[str, Any]:
        """Let both workers do all there is; the run as the API shows it."""
        for _ in range(20):
            read, written = (self.console.system.messages(queue) for queue in ("ROSTER_QUEUE", "EXPORT_QUEUE"))
            if not read and not written:
                break
            assert self.read(*read) == 0
            assert self.write(*written) == 0
        return self.run(run)

    def join(self, content: bytes, **fields: str) -> dict[str, Any]:
        """Upload contacts, and let the workers do all; the run as the API shows it."""
        run = self.start(content, **fields)
        assert self.read(self.came(run)) == 0
        return self.finish(run)

    def run(self, run: str) -> dict[str, Any]:
        """The run as the API shows it."""
        answer = self.console.get(f"{CONTACTS}/{run}")
        assert answer.status_code == 200
        body: dict[str, Any] = answer.json_body
        return body

    def file(self, run: str, rows: str, suffix: str = "csv") -> bytes:
        """A file of a run, by the way that an admin takes."""
        answer = self.console.get(f"{CONTACTS}/{run}/download", rows=rows, format=suffix)
        assert answer.status_code == 303, answer.json_body
        location = answer.headers["Location"]
        assert urlsplit(location).query
        return file_behind(self.console.system, location)

    def rows(self, run: str, rows: str) -> list[dict[str, str]]:
        """The rows of a file."""
        return [*csv.DictReader(io.StringIO(self.file(run, rows).decode("utf-8-sig"), newline=""), strict=True)]
