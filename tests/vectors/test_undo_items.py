"""Literal items and the message of undoing: see test_directory_items.py. Never change these."""

from typing import Any

import pytest

from latchkey.records.model.leaving import LeaverRun
from latchkey.rosters.model.messages import Undo as UndoMessage
from latchkey.rosters.model.messages import parse
from latchkey.rosters.model.runs import Run
from latchkey.rosters.model.undo import Kept, Note, Undo
from latchkey.shared.stores.pace import Pace
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL, ADMIN, ONE, TWO = "northbridge", "01234567890000000004", "01234567890000000001", "01234567890000000002"
RUN = "01jhm6qk00zzzzzzzzzzzzzzzz"
NOTES = [
    Note(person=ONE, made="0123456789abcdef"),
    Note(
        person=TWO, was={"email": None, "status": "active"}, now={"email": "b@x.example", "status": "left"}, link="l", typed=True
    ),
    Note(person=ONE, added=(TWO,), removed=(ADMIN,)),
    Note(person=TWO, leads=(ADMIN,)),
]
NOTE_ITEM: dict[str, Any] = {
    "pk": f"{SCHOOL}#ROSTERNOTES#{RUN}",
    "sk": "00003#0000007",
    "people": [
        {"person": ONE, "made": "0123456789abcdef"},
        {
            "person": TWO,
            "was": {"email": None, "status": "active"},
            "now": {"email": "b@x.example", "status": "left"},
            "link": "l",
            "typed": True,
        },
        {"person": ONE, "added": [TWO], "removed": [ADMIN]},
        {"person": TWO, "leads": [ADMIN]},
    ],
    "expires_at": 1_800_691_200,
}


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def test_a_note_of_what_a_roster_changes(world: MemoryWorld) -> None:
    run = Run(id=RUN, state="running", step="apply", filename="", key="", created_at=NOW, created_by=ADMIN, attempt=3)
    store = world.wiring("read_roster").undo_notes(SCHOOL)
    assert store.write(run, 7, NOTES, 1_800_691_200, Pace()) == 1
    assert world.item("activity", NOTE_ITEM["pk"], NOTE_ITEM["sk"]) == NOTE_ITEM
    assert store.before(RUN, None, 10) == [("00003#0000007", NOTES)]


def test_an_undoing_and_who_was_kept(world: MemoryWorld) -> None:
    item: dict[str, Any] = {
        "pk": f"{SCHOOL}#ROSTER#{RUN}",
        "sk": "UNDO",
        "run": RUN,
        "state": "running",
        "by": ADMIN,
        "at": NOW,
        "total": 9,
        "done": 4,
        "place": "00003#0000007",
        "counts": {"restored": 2, "removed": 1, "links": 1, "linked": 0, "kept": 1},
        "lease_until": 0,
        "attempt": 2,
    }
    world.put("directory", item)
    store = world.wiring("read_roster").undo_notes(SCHOOL)
    counts = {"restored": 2, "removed": 1, "links": 1, "linked": 0, "kept": 1}
    undo = Undo(run=RUN, state="running", by=ADMIN, at=NOW, total=9, done=4, place="00003#0000007", counts=counts, attempt=2)
    assert store.get(RUN) == undo
    store.write_kept(RUN, "00003#0000007", [Kept(ONE, "changed", ("email",))])
    assert world.item("directory", item["pk"], "KEPT#00003#0000007")["kept"] == [[ONE, "changed", ["email"]]]


def test_people_who_were_marked_as_left(world: MemoryWorld) -> None:
    item = {
        "pk": f"{SCHOOL}#LEAVERS",
        "sk": RUN,
        "id": RUN,
        "state": "applied",
        "status": "left",
        "created_at": NOW,
        "created_by": ADMIN,
        "people": [ONE, TWO],
        "expires_at": 1_800_604_800,
    }
    run = LeaverRun(id=RUN, state="applied", status="left", created_at=NOW, created_by=ADMIN, people=(ONE, TWO))
    console = world.wiring("console")
    assert console.leaver_runs(SCHOOL).make(run, console.audit(SCHOOL).record_of(ADMIN, "people.left", NOW)) == run
    assert world.item("activity", item["pk"], RUN) == item


def test_the_message() -> None:
    assert parse({"v": 1, "kind": "undo", "school": SCHOOL, "roster": RUN}, "uploads_bucket") == [UndoMessage(SCHOOL, RUN)]
