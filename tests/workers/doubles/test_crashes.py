"""A merge and its undoing: whatever call a request dies at, and whether it was done or not, asking again ends alike."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from latchkey.doubles.merge_people import merge_people
from latchkey.doubles.undo_merge import undo_merge
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.wiring import Wiring
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL = School(slug="northbridge", name="Northbridge Academy")
ADMIN = Person(id="0" * 19 + "9", role="staff", given_name="Eve", family_name="Fox", is_admin=True)
CHILD = Person(id="0" * 19 + "3", role="student", given_name="Cy", family_name="Lee", parents=("0" * 19 + "2",), number=1)
KEEP = Person(id="0" * 19 + "1", role="parent", given_name="Ann", family_name="Lee", mis_id="P1", version=1)
GONE = replace(
    KEEP, id="0" * 19 + "2", mis_id="P2", email="ann@x.example", username="annlee", password_set_at=5, children=(CHILD.id,)
)


class Killed(BaseException):
    """The function is gone."""


class Deadly:
    """A client whose call number ``at`` kills: ``before`` it is made, or after."""

    def __init__(self, client: Any, at: int, *, before: bool) -> None:
        self._client, self._left, self._before = client, at, before
        self.killed = False

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self._left -= 1
            if self._left == 0 and self._before:
                self._kill()
            answer = getattr(self._client, name)(**request)
            if self._left == 0:
                self._kill()
            return answer

        return call

    def _kill(self) -> None:
        self.killed = True
        raise Killed()


def made() -> MemoryWorld:
    world = MemoryWorld()
    assert world.wiring("operate").schools.make(SCHOOL)
    world.wiring("operate").directory("northbridge").put_new([KEEP, GONE, CHILD, ADMIN])
    return world


def dying(world: MemoryWorld, at: int, *, before: bool) -> tuple[Wiring, Deadly]:
    """The console, whose DynamoDB kills."""
    whole, deadly = world.wiring("console"), Deadly(world.dynamo, at, before=before)
    mortal = Wiring(whole.settings, lambda service: deadly if service == "dynamodb" else whole.client(service), lambda: NOW)
    return mortal, deadly


def state(world: MemoryWorld) -> dict[str, Any]:
    """What there is of the three people, without what a merge is called."""
    items = {person.id: world.item("directory", f"northbridge#P#{person.id}", "PERSON") or {} for person in (KEEP, GONE, CHILD)}
    return {each: {name: value for name, value in item.items() if name != "merge"} for each, item in items.items()}


def events(world: MemoryWorld, action: str) -> int:
    pages = world.wiring("console").table("ACTIVITY_TABLE").pages("northbridge#AUDIT")
    return sum(item["action"] == action for page in pages for item in page)


@pytest.mark.parametrize("before", [True, False])
def test_merging(before: bool) -> None:
    right = made()
    merge_people(right.wiring("console"), SCHOOL, ADMIN, KEEP.id, GONE.id)
    untouched, at = state(made()), 0
    while True:
        at += 1
        world = made()
        mortal, deadly = dying(world, at, before=before)
        try:
            merge_people(mortal, SCHOOL, ADMIN, KEEP.id, GONE.id)
        except Killed:
            assert state(world) in (untouched, state(right))
        merge = merge_people(world.wiring("console"), SCHOOL, ADMIN, KEEP.id, GONE.id)
        assert state(world) == state(right)
        assert events(world, "person.merge") == 1
        assert world.wiring("console").merges("northbridge").get(merge.id) is not None
        if not deadly.killed:
            break
    assert at > 6


@pytest.mark.parametrize("before", [True, False])
def test_undoing(before: bool) -> None:
    right = made()
    undo_merge(right.wiring("console"), SCHOOL, ADMIN, merge_people(right.wiring("console"), SCHOOL, ADMIN, KEEP.id, GONE.id).id)
    at = 0
    while True:
        at += 1
        world = made()
        merge = merge_people(world.wiring("console"), SCHOOL, ADMIN, KEEP.id, GONE.id)
        merged = state(world)
        mortal, deadly = dying(world, at, before=before)
        try:
            undo_merge(mortal, SCHOOL, ADMIN, merge.id)
        except Killed:
            assert state(world) in (merged, state(right))
        undo_merge(world.wiring("console"), SCHOOL, ADMIN, merge.id)
        assert state(world) == state(right)
        assert events(world, "person.unmerge") == 1
        if not deadly.killed:
            break
    assert at > 6
