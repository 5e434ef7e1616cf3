"""Who is left out of a send because of what other sends have mailed, decided when it is planned."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from latchkey.sends import plan_send
from latchkey.sends.model.send import Mail, Selection, with_state
from tests.support.control import SCHOOL, adds_up, at_once, cancel, drain, pause, resume, retry
from tests.support.mail_road import MailRoad, message

LATELY = Selection(filter={}, skip_sent_within=30)
SKIPPED = ("skipped", "sent_recently")


def who(number: int) -> str:
    return f"{number:020d}"


def only(*numbers: int, within: int = 0) -> Selection:
    return Selection(ids=tuple(who(number) for number in numbers), skip_sent_within=within)


def planned(road: MailRoad, selection: Selection, school: str = SCHOOL) -> str:
    send = road.start(selection, school)
    assert road.plan() == []
    return send


def become(road: MailRoad, send: str, state: Any, reason: str | None = None) -> None:
    """What SES tells of a send's first mails."""
    now = int(road.system.clock())

    def told(mail: Mail) -> Mail:
        return with_state(mail, state, reason, now) if mail.state != "skipped" else mail

    ledger = road.system.wiring("plan_send").ledger(SCHOOL)
    ledger.amend(send, 1, lambda chunk: replace(chunk, mails=tuple(told(mail) for mail in chunk.mails)), now)


def test_who_has_logged_in_before_is_left_out_as_they_stand_when_it_is_planned(road: MailRoad) -> None:
    road.person(1, last_login_at=5)
    road.person(2)
    road.person(3)
    send = road.start(Selection(filter={}, skip_signed_in=True))
    road.system.wiring("portal").directory(SCHOOL).change(who(2), {"last_login_at": 7})
    assert road.plan() == []
    assert road.states(send) == {
        who(1): ("skipped", "already_in"),
        who(2): ("skipped", "already_in"),
        who(3): ("planned", None),
    }
    assert road.send(send).skips == {"already_in": 2}
    adds_up(road, send)


@pytest.mark.parametrize(("seconds", "left_out"), [(30 * 60 - 1, True), (30 * 60, False)])
def test_thirty_minutes_end_after_thirty_minutes(road: MailRoad, seconds: int, left_out: bool) -> None:
    road.person(1)
    road.person(2)
    planned(road, only(1))
    assert road.deliver() == []
    road.system.clock.now = int(road.system.clock.now) + seconds
    send = planned(road, LATELY)
    assert road.states(send) == {who(1): SKIPPED if left_out else ("planned", None), who(2): ("planned", None)}
    adds_up(road, send)


@pytest.mark.parametrize(
    ("state", "reason", "left_out"),
    [
        ("sent", None, True),
        ("delayed", None, True),
        ("delivered", None, True),
        ("bounced", "soft", False),
        ("failed", "refused", False),
        ("expired", None, False),
        ("cancelled", None, False),
    ],
)
def test_mail_that_reached_nobody_does_not_count(road: MailRoad, state: str, reason: str | None, left_out: bool) -> None:
    road.person(1)
    become(road, planned(road, only(1)), state, reason)
    assert road.states(planned(road, LATELY)) == {who(1): SKIPPED if left_out else ("planned", None)}


def test_who_waits_in_another_send_is_left_out_and_mailed_once(road: MailRoad) -> None:
    for number in range(1, 61):
        road.person(number)
    first = planned(road, only(*range(1, 56)))
    pause(road, first)
    road.system.clock.now += 5 * 3_600  # however long it stands still
    second = planned(road, LATELY)
    assert road.send(second).skips == {"sent_recently": 55}
    resume(road, first)
    drain(road)
    assert len(road.ses.mails) == len({mail.to for mail in road.ses.mails}) == 60
    adds_up(road, second)


def test_a_paused_send_whose_links_have_run_out_keeps_nobody_from_a_link(road: MailRoad) -> None:
    road.person(1)
    pause(road, planned(road, only(1)))
    road.system.clock.now += 14 * 86_400
    assert road.states(planned(road, LATELY)) == {who(1): ("planned", None)}


