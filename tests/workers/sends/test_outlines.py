"""Outlines of large messages: made when they are asked for, kept by what the stream brings, and made anew where they are lost."""

from dataclasses import replace

import pytest

import keep_roll.handler as door
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sends.count_used import count_used
from latchkey.sends.model.mail_states import Fact
from latchkey.sends.model.outline import Meant, is_large
from latchkey.sends.model.send import Chunk, Selection, Send
from latchkey.sends.plan_send import plan_send
from latchkey.sends.read_outline import read_outline
from latchkey.shared.model.ids import new_id
from tests.support.memory_world import MemoryWorld
from tests.support.streams import Streams

SCHOOL = "northbridge"
PEOPLE = 30


class World(MemoryWorld):
    """A school with a message of fifteen chunks, of which more than three count as large."""

    def __init__(self) -> None:
        super().__init__()
        self.streams = Streams(self.dynamo)
        self.console = self.wiring("console")
        assert self.wiring("operate").schools.make(School(slug=SCHOOL, name="Northbridge Academy"))
        names = {"role": "student", "given_name": "Ann", "family_name": "Lee"}
        self.console.directory(SCHOOL).put_new(
            [Person(id=f"{number:020d}", email=f"p{number}@x.example", **names) for number in range(PEOPLE)]  # type: ignore[arg-type]
        )

    def plan(self) -> None:
        """The roll is kept, and the message planned, of which the stream is not followed yet."""
        self.console.rolls(SCHOOL).want(int(self.now))
        self.follow()
        made = Send(
            id=new_id(int(self.now)),
            kind="password_link",
            state="queued",
            origin="admin",
            created_at=int(self.now),
            created_by="portal",
            selection=Selection(filter={}),
        )
        assert self.console.sends(SCHOOL).make(made)
        plan_send(self.wiring("plan_send"), SCHOOL, made.id)
        self.id = made.id

    @property
    def send(self) -> Send:
        found = self.console.sends(SCHOOL).get(self.id)
        assert found is not None
        return found

    def follow(self) -> None:
        while event := self.streams.take():
            door.handle(event, None)

    def arrive(self, number: int) -> Chunk:
        """The mails of a chunk arrive."""
        now = int(self.now)

        def told(chunk: Chunk) -> Chunk:
            return replace(chunk, mails=tuple(mail.with_fact(Fact("delivered", None, now)) for mail in chunk.mails))

        return self.wiring("mail_feedback").ledger(SCHOOL).amend(self.id, number, told, now)

    def set_password(self, number: int) -> None:
        self.console.directory(SCHOOL).change(f"{number:020d}", {"password_set_at": int(self.now)})

    def used(self) -> int | None:
        return count_used(self.console, SCHOOL, self.send)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("latchkey.sends.model.planning.CHUNK_MAILS", 2)
    monkeypatch.setattr("latchkey.sends.model.outline.FEW", 3)
    made = World()
    worker = made.wiring("keep_roll")
    monkeypatch.setattr(door, "system", lambda: worker)
    made.plan()
    assert is_large(made.send)
    return made


def test_a_planned_message_has_one_by_the_stream_that_follows_its_chunks(world: World) -> None:
    assert world.used() is None, "it is not made yet"
    world.follow()
    assert world.used() == 0
    for number in (1, 2):
        world.arrive(number)
    for number in range(PEOPLE):
        world.set_password(number)
    world.follow()
    assert world.used() == 4


def test_a_batch_that_comes_again_changes_nothing(world: World) -> None:
    world.follow()
    world.arrive(1)
    world.set_password(0)
    event = world.streams.take()
    assert event is not None
    for _ in range(2):
        door.handle(event, None)
    before = world.console.outlines(SCHOOL).some([world.id])[world.id]
    door.handle(event, None)
    assert world.console.outlines(SCHOOL).some([world.id])[world.id] == before
    assert world.used() is not None


def test_one_whose_object_is_gone_is_asked_for_and_made_anew(world: World) -> None:
    world.follow()
    world.arrive(1)
    world.follow()
    outlines = world.console.outlines(SCHOOL)
    lost = outlines.some([world.id])[world.id].members
    world.wiring("keep_roll").outlines(SCHOOL).drop(lost)
    assert read_outline(world.console, SCHOOL, world.send) is None
    asked = outlines.some([world.id])[world.id]
    assert asked.wanted
    assert read_outline(world.console, SCHOOL, world.send) is None
    assert outlines.some([world.id])[world.id] == asked, "it is asked for once"
    world.follow()
    found = read_outline(world.console, SCHOOL, world.send)
    assert found is not None
    arrived = Meant(found.outline.signs(lambda fact: fact[0] == "delivered"))
    assert sum(map(arrived.count, found.outline.marks, found.members)) == 2


def test_one_whose_object_is_torn_counts_as_gone(world: World) -> None:
    world.follow()
    outlines = world.wiring("keep_roll").outlines(SCHOOL)
    torn = outlines.put(b"torn")
    assert outlines.members(torn) is None
    assert outlines.members(outlines.put_members(["a b", "c"])) == ["a b", "c"]


def test_a_small_message_and_one_that_nobody_asks_for_have_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.arrive(1)
    monkeypatch.setattr("latchkey.sends.model.outline.FEW", 100)
    assert read_outline(world.console, SCHOOL, world.send) is None
    assert world.used() == 0
    world.set_password(0)
    world.set_password(1)
    world.follow()
    assert world.used() == 2
