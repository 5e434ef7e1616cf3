"""The roll is kept by a worker on the tables' streams; whatever becomes of what is kept, what is read is right."""

import json
import random
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import keep_roll.handler as door
from latchkey.errors import TryLater
from latchkey.invitations.invite import invite
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import CodeState, Person
from latchkey.roll.build_roll import build_roll
from latchkey.roll.keep_roll import renew, take_changes
from latchkey.roll.model.changes import Changes
from latchkey.roll.model.entry import LinkFact, entry_of
from latchkey.roll.model.packing import pack_changes
from latchkey.roll.model.roll import Roll
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.school import School
from latchkey.wiring import Wiring
from tests.support.iam.grants import grants
from tests.support.iam.roles import roles
from tests.support.memory_world import MemoryWorld
from tests.support.streams import Streams

SCHOOL = "northbridge"
EVERYBODY = PeopleFilter()


def someone(number: int, **facts: Any) -> Person:
    names = {"given_name": f"Ann{number}", "family_name": "Lee", "role": "student", "year_group": str(7 + number % 5)}
    return Person(id=f"{number:020d}", **{**names, **facts})


class World(MemoryWorld):
    """A school whose streams are followed when ``follow`` is called."""

    def __init__(self, people: int = 6) -> None:
        super().__init__()
        self.streams = Streams(self.dynamo)
        assert self.wiring("operate").schools.make(School(slug=SCHOOL, name="Northbridge Academy"))
        self.console = self.wiring("console")
        self.console.directory(SCHOOL).put_new([someone(number) for number in range(people)])

    def follow(self) -> None:
        """The worker takes what has come, until nothing comes any more."""
        while event := self.streams.take():
            door.handle(event, None)

    def read(self) -> Roll:
        """The roll as a container reads it that has read it before."""
        return read_roll(self.console, SCHOOL)

    def is_right(self) -> bool:
        """Whether what is read, by one who remembers and by one who does not, is what a roll built from nothing is."""
        right = build_roll(self.console, SCHOOL).entries
        return tuple(self.read().entries) == tuple(read_roll(self.wiring("console"), SCHOOL).entries) == right

    @property
    def state(self) -> dict[str, Any]:
        return self.item("directory", SCHOOL, "ROLL") or {}

    def keep(self) -> None:
        """Have it kept."""
        self.read()
        self.follow()
        assert self.state["base"]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    worker = made.wiring("keep_roll")
    monkeypatch.setattr(door, "system", lambda: worker)
    return made


def calls(world: World, monkeypatch: pytest.MonkeyPatch, work: Callable[[], Any]) -> list[str]:
    """The operations of DynamoDB that something costs."""
    found: list[str] = []
    monkeypatch.setattr(world.dynamo, "before", found.append)
    work()
    monkeypatch.setattr(world.dynamo, "before", lambda operation: None)
    return found


def test_who_reads_first_has_it_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Query" in calls(world, monkeypatch, world.read)
    world.follow()
    assert len(world.s3.objects) == 1
    assert calls(world, monkeypatch, world.read) == ["GetItem"]
    assert world.is_right()


