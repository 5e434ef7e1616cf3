"""Mails to all admins: who became one, who is one no longer, whose address is to change, which settings were not changed."""

import re
from typing import Any

import pytest

from latchkey.operator.admins import end_admin as end_by_operator
from latchkey.operator.invite_admin import invite_admin as invite_by_operator
from latchkey.people.model.person import Person
from latchkey.records import address_changes
from latchkey.records.admins import end_admin
from latchkey.records.change_person import change_person
from latchkey.records.invite_admin import invite_by_admin
from latchkey.schools import decide_settings
from latchkey.schools.change_settings import change_settings
from latchkey.schools.model.school import School
from latchkey.sends.start_due import start_due
from tests.support.mail_road import MailRoad

SLUG = "northbridge"


@pytest.fixture
def admins(road: MailRoad) -> list[Person]:
    given: dict[str, Any] = {"role": "staff", "is_admin": True, "given_name": "Ada"}
    return [road.person(1, **given, language="cy"), road.person(2, **given), road.person(3, **given, language="ur")]


def school(road: MailRoad) -> School:
    found = road.system.wiring("console").schools.get(SLUG)
    assert found is not None
    return found


def mailed(road: MailRoad) -> dict[str, str]:
    """Plain text by address, of what is due within two minutes."""
    road.system.clock.now += 120
    start_due(road.system.wiring("plan_send"))
    before = len(road.ses.mails)
    road.deliver()
    return {each.to: re.sub(r"\s+", " ", f"{each.subject} {each.text}") for each in road.ses.mails[before:]}


def address(person: Person) -> str:
    return person.email or ""


def test_the_others_are_told_of_a_new_admin_and_the_new_one_gets_the_link(road: MailRoad, admins: list[Person]) -> None:
    console = road.system.wiring("console")
    teacher = road.person(5, role="teacher", given_name="Tess", preferred_given_name="Tessa")
    invite_by_admin(console, school(road), admins[1], {"person": teacher.id})
    mails = mailed(road)
    assert set(mails) == {address(each) for each in admins}
    english = mails[address(admins[1])]
    assert "There is a new admin of Northbridge Academy" in english
    assert f"Who: Tessa {teacher.family_name}" in english
    assert f"By: {admins[1].name}" in english
    assert f"https://latchkey.test/admin/{SLUG}/admins" in english
    assert "gweinyddwr newydd" in mails[address(admins[0])]
    assert "منتظم" in mails[address(admins[2])]
    invite_by_admin(console, school(road), admins[1], {"person": teacher.id})
    assert mailed(road) == {}, "the link again is no news"


def test_the_operators_invitations_and_ends_are_told_too(road: MailRoad, admins: list[Person]) -> None:
    operate = road.system.wiring("operate")
    new = invite_by_operator(operate, SLUG, "new@x.example", "Nia", "New").person
    mails = mailed(road)
    assert set(mails) == {address(each) for each in admins}
    assert "By: whoever runs this site" in mails[address(admins[1])]
    end_by_operator(operate, SLUG, new.id, last_too=False)
    mails = mailed(road)
    assert set(mails) == {*(address(each) for each in admins), "new@x.example"}
    assert "Admin rights at Northbridge Academy were ended" in mails["new@x.example"]
    again = invite_by_operator(operate, SLUG, "new@x.example", "Nia", "New")
    assert (again.person.id, again.new, again.person.is_admin) == (new.id, True, True), "the operator gives rights back"


def test_an_invitation_that_did_not_come_about_is_not_told(road: MailRoad, admins: list[Person]) -> None:
    from latchkey.records.invite_admin import _tell

    _tell(road.system.wiring("console"), SLUG, admins[0].id, road.person(6, role="teacher").id)
    assert mailed(road) == {}


def test_who_ends_and_who_is_ended_are_told(road: MailRoad, admins: list[Person]) -> None:
    end_admin(road.system.wiring("console"), school(road), admins[1], admins[0].id)
    mails = mailed(road)
    assert set(mails) == {address(each) for each in admins}
    assert f"Who: {admins[0].name} By: {admins[1].name}" in mails[address(admins[1])]


def test_a_new_address_is_told_at_the_old_one_with_a_way_to_object(road: MailRoad, admins: list[Person]) -> None:
    console = road.system.wiring("console")
    asked = change_person(console, school(road), admins[0], admins[1].id, {"email": "thief@x.example"}).waiting
    assert asked is not None
    mails = mailed(road)
    assert set(mails) == {address(each) for each in admins}, "the owner at the address as it was, and the new one not at all"
    text = mails[address(admins[1])]
    assert f"Before: {admins[1].email} After: thief@x.example" in text
    assert "Done if nobody objects until: 2026-11-19" in text
    assert f"https://latchkey.test/admin/{SLUG}/admins" in text
    assert "#" not in text, "no token: who objects signs in"
    address_changes.decline(console, SLUG, admins[1], asked.id)
    told = mailed(road)[address(admins[1])]
    assert "What became of it: declined" in told


def test_settings_that_are_declined_withdrawn_or_lapse_are_told(road: MailRoad, admins: list[Person]) -> None:
    console = road.system.wiring("console")

    def ask(value: str) -> str:
        found = change_settings(console, school(road), admins[1], {"reply_to": value}).waiting
        assert found is not None
        mailed(road)
        return found.id

    decide_settings.decline(console, SLUG, admins[0], ask("a@x.example"))
    assert "What became of it: declined" in mailed(road)[address(admins[1])]
    decide_settings.withdraw(console, SLUG, admins[1], ask("b@x.example"))
    assert "What became of it: withdrawn" in mailed(road)[address(admins[1])]
    decide_settings.approve(console, SLUG, admins[0], ask("c@x.example"))
    assert "were changed" in mailed(road)[address(admins[1])]
    ask("d@x.example")
    road.system.clock.now += 7 * 86_400 - 300
    assert mailed(road) == {}, "of what was decided no lapse is told"
    road.system.clock.now += 300
    lapsed = mailed(road)
    assert set(lapsed) == {address(each) for each in admins}
    assert "After: d@x.example" in lapsed[address(admins[1])]
    assert "What became of it: lapsed" in lapsed[address(admins[1])]
