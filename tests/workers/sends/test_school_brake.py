"""The brake of a school: twenty sends to nineteen people each are as bad as one to 380."""

from collections.abc import Iterator

import pytest

from latchkey.sends.mail_feedback import record_events
from latchkey.sends.model.school_brake import HOUR, school_brake_reason
from latchkey.sends.model.send import Selection, Tally
from tests.support.control import SCHOOL, adds_up, audited, drain, resume
from tests.support.mail_road import MailRoad
from tests.support.ses_events import event


@pytest.fixture
def numbers() -> Iterator[int]:
    return iter(range(1, 10_000))


def mail(road: MailRoad, numbers: Iterator[int], people: int, school: str = SCHOOL) -> tuple[str, list[int]]:
    """A send to so many new people, as far as it goes."""
    mine = [next(numbers) for _ in range(people)]
    for number in mine:
        road.person(number, school)
    send = road.start(Selection(ids=tuple(f"{number:020d}" for number in mine)), school)
    drain(road)
    return send, mine


def bounce(road: MailRoad, send: str, mine: list[int], school: str = SCHOOL, kind: str = "Bounce") -> None:
    at = int(road.system.clock())
    bodies = [event(kind, [f"p{number}@x.example"], at, send=send, school=school) for number in mine]
    record_events(road.system.wiring("mail_feedback"), bodies)


def test_many_small_sends_are_judged_together_and_the_next_one_waits_for_an_admin(road: MailRoad, numbers: Iterator[int]) -> None:
    sent = 0
    for _ in range(20):
        send, mine = mail(road, numbers, 19)
        if road.send(send).state == "paused":
            break
        sent += 1
        bounce(road, send, mine[:4])
    assert sent == 2, "38 mails, of which 8 came back"
    found = road.send(send)
    assert (found.state, found.reason, found.counts["planned"]) == ("paused", "brake_school_bounces", 19)
    assert audited(road).count("send.brake") == 1
    assert len(road.ses.mails) == 38


def test_what_runs_is_paused_with_it_and_is_finished_when_nothing_is_left(road: MailRoad, numbers: Iterator[int]) -> None:
    first, mine = mail(road, numbers, 19)
    for number in (people := [next(numbers) for _ in range(60)]):
        road.person(number)
    running = road.start(Selection(ids=tuple(f"{number:020d}" for number in people)))
    road.plan()
    road.ses.rate = 1.0  # it is half-way when the bounces come
    bodies = road.chunks()
    assert road.deliver(bodies) == []
    assert road.send(running).state == "running"
    bounce(road, first, mine)
    found = road.send(running)
    assert (found.state, found.reason) == ("paused", "brake_school_bounces")
    resume(road, running)
    road.ses.rate = 1000.0
    road.context.seconds = 120
    drain(road)
    assert road.send(running).state == "finished"
    adds_up(road, running)


def test_after_a_resume_it_counts_anew_and_old_mails_that_come_back_late_brake_nothing(
    road: MailRoad, numbers: Iterator[int]
) -> None:
    first, mine = mail(road, numbers, 19)
    bounce(road, first, mine[:6])
    second, others = mail(road, numbers, 19)
    bounce(road, second, others[:1])
    third, _ = mail(road, numbers, 19)
    assert road.send(third).state == "paused"
    road.system.clock.now += 60
    resume(road, third)
    drain(road)
    assert road.send(third).state == "finished"
    bounce(road, first, mine[6:])  # late ones, of mails from before
    fourth, more = mail(road, numbers, 30)
    assert road.send(fourth).state == "finished"
    bounce(road, fourth, more[:1])
    fifth, more = mail(road, numbers, 1)
    assert road.send(fifth).state == "finished", "1 of 49"
    bounce(road, fourth, more)
    bounce(road, third, [])
    assert road.system.wiring("console").school_hours(SCHOOL).day(int(road.system.clock())) == Tally(50, 1, 0)
    sixth, more = mail(road, numbers, 10)
    bounce(road, sixth, more[:3])
    assert road.send(mail(road, numbers, 1)[0]).reason == "brake_school_bounces", "new ones do: 4 of 60"


def test_another_schools_trouble_is_its_own(road: MailRoad, numbers: Iterator[int]) -> None:
    road.system.school("southside")
    for _ in range(2):
        send, mine = mail(road, numbers, 19, "southside")
        bounce(road, send, mine[:9], "southside")
    assert road.send(mail(road, numbers, 1, "southside")[0], school="southside").state == "paused"
    assert road.send(mail(road, numbers, 40)[0]).state == "finished"


def test_a_day_later_it_is_over(road: MailRoad, numbers: Iterator[int]) -> None:
    for _ in range(2):
        send, mine = mail(road, numbers, 19)
        bounce(road, send, mine[:5])
    assert road.send(mail(road, numbers, 1)[0]).state == "paused"
    road.system.clock.now += 25 * HOUR
    assert road.send(mail(road, numbers, 1)[0]).state == "finished"


def test_an_event_that_comes_twice_counts_once(road: MailRoad, numbers: Iterator[int]) -> None:
    send, mine = mail(road, numbers, 19)
    for _ in range(3):
        bounce(road, send, mine[:1])
    day = road.system.wiring("console").school_hours(SCHOOL).day(int(road.system.clock()))
    assert day == Tally(19, 1, 0)


@pytest.mark.parametrize(
    ("day", "in_hand", "reason"),
    [
        (Tally(19, 19), 0, None),
        (Tally(20, 1), 0, "brake_school_bounces"),
        (Tally(21, 1), 0, None),
        (Tally(20, 1), 1, None),
        (Tally(18, 1), 2, "brake_school_bounces"),
        (Tally(20, 0), 0, None),
        (Tally(999, 0, 999), 0, None),
        (Tally(1_000, 0, 1), 0, "brake_school_complaints"),
        (Tally(1_001, 0, 1), 0, None),
        (Tally(1_000, 500, 1), 0, "brake_school_complaints"),
    ],
)
def test_it_judges_as_the_brake_of_one_send_does(day: Tally, in_hand: int, reason: str | None) -> None:
    assert school_brake_reason(day, in_hand) == reason
