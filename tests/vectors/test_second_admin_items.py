"""Literal items of what waits for a second admin: see test_directory_items.py. Never change these."""

from typing import Any

import pytest

from latchkey.errors import Changed
from latchkey.mail.model.account import MailAccount
from latchkey.schools.model.school import School, Settings
from latchkey.schools.model.waiting import AddressChange, Change, FactorReset, Notice, Waiting
from latchkey.sends.model.send import Chunk, Mail
from latchkey.sends.stores.reminders import Reminder
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL = "northbridge"
ADMIN, OTHER = "01234567890000000004", "01234567890000000005"
RUN = "01jhm6qk00zzzzzzzzzzzzzzzz"
CHANGES = (Change("approval.above", 100, None), Change("sso.roles", [], ["student"]))
CHANGES_VALUE = [
    {"setting": "approval.above", "old": 100, "new": None},
    {"setting": "sso.roles", "old": [], "new": ["student"]},
]


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def test_settings_that_wait_stand_in_the_schools_item(world: MemoryWorld) -> None:
    schools = world.wiring("operate").schools
    before = School(slug=SCHOOL, name="Northbridge Academy")
    assert schools.make(before)
    waiting = Waiting(id=RUN, by=ADMIN, at=NOW, until=NOW + 604_800, changes=CHANGES)
    world.wiring("console").setting_changes.write(before, Settings(notice="Snow"), waiting, [])
    item = world.item("directory", SCHOOL, "SCHOOL") or {}
    value = {"id": RUN, "by": ADMIN, "at": 1_800_000_000, "until": 1_800_604_800, "changes": CHANGES_VALUE}
    assert (item["waiting"], item["settings_revision"], item["settings"]["notice"]) == (value, 1, "Snow")
    world.put("directory", item | {"waiting": value})
    found = schools.get(SCHOOL)
    assert found is not None
    assert (found.waiting, found.settings_revision) == (waiting, 1)


def test_a_notice(world: MemoryWorld) -> None:
    notice = Notice(id=RUN, kind="settings_changed", at=NOW, by=ADMIN, approved_by=OTHER, changes=CHANGES, send=None, people=3)
    value: dict[str, Any] = {
        "id": RUN,
        "kind": "settings_changed",
        "at": 1_800_000_000,
        "by": ADMIN,
        "approved_by": OTHER,
        "changes": CHANGES_VALUE,
        "send": None,
        "people": 3,
    }
    item = {"pk": "#DUE", "sk": f"1800000000#northbridge#{RUN}", "at": 1_800_000_000, "school": SCHOOL, "send": RUN}
    world.wiring("console").notices(SCHOOL).put(notice)
    assert world.item("activity", "#DUE", item["sk"]) == item | {"notice": value, "expires_at": 1_802_592_000}
    world.put("activity", item | {"notice": value})
    due = world.wiring("plan_send").reminders
    assert list(due.until(NOW)) == [Reminder(NOW, SCHOOL, RUN, notice)]
    oldest = {name: value[name] for name in ("id", "kind", "at", "by")}
    world.put("activity", item | {"notice": oldest})
    assert list(due.until(NOW)) == [Reminder(NOW, SCHOOL, RUN, Notice(id=RUN, kind="settings_changed", at=NOW, by=ADMIN))]


def test_new_addresses_of_admins_that_wait_stand_in_the_schools_item(world: MemoryWorld) -> None:
    schools = world.wiring("operate").schools
    before = School(slug=SCHOOL, name="Northbridge Academy")
    assert schools.make(before)
    change = AddressChange(id=RUN, person=OTHER, by=ADMIN, at=NOW, until=NOW + 86_400, old="a@x.example", new="b@x.example")
    value = {
        "id": RUN,
        "person": "01234567890000000005",
        "by": "01234567890000000004",
        "at": 1_800_000_000,
        "until": 1_800_086_400,
        "old": "a@x.example",
        "new": "b@x.example",
    }
    changes = world.wiring("console").setting_changes
    changes.write_all([changes.write_addresses_of(before, [change])])
    item = world.item("directory", SCHOOL, "SCHOOL") or {}
    assert item["admin_emails"] == [value]
    found = schools.get(SCHOOL)
    assert found is not None
    assert found.admin_emails == (change,)
    with pytest.raises(Changed):
        changes.write_all([changes.write_addresses_of(before, [])])
    changes.write_all([changes.write_addresses_of(found, [])])
    assert "admin_emails" not in (world.item("directory", SCHOOL, "SCHOOL") or {})