def test_what_was_cancelled_does_not_count_but_what_had_gone_out_does(road: MailRoad) -> None:
    for number in range(1, 61):
        road.person(number)
    first = planned(road, Selection(filter={}))
    bodies = [json.loads(body) for body in road.chunks()]
    assert road.deliver([message(school=SCHOOL, send=first, chunk=bodies[0]["chunk"], chunks=1)]) == []
    cancel(road, first)
    road.system.messages("PLAN_QUEUE")  # those who wait have not been marked as cancelled yet
    second = planned(road, LATELY)
    assert road.send(second).skips == {"sent_recently": 50}
    assert road.send(second).counts["planned"] == 10


def test_an_old_send_that_mailed_just_now_counts(road: MailRoad) -> None:
    """Made 20 days before it started, behind 60 that are newer and over."""
    road.person(1)
    made = road.start(only(1))
    message_of_the_first = road.system.messages("PLAN_QUEUE")
    for _ in range(60):
        road.system.clock.now += 8 * 3_600
        planned(road, Selection(filter={"year_group": "99"}))
    road.plan(message_of_the_first)
    assert road.deliver() == []
    assert road.send(made).state == "finished"
    road.system.clock.now += 60
    assert road.states(planned(road, LATELY)) == {who(1): SKIPPED}


def test_another_school_a_self_service_mail_and_this_send_itself_do_not_count(road: MailRoad) -> None:
    road.system.school("southgate")
    road.person(1)
    road.person(1, school="southgate")
    planned(road, only(1), school="southgate")
    road.ask(road.forgot("p1@x.example"))
    assert road.plan() == []
    assert road.deliver() == []
    assert len(road.ses.mails) == 2
    send = road.start(LATELY)
    plans = road.system.messages("PLAN_QUEUE")
    road.monkeypatch.setattr("latchkey.sends.stores.ledger.Ledger.empty_after", _crash)
    assert road.plan(plans) == plans  # its chunks are written, and the worker dies
    road.monkeypatch.undo()
    road.system.clock.now += 400
    assert road.plan(plans) == []
    assert road.states(send) == {who(1): ("planned", None)}


def test_of_those_who_share_an_address_only_who_was_sent_a_link_is_left_out(road: MailRoad) -> None:
    road.person(1, email="home@x.example")
    road.person(2, email="home@x.example")
    planned(road, only(1))
    send = planned(road, LATELY)
    assert road.states(send) == {who(1): SKIPPED, who(2): ("planned", None)}


def test_a_person_who_is_listed_twice_is_one_recipient(road: MailRoad) -> None:
    road.person(1)
    send = planned(road, only(1, 1, 1))
    assert (road.send(send).total, road.states(send)) == (1, {who(1): ("planned", None)})


def test_a_retry_leaves_nobody_out(road: MailRoad) -> None:
    road.person(1)
    first = planned(road, replace(LATELY, skip_signed_in=True))
    become(road, first, "failed", "refused")
    road.system.wiring("portal").directory(SCHOOL).change(who(1), {"last_login_at": 7})
    planned(road, only(1))
    again, new = retry(road, first)
    assert new
    assert road.plan() == []
    assert road.states(again.id) == {who(1): ("planned", None)}


@pytest.mark.moto
def test_a_send_that_does_not_ask_reads_no_other_send(road: MailRoad) -> None:
    road.person(1)
    planned(road, only(1))
    calls: list[str] = []
    events = road.system.wiring("plan_send").client("dynamodb").meta.events

    def called(model: Any, **_: Any) -> None:
        calls.append(model.name)

    def calls_of(selection: Selection) -> Counter[str]:
        calls.clear()
        planned(road, selection)
        return Counter(calls)

    events.register("before-call.dynamodb", called)
    try:
        plain, lately = calls_of(only(1)), calls_of(only(1, within=30))
    finally:
        events.unregister("before-call.dynamodb", called)
    # the list of sends twice (is one being planned? which matter?), and the ledgers of two
    assert lately["Query"] == 4
    assert plain["Query"] == 1, "the school's hours: may what is to be mailed go out?"


