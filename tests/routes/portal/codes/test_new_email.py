"""A PIN that changes an address has both addresses told of it, as a roster has."""

from typing import Any

import pytest

from latchkey.people.model.new_email import SETTLES
from latchkey.people.model.person import CodeState, FormerEmail, Person
from latchkey.schools.model.school import DAY
from latchkey.shared.stores.queues import Queue
from tests.support.portal import PASSWORD, Portal
from tests.support.system import START

LIVE = CodeState(3, START + 90 * DAY)
CHOSEN = "marble-lantern-52-otter"


@pytest.fixture(autouse=True)
def delays(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Moto hides what is delayed by its own clock: so nothing is, and the delays are kept."""
    kept: list[int] = []
    put = Queue.put_each

    def at_once(self: Queue, messages: Any, *, group: str = "") -> None:
        told = [*messages]
        kept.extend(delay for _, delay in told)
        put(self, [(message, 0) for message, _ in told], group=group)

    monkeypatch.setattr(Queue, "put_each", at_once)
    return kept


def pupil(portal: Portal, **facts: Any) -> Person:
    return portal.add("ann", **{"number": 7, "pin": LIVE, **facts})


def told(portal: Portal) -> list[dict[str, Any]]:
    return [each for each in portal.requests() if each["kind"] == "emails_changed"]


def test_both_are_told_by_ids_alone(portal: Portal, delays: list[int]) -> None:
    ann = pupil(portal, email="old@home.example", password=PASSWORD)
    assert portal.redeem(portal.code(ann, "pin"), email="new@home.example", password=CHOSEN).status_code == 201
    now = portal.wiring.now()
    assert told(portal) == [{"v": 1, "kind": "emails_changed", "school": "northbridge", "people": [ann.id], "at": now}]
    assert delays == [0, 0, SETTLES]


@pytest.mark.parametrize(
    ("facts", "wish"),
    [
        ({"email": "old@home.example", "password": None}, "new@home.example"),
        ({"email": "old@home.example"}, "old@home.example"),
        ({"email": "old@home.example"}, ""),
    ],
)
def test_nobody_is_told_of_what_did_not_change_or_of_an_account_without_a_password(
    portal: Portal, facts: dict[str, Any], wish: str
) -> None:
    ann = pupil(portal, **facts)
    assert portal.redeem(portal.code(ann, "pin"), email=wish, password=CHOSEN).status_code == 201
    assert told(portal) == []


def test_an_address_that_waits_to_be_told_is_not_forgotten_by_the_next_change(portal: Portal) -> None:
    before = int(portal.system.clock.now)
    ann = pupil(portal, email="second@home.example")
    former = {"email": "first@home.example", "at": before}
    portal.wiring.directory("northbridge").change(ann.id, {"former_email": former})
    portal.system.clock.now += SETTLES - 1
    portal.redeem(portal.code(ann, "pin"), email="third@home.example", password=CHOSEN)
    assert portal.person(ann).former_email == FormerEmail("first@home.example", before)
    assert [each["at"] for each in told(portal)] == [before]
