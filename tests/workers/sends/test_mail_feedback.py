"""mail_feedback: what SES tells, in the ledger, on the people and at the brake."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest

import mail_feedback.handler as door
from latchkey.mail.model.account import MailAccount, account_of
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sends.mail_feedback import record_events
from latchkey.sends.model.send import Chunk, Mail, Send, Tally, skip_reason, with_state
from latchkey.sends.stores.ledger import Ledger as Chunks
from latchkey.sends.stores.school_hours import SchoolHours
from latchkey.sends.stores.sends import Sends
from tests.support.control import ADMIN, pause, resume
from tests.support.mail_road import MailRoad
from tests.support.ses_events import event
from tests.support.sqs import Context, event_of
from tests.support.system import START

NOW = int(START)
SEND = "0" * 26


@dataclass
class Ledger:
    """A running send whose mails are with SES."""

    road: MailRoad
    sends: Sends
    chunks: Chunks

    def start(self, people: int = 2, *, state: str = "sent", mails: tuple[Mail, ...] | None = None) -> None:
        if mails is None:
            mails = tuple(
                Mail(
                    to=f"p{number}@x.example",
                    accounts=(MailAccount(person=f"{number:020d}", name="A", role="student", login="a", version=0, stamp="s"),),
                    at=NOW,
                )
                for number in range(people)
            )
        chunks = [
            Chunk(
                send=SEND, number=part + 1, origin="admin", mail="reset", expires_at=NOW + 9_999, mails=mails[place : place + 50]
            )
            for part, place in enumerate(range(0, len(mails), 50))
        ]
        total = sum(chunk.counts().total() for chunk in chunks)
        send = Send(
            id=SEND, kind="password_link", state="running", origin="admin", created_at=NOW, created_by="a" * 20, total=total
        )
        # Somebody more is still waiting, so that the send goes on.
        self.sends.make(replace(send, counts={"planned": total + 1}, chunks=len(chunks)))
        self.chunks.write_chunks(chunks)
        for chunk in chunks:
            work = self.chunks.lease(SEND, chunk.number, NOW, 60)
            self.chunks.record(work, [with_state(mail, state, None, NOW) for mail in work.mails], NOW)  # type: ignore[arg-type]

    def mail_more(self, mails: int) -> None:
        """So many more mails of the send are out."""
        self.sends._change(self.send, {"mails_out": self.send.tally.out + mails}, [])
        table = self.road.system.wiring("console").table("ACTIVITY_TABLE")
        table.update(SchoolHours(table, "northbridge").counted(Tally(mails), NOW))

    def hear(self, *bodies: str) -> dict[str, Any]:
        self.road.monkeypatch.setattr(door, "system", lambda: self.road.system.wiring("mail_feedback"))
        return door.handle(event_of(bodies, "FEEDBACK_QUEUE"), Context(60))

    def mail(self, number: int = 0, chunk: int = 1) -> Mail:
        found = self.chunks.chunk(SEND, chunk)
        assert found is not None
        return found.mails[number]

    @property
    def send(self) -> Send:
        found = self.sends.get(SEND)
        assert found is not None
        return found

    def audit(self) -> list[str]:
        """What stands in the audit; but for what an admin did."""
        events = self.road.system.wiring("console").audit("northbridge").page()[0]
        return [each["action"] for each in events if each["actor"] != ADMIN.id]


@pytest.fixture
def ledger(road: MailRoad) -> Ledger:
    console = road.system.wiring("console")
    return Ledger(road, console.sends("northbridge"), console.ledger("northbridge"))


def told(kind: str, number: int = 0, at: int = NOW + 5, **facts: Any) -> str:
    return event(kind, [f"p{number}@x.example"], at, send=SEND, **facts)


@pytest.mark.parametrize(
    ("kind", "facts", "state", "reason"),
    [
        ("Send", {}, "sent", None),
        ("Delivery", {}, "delivered", None),
        ("DeliveryDelay", {}, "delayed", "delay"),
        ("DeliveryDelay", {"delayType": "MailboxFull"}, "delayed", "delay_mailbox_full"),
        ("Bounce", {}, "bounced", "hard"),
        ("Bounce", {"bounceSubType": "NoEmail"}, "bounced", "hard_no_mailbox"),
        ("Bounce", {"bounceSubType": "OnAccountSuppressionList"}, "bounced", "hard_suppressed"),
        ("Bounce", {"bounceType": "Transient"}, "bounced", "soft"),
        ("Bounce", {"bounceType": "Transient", "bounceSubType": "MailboxFull"}, "bounced", "soft_mailbox_full"),
        ("Bounce", {"bounceType": "Undetermined", "bounceSubType": "Undetermined"}, "bounced", "soft_undetermined"),
        ("Bounce", {"bounceSubType": "SomethingNew"}, "bounced", "hard"),
        ("Complaint", {}, "complained", None),
        ("Complaint", {"complaintFeedbackType": "not-spam"}, "sent", None),
        ("Reject", {}, "failed", "rejected"),
        ("Rendering Failure", {}, "failed", "rendering"),
    ],
)
def test_each_kind_of_event_has_its_state(
    ledger: Ledger, kind: str, facts: dict[str, Any], state: str, reason: str | None
) -> None:
    ledger.start()
    assert ledger.hear(told(kind, **facts)) == {"batchItemFailures": []}
    assert (ledger.mail(0).state, ledger.mail(0).reason) == (state, reason)
    assert ledger.mail(1).state == "sent"
    counts = ledger.send.counts
    assert (counts[state], sum(counts.values())) == (2 if state == "sent" else 1, 3)


def test_a_bounce_keeps_what_the_mail_server_said_and_when(ledger: Ledger) -> None:
    ledger.start()
    ledger.hear(told("Bounce", at=NOW + 77))
    assert (ledger.mail().detail, ledger.mail().at) == ("smtp; 550 5.1.1 user unknown", NOW + 77)


def test_one_event_about_several_people_and_in_capitals(ledger: Ledger) -> None:
    ledger.start()
    ledger.hear(event("Delivery", ["P0@X.example", "Ann <p1@x.example>"], NOW, send=SEND))
    assert [ledger.mail(0).state, ledger.mail(1).state] == ["delivered", "delivered"]


def test_a_batch_in_any_order_and_twice_counts_everybody_once(ledger: Ledger) -> None:
    ledger.start(60)
    bodies = [told("Delivery", number, chunk=number // 50 + 1) for number in range(60)]
    bodies += [told("Send", number, chunk=number // 50 + 1) for number in range(60)]
    ledger.hear(*reversed(bodies))
    ledger.hear(*bodies)
    assert {state: count for state, count in ledger.send.counts.items() if count} == {"planned": 1, "delivered": 60}


def test_many_events_about_a_chunk_cost_one_write(ledger: Ledger) -> None:
    ledger.start(50)
    before = ledger.chunks.chunk(SEND, 1)
    ledger.hear(*(told("Delivery", number) for number in range(50)))
    after = ledger.chunks.chunk(SEND, 1)
    assert before is not None
    assert after is not None
    assert after.revision == before.revision + 1
    ledger.hear(*(told("Send", number) for number in range(50)))
    again = ledger.chunks.chunk(SEND, 1)
    assert again is not None
    assert again.revision == after.revision


def test_what_is_about_nobody_we_know_is_let_go(ledger: Ledger) -> None:
    ledger.start()
    alone = json.loads(told("Delivery"))
    alone["detail"]["mail"].pop("tags")
    hostile = [
        "",
        "no json",
        "[]",
        "{}",
        '{"detail": 7}',
        '{"Message": "{"}',
        json.dumps(alone),
        told("Open"),
        told("Delivery", school="southgate"),
        told("Delivery", chunk=99),
        told("Delivery", chunk=-1),
        told("Delivery", school="no#slug"),
        event("Delivery", ["stranger@x.example"], NOW, send=SEND),
        event("Bounce", ["p0@x.example"], NOW, send="1" * 26),
        event("Bounce", ["p0@x.example"], NOW, send=SEND, bouncedRecipients="x"),
        event("Bounce", ["p0@x.example"], NOW, send=SEND, bouncedRecipients=[7, {"emailAddress": None}]),
        event("Bounce", ["p0@x.example"], NOW, send=SEND, timestamp="yesterday"),
        event("Complaint", ["p0@x.example"], NOW, send=SEND, timestamp="2026-01-01T00:00:00"),
    ]
    assert ledger.hear(*hostile) == {"batchItemFailures": []}
    assert ledger.mail().state == "sent"
    outcome = record_events(ledger.road.system.wiring("mail_feedback"), hostile)
    assert (outcome.counts["unusable"], outcome.counts["foreign"], outcome.again) == (13, 1, set())
    assert outcome.counts["unknown"] == 3


def test_the_mail_of_a_worker_that_died_is_settled_by_its_event(ledger: Ledger) -> None:
    ledger.start(state="sending")
    assert ledger.send.counts["sending"] == 2
    ledger.hear(told("Send", 0), told("Delivery", 1))
    assert [ledger.mail(0).state, ledger.mail(1).state] == ["sent", "delivered"]
    chunk = ledger.chunks.chunk(SEND, 1)
    assert chunk is not None
    assert chunk.state == "done"


def test_the_last_event_finishes_the_send(ledger: Ledger) -> None:
    ledger.start(state="sending")
    ledger.sends._change(ledger.send, {"counts": {"sending": 2}, "open": 2}, [])
    ledger.hear(told("Delivery", 0), told("Delivery", 1))
    assert ledger.send.state == "finished"


def test_events_and_workers_at_the_same_time_lose_nothing(ledger: Ledger) -> None:
    mails = 12
    ledger.start(mails, state="sending")

    def one(number: int) -> None:
        for kind in ("Delivery", "Send"):
            while record_events(ledger.road.system.wiring("mail_feedback"), [told(kind, number)]).again:
                pass

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(one, [*range(mails), *range(mails)]))
    assert {state: count for state, count in ledger.send.counts.items() if count} == {"planned": 1, "delivered": mails}
    assert ledger.send.tally.out == mails


class TestPeople:
    def people(self, ledger: Ledger, **facts: Any) -> tuple[Person, ...]:
        people = tuple(ledger.road.person(number, email=facts.get("email", f"p{number}@x.example")) for number in (1, 2))
        accounts = [account_of(person, School(slug="northbridge", name="Northbridge Academy")) for person in people]
        if "email" in facts:
            ledger.start(mails=(Mail(to=facts["email"], accounts=tuple(accounts[:1]), at=NOW),))
        else:
            ledger.start(
                mails=tuple(Mail(to=p.email or "", accounts=(a,), at=NOW) for p, a in zip(people, accounts, strict=True))
            )
        return people

    def now(self, ledger: Ledger, person: Person) -> Person:
        found = ledger.road.system.wiring("console").directory("northbridge").person(person.id)
        assert found is not None
        return found

    def skip(self, ledger: Ledger, person: Person) -> str | None:
        school = ledger.road.system.wiring("plan_send").schools.get("northbridge")
        assert school is not None
        return skip_reason(self.now(ledger, person), school)

    def test_whose_mail_bounced_or_who_complained_get_no_more(self, ledger: Ledger) -> None:
        first, second = self.people(ledger)
        ledger.hear(told("Bounce", 1), told("Complaint", 2))
        assert (self.skip(ledger, first), self.skip(ledger, second)) == ("bounced_before", "complained_before")
        assert self.now(ledger, first).stamp == first.stamp
        ledger.hear(told("Bounce", 2))
        assert self.skip(ledger, second) == "complained_before"

    def test_whose_mail_was_only_late_or_soft_still_do(self, ledger: Ledger) -> None:
        first, second = self.people(ledger)
        ledger.hear(told("Bounce", 1, bounceType="Transient"), told("DeliveryDelay", 2))
        assert (self.skip(ledger, first), self.skip(ledger, second)) == (None, None)

    def test_who_share_the_address_share_the_problem(self, ledger: Ledger) -> None:
        _, second = self.people(ledger, email="home@x.example")
        ledger.hear(event("Bounce", ["home@x.example"], NOW, send=SEND))
        assert self.skip(ledger, second) == "bounced_before"

    def test_with_a_new_address_start_without_blame(self, ledger: Ledger) -> None:
        first, _ = self.people(ledger)
        ledger.hear(told("Bounce", 1))
        directory = ledger.road.system.wiring("console").directory("northbridge")
        directory.change(first.id, {"email": "new@x.example", "email_key": "f" * 32})
        assert self.skip(ledger, first) is None
        ledger.hear(told("Bounce", 1))
        assert self.skip(ledger, first) is None

    def test_who_forgot_their_password_are_passed_over_silently(self, ledger: Ledger) -> None:
        first, _ = self.people(ledger)
        ledger.hear(told("Bounce", 1))
        ledger.road.ask(ledger.road.forgot("p1@x.example"))
        assert ledger.road.plan() == []
        assert ledger.road.system.messages("URGENT_QUEUE") == []
        assert first.email is not None


class TestBrake:
    def test_pauses_at_one_hard_bounce_of_twenty_and_says_why(self, ledger: Ledger) -> None:
        ledger.start(20)
        ledger.hear(told("Bounce", 0))
        assert (ledger.send.state, ledger.send.reason) == ("paused", "brake_bounces")
        assert ledger.audit() == ["send.brake"]

    @pytest.mark.parametrize("people", [19, 21])
    def test_lets_go_on_below_five_in_a_hundred_or_twenty_mails(self, ledger: Ledger, people: int) -> None:
        ledger.start(people)
        ledger.hear(told("Bounce", 0))
        assert (ledger.send.state, ledger.audit()) == ("running", [])

    def test_counts_no_soft_bounces(self, ledger: Ledger) -> None:
        ledger.start(20)
        ledger.hear(*(told("Bounce", number, bounceType="Transient") for number in range(9)))
        assert ledger.send.state == "running"

    def test_works_once_and_not_again_on_the_same_numbers(self, ledger: Ledger) -> None:
        ledger.start(40)
        ledger.hear(told("Bounce", 0), told("Bounce", 1))
        ledger.hear(told("Bounce", 0), told("Bounce", 1))
        assert ledger.audit() == ["send.brake"]
        resume(ledger.road, SEND)
        ledger.hear(told("Bounce", 1), told("Bounce", 2))
        assert (ledger.send.state, ledger.audit()) == ("running", ["send.brake"])

    def test_works_again_on_new_numbers(self, ledger: Ledger) -> None:
        ledger.start(20)
        ledger.hear(told("Bounce", 0))
        resume(ledger.road, SEND)
        ledger.sends._change(ledger.send, {"mails_out": 40, "mails_hard": 1}, [])
        ledger.hear(told("Bounce", 1))
        assert (ledger.send.state, ledger.audit()) == ("paused", ["send.brake", "send.brake"])

    def test_counts_mails_whose_worker_has_not_written_down_yet_that_they_went(self, ledger: Ledger) -> None:
        ledger.start(20)
        counts = ledger.send.counts
        ledger.sends._change(ledger.send, {"counts": {**counts, "sending": 1}, "open": 2}, [])
        ledger.hear(told("Bounce", 0))
        assert (ledger.send.state, ledger.audit()) == ("running", [])

    def test_counts_on_after_a_pause_that_was_not_its_own(self, ledger: Ledger) -> None:
        """What comes back late belongs to the mails from before the pause."""
        ledger.start(41)
        pause(ledger.road, SEND)
        resume(ledger.road, SEND)
        ledger.mail_more(20)
        ledger.hear(told("Bounce", 0), told("Bounce", 1))
        assert (ledger.send.state, ledger.audit()) == ("running", [])

    @pytest.mark.parametrize(("out", "state"), [(999, "running"), (1_000, "paused"), (1_001, "running")])
    def test_pauses_at_one_complaint_of_a_thousand(self, ledger: Ledger, out: int, state: str) -> None:
        ledger.start(1)
        ledger.sends._change(ledger.send, {"mails_out": out}, [])
        ledger.hear(told("Complaint", 0))
        assert ledger.send.state == state
        assert ledger.send.reason == ("brake_complaints" if state == "paused" else None)

    def test_works_once_for_workers_at_the_same_time(self, ledger: Ledger) -> None:
        ledger.start(20)
        bodies = [told("Bounce", number) for number in range(4)]
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda body: record_events(ledger.road.system.wiring("mail_feedback"), [body]), bodies))
        assert (ledger.send.state, ledger.audit()) == ("paused", ["send.brake"])
