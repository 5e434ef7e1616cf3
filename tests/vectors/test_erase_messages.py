"""Literal messages of erasing a person and of correcting an address, as put and as taken. Never change these."""

import json
from typing import Any

import pytest

import plan_send.handler as plan_door
from latchkey.people.model.person import Person
from latchkey.records.change_person import change_person
from latchkey.records.erase_person import erase_person
from latchkey.schools.model.school import School
from latchkey.shared.model.messages import Message
from tests.support.memory_world import NOW, MemoryWorld

STUDENT = Person(
    id="01234567890000000001",
    role="student",
    given_name="Ann",
    family_name="Lee",
    email="ann@x.example",
    email_key="de5571300ff083b4b18cd7141780efd2",
    password_set_at=NOW - 9,
)
SCHOOL = School(slug="northbridge", name="Northbridge Academy")
ADMIN = Person(id="01234567890000000004", role="staff", given_name="Eve", family_name="Fox", is_admin=True)


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    assert made.wiring("operate").schools.make(SCHOOL)
    made.wiring("operate").directory("northbridge").put_new([STUDENT, ADMIN])
    return made


def put(world: MemoryWorld) -> list[tuple[str, int, dict[str, Any]]]:
    """``(queue, delay, message)`` of each that was put."""
    found = [(each["QueueUrl"], each.get("DelaySeconds", 0), json.loads(each["MessageBody"])) for each in world.sqs.sent]
    world.sqs.sent.clear()
    return found


def test_a_corrected_address(world: MemoryWorld) -> None:
    change_person(world.wiring("console"), SCHOOL, ADMIN, STUDENT.id, {"email": "new@x.example"})
    message = {"v": 1, "kind": "emails_changed", "school": "northbridge", "people": ["01234567890000000001"], "at": NOW}
    assert put(world) == [("requests_queue", 240, message)]


def test_erasing(world: MemoryWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    erase_person(world.wiring("console"), SCHOOL, ADMIN, STUDENT.id)
    soon = {"v": 1, "kind": "forget", "school": "northbridge", "person": "01234567890000000001"}
    assert put(world) == [("plan_queue", 60, soon)]
    monkeypatch.setattr(plan_door, "system", lambda: world.wiring("plan_send"))
    assert plan_door.work(Message(json.dumps(soon))) == {"kind": "forget", "school": "northbridge", "forgotten": 1}
    first = {"v": 1, "kind": "erase", "school": "northbridge", "person": "01234567890000000001", "origin": "admin"}
    assert put(world) == [("plan_queue", 900, first)]
    assert plan_door.work(Message(json.dumps(soon))) == {"kind": "forget", "school": "northbridge", "forgotten": 0}
    done = {"kind": "erase", "school": "northbridge", "chunks": 0}
    assert plan_door.work(Message(json.dumps(first))) == done
    second = {"v": 1, "kind": "erase", "school": "northbridge", "person": "01234567890000000001", "origin": "person"}
    assert put(world) == [("plan_queue", 0, second)]
    assert plan_door.work(Message(json.dumps({**second, "after": "01jhm6qk00zzzzzzzzzzzzzzzz"}))) == done
    assert put(world) == []
