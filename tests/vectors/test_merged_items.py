"""Literal items and messages of doubles and of merged accounts: see test_directory_items.py. Never change these."""

import json
from typing import Any

import pytest

import plan_send.handler as plan_door
from latchkey.doubles.keep_apart import keep_apart
from latchkey.doubles.look_for_doubles import _put
from latchkey.doubles.merge_people import merge_people
from latchkey.doubles.model.looks import Look
from latchkey.doubles.model.pairs import Pair
from latchkey.doubles.undo_merge import undo_merge
from latchkey.people.model.person import LentPassword, Person
from latchkey.schools.model.school import School
from latchkey.shared.model.messages import Message
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL = School(slug="northbridge", name="Northbridge Academy")
ADMIN = Person(id="01234567890000000004", role="staff", given_name="Eve", family_name="Fox", is_admin=True)
KEEP = Person(id="01234567890000000001", role="parent", given_name="Ann", family_name="Lee", mis_id="P1")
GONE = Person(
    id="01234567890000000002",
    role="parent",
    given_name="Ann",
    family_name="Lee",
    email="ann@x.example",
    email_key="de5571300ff083b4b18cd7141780efd2",
    password_set_at=NOW - 9,
    version=3,
)
LOOK = "01jhm6qk00zzzzzzzzzzzzzzzz"
MARK: dict[str, Any] = {
    "pk": "northbridge#P#01234567890000000002",
    "sk": "PERSON",
    "id": "01234567890000000002",
    "role": "parent",
    "given_name": "",
    "family_name": "",
    "status": "left",
    "version": 4,
    "merged_into": "01234567890000000001",
}


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    assert made.wiring("operate").schools.make(SCHOOL)
    made.wiring("operate").directory("northbridge").put_new([KEEP, GONE, ADMIN])
    return made


def test_a_merge(world: MemoryWorld) -> None:
    before = {person.id: world.item("directory", f"northbridge#P#{person.id}", "PERSON") for person in (KEEP, GONE)}
    merge = merge_people(world.wiring("console"), SCHOOL, ADMIN, KEEP.id, GONE.id)
    assert world.item("directory", "northbridge#P#01234567890000000002", "PERSON") == {**MARK, "merge": merge.id}
    kept = world.item("directory", "northbridge#P#01234567890000000001", "PERSON") or {}
    assert kept["merged"] == ["01234567890000000002"]
    assert kept["lent_password"] == {"person": "01234567890000000002", "set_at": NOW - 9}
    note = world.item("activity", "northbridge#MERGES", merge.id)
    assert note == {
        "pk": "northbridge#MERGES",
        "sk": merge.id,
        "state": "merged",
        "at": NOW,
        "by": "01234567890000000004",
        "keep": before[KEEP.id],
        "remove": before[GONE.id],
        "taken": {"email": "ann@x.example", "password_set_at": NOW - 9},
        "gained": [],
        "expires_at": NOW + 2_592_000,
    }
    undo_merge(world.wiring("console"), SCHOOL, ADMIN, merge.id)
    back = world.item("directory", "northbridge#P#01234567890000000002", "PERSON")
    assert back == {**(before[GONE.id] or {}), "version": 5}
    note = world.item("activity", "northbridge#MERGES", merge.id) or {}
    bare = {"role": "parent", "given_name": "", "family_name": ""}
    assert (note["state"], note["keep"], note["remove"]) == ("undone", {"id": KEEP.id, **bare}, {"id": GONE.id, **bare})
    assert note["undone_at"] == NOW


def test_a_mark_of_this_release_is_followed(world: MemoryWorld) -> None:
    world.put("directory", {**MARK, "merge": LOOK})
    directory = world.wiring("read_roster").directory("northbridge")
    assert directory.person(GONE.id) is None
    assert directory.by_ids([GONE.id, KEEP.id]) == [KEEP]
    assert directory.standings([GONE.id]) == {}
    assert directory.following([GONE.id, KEEP.id, "0" * 20]) == {GONE.id: KEEP, KEEP.id: KEEP}


def test_marks_that_lead_in_a_circle_lead_nowhere(world: MemoryWorld) -> None:
    world.put("directory", {**MARK, "merge": LOOK, "merged_into": GONE.id})
    assert world.wiring("read_roster").directory("northbridge").following([GONE.id]) == {}


def test_a_lent_password_counts_until_another_is_set() -> None:
    lent = LentPassword("01234567890000000002", 5)
    facts: dict[str, Any] = {"id": KEEP.id, "role": "parent", "given_name": "Ann", "family_name": "Lee", "lent_password": lent}
    assert Person(**facts, password_set_at=5).password_holder == "01234567890000000002"
    assert Person(**facts, password_set_at=6).password_holder == KEEP.id
    assert Person(**facts).password_holder == KEEP.id


def test_a_look_its_pairs_and_its_message(world: MemoryWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    wired = world.wiring("console")
    look = Look(id=LOOK, state="queued", created_at=NOW, created_by=ADMIN.id)
    wired.looks("northbridge").make(look)
    item = {
        "pk": "northbridge#DOUBLES", "sk": LOOK, "state": "queued", "created_at": NOW, "created_by": ADMIN.id,
        "piece": 0, "looked": 0, "found": 0, "lease_until": 0, "expires_at": NOW + 2_592_000,
    }  # fmt: skip
    assert world.item("activity", "northbridge#DOUBLES", LOOK) == item
    wired.looks("northbridge").keep(look, [Pair.of(GONE.id, KEEP.id, 1)])
    key = "1#01234567890000000001#01234567890000000002"
    pair = {"pk": f"northbridge#DOUBLES#{LOOK}", "sk": key, "rank": 1, "expires_at": NOW + 2_592_000}
    assert world.item("activity", f"northbridge#DOUBLES#{LOOK}", key) == pair
    _put(wired, "northbridge", look)
    (sent,) = world.sqs.sent
    message = {"v": 1, "kind": "doubles", "school": "northbridge", "look": LOOK}
    assert (sent["QueueUrl"], json.loads(sent["MessageBody"])) == ("plan_queue", message)
    monkeypatch.setattr(plan_door, "system", lambda: world.wiring("plan_send"))
    done = {"kind": "doubles", "school": "northbridge", "look": LOOK, "state": "running", "looked": 0}
    assert plan_door.work(Message(json.dumps(message))) == done
    assert plan_door.work(Message(json.dumps(message))) == {**done, "state": "finished", "looked": 3}


def test_two_people(world: MemoryWorld) -> None:
    keep_apart(world.wiring("console"), "northbridge", ADMIN, GONE.id, KEEP.id)
    key = "01234567890000000001#01234567890000000002"
    item = {"pk": "northbridge#APART", "sk": key, "by": ADMIN.id, "at": NOW}
    assert world.item("activity", "northbridge#APART", key) == item