def test_lost_second_factors_that_wait_stand_in_the_schools_item(world: MemoryWorld) -> None:
    schools = world.wiring("operate").schools
    before = School(slug=SCHOOL, name="Northbridge Academy")
    assert schools.make(before)
    reset = FactorReset(id=RUN, person=OTHER, by=ADMIN, at=NOW, until=NOW + 86_400, kinds=("passkey", "totp"))
    value = {
        "id": RUN,
        "person": "01234567890000000005",
        "by": "01234567890000000004",
        "at": 1_800_000_000,
        "until": 1_800_086_400,
        "kinds": ["passkey", "totp"],
    }
    changes = world.wiring("console").setting_changes
    changes.write_all([changes.write_resets_of(before, [reset])])
    assert (world.item("directory", SCHOOL, "SCHOOL") or {})["factor_resets"] == [value]
    found = schools.get(SCHOOL)
    assert found is not None
    assert found.factor_resets == (reset,)
    with pytest.raises(Changed):
        changes.write_all([changes.write_resets_of(before, [])])
    changes.write_all([changes.write_resets_of(found, [])])
    assert "factor_resets" not in (world.item("directory", SCHOOL, "SCHOOL") or {})


def test_when_lost_second_factors_are_looked_at(world: MemoryWorld) -> None:
    console = world.wiring("console")
    item = {"pk": "#DUE", "sk": f"1800000000#northbridge#{RUN}", "at": NOW, "school": SCHOOL, "send": RUN, "factors": OTHER}
    console.setting_changes.write_all([console.notices(SCHOOL).look_at_reset_of(NOW, RUN, OTHER)])
    assert world.item("activity", "#DUE", item["sk"]) == item | {"expires_at": 1_802_592_000}
    world.put("activity", item)
    assert list(world.wiring("plan_send").reminders.until(NOW)) == [Reminder(NOW, SCHOOL, RUN, factors=OTHER)]


def test_a_notice_of_an_admin(world: MemoryWorld) -> None:
    notice = Notice(
        id=RUN, kind="email_decided", at=NOW, by=ADMIN, person=OTHER, old="a@x.example", new="b@x.example", outcome="declined"
    )
    value = {
        "id": RUN,
        "kind": "email_decided",
        "at": 1_800_000_000,
        "by": ADMIN,
        "approved_by": None,
        "changes": [],
        "send": None,
        "people": 0,
        "person": OTHER,
        "old": "a@x.example",
        "new": "b@x.example",
        "outcome": "declined",
    }
    world.wiring("console").notices(SCHOOL).put(notice)
    item = world.item("activity", "#DUE", f"1800000000#northbridge#{RUN}") or {}
    assert {name: each for name, each in item["notice"].items() if each is not None} == {
        name: each for name, each in value.items() if each is not None
    }
    assert list(world.wiring("plan_send").reminders.until(NOW)) == [Reminder(NOW, SCHOOL, RUN, notice)]


def test_what_an_admin_sends_alone(world: MemoryWorld) -> None:
    allowances = world.wiring("console").allowances(SCHOOL)
    assert allowances.reserve(ADMIN, RUN, 7, at=NOW + 60, now=NOW, above=9)
    item = {
        "pk": "northbridge#ALONE",
        "sk": ADMIN,
        "sends": {RUN: [1_800_000_060, 7]},
        "revision": 1,
        "expires_at": 1_800_172_860,
    }
    assert world.item("activity", "northbridge#ALONE", ADMIN) == item
    world.put("activity", item)
    assert allowances.spent(ADMIN, NOW) == 7


def test_how_often_an_admins_rights_have_ended(world: MemoryWorld) -> None:
    admins = world.wiring("operate").admins(SCHOOL)
    assert admins.revision() == 0
    world.put("directory", {"pk": SCHOOL, "sk": "ADMINS", "revision": 4})
    assert admins.revision() == 4


def test_a_chunk_of_a_notice(world: MemoryWorld) -> None:
    facts = {"at": NOW, "by": "Ada Admin", "approved_by": "", "changes": CHANGES_VALUE, "send": None, "people": 0}
    account = MailAccount(person=ADMIN, name="Ada Admin", role="staff", login="ada", version=1, stamp="a1b2c3d4e5f6")
    mails = (Mail(to="ada@x.example", accounts=(account,), at=NOW),)
    chunk = Chunk(send=RUN, number=1, origin="person", mail="settings_changed", expires_at=NOW + 9, mails=mails, notice=facts)
    ledger = world.wiring("plan_send").ledger(SCHOOL)
    ledger.write_chunks([chunk])
    item = world.item("activity", f"northbridge#SEND#{RUN}", "CHUNK#00001") or {}
    assert (item["notice"], item["mail"], item["listed"]) == (facts, "settings_changed", False)
    assert list(ledger.chunks(RUN)) == [chunk]
