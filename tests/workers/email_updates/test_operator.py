"""The operator's export has a school's e-mail updates, and deleting the school deletes them."""

import json
from typing import Any

import pytest

import operate.handler as door
from latchkey.email_updates.apply_emails import apply_emails
from latchkey.email_updates.model.items import Item
from tests.support.mail_road import Context, MailRoad


@pytest.fixture
def operate(road: MailRoad) -> Any:
    road.monkeypatch.setattr(door, "system", lambda: road.system.wiring("operate"))
    return lambda **event: json.loads(json.dumps(door.handle({"school": "northbridge", **event}, Context())))


def update(road: MailRoad) -> tuple[str, str]:
    """The ids of a person and of an update that gave them an address."""
    ann, ada = road.person(1), road.person(2, role="staff", is_admin=True)
    item = Item(keys=(("id", ann.id),), email="ann@new.example")
    return ann.id, apply_emails(road.system.wiring("console"), "northbridge", ada, [item], "a-key-of-mine").id


def test_an_update_is_exported(road: MailRoad, operate: Any) -> None:
    ann, run = update(road)
    assert operate(command="export_school")["counts"]["email_updates"] == 1
    s3 = road.system.wiring("operate").client("s3")._client
    bucket = road.system.environment["EXPORTS_BUCKET"]
    (key,) = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"] if "email_updates-00001" in each["Key"]]
    found = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    assert (found["id"], found["state"]) == (run, "applied")
    assert [(row["person"], row["after"]) for row in found["rows"]] == [(ann, "ann@new.example")]


@pytest.mark.moto
def test_an_update_is_counted_and_deleted(road: MailRoad, operate: Any) -> None:
    _, run = update(road)
    assert operate(command="delete_school")["counts"]["e-mail updates"] == 1
    operate(command="delete_school", confirm="northbridge")
    assert road.system.wiring("console").email_runs("northbridge").get(run) is None
    assert operate(command="delete_school")["counts"].get("e-mail updates", 0) == 0