def test_what_others_change_comes_by_the_stream(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.keep()
    portal = world.wiring("portal").directory(SCHOOL)
    portal.change(someone(1).id, {"last_login_at": 5})
    assert world.read().by_id(someone(1).id) == entry_of(someone(1))
    world.follow()
    assert calls(world, monkeypatch, world.read) == ["GetItem"]
    assert world.read().by_id(someone(1).id) == entry_of(replace(someone(1), last_login_at=5))
    assert world.is_right()


def test_an_admin_sees_their_own_change_at_once(world: World) -> None:
    world.keep()
    directory = world.console.directory(SCHOOL)
    directory.change(someone(1).id, {"email": "ann@x.example", "email_key": "k"})
    assert world.is_right()
    directory.make(someone(9, given_name="Zoe"))
    directory.erase(someone(2).id)
    assert world.is_right()
    assert world.read().by_id(someone(2).id) is None
    world.follow()
    assert world.is_right()


def test_a_change_of_very_many_is_read_from_the_directory_until_a_new_roll_is_there(world: World) -> None:
    world.keep()
    people = [someone(number) for number in range(100, 160)]
    world.console.directory(SCHOOL).put_new(people)
    assert world.is_right()
    world.wiring("read_roster").rolls(SCHOOL).note_change(int(world.now))
    assert world.state["stale"]
    assert world.is_right()
    world.follow()
    assert "stale" not in world.state
    assert world.is_right()


@pytest.mark.parametrize("function", ["console", "keep_roll", "operate"])
def test_every_function_that_knows_the_bucket_may_read_what_is_kept(world: World, function: str) -> None:
    world.keep()
    reader = world.wiring(function)
    assert reader.rolls(SCHOOL).can_read
    assert tuple(read_roll(reader, SCHOOL).entries) == build_roll(world.console, SCHOOL).entries
    granted = {each.action for each in grants(roles()) if (each.function, each.resource) == (function, "RollsBucket/*")}
    assert "s3:GetObject" in granted, "or the object is asked for each time, in vain"


def test_who_is_gone_is_in_nothing_that_is_kept(world: World) -> None:
    world.keep()
    link = LinkFact("s1", "ann3@x.example", int(world.now), int(world.now), "sent")
    take_changes(world.wiring("keep_roll"), SCHOOL, Changes(links={(someone(3).id, "s1"): (1, link)}))
    world.wiring("read_roster").rolls(SCHOOL).note_change(int(world.now))
    world.follow()
    take_changes(world.wiring("keep_roll"), SCHOOL, Changes(links={(someone(3).id, "s1"): (1, link)}))
    (before,) = world.s3.objects.values()
    assert "Ann3" in zlib.decompress(before).decode()
    world.console.directory(SCHOOL).erase(someone(3).id)
    world.follow()
    (after,) = world.s3.objects.values()
    assert "ann3" not in zlib.decompress(after).decode().lower()
    assert "changes" not in world.state


def test_an_account_that_was_merged_into_another_is_none(world: World) -> None:
    world.keep()
    item = {"pk": f"{SCHOOL}#P#{someone(3).id}", "sk": "PERSON", "id": someone(3).id, "merged_into": someone(4).id}
    world.wiring("operate").table("DIRECTORY_TABLE").write_many([item])
    world.follow()
    assert world.read().by_id(someone(3).id) is None
    assert world.is_right()


def test_a_new_object_is_written_when_many_have_changed(world: World) -> None:
    world.keep()
    first = world.state["base"]
    chance = random.Random(5)
    for _ in range(40):
        name = f"{chance.random():.17f}"
        changes = {f"{chance.randrange(10**19):020d}": (int(world.now), entry_of(someone(1, given_name=name))) for _ in range(20)}
        take_changes(world.wiring("keep_roll"), SCHOOL, Changes(changes))
    assert world.state["base"] != first
    assert len(world.s3.objects) == 1
    assert len(world.state.get("changes", b"")) < 12_000


def test_links_that_came_in_one_minute_are_more_than_an_item_takes(world: World) -> None:
    world.console.directory(SCHOOL).put_new([someone(9, email="ann9@x.example")])
    world.keep()
    chance, now = random.Random(5), int(world.now)
    link = LinkFact("s1", "ann9@x.example", now, now, "delivered")
    links = {(f"{chance.randrange(10**19):020d}", f"{chance.randrange(10**25):026d}"): (now, link) for _ in range(12_000)}
    assert len(pack_changes(Changes(links=links))) > 300_000
    take_changes(world.wiring("keep_roll"), SCHOOL, Changes(links={**links, (someone(9).id, "s1"): (now, link)}))
    found = world.read().by_id(someone(9).id)
    assert found is not None
    assert found.link == link
    assert len(world.state.get("changes", b"")) < 12_000


THROWN_AWAY: dict[str, Callable[[World], Any]] = {
    "the object": lambda world: world.s3.objects.clear(),
    "a part of it": lambda world: world.s3.objects.update({key: data[:-9] for key, data in world.s3.objects.items()}),
    "all but its beginning": lambda world: world.s3.objects.update({key: data[:20] for key, data in world.s3.objects.items()}),
    "another release's": lambda world: world.s3.objects.update({key: of_another(data) for key, data in world.s3.objects.items()}),
    "the item": lambda world: world.dynamo.tables["directory_table"].pop((SCHOOL, "ROLL")),
    "the changes": lambda world: world.dynamo.tables["directory_table"][SCHOOL, "ROLL"].update(changes={"B": b"?"}),
}


def of_another(data: bytes) -> bytes:
    return zlib.compress(json.dumps(json.loads(zlib.decompress(data)) | {"shape": "another"}).encode())


@pytest.mark.parametrize("what", THROWN_AWAY)
def test_what_is_lost_is_built_again(world: World, what: str) -> None:
    """In the middle of a story: some changes have come, some are on their way."""
    world.keep()
    directory = world.console.directory(SCHOOL)
    directory.change(someone(1).id, {"given_name": "Bea"})
    world.follow()
    THROWN_AWAY[what](world)
    directory.change(someone(2).id, {"given_name": "Cat"})
    world.wiring("portal").directory(SCHOOL).change(someone(3).id, {"last_login_at": 5})
    assert [each.given_name for each in read_roll(world.wiring("console"), SCHOOL).entries] == [
        "Ann0",
        "Ann5",
        "Bea",
        "Cat",
        "Ann3",
        "Ann4",
    ]
    world.follow()
    world.now += 200  # the roll is asked for again
    read_roll(world.wiring("console"), SCHOOL)
    world.follow()
    assert world.is_right()
    assert f"rolls_bucket/{world.state['base']}" in world.s3.objects


def test_an_old_object_in_place_of_the_new_one_is_not_looked_at(world: World) -> None:
    world.keep()
    old = dict(world.s3.objects)
    world.console.directory(SCHOOL).erase(someone(1).id)
    world.follow()
    world.s3.objects.update(old)
    assert world.is_right()
    assert world.read().by_id(someone(1).id) is None


class Killed(BaseException):
    """The worker is gone."""


@pytest.mark.parametrize("at", range(12))
def test_a_worker_that_dies_at_any_call_does_no_harm(world: World, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    world.keep()
    world.wiring("portal").directory(SCHOOL).change(someone(2).id, {"last_login_at": 5})
    world.wiring("operate").directory(SCHOOL).erase(someone(1).id)  # so that an object is written
    event, left = world.streams.take(), [at]

    def before(_operation: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed()

    monkeypatch.setattr(world.dynamo, "before", before)
    died = False
    try:
        door.handle(event or {}, None)
    except Killed:
        died = True
    monkeypatch.setattr(world.dynamo, "before", lambda operation: None)
    for _ in range(10 if died else 0):  # Lambda brings it again, and again
        try:
            door.handle(event or {}, None)
        except TryLater:  # who died had the item, for a minute at most
            continue
        break
    world.follow()
    assert world.is_right()
    assert world.read().by_id(someone(1).id) is None
    assert world.state["base"] in {key.partition("/")[2] for key in world.s3.objects}


@pytest.mark.parametrize("turn", range(10))
def test_two_workers_at_once_lose_no_change(world: World, monkeypatch: pytest.MonkeyPatch, turn: int) -> None:
    """Before any call of one, the other does all of its work."""
    world.keep()
    world.wiring("portal").directory(SCHOOL).change(someone(1).id, {"last_login_at": 5})
    one = world.streams.take() or {}
    world.wiring("operate").directory(SCHOOL).erase(someone(2).id)
    two = world.streams.take() or {}
    first, second, left = door.system(), world.wiring("keep_roll"), [turn]

    def before(_operation: str) -> None:
        left[0] -= 1
        if left[0] == -1:
            monkeypatch.setattr(door, "system", lambda: second)
            other(two)
            monkeypatch.setattr(door, "system", lambda: first)

    def other(event: dict[str, Any]) -> None:
        try:
            door.handle(event, None)
        except TryLater:  # the first is at it; Lambda brings it again
            again.append(event)

    again: list[dict[str, Any]] = []
    monkeypatch.setattr(world.dynamo, "before", before)
    other(one)
    monkeypatch.setattr(world.dynamo, "before", lambda operation: None)
    for event in [*([two] if left[0] >= 0 else []), *again]:
        door.handle(event, None)
    world.follow()
    assert world.is_right()
    assert world.read().by_id(someone(1).id) == entry_of(replace(someone(1), last_login_at=5))
    assert len(world.s3.objects) == 1


def test_a_worker_waits_for_who_writes_an_object_and_then_comes_again(world: World) -> None:
    world.keep()
    worker = world.wiring("keep_roll")
    state = worker.rolls(SCHOOL).state()
    assert state is not None
    worker.rolls(SCHOOL).take(state, int(world.now) + 60)
    worker.rolls(SCHOOL).want(int(world.now))
    with pytest.raises(TryLater):
        renew(worker, SCHOOL)
    world.now += 60
    renew(worker, SCHOOL)
    assert "wanted" not in world.state


def test_a_record_that_cannot_be_read_holds_up_no_other(world: World) -> None:
    world.keep()
    world.wiring("portal").directory(SCHOOL).change(someone(1).id, {"last_login_at": 5})
    event = world.streams.take() or {}
    broken = {"dynamodb": {"Keys": event["Records"][0]["dynamodb"]["Keys"], "NewImage": {"id": {"S": "x"}}}}
    door.handle({"Records": [broken, *event["Records"], broken, {"dynamodb": {}}]}, None)
    assert world.is_right()


def test_a_school_that_is_gone_gets_no_roll_again(world: World) -> None:
    world.keep()
    world.dynamo.tables["directory_table"].pop((SCHOOL, "ROLL"))
    world.wiring("operate").directory(SCHOOL).erase(someone(1).id)
    world.follow()
    assert world.state == {}


def change_anything(chance: random.Random, system: Wiring, people: set[int]) -> None:
    """One change that somebody of the product could make."""
    directory = system.directory(SCHOOL)
    number = chance.choice(sorted(people))
    facts: dict[str, Any] = {
        "email": chance.choice([None, "a@x.example"]),
        "last_login_at": chance.randrange(99),
        "given_name": chance.choice(["Ann", "Bob", "Ölaf"]),
        "status": chance.choice(["active", "left", "disabled"]),
        "version": chance.randrange(9),
    }
    name = chance.choice([*facts, "new", "gone", "pin"])
    if name == "new":
        people.add(new := max(people) + 1)
        directory.make(someone(new, role=chance.choice(["student", "parent", "teacher"])))
    elif name == "gone" and len(people) > 2:
        people.remove(number)
        directory.erase(someone(number).id)
    elif name == "pin":
        directory.change(someone(number).id, {"pin": {"generation": 1, "expires_at": 9, "uses": chance.randrange(2)}})
    elif name in facts:
        directory.change(someone(number).id, {name: facts[name]})


@pytest.mark.parametrize("seed", range(12))
def test_whatever_an_admin_changes_is_seen_at_once(world: World, seed: int) -> None:
    chance, people = random.Random(seed), set(range(6))
    world.keep()
    followed = world.now
    for _ in range(25):
        if chance.random() < 0.7:
            change_anything(chance, world.console, people)
        else:
            change_anything(chance, world.wiring("operate"), people)
            world.follow()
        if chance.random() < 0.3 or world.now > followed + 50:
            world.follow()
            followed = world.now
        assert world.is_right()
        world.now += chance.choice([0, 1, 5])


def test_codes_are_there_too(world: World) -> None:
    world.keep()
    world.wiring("build_export").directory(SCHOOL).change(
        someone(1).id, {"pin": {"generation": 2, "expires_at": 77, "uses": 0, "given_at": 5}}
    )
    world.follow()
    assert world.read().by_id(someone(1).id) == entry_of(replace(someone(1), pin=CodeState(2, 77, given_at=5)))


def test_a_refused_invitation_comes_by_the_stream_and_goes_with_a_roll_that_is_built_from_nothing(world: World) -> None:
    school = School(slug=SCHOOL, name="Northbridge Academy")
    told, portal = world.wiring("mail_feedback"), world.wiring("portal")
    mine = [invite(portal, school, f"{name}@home.example", [someone(1).id], "student").id for name in ("ann", "bob")]
    world.console.invitations(SCHOOL).note_problem(mine[0], "bounced")
    assert world.read().refused() == {mine[0]: "bounced"}, "there is no roll yet"
    world.keep()
    assert world.read().refused() == {mine[0]: "bounced"}
    told.invitations(SCHOOL).note_problem(mine[1], "complained")
    world.follow()
    assert world.read().refused() == dict(zip(mine, ("bounced", "complained"), strict=True))
    assert world.is_right()
    world.console.invitations(SCHOOL).forget(mine[:1])
    world.follow()
    world.console.rolls(SCHOOL).want(int(world.now))
    world.follow()
    assert world.read().refused() == {mine[1]: "complained"}
