"""While a school's look-up key is replaced, and afterwards, everybody gets in: whichever key their item, link or session has."""

from collections.abc import Iterator
from typing import Any

import pytest

import operate.handler as door
from latchkey.operator.rotate_lookup_key import CLEARED, SETTLED
from latchkey.people.model.person import CodeState
from latchkey.shared.model.identifiers import lookup
from tests.support.mail_road import Context
from tests.support.portal import Portal
from tests.support.system import START

pytestmark = pytest.mark.moto
PIN = CodeState(generation=3, expires_at=1_800_000_000)
PARENT = CodeState(generation=1, expires_at=1_800_000_000)
NEW = "violet-anchor-12-paper"


@pytest.fixture
def operate(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(door, "system", lambda: portal.system.wiring("operate"))
    given = {"command": "rotate_lookup_key", "school": "northbridge", "confirm": True}
    return lambda **event: door.handle(given | event, Context(event.pop("seconds", 120)))


def steps(portal: Portal, operate: Any) -> Iterator[str]:
    """The rotation, step by step: the state after each, and as much time as is to be waited for."""
    following = None
    while True:
        answer = operate(next=following, since=int(START))
        assert answer["ok"], answer
        yield answer["state"]
        if answer["next"] is None:
            return
        following = answer["next"]
        portal.system.clock.now += answer["wait"]


def key(portal: Portal, epoch: int, kind: str, value: str) -> str:
    return lookup(portal.wiring.lookup_key("northbridge", epoch), kind, value)


def test_sign_in_goes_on_through_every_step(portal: Portal, operate: Any) -> None:
    ann = portal.add("ann", email="ann@x.example")
    portal.add("ben", email="ann@x.example", password=NEW)  # siblings share an address
    seen = []
    for state in steps(portal, operate):
        seen.append(state)
        assert portal.sign_in("ann").status_code == 201
        assert portal.sign_in("ANN@x.example").status_code == 201
        assert portal.sign_in("ann@x.example", NEW).status_code == 201
        assert portal.sign_in("ann", "wrong").status_code == 401
        assert portal.sign_in("nobody").status_code == 401
    assert seen == ["waiting", "clearing", "done"]
    now_is = portal.person(ann)
    assert (now_is.email_key, now_is.username_key) == (
        key(portal, 1, "email", "ann@x.example"),
        key(portal, 1, "username", "ann"),
    )
    assert now_is.version == ann.version


def test_links_and_sessions_from_before_still_work(portal: Portal, operate: Any) -> None:
    ann = portal.add("ann", email="ann@x.example")
    old = portal.token(ann, life=100_000)
    operate()
    portal.system.clock.now += SETTLED - 300
    token = portal.sign_in("ann").json_body["token"]
    portal.system.clock.now += 300
    assert operate()["state"] == "clearing"
    assert portal.person(ann).stamp != ann.stamp
    assert portal.get("/account", Authorization=f"Bearer {token}").status_code == 200
    assert portal.post("/password-links/check", {"token": old}).status_code == 200
    assert portal.post("/password-links/use", {"token": old, "password": NEW}).status_code == 204
    assert portal.get("/account", Authorization=f"Bearer {token}").status_code == 401
    assert portal.post("/password-links/check", {"token": old}).status_code == 410


def test_a_changed_address_still_ends_older_links(portal: Portal, operate: Any) -> None:
    ann = portal.add("ann", email="ann@x.example")
    old = portal.token(ann, life=100_000)
    list(steps(portal, operate))
    directory = portal.system.wiring("read_roster").directory("northbridge")
    directory.change(ann.id, {"email": "b@x.example", "email_key": key(portal, 1, "email", "b@x.example")})
    assert portal.post("/password-links/check", {"token": old}).status_code == 410


def test_a_password_is_set_although_the_key_is_replaced_in_between(portal: Portal) -> None:
    ann = portal.add("ann", email="ann@x.example")
    portal.system.wiring("read_roster").directory("northbridge").change(ann.id, {"email_key": "e" * 32})
    event = portal.wiring.audit("northbridge").record_of(ann.id, "password.set", 1)
    portal.wiring.passwords("northbridge").set(ann, "$argon2id$", "f" * 32, 1, event)
    assert portal.person(ann).version == ann.version + 1


def test_forgot_password_names_both_keys_only_while_people_are_moved(portal: Portal, operate: Any) -> None:
    portal.add("ann", email="ann@x.example")
    asked = []
    for _ in steps(portal, operate):
        portal.system.clock.now += 60  # the portal reads a school once a minute
        portal.post("/schools/northbridge/forgot-password", {"identifier": "ann@x.example"})
        (message,) = portal.requests()
        asked.append((message["key"], message.get("older")))
    new, old = (key(portal, epoch, "email", "ann@x.example") for epoch in (1, 0))
    assert asked == [(new, old), (new, None), (new, None)]


def test_who_uses_a_code_meanwhile_has_the_newest_key_and_a_name_that_nobody_else_gets(portal: Portal, operate: Any) -> None:
    ann, ben = (
        portal.add(name, number=number, pin=PIN, parent_code=PARENT, username=None, password=None)
        for number, name in ((7, "ann"), (8, "ben"))
    )
    portal.add("carl")
    operate()
    assert portal.redeem(portal.code(ann, "pin"), password=NEW, username="carl").status_code == 422, "an older key has it"
    assert portal.redeem(portal.code(ann, "pin"), password=NEW, username="tiger").status_code == 201
    assert portal.person(ann).username_key == key(portal, 1, "username", "tiger")
    credentials = portal.wiring.credentials("northbridge")
    assert [credentials.holder_of(key(portal, epoch, "username", "tiger"), epoch) for epoch in (0, 1)] == [ann.id, ann.id]
    assert portal.redeem(portal.code(ben, "pin"), password=NEW, username="tiger").status_code == 422
    for _ in range(3):
        portal.system.clock.now += SETTLED
        answer = operate(since=int(START))
    assert answer["state"] == "done"
    assert credentials.holder_of(key(portal, 0, "username", "tiger"), 0) is None
    assert credentials.holder_of(key(portal, 1, "username", "tiger"), 1) == ann.id
    assert portal.sign_in("tiger", NEW).status_code == 201
    assert portal.redeem(portal.code(ben, "pin"), password=NEW, username="tiger").status_code == 422
    assert portal.redeem(portal.code(ben, "pin"), password=NEW, username="lion").status_code == 201


def test_of_two_who_choose_a_name_around_the_beginning_one_gets_it(portal: Portal, operate: Any) -> None:
    """The first has read the school before the rotation, the second reads it afterwards; neither sees the other's in an index."""
    ann, ben = (
        portal.add(name, number=number, pin=PIN, username=None, password=None) for number, name in ((7, "ann"), (8, "ben"))
    )
    credentials = portal.wiring.credentials("northbridge")
    table, put = credentials.name_of(key(portal, 0, "username", "tiger"), ann.id, None)
    table.put(put)
    portal.system.wiring("read_roster").directory("northbridge").change(ann.id, {"username": "tiger"})
    operate()
    assert portal.redeem(portal.code(ben, "pin"), password=NEW, username="tiger").status_code == 422


def test_budgets_are_given_back_to_whoever_sets_a_password_meanwhile(portal: Portal, operate: Any) -> None:
    ann = portal.add("ann", email="ann@x.example")
    operate()
    for _ in range(10):
        assert portal.sign_in("ann", "wrong").status_code == 401
    assert portal.sign_in("ann").status_code == 429
    assert portal.post("/password-links/use", {"token": portal.token(ann), "password": NEW}).status_code == 204
    assert portal.sign_in("ann", NEW).status_code == 201


def test_nobody_is_moved_before_everything_that_knows_one_key_only_is_over(portal: Portal, operate: Any) -> None:
    ann = portal.add("ann")
    following = operate()["next"]
    portal.system.clock.now += SETTLED - 1
    assert (operate(next=following)["state"], operate()["wait"]) == ("waiting", 1)
    assert portal.person(ann) == ann
    portal.system.clock.now += 1
    assert operate(next=following)["people"] == 1
    assert operate()["wait"] == CLEARED
