"""A thousand pupils behind a filter: nobody is marked, the send says why it waits, and once it is mended all mails go out."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

import mail_feedback.handler as door
from latchkey.errors import Conflict, NotFound, TooMany, TryLater
from latchkey.people.model.person import MailProblem, Person
from latchkey.sends import mail_feedback, trust_addresses
from latchkey.sends.model.domains import OTHER, DomainCounts
from latchkey.sends.model.send import Selection
from latchkey.sends.start_send import start_send, try_out
from tests.support.control import ADMIN, SCHOOL, adds_up, apart, audited, drain, resume
from tests.support.mail_road import MailRoad, message, run
from tests.support.ses import Delivered
from tests.support.ses_events import event
from tests.support.sqs import Context

PUPILS = "pupils.school.example"
CLOSED = {"status": "5.7.1", "diagnosticCode": "smtp; 550 5.7.1 Delivery not authorized, message refused"}
GONE = {"status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
UNSIGNED = {"status": "5.7.26", "diagnosticCode": "smtp; 550-5.7.26 the sender is unauthenticated"}


def said(mail: Delivered, answer: dict[str, str] | None) -> str:
    """What SES tells of a mail: that it was delivered, or what the server answered."""
    tags = {"send": mail.tags["send"], "chunk": int(mail.tags["chunk"]), "school": mail.tags["school"]}
    if answer is None:
        return event("Delivery", [mail.to], mail.at + 1, **tags)
    return event(
        "Bounce", [mail.to], mail.at + 1, **tags, bouncedRecipients=[{"emailAddress": mail.to, "action": "failed", **answer}]
    )


def hear(road: MailRoad, bodies: Iterable[str]) -> None:
    road.monkeypatch.setattr(door, "system", lambda: road.system.wiring("mail_feedback"))
    bodies = list(bodies)
    for start in range(0, len(bodies), 100):
        assert run(door.handle, bodies[start : start + 100], "FEEDBACK_QUEUE", Context(60)) == []


def told_of_all(road: MailRoad, answer: dict[str, str] | None, since: int = 0) -> None:
    hear(road, [said(mail, answer) for mail in road.ses.mails[since:]])


def person(road: MailRoad, someone: Person) -> Person:
    found = road.system.wiring("console").directory(SCHOOL).person(someone.id)
    assert found is not None
    return found


def again(road: MailRoad, **which: str) -> str:
    """An admin sends again to those who were refused."""
    console = road.system.wiring("console")
    school = console.schools.get(SCHOOL)
    assert school is not None
    started = start_send(console, school, ADMIN, Selection(pick="refused", **which))  # type: ignore[arg-type]
    drain(road)
    return started.run.id


def refused_now(road: MailRoad, **which: str) -> int:
    """How many are meant by such a send."""
    console = road.system.wiring("console")
    school = console.schools.get(SCHOOL)
    assert school is not None
    return try_out(console, school, Selection(pick="refused", **which)).total  # type: ignore[arg-type]


def trust(road: MailRoad, domain: str) -> trust_addresses.Trusted:
    return trust_addresses.trust_domain(road.system.wiring("console"), SCHOOL, ADMIN, domain)


def counts(road: MailRoad, domain: str = PUPILS) -> DomainCounts:
    return road.system.wiring("console").mail_domains(SCHOOL).get().counts.get(domain, DomainCounts())


def test_a_thousand_pupils_behind_a_filter(road: MailRoad) -> None:
    pupils = [road.person(number, email=f"p{number}@{PUPILS}") for number in range(1, 1_001)]
    send = road.start()
    road.plan()
    first = apart(road.chunks())
    road.deliver(first[:12])
    told_of_all(road, CLOSED)
    paused = road.send(send)
    assert (paused.state, paused.reason) == ("paused", "brake_filter")
    assert paused.refused.filter == len(road.ses.mails) < 1_000
    road.deliver(first[12:])
    told_of_all(road, CLOSED)
    refused = len(road.ses.mails)
    assert refused < 1_000, "a paused send sends nothing more"
    directory = road.system.wiring("console").directory(SCHOOL)
    assert {each.mail_problem for each in directory.by_ids(each.id for each in pupils)} == {None}
    assert counts(road) == DomainCounts(sent=refused, refused_by_filter=refused)
    assert {reason for state, reason in road.states(send).values() if state == "bounced"} == {"hard_filter"}

    # The filter is mended.
    trust(road, PUPILS)
    drain(road)
    assert resume(road, send).send.state == "running"
    drain(road)
    told_of_all(road, None, since=refused)
    assert road.send(send).state == "finished"
    assert refused_now(road, source=send) == refused_now(road, domain=PUPILS) == refused
    second = again(road, source=send)
    told_of_all(road, None, since=1_000)
    assert Counter(state for state, _ in road.states(second).values()) == {"delivered": refused}
    reached = {mail.to for mail in road.ses.mails[refused:]}
    assert reached == {each.email for each in pupils}
    assert len(road.ses.mails) == 1_000 + refused, "nobody is sent a second mail that arrives"
    assert refused_now(road, source=send) == refused_now(road, domain=PUPILS) == 0
    assert counts(road) == DomainCounts(sent=1_000 + refused, delivered=1_000, refused_by_filter=refused)
    for each in (send, second):
        adds_up(road, each)


def test_a_dead_address_is_still_marked_and_the_brake_says_so(road: MailRoad) -> None:
    people = [road.person(number) for number in range(1, 21)]
    send = road.start()
    drain(road)
    hear(road, [said(mail, GONE if mail.to == people[0].email else None) for mail in road.ses.mails])
    assert person(road, people[0]).problem == "bounced"
    assert (road.send(send).state, road.send(send).reason) == ("finished", None), "nothing was left to pause"
    assert counts(road, "x.example") == DomainCounts(sent=20, delivered=19, dead=1)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([GONE, GONE, CLOSED], "brake_bounces"),
        ([GONE, CLOSED, CLOSED], "brake_filter"),
        ([UNSIGNED, UNSIGNED, GONE], "brake_ours"),
        ([GONE, CLOSED], "brake_bounces"),
    ],
)
def test_the_brake_says_whose_fault_most_of_it_is(road: MailRoad, answers: list[dict[str, str]], reason: str) -> None:
    for number in range(1, 121):
        road.person(number)
    send = road.start()
    road.plan()
    one, two, *_ = apart(road.chunks())  # of a hundred mails; the rest waits
    road.deliver([one, two])
    hear(road, [said(mail, answer) for mail, answer in zip(road.ses.mails, answers * 4, strict=False)])
    assert (road.send(send).state, road.send(send).reason) == ("paused", reason)
    assert "send.brake" in audited(road)


def test_what_was_refused_before_a_resume_is_no_longer_blamed(road: MailRoad) -> None:
    for number in range(1, 451):
        road.person(number)
    send = road.start()
    road.plan()
    bodies = apart(road.chunks())
    road.deliver(bodies[:4])
    hear(road, [said(mail, CLOSED) for mail in road.ses.mails[:30]])
    assert road.send(send).reason == "brake_filter"
    resume(road, send)
    road.system.messages("PLAN_QUEUE")
    road.deliver(bodies[4:8])
    hear(road, [said(mail, GONE) for mail in road.ses.mails[200:220]])
    assert (road.send(send).state, road.send(send).reason) == ("paused", "brake_bounces")
    assert road.send(send).refused_before.filter == 30


class TestTrust:
    def marked(self, road: MailRoad, number: int, kind: Any = "bounced", **facts: Any) -> Person:
        made = road.person(number, **facts)
        problem = MailProblem(kind, 1_790_000_000, made.email_key or "")
        assert road.system.wiring("mail_feedback").directory(facts.get("school", SCHOOL)).note_mail_problem(made.id, problem)
        return made

    def test_a_domain_is_trusted_and_nobody_else(self, road: MailRoad) -> None:
        road.system.school("southgate")
        mine = [self.marked(road, number, email=f"p{number}@{PUPILS}") for number in (1, 2)]
        elsewhere = self.marked(road, 3)
        below = self.marked(road, 4, email=f"p4@year7.{PUPILS}")
        complained = self.marked(road, 5, "complained", email=f"p5@{PUPILS}")
        neighbour = self.marked(road, 6, email=f"p6@{PUPILS}", school="southgate")
        trusted = trust(road, PUPILS)
        assert trusted.new
        assert not trust(road, PUPILS).new, "while it is under way, asking again begins no other"
        drain(road)
        assert [person(road, each).problem for each in (*mine, elsewhere, below, complained)] == [
            None,
            None,
            "bounced",
            "bounced",
            "complained",
        ]
        theirs = road.system.wiring("console").directory("southgate").person(neighbour.id)
        assert theirs is not None
        assert theirs.problem == "bounced"
        done = road.system.wiring("console").trusts(SCHOOL).get(trusted.trust.id)
        assert done is not None
        assert (done.state, done.taken) == ("finished", 2)
        assert {"mail.trust", "mail.trusted"} <= {*audited(road)}
        assert trust(road, PUPILS).new, "once it is done, it can be asked for again"

    def test_goes_on_where_it_stopped_and_takes_nothing_twice(self, road: MailRoad) -> None:
        road.monkeypatch.setattr(trust_addresses, "PAGES", 1)  # a page is a role
        roles = ("student", "teacher", "staff", "parent")
        for number, role in enumerate(roles, 1):
            self.marked(road, number, role=role, email=f"p{number}@{PUPILS}")
        trusted = trust(road, PUPILS).trust
        bodies, seen = road.system.messages("PLAN_QUEUE"), 0
        while bodies:
            seen += len(bodies)
            assert json.loads(bodies[0]) == {"v": 1, "kind": "trust", "school": SCHOOL, "trust": trusted.id}
            assert road.plan(bodies * 2) == [], "each message twice"
            bodies = road.system.messages("PLAN_QUEUE")[:1]
        done = road.system.wiring("console").trusts(SCHOOL).get(trusted.id)
        assert done is not None
        assert (done.state, done.taken) == ("finished", 4)
        assert seen >= 2

    def test_begins_anew_when_the_person_it_stopped_at_is_gone(self, road: MailRoad) -> None:
        ann = self.marked(road, 1, email=f"p1@{PUPILS}")
        trusted = trust(road, PUPILS).trust
        trusts = road.system.wiring("console").trusts(SCHOOL)
        from dataclasses import replace

        assert trusts.move(trusted, replace(trusted, state="running", after=("student", "7", "7A", "z" * 20)))
        drain(road)
        done = trusts.get(trusted.id)
        assert done is not None
        assert (done.state, person(road, ann).problem) == ("finished", None)

    def test_a_message_about_a_trust_that_is_not_there_is_poison(self, road: MailRoad) -> None:
        body = message(kind="trust", school=SCHOOL, trust="0" * 26)
        assert road.plan([body]) == [body]

    def test_only_a_few_domains_are_under_way_at_once(self, road: MailRoad) -> None:
        for number in range(trust_addresses.AT_ONCE):
            assert trust(road, f"d{number}.example").new
        with pytest.raises(TooMany):
            trust(road, PUPILS)
        assert not trust(road, "d0.example").new
        drain(road)
        assert trust(road, PUPILS).new

    def test_a_lost_message_is_put_again_when_it_is_asked_for_again(self, road: MailRoad) -> None:
        first = trust(road, PUPILS)
        assert len(road.system.messages("PLAN_QUEUE")) == 1
        second = trust(road, PUPILS)
        assert (second.new, second.trust.id) == (False, first.trust.id)
        assert len(road.system.messages("PLAN_QUEUE")) == 1

    def test_one_person_at_once(self, road: MailRoad) -> None:
        console = road.system.wiring("console")
        ann = self.marked(road, 1)
        assert trust_addresses.trust_person(console, SCHOOL, ADMIN, ann.id)
        assert person(road, ann).mail_problem is None
        assert audited(road) == ["mail.trust"]
        assert not trust_addresses.trust_person(console, SCHOOL, ADMIN, ann.id)
        assert audited(road) == ["mail.trust"]
        home = [self.marked(road, number, email="home@x.example") for number in (3, 4)]
        assert trust_addresses.trust_person(console, SCHOOL, ADMIN, home[0].id) == 2, "they share the address"
        assert [person(road, each).problem for each in home] == [None, None]
        with pytest.raises(NotFound):
            trust_addresses.trust_person(console, SCHOOL, ADMIN, "0" * 20)
        with pytest.raises(Conflict):
            trust_addresses.trust_person(console, SCHOOL, ADMIN, self.marked(road, 2, "complained").id)

    def test_who_is_trusted_belongs_to_the_refused_and_is_marked_again_if_it_is_dead(self, road: MailRoad) -> None:
        ann, ben = (road.person(number) for number in (1, 2))
        send = road.start()
        drain(road)
        told_of_all(road, GONE)
        assert refused_now(road, source=send) == 0
        trust_addresses.trust_person(road.system.wiring("console"), SCHOOL, ADMIN, ann.id)
        assert refused_now(road, source=send) == refused_now(road, domain="x.example") == 1
        second = again(road, source=send)
        assert set(road.states(second)) == {ann.id}
        told_of_all(road, GONE, since=2)
        assert [person(road, each).problem for each in (ann, ben)] == ["bounced", "bounced"]

    def test_who_has_set_a_password_since_is_not_mailed_again(self, road: MailRoad) -> None:
        ann = road.person(1)
        send = road.start()
        drain(road)
        told_of_all(road, CLOSED)
        assert refused_now(road, source=send) == 1
        road.system.wiring("operate").directory(SCHOOL).change(ann.id, {"password_set_at": int(road.system.clock()) + 5})
        assert refused_now(road, source=send) == refused_now(road, domain="x.example") == 0

    def test_who_is_refused_again_can_be_sent_to_from_the_first_send(self, road: MailRoad) -> None:
        road.person(1)
        send = road.start()
        drain(road)
        told_of_all(road, CLOSED)
        road.system.clock.now += 60
        again(road, source=send)
        assert refused_now(road, source=send) == 0, "it is on its way"
        told_of_all(road, CLOSED, since=1)
        assert refused_now(road, source=send) == refused_now(road, domain="x.example") == 1

    def test_a_domains_refused_are_those_of_two_weeks(self, road: MailRoad) -> None:
        road.person(1)
        road.start()
        drain(road)
        told_of_all(road, CLOSED)
        road.system.clock.now += 13 * 86_400
        assert refused_now(road, domain="x.example") == 1
        assert refused_now(road, domain="y.example") == 0
        road.system.clock.now += 2 * 86_400
        assert refused_now(road, domain="x.example") == 0


class TestCounts:
    def test_are_one_write_for_a_batch_and_the_same_when_it_comes_again(self, road: MailRoad) -> None:
        for number in range(1, 31):
            road.person(number, email=f"p{number}@d{number % 3}.example")
        road.start()
        drain(road)
        bodies = [said(mail, None) for mail in road.ses.mails]
        hear(road, bodies)
        hear(road, bodies)
        item = road.system.wiring("console").mail_domains(SCHOOL)._table.get(f"{SCHOOL}#MAILDOMAINS", "COUNTS")
        assert item is not None
        assert item["revision"] == 1
        assert [counts(road, f"d{number}.example").delivered for number in range(3)] == [10, 10, 10]

    def test_move_when_a_mail_comes_back_after_all(self, road: MailRoad) -> None:
        road.person(1)
        road.start()
        drain(road)
        told_of_all(road, None)
        assert counts(road, "x.example") == DomainCounts(sent=1, delivered=1)
        told_of_all(road, CLOSED)
        assert counts(road, "x.example") == DomainCounts(sent=1, refused_by_filter=1)

    def test_know_who_set_a_password_by_its_notice(self, road: MailRoad) -> None:
        ann = road.person(1, password_set_at=1_790_000_000)
        road.ask(
            {"kind": "password_changed", "school": SCHOOL, "person": ann.id, "request": "0" * 26, "at": int(road.system.clock())}
        )
        drain_requests(road)
        told_of_all(road, None)
        assert counts(road, "x.example") == DomainCounts(used=1)

    def test_are_left_out_when_their_table_stays_busy_and_the_ledger_is_right(self, road: MailRoad) -> None:
        road.person(1)
        send = road.start()
        drain(road)
        worker = road.system.wiring("mail_feedback")

        def busy(*_: object) -> None:
            raise TryLater()

        road.monkeypatch.setattr(worker, "mail_domains", lambda _school: type("Busy", (), {"add": busy})())
        road.monkeypatch.setattr(mail_feedback, "_TO_COUNT", 0)
        outcome = mail_feedback.record_events(worker, [said(road.ses.mails[0], None)])
        assert (outcome.counts["uncounted"], outcome.again) == (1, set())
        assert road.states(send)[f"{1:020d}"] == ("delivered", None)

    def test_are_bounded_whatever_addresses_there_are(self, road: MailRoad) -> None:
        for number in range(1, 151):
            road.person(number, email=f"p@junk{number}.example")
        for number in range(151, 161):
            road.person(number, email=f"p{number}@{PUPILS}")
        road.start()
        drain(road)
        told_of_all(road, None)
        found = road.system.wiring("console").mail_domains(SCHOOL).get().counts
        assert len(found) == 101
        assert found[PUPILS].delivered == 10
        assert found[OTHER].delivered == 51
        assert sum(each.delivered for each in found.values()) == 160


def drain_requests(road: MailRoad) -> None:
    road.plan()
    road.deliver()
