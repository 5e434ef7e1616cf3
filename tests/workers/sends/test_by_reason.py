"""A send to those who stand in some way: who is meant is looked up when it is planned, and everybody is read again."""

from latchkey.schools.model.school import DAY
from latchkey.sends.model.send import Selection
from latchkey.sends.start_send import try_out
from tests.support.mail_road import MailRoad

NEVER = Selection(filter={"reason": "never_sent"})
UNUSED = Selection(filter={"reason": "link_unused"})
OVER = Selection(filter={"reason": ["link_expired", "never_sent"], "year_group": "7"})


def would(road: MailRoad, selection: Selection) -> int:
    console = road.system.wiring("console")
    school = console.schools.get("northbridge")
    assert school is not None
    tried = try_out(console, school, selection)
    assert tried.total == tried.to_send, "a reason that links can mend names only those who can be mailed"
    return tried.to_send


def test_who_was_never_sent_a_link_then_who_has_not_used_it_then_whose_link_is_over(road: MailRoad) -> None:
    for number in range(1, 4):
        road.person(number, year_group=str(6 + number))
    road.person(4, email=None)
    road.person(5, status="left")
    road.person(6, password_set_at=1, last_login_at=2)
    assert (would(road, NEVER), would(road, UNUSED)) == (3, 0)
    send = road.start(NEVER)
    road.plan()
    road.deliver()
    assert road.send(send).counts["sent"] == 3
    assert sorted(road.states(send)) == [f"{number:020d}" for number in (1, 2, 3)]
    assert (would(road, NEVER), would(road, UNUSED), would(road, OVER)) == (0, 3, 0)
    reminder = road.start(UNUSED)
    road.system.wiring("operate").directory("northbridge").change(f"{2:020d}", {"password_set_at": 5, "version": 1})
    road.plan()
    road.deliver()
    assert sorted(road.states(reminder)) == [f"{number:020d}" for number in (1, 3)], "who got in meanwhile is not reminded"
    road.system.clock.now += 15 * DAY
    assert (would(road, NEVER), would(road, UNUSED), would(road, OVER)) == (0, 0, 1)


def test_a_plan_that_comes_again_means_the_same_people(road: MailRoad) -> None:
    for number in range(1, 61):
        road.person(number)
    send = road.start(NEVER)
    plans = road.system.messages("PLAN_QUEUE")
    road.plan(plans)
    road.plan(plans)
    road.deliver()
    assert road.send(send).counts["sent"] == 60
    assert len(road.ses.mails) == 60
