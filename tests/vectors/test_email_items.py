"""Literal items of e-mail updates: see test_directory_items.py. Never change these."""

from typing import Any

import pytest

from latchkey.email_updates.model.runs import Row, Run
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL, ADMIN, PERSON, OTHER = "northbridge", "01234567890000000004", "01234567890000000001", "01234567890000000002"
RUN, EARLIER = "01jhm6qk00zzzzzzzzzzzzzzzz", "01jhm6qk00yyyyyyyyyyyyyyyy"
ITEM: dict[str, Any] = {
    "pk": "northbridge#EMAILS",
    "sk": RUN,
    "id": RUN,
    "state": "applying",
    "created_at": 1_800_000_000,
    "created_by": ADMIN,
    "asked": "0123456789abcdef0123456789abcdef",
    "rows": [
        {"person": PERSON, "state": "changed", "before": "a@x.example", "after": "b@x.example"},
        {"person": OTHER, "state": "new", "after": "c@x.example"},
        {"state": "unknown", "text": "The school has no such person."},
    ],
    "expires_at": 1_800_604_800,
}
AS_MADE = Run(
    id=RUN,
    state="applying",
    created_at=NOW,
    created_by=ADMIN,
    asked="0123456789abcdef0123456789abcdef",
    rows=(
        Row(person=PERSON, state="changed", before="a@x.example", after="b@x.example"),
        Row(person=OTHER, state="new", after="c@x.example"),
        Row(state="unknown", text="The school has no such person."),
    ),
)


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def test_an_update(world: MemoryWorld) -> None:
    console = world.wiring("console")
    assert console.email_runs(SCHOOL).make(AS_MADE, console.audit(SCHOOL).record_of(ADMIN, "emails.apply", NOW, {}))
    assert world.item("activity", "northbridge#EMAILS", RUN) == ITEM
    world.put("activity", ITEM | {"state": "undone", "lost": [OTHER], "kept": [PERSON], "undone_at": 1_800_000_009})
    found = console.email_runs(SCHOOL).get(RUN)
    assert found is not None
    assert (found.state, found.lost, found.kept, found.undone_at) == ("undone", (OTHER,), (PERSON,), NOW + 9)
    assert found.rows == AS_MADE.rows


def test_what_an_idempotency_key_stands_for(world: MemoryWorld) -> None:
    claims = world.wiring("console").claims(SCHOOL)
    assert claims.claim("emails", "a" * 32, RUN, NOW) == RUN
    assert world.item("activity", "northbridge#EMAILKEYS", "a" * 32) == {
        "pk": "northbridge#EMAILKEYS",
        "sk": "a" * 32,
        "emails": RUN,
        "expires_at": 1_800_086_400,
    }
    assert claims.claim("emails", "a" * 32, EARLIER, NOW + 9) == RUN
