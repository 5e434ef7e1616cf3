"""Ending the second-last admin switches approval off, and tells who remains; two at once never end the last two."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from latchkey.errors import Changed, LatchkeyError
from latchkey.operator.admins import end_admin
from latchkey.operator.invite_admin import invite_admin
from latchkey.people.model.person import Person
from latchkey.people.stores.admins import Admins
from latchkey.rosters.model.changes import KnownPeople, decide
from latchkey.rosters.model.runs import Row
from latchkey.schools.change_settings import change_settings
from latchkey.schools.model.school import ApprovalRule, School, Settings
from latchkey.sends.start_due import start_due
from tests.support.mail_road import MailRoad

SLUG = "northbridge"


@pytest.fixture
def admins(road: MailRoad) -> list[Person]:
    """Three, where sends to more than two people need a second one."""
    rule = Settings(approval=ApprovalRule(above=2, staff=True))
    road.system.wiring("console").schools.change_settings(SLUG, rule, ["approval"])
    return [road.person(each, role="staff", is_admin=True) for each in (1, 2, 3)]


def school(road: MailRoad) -> School:
    found = road.system.wiring("console").schools.get(SLUG)
    assert found is not None
    return found


def end(road: MailRoad, person: Person, *, last_too: bool = False) -> Person:
    return end_admin(road.system.wiring("operate"), SLUG, person.id, last_too=last_too)


def actions(road: MailRoad) -> list[str]:
    return sorted(each["action"] for each in road.system.wiring("console").audit(SLUG).page()[0])


def test_approval_stays_while_two_are_left_and_goes_with_the_second_last(road: MailRoad, admins: list[Person]) -> None:
    end(road, admins[0])
    assert school(road).settings.approval == ApprovalRule(above=2, staff=True)
    assert actions(road) == ["admin.end"]
    end(road, admins[1])
    assert school(road).settings.approval == ApprovalRule()
    assert actions(road) == ["admin.end", "admin.end", "approval.off"]
    assert start_due(road.system.wiring("plan_send")).notices == 5  # each end to two, approval to one
    road.deliver()
    (mail,) = (each for each in road.ses.mails if "no longer wait" in each.subject)
    assert mail.to == admins[2].email
    assert "no longer wait for a second admin" in mail.subject
    assert "Before: 2\nAfter: off" in mail.text
    assert "Before: yes\nAfter: no" in mail.text
    assert f"/admin/{SLUG}/sends" in mail.text
    start_due(road.system.wiring("plan_send"))
    road.deliver()
    assert len(road.ses.mails) == 5


def test_settings_that_waited_go_with_the_second_last_admin(road: MailRoad, admins: list[Person]) -> None:
    end(road, admins[2])
    asked = change_settings(road.system.wiring("console"), school(road), admins[0], {"reply_to": "me@x.example"})
    assert asked.waiting is not None
    end(road, admins[1])
    assert (school(road).waiting, school(road).settings.reply_to) == (None, None)
    assert "settings.drop" in actions(road)
    again = change_settings(road.system.wiring("console"), school(road), admins[0], {"reply_to": "me@x.example"})
    assert (again.waiting, again.settings.reply_to) == (None, "me@x.example")


def test_two_who_end_each_other_at_once_never_leave_nobody(road: MailRoad, admins: list[Person]) -> None:
    end(road, admins[2])
    console = road.system.wiring("console")

    def one(person: Person) -> str:
        try:
            end(road, person)
        except LatchkeyError as error:
            return error.code
        return "ended"

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(one, admins[:2]))
    assert sorted(found) == ["conflict", "ended"]
    assert len(console.admins(SLUG).all()) == 1


def test_what_was_read_before_another_one_ended_is_read_again(
    road: MailRoad, admins: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other admin's rights end between the look at who is left and the write."""
    end(road, admins[2])
    real, times = Admins.end, iter([True])

    def late(self: Admins, *given: Any) -> None:
        if next(times, False):
            end(road, admins[0])
        real(self, *given)

    monkeypatch.setattr(Admins, "end", late)
    with pytest.raises(LatchkeyError, match="last admin"):
        end(road, admins[1])
    assert [each.id for each in road.system.wiring("console").admins(SLUG).all()] == [admins[1].id]


def test_settings_that_change_in_that_moment_lose_nothing(
    road: MailRoad, admins: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    end(road, admins[2])
    real, times = Admins.end, iter([True])

    def late(self: Admins, *given: Any) -> None:
        if next(times, False):
            change_settings(road.system.wiring("console"), school(road), admins[0], {"notice": "Snow", "approval": {"above": 1}})
        real(self, *given)

    monkeypatch.setattr(Admins, "end", late)
    end(road, admins[1])
    assert (school(road).settings.notice, school(road).settings.approval) == ("Snow", ApprovalRule())


def test_admins_that_never_stand_still_are_left_alone(
    road: MailRoad, admins: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise Changed

    monkeypatch.setattr(Admins, "end", never)
    with pytest.raises(LatchkeyError, match="too quickly"):
        end(road, admins[0])


def test_a_roster_cannot_make_an_admin_a_leaver(admins: list[Person]) -> None:
    nothing = dict.fromkeys(("email", "username", "upn", "year_group", "registration_group", "language"))
    row = Row(line=2, role="staff", mis_id="1", given_name="A", family_name="B", links=(), leaves=True, **nothing)
    found = decide(row, replace(admins[0], mis_id="1"), KnownPeople(), {})
    assert (found.status, found.rejection) == (None, None)
    assert "admin" in " ".join(warning.reason for warning in found.warned)


def test_the_command_still_answers_as_before(road: MailRoad, admins: list[Person]) -> None:
    import operate.handler as door
    from tests.support.mail_road import Context

    road.monkeypatch.setattr(door, "system", lambda: road.system.wiring("operate"))
    answer = door.handle({"command": "end_admin", "school": SLUG, "person": admins[0].id}, Context())
    assert json.loads(json.dumps(answer))["ended"]["id"] == admins[0].id


def test_an_invitation_waits_for_no_admin(road: MailRoad, admins: list[Person]) -> None:
    """Where no admin can be reached, it is the way to another one."""
    invited = invite_admin(road.system.wiring("operate"), SLUG, "new@x.example", "New", "Admin")
    assert road.plan() == []
    assert (road.send(invited.send).state, road.send(invited.send).approval) == ("running", None)
