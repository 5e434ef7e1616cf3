"""Approval is looked at again when a send is planned, because people and rules change after it was made."""

from collections.abc import Callable
from typing import Any

import pytest

from latchkey.people.model.person import Person
from latchkey.schools.model.school import ApprovalRule, Settings
from latchkey.sends import approve_send, control_send, plan_send
from latchkey.sends.model.approval import OPEN_FOR
from tests.support.control import ADMIN, SCHOOL, adds_up, cancel, drain, pause, resume
from tests.support.mail_road import MailRoad

DEPUTY = Person(id="b" * 20, role="staff", given_name="Bo", family_name="Deputy", is_admin=True)


@pytest.fixture
def send(road: MailRoad) -> str:
    """A send that was made when its people were two and no rule stood against it."""
    for number in (1, 2):
        road.person(number)
    return road.start()


def rule(road: MailRoad, **facts: Any) -> None:
    """What another admin sets meanwhile."""
    road.system.wiring("console").schools.change_settings(SCHOOL, Settings(approval=ApprovalRule(**facts)), ["approval"])


def held(road: MailRoad, send: str) -> None:
    """It waits for another admin, and nothing of it is on its way."""
    found = road.send(send)
    assert (found.state, found.approval, found.chunks, found.total) == ("queued", "needed", 0, 0)
    assert found.approve_by == int(road.system.clock()) + OPEN_FOR
    assert road.chunks() == []
    due = list(road.system.wiring("plan_send").reminders.until(int(road.system.clock()) + OPEN_FOR))
    assert [each.send for each in due if each.notice is None] == [send]
    assert [(each.notice.kind, each.notice.send) for each in due if each.notice] == [("send_waiting", send)]


def approved(road: MailRoad, send: str) -> None:
    """Another admin agrees, and everybody is mailed once."""
    assert approve_send.approve(road.system.wiring("console"), SCHOOL, DEPUTY, send).new
    drain(road)
    people = road.send(send).total
    assert road.send(send).state == "finished"
    assert len({mail.to for mail in road.ses.mails}) == len(road.ses.mails) == people
    adds_up(road, send)


def test_people_who_came_since_can_make_a_send_wait(road: MailRoad, send: str) -> None:
    rule(road, above=2, staff=False)
    road.person(3)
    assert road.plan() == []
    held(road, send)
    assert road.send(send).need == "people"
    approved(road, send)


def test_as_many_as_the_rule_allows_are_sent_at_once(road: MailRoad, send: str) -> None:
    rule(road, above=2, staff=False)
    drain(road)
    assert (road.send(send).state, road.send(send).approval, len(road.ses.mails)) == ("finished", None, 2)


def test_a_pupil_who_became_staff_can_make_a_send_wait(road: MailRoad, send: str) -> None:
    rule(road, above=None, staff=True)
    road.person(3, role="teacher")
    assert road.plan() == []
    held(road, send)
    assert road.send(send).need == "staff"
    approved(road, send)


def test_what_was_approved_is_not_asked_for_again(road: MailRoad, send: str) -> None:
    rule(road, above=1, staff=False)
    assert road.plan() == []
    held(road, send)
    road.person(3)
    approved(road, send)


@pytest.fixture
def meanwhile(road: MailRoad) -> Callable[[Callable[[], object]], None]:
    """Something that happens once, just when a worker has found that a send needs approval."""

    def set_up(act: Callable[[], object]) -> None:
        real = plan_send.need

        def found(*given: Any) -> Any:
            road.monkeypatch.setattr(plan_send, "need", real)
            act()
            return real(*given)

        road.monkeypatch.setattr(plan_send, "need", found)

    return set_up


def test_paused_during_the_check_it_can_be_resumed_at_once(road: MailRoad, send: str, meanwhile: Any) -> None:
    rule(road, above=1, staff=False)
    meanwhile(lambda: pause(road, send))
    assert road.plan() == []  # and not: try again when the queue shows it next
    assert (road.send(send).state, road.send(send).approval) == ("paused", None)
    resume(road, send)
    assert road.plan() == []
    held(road, send)
    approved(road, send)


def test_paused_and_resumed_during_the_check_it_waits_for_the_other_admin(road: MailRoad, send: str, meanwhile: Any) -> None:
    rule(road, above=1, staff=False)
    meanwhile(lambda: (pause(road, send), resume(road, send)))
    first = road.system.messages("PLAN_QUEUE")
    assert road.plan(first) == []
    held(road, send)
    approved(road, send)


def test_cancelled_during_the_check_it_stays_cancelled(road: MailRoad, send: str, meanwhile: Any) -> None:
    rule(road, above=1, staff=False)
    meanwhile(lambda: cancel(road, send))
    drain(road)
    assert (road.send(send).state, road.send(send).approval, road.ses.mails) == ("cancelled", None, [])
    assert not control_send.cancel(road.system.wiring("console"), SCHOOL, ADMIN, send).new
