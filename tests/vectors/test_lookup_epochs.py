"""Literal items and messages of a school whose look-up key is replaced. Never change these; add a version."""

import json

import pytest

import plan_send.handler as plan_door
from latchkey.password_links.forgot_password import ask
from latchkey.schools.model.school import School
from latchkey.shared.model.messages import Message
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL = "northbridge"
MOVING = {
    "pk": "northbridge",
    "sk": "SCHOOL",
    "slug": "northbridge",
    "name": "Northbridge Academy",
    "lookup_epoch": 1,
    "lookup_rotation": "moving",
    "lookup_since": 1_800_000_000,
}
OLD, NEW = "de5571300ff083b4b18cd7141780efd2", "b4013cfb47ecff05dd2b8519e48795ee"


def test_the_steps_of_a_rotation_in_the_item_of_a_school() -> None:
    world = MemoryWorld()
    schools = world.wiring("operate").schools
    schools.make(School(slug=SCHOOL, name="Northbridge Academy"))
    before = world.item("directory", SCHOOL, "SCHOOL") or {}
    school = schools.get(SCHOOL)
    assert school is not None
    school = schools.rotate_lookup_key(school, "moving", NOW)
    steps = {name: MOVING[name] for name in ("lookup_epoch", "lookup_rotation", "lookup_since")}
    assert world.item("directory", SCHOOL, "SCHOOL") == before | steps
    school = schools.rotate_lookup_key(school, "clearing", NOW)
    assert world.item("directory", SCHOOL, "SCHOOL") == before | steps | {"lookup_rotation": "clearing"}
    schools.rotate_lookup_key(school, "", NOW + 1)
    assert world.item("directory", SCHOOL, "SCHOOL") == before | {"lookup_epoch": 1, "lookup_since": 1_800_000_001}


def test_a_school_on_its_way() -> None:
    world = MemoryWorld()
    world.put("directory", MOVING)
    school = world.wiring("portal").schools.get(SCHOOL)
    assert school == School(
        slug=SCHOOL, name="Northbridge Academy", lookup_epoch=1, lookup_rotation="moving", lookup_since=1_800_000_000
    )
    assert school.lookup_epochs == (1, 0)


def test_who_chose_a_username_in_a_later_epoch() -> None:
    world = MemoryWorld()
    credentials = world.wiring("portal").credentials(SCHOOL)
    table, put = credentials.name_of("f" * 32, "0" * 20, None, 1)
    table.put(put)
    name = {"pk": f"northbridge#U#{'f' * 32}", "sk": "USERNAME#1", "person": "0" * 20}
    assert world.item("credentials", name["pk"], "USERNAME#1") == name
    assert (credentials.holder_of("f" * 32, 1), credentials.holder_of("f" * 32)) == ("0" * 20, None)


def test_forgetting_a_password_while_people_are_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    world = MemoryWorld()
    world.put("directory", MOVING)
    ask(world.wiring("portal"), SCHOOL, "ann@x.example", "203.0.113.9")
    (sent,) = world.sqs.sent
    body = json.loads(sent["MessageBody"])
    assert {name: body[name] for name in ("v", "kind", "by", "key", "older")} == {
        "v": 1,
        "kind": "forgot",
        "by": "email",
        "key": NEW,
        "older": OLD,
    }
    monkeypatch.setattr(plan_door, "system", lambda: world.wiring("plan_send"))
    for number, (person, key) in enumerate((("1", NEW), ("2", OLD))):
        facts = {"role": "student", "given_name": "Ann", "family_name": "Lee", "email": f"a{person}@x.example", "email_key": key}
        pk = f"northbridge#P#{person * 20}"
        world.put("directory", {"pk": pk, "sk": "PERSON", "id": person * 20, **facts})
        message = (
            f'{{"v":1,"kind":"forgot","school":"northbridge","request":"00jhm6qk00zzzzzzzzzzzzzzz{number}","at":1800000000,'
            f'"by":"email","key":"{NEW}","older":"{OLD}","from":"e3dd840fe04c19139ae69c2233aae141"}}'
        )
        assert plan_door.work(Message(message))["outcome"] == "planned"
