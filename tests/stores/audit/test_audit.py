"""The store of audit events: two partitions read as one, tallies that count, and who may see what."""

import pytest

from latchkey.audit.model.in_words import SIGN_INS
from latchkey.audit.stores.audit import Audit
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL, HEAD = "northbridge", "01234567890000000004"
SEVEN_YEARS = 7 * 365 * 86_400


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


@pytest.mark.parametrize("limit", [1, 2, 3, 10, 50])
def test_two_partitions_are_read_as_one_in_the_order_of_time(world: MemoryWorld, limit: int) -> None:
    audit = world.wiring("console").audit(SCHOOL)
    for number in range(20):
        audit.record(HEAD, "sign_in.done" if number % 3 else "send.start", NOW + number, {"number": number})
    found, after = [], None
    while True:
        events, after = audit.page(after=after, limit=limit)
        found += [event["facts"]["number"] for event in events]
        if after is None:
            break
    assert found == list(reversed(range(20)))


def test_an_empty_trail_has_no_next_page(world: MemoryWorld) -> None:
    assert world.wiring("console").audit(SCHOOL).page() == ([], None)


@pytest.mark.parametrize("action", sorted(SIGN_INS))
def test_sign_ins_stand_apart(world: MemoryWorld, action: str) -> None:
    world.wiring("console").audit(SCHOOL).record(HEAD, action, NOW)
    assert world.only_item("activity", f"{SCHOOL}#SIGNINS")["action"] == action


def test_a_tally_as_it_is_stored(world: MemoryWorld) -> None:
    audit = Audit(world.wiring("portal").table("ACTIVITY_TABLE"), SCHOOL, lambda: "0123456789")
    for second in (0, 3_599):
        audit.tally("portal", "sign_in.refused", NOW // 3_600 * 3_600 + second, {"person": HEAD, "role": "staff"})
    item = world.only_item("activity", f"{SCHOOL}#SIGNINS")
    last = NOW // 3_600 * 3_600 + 3_599
    sk = item.pop("sk")
    assert len(sk) == 26
    assert item == {
        "pk": "northbridge#SIGNINS",
        "actor": "portal",
        "action": "sign_in.refused",
        "at": last,
        "facts": {"person": HEAD, "role": "staff"},
        "visitor": "0123456789",
        "tries": 2,
        "expires_at": last + SEVEN_YEARS,
    }


def test_a_tally_is_about_one_thing_in_one_hour(world: MemoryWorld) -> None:
    audit = world.wiring("portal").audit(SCHOOL)
    for person in ("a" * 20, "b" * 20):
        for hour in (0, 3_600):
            audit.tally("portal", "sign_in.refused", NOW + hour, {"person": person})
            audit.tally("portal", "sign_in.refused", NOW + hour, {"person": person})
    assert [event["facts"]["tries"] for event in audit.page()[0]] == [2, 2, 2, 2]


def test_an_event_without_a_visitor_says_none(world: MemoryWorld) -> None:
    audit = world.wiring("plan_send").audit(SCHOOL)
    audit.record("plan_send", "send.planned", NOW)
    assert "visitor" not in world.only_item("activity", f"{SCHOOL}#AUDIT")
