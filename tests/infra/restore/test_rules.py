"""What of an old item comes back, on the literal items of tests/vectors."""

from typing import Any

import pytest

from infra.restore.rules import NUMBERS, PASSED, changed, old
from latchkey.sends.model.in_words import why_it_waits
from latchkey.sends.stores.items import send_from_item
from latchkey.shared.stores.dynamo import pack_item
from latchkey.shared.stores.dynamo_wire import unpack_item
from tests.support.memory_world import NOW
from tests.vectors.test_activity_items import CHUNK_ITEM, EXPORT_ITEM, SEND_ITEM
from tests.vectors.test_directory_items import PEOPLE, RUN_ITEM, SCHOOL_ITEM

PERSON = PEOPLE[0][1]


def back(table: str, item: dict[str, Any], ended: dict[str, Any] | None = None) -> dict[str, Any] | None:
    found = old(table, pack_item(item), NOW, pack_item(ended) if ended else None)
    assert (found.item is None) == (found.why is not None)
    return dict(unpack_item(found.item)) if found.item else None


def away(table: str, item: dict[str, Any]) -> str | None:
    return old(table, pack_item(item), NOW).why


def test_a_person_comes_back_with_a_version_that_no_link_or_session_ever_had() -> None:
    assert back("directory", PERSON) == PERSON | {"version": PERSON["version"] + PASSED}
    without = {name: value for name, value in PERSON.items() if name != "version"}
    assert back("directory", without) == PERSON | {"version": PASSED}


@pytest.mark.parametrize(
    ("then", "ended", "now"),
    [
        ({}, None, {}),
        ({"link_epoch": 2, "code_epoch": 1}, None, {"link_epoch": 2, "code_epoch": 1}),
        ({"link_epoch": 2, "code_epoch": 1}, {"link_epoch": 4, "code_epoch": 2}, {"link_epoch": 3, "code_epoch": 1}),
        ({}, {"link_epoch": 1, "code_epoch": 1}, {}),
    ],
)
def test_a_school_comes_back_in_the_epochs_in_which_it_was_deleted(
    then: dict[str, int], ended: dict[str, int] | None, now: dict[str, int]
) -> None:
    kept = ended and {"pk": "northbridge", "sk": "ENDED", **ended}
    assert back("directory", SCHOOL_ITEM | {"last_number": 40} | then, kept) == SCHOOL_ITEM | {"last_number": 40 + NUMBERS} | now


@pytest.mark.parametrize("state", ["queued", "running"])
def test_a_send_that_was_under_way_comes_back_paused_and_says_why(state: str) -> None:
    found = back("activity", SEND_ITEM | {"state": state})
    assert found == SEND_ITEM | {"state": "paused", "reason": "restored"}
    assert "put back" in (why_it_waits(send_from_item(found)) or "")


@pytest.mark.parametrize("state", ["paused", "finished", "cancelled", "failed"])
def test_a_send_that_stood_still_comes_back_as_it_was(state: str) -> None:
    assert back("activity", SEND_ITEM | {"state": state}) == SEND_ITEM | {"state": state}


def test_a_chunk_comes_back_in_nobodys_hands() -> None:
    assert back("activity", CHUNK_ITEM | {"lease_until": NOW + 60}) == CHUNK_ITEM | {"lease_until": 0}


@pytest.mark.parametrize(("table", "item"), [("activity", EXPORT_ITEM), ("directory", RUN_ITEM)])
def test_runs_come_back_as_they_were(table: str, item: dict[str, Any]) -> None:
    assert back(table, item) == item


@pytest.mark.parametrize(
    ("table", "pk", "sk", "more", "why"),
    [
        ("sessions", "northbridge#P#1", "a" * 64, {}, "never"),
        ("credentials", "northbridge#T#sign-in#0", "1", {}, "never"),
        ("activity", "northbridge#T#forgot#0", "1", {}, "never"),
        ("activity", "northbridge#KEYS", "k", {}, "never"),
        ("activity", "northbridge#EXPORTKEYS", "k", {}, "never"),
        ("activity", "northbridge#ROSTERKEYS", "k", {}, "never"),
        ("activity", "#DUE", "1#northbridge#1", {}, "never"),
        ("activity", "#RATE", "ses", {}, "never"),
        ("directory", "northbridge#ROSTERLOCK", "LOCK", {}, "never"),
        ("directory", "northbridge", "ENDED", {}, "never"),
        ("directory", "northbridge#ROSTERS", "1", {"state": "running"}, "unfinished"),
        ("activity", "northbridge#REQUESTS", "1", {"state": "running"}, "unfinished"),
        ("activity", "northbridge#AUDIT", "1", {"expires_at": NOW}, "expired"),
        ("activity", "northbridge#AUDIT", "1", {"expires_at": NOW + 1}, None),
        ("credentials", "northbridge#P#1", "PASSWORD", {}, None),
        ("credentials", "northbridge#U#1", "USERNAME", {}, None),
        ("directory", "northbridge", "LOGO", {}, None),
        ("directory", "northbridge#ROSTER#1", "CHANGES#00001", {}, None),
        ("activity", "northbridge#VOIDED", "LAST", {}, None),
    ],
)
def test_what_stays_away(table: str, pk: str, sk: str, more: dict[str, Any], why: str | None) -> None:
    assert away(table, {"pk": pk, "sk": sk, **more}) == why


def test_what_people_did_since_is_not_overwritten() -> None:
    live = PERSON | {"year_group": "8", "password_set_at": NOW, "version": 9, "is_admin": True, "pin": {"generation": 9}}
    assert changed(pack_item(PERSON), pack_item(live)) == pack_item({"year_group": "7"})
    assert changed(pack_item(PERSON), pack_item(PERSON)) == {}
    less = {name: value for name, value in PERSON.items() if name not in {"email", "email_key"}}
    assert changed(pack_item(less), pack_item(PERSON)) == {}, "an address that came since stays"


def test_a_schools_settings_are_overwritten_and_its_counters_are_not() -> None:
    live = SCHOOL_ITEM | {"name": "X", "last_number": 50, "link_epoch": 3}
    then = SCHOOL_ITEM | {"last_number": 40, "link_epoch": 1}
    assert changed(pack_item(then), pack_item(live)) == pack_item({"name": "Northbridge Academy"})
    assert changed(pack_item(RUN_ITEM), pack_item(RUN_ITEM | {"state": "failed"})) == {}
