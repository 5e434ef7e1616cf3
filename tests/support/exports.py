"""Exports on a whole system: students with numbers, messages as Lambda hands them to build_export, files read back."""

import csv
import io
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

import build_export.handler as door
from latchkey.login_details.model.mail_merge import COLUMNS
from latchkey.office_files.csv import MARK, block
from latchkey.people.model.person import Person
from latchkey.shared.model.ids import person_id
from tests.support.sqs import Context, event_of
from tests.support.system import TestSystem


def student(index: int, /, school: str = "northbridge", **facts: Any) -> Person:
    """A student of 7A with everything that a file shows."""
    given: dict[str, Any] = {
        "role": "student",
        "given_name": f"Given{index}",
        "family_name": f"Family{index:05d}",
        "username": f"user{index}",
        "upn": f"UPN-{index}",
        "mis_id": f"M{index}",
        "year_group": "7",
        "registration_group": "7A",
        "number": index,
    }
    return Person(id=person_id(school, f"student-{index}"), **{**given, **facts})


def deliver(system: TestSystem, monkeypatch: pytest.MonkeyPatch, bodies: list[str], attempt: int = 1) -> int:
    """Hand messages to build_export's handler; how many it reported as failed."""
    monkeypatch.setattr(door, "system", lambda: system.wiring("build_export"))
    return len(door.handle(event_of(bodies, "EXPORT_QUEUE", attempt=attempt), Context(900))["batchItemFailures"])


def asked(body: str) -> tuple[str, str]:
    """The school and the run that a message of the export queue is about."""
    values = json.loads(body)
    return values["school"], values["export"]


def files(system: TestSystem) -> dict[str, bytes]:
    """All files in the exports bucket."""
    s3, bucket = system.wiring("console").client("s3"), system.environment["EXPORTS_BUCKET"]
    found = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in found}


def rows_of(data: bytes) -> list[dict[str, str]]:
    """The rows of a file, as a mail merge reads them."""
    assert data.startswith(MARK + block([COLUMNS]))
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def file_behind(system: TestSystem, url: str) -> bytes:
    """The file of a presigned URL (its query is for S3 to check)."""
    key = urlsplit(url).path.lstrip("/").removeprefix(system.environment["EXPORTS_BUCKET"] + "/")
    return files(system)[key]