class TestTwoAtOnce:
    """Sends that are planned in the same moment."""

    @pytest.fixture
    def meanwhile(self, road: MailRoad) -> Callable[[Callable[[], object]], None]:
        """Something that happens once, just when a worker is about to write the chunks of a send."""

        def set_up(act: Callable[[], object]) -> None:
            real = plan_send.chunks_of

            def chunks(*given: Any, **more: Any) -> Any:
                road.monkeypatch.setattr(plan_send, "chunks_of", real)
                act()
                return real(*given, **more)

            road.monkeypatch.setattr(plan_send, "chunks_of", chunks)

        return set_up

    def test_one_that_asks_steps_back_while_another_is_being_planned(self, road: MailRoad, meanwhile: Any) -> None:
        road.person(1)
        road.person(2)
        first, second = road.start(only(1)), road.start(LATELY)
        plans = {json.loads(body)["send"]: body for body in road.system.messages("PLAN_QUEUE")}
        put: list[dict[str, Any]] = []
        queue = type(road.system.wiring("plan_send").queue("PLAN_QUEUE"))
        road.monkeypatch.setattr(queue, "put", lambda _, body, *, group="", delay=0: put.append({**body, "delay": delay}))

        def second_plans() -> None:
            assert plan_send.plan_send(road.system.wiring("plan_send"), SCHOOL, second).state == "queued"

        meanwhile(second_plans)
        assert plan_send.plan_send(road.system.wiring("plan_send"), SCHOOL, first).state == "running"
        (later,) = put
        assert later["send"] == second
        assert 5 <= later["delay"] <= 30
        assert road.states(second) == {}
        assert road.send(second).planning_until == 0
        assert road.plan([plans[second]]) == []
        assert road.states(second) == {who(1): SKIPPED, who(2): ("planned", None)}

    def test_one_that_does_not_ask_never_waits(self, road: MailRoad, meanwhile: Any) -> None:
        road.person(1)
        first, second = road.start(LATELY), road.start(only(1))
        worker = road.system.wiring("plan_send")
        meanwhile(lambda: plan_send.plan_send(worker, SCHOOL, second))
        plan_send.plan_send(worker, SCHOOL, first)
        assert (road.send(first).state, road.send(second).state) == ("running", "running")

    def test_one_that_is_cancelled_as_it_steps_back_stays_cancelled(self, road: MailRoad) -> None:
        road.person(1)
        first, second = road.start(only(1)), road.start(LATELY)
        sends = road.system.wiring("plan_send").sends(SCHOOL)
        sends.start_planning(road.send(first), int(road.system.clock()), 330)
        real = plan_send.is_being_planned

        def looked(*given: Any) -> bool:
            road.monkeypatch.setattr(plan_send, "is_being_planned", real)
            cancel(road, second)
            return real(*given)

        road.monkeypatch.setattr(plan_send, "is_being_planned", looked)
        worker = road.system.wiring("plan_send")
        assert plan_send.plan_send(worker, SCHOOL, second).state == "cancelled"
        assert plan_send.plan_send(worker, SCHOOL, second).state == "cancelled"
        assert road.states(second) == {}

    def test_a_worker_that_died_is_waited_for_no_longer_than_it_may_run(self, road: MailRoad) -> None:
        road.person(1)
        first, second = road.start(only(1)), road.start(LATELY)
        worker = road.system.wiring("plan_send")
        worker.sends(SCHOOL).start_planning(road.send(first), int(road.system.clock()), 330)
        assert plan_send.plan_send(worker, SCHOOL, second).state == "queued"
        road.system.clock.now += 330
        assert plan_send.plan_send(worker, SCHOOL, second).state == "running"
        assert road.states(second) == {who(1): ("planned", None)}

    def test_of_many_in_one_moment_each_person_is_mailed_by_one(self, road: MailRoad) -> None:
        for number in range(1, 121):
            road.person(number)
        sends = [road.start(LATELY) for _ in range(6)]
        worker = road.system.wiring("plan_send")
        for _ in range(40):
            left = [send for send in sends if road.send(send).state == "queued"]
            if not left:
                break
            jobs = [lambda send=send: plan_send.plan_send(worker, SCHOOL, send) for send in left]
            if len(jobs) > 1 and left == sends:
                at_once(jobs)
            else:
                jobs[0]()  # chance has let one come first
        assert {road.send(send).state for send in sends} <= {"running", "finished"}
        drain(road)
        assert len(road.ses.mails) == len({mail.to for mail in road.ses.mails}) == 120
        for send in sends:
            adds_up(road, send)


def _crash(*_: object) -> None:
    raise RuntimeError("the function was killed")
