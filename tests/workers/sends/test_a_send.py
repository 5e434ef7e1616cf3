"""A send from its start to the mails: everybody in one state, every mail once, however often messages come."""

import random

from latchkey.password_links.model import links
from latchkey.password_links.model.links import Link
from latchkey.sends.model.send import Selection
from tests.support.control import apart
from tests.support.mail_road import MailRoad, message


def test_everybody_gets_one_mail_or_a_reason(road: MailRoad) -> None:
    people = [road.person(number) for number in range(1, 63)]
    road.person(70, email=None)
    road.person(71, status="left")
    road.person(72, email="p1@x.example")
    send = road.start()
    assert road.plan() == []
    planned = road.send(send)
    assert (planned.state, planned.total, planned.chunks) == ("running", 65, 3)
    assert {state: count for state, count in planned.counts.items() if count} == {"planned": 63, "skipped": 2}
    assert road.deliver() == []
    finished = road.send(send)
    assert (finished.state, finished.counts["sent"], finished.counts["planned"]) == ("finished", 63, 0)
    assert finished.finished_at == int(road.system.clock())
    assert sorted(mail.to for mail in road.ses.mails) == sorted(person.email or "" for person in people)
    states = road.states(send)
    assert states[f"{70:020d}"] == ("skipped", "no_address")
    assert states[f"{71:020d}"] == ("skipped", "left")
    assert sum(state == "sent" for state, _ in states.values()) == 63


def test_a_link_says_what_was_frozen_and_is_genuine(road: MailRoad) -> None:
    ann = road.person(1)
    road.start()
    road.plan()
    road.deliver()
    (mail,) = road.ses.mails
    (url,) = mail.links
    page, _, token = url.partition("#")
    assert page == "https://latchkey.test/set-password"
    found = links.read(token)
    assert found is not None
    link, body, mac = found
    now = int(road.system.clock())
    assert link == Link("welcome", "northbridge", ann.id, now + 14 * 86_400, ann.version, ann.stamp)
    assert links.is_genuine(body, mac, road.system.wiring("portal").link_key("northbridge"))
    assert links.fault(link, token, ann, now) is None
    assert url in mail.html
    assert mail.tags.keys() == {"send", "chunk", "school", "origin"}


def test_messages_that_come_three_times_in_any_order_mail_everybody_once(road: MailRoad) -> None:
    for number in range(1, 121):
        road.person(number)
    send = road.start()
    plans = road.system.messages("PLAN_QUEUE")
    road.plan(plans)
    road.plan(plans)
    bodies = road.chunks()
    assert len(bodies) == 2  # the second plan put the message again
    bodies = bodies + bodies + apart(bodies)
    random.Random(7).shuffle(bodies)
    assert road.deliver(bodies) == []
    road.plan(plans)
    assert road.chunks() == []
    assert len(road.ses.mails) == len({mail.to for mail in road.ses.mails}) == 120
    assert {state: count for state, count in road.send(send).counts.items() if count} == {"sent": 120}
    assert road.send(send).state == "finished"


def test_a_crash_before_the_turn_plans_again_and_leaves_nothing_behind(road: MailRoad) -> None:
    for number in range(1, 102):
        road.person(number)
    send = road.start()
    ledger = road.system.wiring("plan_send").ledger("northbridge")
    plans = road.system.messages("PLAN_QUEUE")
    road.monkeypatch.setattr("latchkey.sends.stores.ledger.Ledger.empty_after", _crash)
    assert road.plan(plans) == plans
    road.monkeypatch.undo()
    assert road.chunks() == []
    assert len(list(ledger.chunks(send))) == 3
    for number in range(1, 61):
        road.system.wiring("console").directory("northbridge").change(f"{number:020d}", {"people_pk": "gone", "email": None})
    assert road.plan(plans) == [], "the worker that failed has given the send back"
    assert road.send(send).total == 41
    assert road.deliver() == []
    assert len(road.ses.mails) == 41
    assert len(road.states(send)) == 41
    assert road.send(send).state == "finished"


def test_two_workers_who_plan_at_once_do_not_disturb_each_other(road: MailRoad) -> None:
    for number in range(1, 4):
        road.person(number)
    send = road.start()
    plans = road.system.messages("PLAN_QUEUE")
    worker = road.system.wiring("plan_send")
    worker.sends("northbridge").start_planning(road.send(send), int(road.system.clock()), 330)
    assert road.plan(plans) == plans
    assert list(worker.ledger("northbridge").chunks(send)) == []


def test_nobody_to_mail_finishes_at_once(road: MailRoad) -> None:
    send = road.start(Selection(filter={"year_group": "99"}))
    assert road.plan() == []
    assert (road.send(send).state, road.send(send).total) == ("finished", 0)
    road.person(1, email=None)
    send = road.start(Selection(ids=(f"{1:020d}", f"{2:020d}")))
    assert road.plan() == []
    assert (road.send(send).state, road.send(send).total) == ("finished", 2)
    assert road.states(send) == {f"{1:020d}": ("skipped", "no_address"), f"{2:020d}": ("skipped", "unknown")}
    assert road.chunks() == []


def test_a_send_reaches_no_other_school(road: MailRoad) -> None:
    road.system.school("southgate")
    road.person(1)
    road.person(2, school="southgate", email="south@x.example")
    send = road.start()
    other = road.start(Selection(ids=(f"{1:020d}",)), school="southgate")
    road.plan()
    road.deliver()
    assert [mail.to for mail in road.ses.mails] == ["p1@x.example"]
    assert road.send(send).state == "finished"
    assert road.states(other, "southgate") == {f"{1:020d}": ("skipped", "unknown")}


def test_poison_fails_alone(road: MailRoad) -> None:
    road.person(1)
    send = road.start()
    poison = [
        "",
        "[]",
        "{",
        "[" * 100_000,
        '{"v": 2}',
        message(kind="send"),
        message(kind="send", school="northbridge", send="0" * 26),
        message(kind="send", school="nowhere", send=send),
        message(kind="send", school={"S": "northbridge"}, send=send),
        message(kind="dance", school="northbridge", request="0" * 26, at=1),
        message(kind="forgot", school="northbridge", request="0" * 26, at=True),
        message(kind="forgot", school="northbridge", request="0" * 26, at=1, by="phone"),
        message(kind="renew", school="northbridge", request="0" * 26, at=10**30, person="0" * 20),
    ]
    good = road.system.messages("PLAN_QUEUE")
    assert road.plan(poison[:6] + good + poison[6:]) == poison
    bad = [
        "null",
        message(school="northbridge", send=send, chunk=9),
        message(school="northbridge", send=send, chunk=0),
        message(school="northbridge", send=send, chunk="1"),
        message(school="northbridge", send=send, chunk=1.0),
        message(school="northbridge", send=send, chunk=1, chunks=5),
        message(school="northbridge", send=send, chunk=1, chunks=0),
        message(school="northbridge", send=send, chunk=8, chunks=2),
        message(school="southgate", send=send, chunk=1),
        message(school="../northbridge", send=send, chunk=1),
    ]
    assert road.deliver([*bad, *road.chunks()]) == bad
    assert len(road.ses.mails) == 1
    assert road.send(send).state == "finished"


def _crash(*_: object) -> None:
    raise RuntimeError("the function was killed")
