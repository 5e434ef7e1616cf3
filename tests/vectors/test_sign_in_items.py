"""Literal items of sign-in and of changed addresses: see test_directory_items.py. Never change these; add a version."""

import json
from dataclasses import replace

import pytest

from latchkey.people.model.person import FormerEmail
from latchkey.people.stores.items import person_from_item
from latchkey.schools.stores.schools import school_from_item
from latchkey.shared.model.ids import derived_id
from latchkey.shared.model.messages import Message
from latchkey.shared.stores.counters import Budget, Tally
from latchkey.sign_in.stores.failures import Row
from latchkey.sign_in.stores.sessions import Session
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL = "northbridge"


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def test_a_school_remembers_when_a_role_changed_its_way_of_signing_in() -> None:
    item = {"slug": SCHOOL, "name": "Northbridge Academy", "sso_changed_teacher": 1_800_000_000, "sso_changed_student": 7}
    assert school_from_item(item).sso_changed == (("student", 7), ("teacher", 1_800_000_000))
    assert school_from_item({"slug": SCHOOL, "name": "Northbridge Academy"}).sso_changed == ()


def test_a_row_of_wrong_passwords(world: MemoryWorld) -> None:
    failures, row = world.wiring("portal").failures(SCHOOL), Row("ab" * 16, 1_700_000_000)
    item = {"pk": f"northbridge#T#sign-in-row#{'ab' * 16}", "sk": "1700000000", "count": 1, "expires_at": 1_834_560_000}
    assert failures.count(row, NOW) == Tally(1)
    assert world.item("credentials", str(item["pk"]), "1700000000") == item
    assert failures.tell(row, NOW)
    assert world.item("credentials", str(item["pk"]), "1700000000") == item | {"told": 1}
    assert failures.count(row, NOW) == Tally(2, 1)


def test_a_session_says_how_it_was_opened_only_where_that_was_not_a_password_alone(world: MemoryWorld) -> None:
    sessions = world.wiring("portal").sessions(SCHOOL)
    old = {"version": 3, "stamp": "ab" * 6, "created_at": NOW, "seen_at": NOW, "expires_at": NOW + 43_200}
    world.put("sessions", {"pk": "northbridge#P#ann", "sk": "aa", **old})
    (found,) = sessions.some_of("ann")
    assert found == Session(person="ann", hash="aa", **old)  # type: ignore[arg-type]
    sessions.put(replace(found, hash="bb"))
    assert world.item("sessions", "northbridge#P#ann", "bb") == {"pk": "northbridge#P#ann", "sk": "bb", **old}
    sessions.put(replace(found, hash="cc", ways=("password", "totp"), proved_at=NOW))
    new = old | {"ways": ["password", "totp"], "proved_at": NOW}
    assert world.item("sessions", "northbridge#P#ann", "cc") == {"pk": "northbridge#P#ann", "sk": "cc", **new}


def test_a_counter_remembers_what_was_told(world: MemoryWorld) -> None:
    counters, budget = world.wiring("portal").counters("CREDENTIALS_TABLE", SCHOOL), Budget("code", 200, 3_600)
    tally = counters.tally(budget, "all", NOW)
    assert counters.reached(budget, "all", NOW, tally, (1,)) == 1
    item = {"pk": "northbridge#T#code#all", "sk": "1800000000", "count": 1, "told": 1, "expires_at": 1_800_007_200}
    assert world.item("credentials", "northbridge#T#code#all", "1800000000") == item


def test_a_former_address_and_those_before_it() -> None:
    item = {"id": "a" * 20, "role": "student", "given_name": "Ann", "family_name": "Lee"}
    older = {"email": "old@x.example", "at": 5}
    former = {"email": "", "at": 9, "earlier": older}
    assert person_from_item(item | {"former_email": older}).former_email == FormerEmail("old@x.example", 5)
    assert person_from_item(item | {"former_email": former}).former_email == FormerEmail("", 9, FormerEmail("old@x.example", 5))


def test_the_message_about_changed_addresses() -> None:
    body = {"v": 1, "kind": "emails_changed", "school": SCHOOL, "people": ["a" * 20, "b" * 20], "at": NOW}
    message = Message(json.dumps(body))
    assert (message.text("kind"), message.slug(), message.ids("people", 50), message.time()) == tuple(list(body.values())[1:])


def test_the_id_of_a_request_that_is_made_of_what_it_is_about() -> None:
    made = derived_id(NOW, "new-email/northbridge/1")
    assert made == derived_id(NOW, "new-email/northbridge/1")
    assert (len(made), made[:10]) == (26, derived_id(NOW, "other")[:10])
