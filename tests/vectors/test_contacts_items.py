"""Literal items and messages of parents' contacts: see test_directory_items.py. Never change these."""

import json
from typing import Any

import pytest

from latchkey.contacts.model import messages
from latchkey.contacts.model.contact import Child, Contact, Parent
from latchkey.contacts.model.merge import keys_of, parent_id
from latchkey.contacts.model.runs import Listed, Run
from latchkey.shared.stores.pace import Pace
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL, ADMIN, STUDENT = "northbridge", "01234567890000000004", "01234567890000000001"
RUN, PARENT = "01jhm6qk00zzzzzzzzzzzzzzzz", "0123456789abcdef0123456789abcdef"
KEY = f"contacts/northbridge/{RUN}/0123456789abcdef0123456789abcdef"
EXPIRES = 1_800_000_000 + 90 * 86_400
AS_MADE = Run(id=RUN, state="queued", step="upload", filename="c.csv", key=KEY, created_at=NOW, created_by=ADMIN)
RUN_ITEM: dict[str, Any] = {
    "pk": "northbridge#CONTACTS",
    "sk": RUN,
    "id": RUN,
    "state": "finished",
    "step": "files",
    "filename": "c.csv",
    "key": KEY,
    "created_at": 1_800_000_000,
    "created_by": ADMIN,
    "whom": "all",
    "shape": "long",
    "stated": ["priority"],
    "warnings": ["To note."],
    "total": 2,
    "done": 2,
    "counts": {"matched": 2, "families": 1},
    "kept": True,
    "asked_at": 1_800_000_001,
    "files": {"family.csv": "exports/northbridge/x/y/family.csv"},
    "files_at": 1_800_000_002,
    "finished_at": 1_800_000_002,
    "lease_until": 0,
    "attempt": 2,
    "begun": 1,
}
PARENT_ITEM: dict[str, Any] = {
    "pk": f"northbridge#CONTACTS#{RUN}",
    "sk": f"PARENT#{PARENT}",
    "id": PARENT,
    "title": "Ms",
    "given_name": "Lea",
    "family_name": "Moor",
    "email": "lea@x.example",
    "phones": [["mobile", "07700 900123"]],
    "children": [{"student": STUDENT, "relationship": "Mother", "priority": 1, "responsible": True, "barred": "court_order"}],
    "expires_at": EXPIRES,
}
LEA = Parent(
    id=PARENT,
    title="Ms",
    given_name="Lea",
    family_name="Moor",
    email="lea@x.example",
    phones=(("mobile", "07700 900123"),),
    children=(Child(student=STUDENT, relationship="Mother", priority=1, responsible=True, barred="court_order"),),
)


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def test_a_run(world: MemoryWorld) -> None:
    world.put("directory", RUN_ITEM)
    found = world.wiring("console").contacts_runs(SCHOOL).get(RUN)
    assert found is not None
    assert (found.state, found.whom, found.stated, found.warnings) == ("finished", "all", ("priority",), ("To note.",))
    assert (found.counts, found.kept, found.files_end, found.kept_until) == (RUN_ITEM["counts"], True, NOW + 2 + 86_400, EXPIRES)
    least = {"id", "state", "step", "filename", "key", "created_at", "created_by", "pk", "sk"}
    world.put(
        "directory", {name: value for name, value in RUN_ITEM.items() if name in least} | {"state": "queued", "step": "upload"}
    )
    assert world.wiring("console").contacts_runs(SCHOOL).get(RUN) == AS_MADE


def test_a_parent_and_what_is_listed(world: MemoryWorld) -> None:
    kept = world.wiring("read_roster").kept_parents(SCHOOL)
    kept.write(AS_MADE, [LEA], Pace())
    assert world.item("directory", PARENT_ITEM["pk"], PARENT_ITEM["sk"]) == PARENT_ITEM
    assert [*kept.pages(RUN, NOW)] == [[LEA]]
    kept.write_lists(AS_MADE, {"unmatched_contacts": [Listed(4, STUDENT, "Tess Moor", "Lea Moor", "why")]})
    assert world.item("directory", PARENT_ITEM["pk"], "LIST#unmatched_contacts#00001") == {
        "pk": f"northbridge#CONTACTS#{RUN}",
        "sk": "LIST#unmatched_contacts#00001",
        "rows": [[4, STUDENT, "Tess Moor", "Lea Moor", "why"]],
        "expires_at": EXPIRES,
    }
    kept.write_paper(AS_MADE, [STUDENT])
    assert kept.paper(RUN, NOW) == [STUDENT]


def test_what_makes_a_parent_the_same_after_the_next_upload() -> None:
    lea = Contact(given_name="Lea", family_name="Moor", emails=((0, "lea@x.example"),), contact_id="77")
    assert keys_of(lea, STUDENT) == ["i|77|moor|lea", "e|lea@x.example|moor|lea"]
    assert parent_id(SCHOOL, "e|lea@x.example|moor|lea") == "a69717f93389339d8a45a991ab95f7f7"


def test_messages(world: MemoryWorld) -> None:
    queue = world.wiring("read_roster").queue("ROSTER_QUEUE")
    queue.put(messages.read_message(SCHOOL, RUN))
    world.wiring("read_roster").queue("EXPORT_QUEUE").put(messages.files_message(SCHOOL, RUN))
    read, files = (json.loads(each["MessageBody"]) for each in world.sqs.sent)
    assert read == {"v": 1, "kind": "contacts", "school": "northbridge", "contacts": RUN}
    assert files == {"v": 1, "school": "northbridge", "contacts": RUN}
    assert messages.parse(read, "b") == messages.Read(SCHOOL, RUN)
    came = {"eventSource": "aws:s3", "eventName": "ObjectCreated:Post", "s3": {"bucket": {"name": "b"}, "object": {"key": KEY}}}
    assert messages.parse({"Records": [came]}, "b") == messages.Read(SCHOOL, RUN, KEY)
    awaited = {"v": 1, "kind": "await_contacts", "school": "northbridge", "contacts": RUN}
    assert {"v": 1, **messages.await_message(SCHOOL, RUN)} == awaited
    assert messages.parse(awaited, "b") == messages.AwaitFile(SCHOOL, RUN)
    assert messages.parse({"v": 1, "kind": "apply", "school": SCHOOL, "roster": RUN}, "b") is None
    assert messages.parse({"Event": "s3:TestEvent"}, "b") is None


def test_what_an_idempotency_key_stands_for(world: MemoryWorld) -> None:
    assert world.wiring("console").claims(SCHOOL).claim("contacts", "a" * 32, RUN, NOW) == RUN
    item = world.item("activity", "northbridge#CONTACTSKEYS", "a" * 32)
    assert item is not None
    assert (item["contacts"], item["expires_at"]) == (RUN, NOW + 86_400)
