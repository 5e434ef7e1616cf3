"""Pausing, resuming and cancelling a send, whatever the workers are doing meanwhile; retries and reminders."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from latchkey import control_send, repeat_send
from latchkey.errors import Conflict, NotFound, TryLater
from latchkey.model import links
from latchkey.model.control import FROM, possible
from latchkey.model.person import Person
from latchkey.model.sends import Selection, Send
from latchkey.stores.sends import SendStopped
from tests.support.mail_road import MailRoad, message

SCHOOL = "northbridge"
ADMIN = Person(id="a" * 20, role="staff", given_name="Ada", family_name="Admin", is_admin=True)


def started(road: MailRoad, people: int, *, planned: bool = True) -> str:
    for number in range(1, people + 1):
        road.person(number)
    send = road.start()
    if planned:
        assert road.plan() == []
    return send


def pause(road: MailRoad, send: str) -> control_send.Changed:
    return control_send.pause(road.system.wiring("console"), SCHOOL, ADMIN, send)


def resume(road: MailRoad, send: str) -> control_send.Changed:
    return control_send.resume(road.system.wiring("console"), SCHOOL, ADMIN, send)


def cancel(road: MailRoad, send: str, *, revoke: bool = False) -> control_send.Changed:
    return control_send.cancel(road.system.wiring("console"), SCHOOL, ADMIN, send, revoke=revoke)


def retry(road: MailRoad, send: str) -> tuple[Send, bool]:
    console = road.system.wiring("console")
    school = console.schools.get(SCHOOL)
    assert school is not None
    found = repeat_send.retry(console, school, ADMIN, send)
    return found.send, found.new


def adds_up(road: MailRoad, send: str) -> None:
    """The send's counters say what its ledger says, and add up to everybody."""
    found = road.send(send)
    ledger = Counter(state for state, _ in road.states(send).values())
    assert {state: count for state, count in found.counts.items() if count} == dict(ledger)
    assert sum(found.counts.values()) == found.total


def audited(road: MailRoad) -> list[str]:
    events, _ = road.system.wiring("console").audit(SCHOOL).page(limit=100)
    return [event["action"] for event in events]


def works(road: MailRoad, url: str) -> bool:
    """Whether a link that was mailed still works."""
    token = url.partition("#")[2]
    found = links.read(token)
    assert found is not None
    person = road.system.wiring("portal").directory(SCHOOL).person(found[0].person)
    return links.fault(found[0], token, person, int(road.system.clock())) is None


def drain(road: MailRoad) -> None:
    """Let all workers run until nothing moves any more."""
    for _ in range(50):
        plans = road.system.messages("PLAN_QUEUE")
        bodies = road.chunks()
        if not plans and not bodies:
            return
        road.plan(plans)
        road.deliver(bodies)
    raise AssertionError("the queues never get empty")


class TestPause:
    def test_holds_everything_until_it_is_resumed(self, road: MailRoad) -> None:
        send = started(road, 120)
        first, *rest = road.chunks()
        assert road.deliver([first]) == []
        assert pause(road, send).new
        assert road.deliver(rest) == []  # acknowledged: resuming puts them again
        assert (road.send(send).state, len(road.ses.mails)) == ("paused", 50)
        assert not pause(road, send).new
        assert resume(road, send).new
        assert not resume(road, send).new
        drain(road)
        assert (road.send(send).state, len(road.ses.mails)) == ("finished", 120)
        assert len({mail.to for mail in road.ses.mails}) == 120
        adds_up(road, send)
        assert Counter(audited(road)) >= Counter({"send.pause": 1, "send.resume": 1})

    def test_before_the_plan_keeps_it_from_being_planned(self, road: MailRoad) -> None:
        send = started(road, 3, planned=False)
        pause(road, send)
        assert road.plan() == []
        assert (road.send(send).state, road.send(send).chunks) == ("paused", 0)
        assert resume(road, send).send.state == "queued"
        drain(road)
        assert (road.send(send).state, len(road.ses.mails)) == ("finished", 3)

    def test_while_it_is_planned_leaves_nothing_half_planned(self, road: MailRoad) -> None:
        send = started(road, 3, planned=False)
        real = road.system.wiring("plan_send").sends(SCHOOL).__class__.empty_after

        def paused_now(*given: object) -> None:
            pause(road, send)
            real(*given)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("latchkey.plan_send.Sends.empty_after", paused_now)
            assert road.plan() == []
        assert (road.send(send).state, road.send(send).chunks) == ("paused", 0)
        assert road.chunks() == []
        resume(road, send)
        assert road.plan() == []  # at once: the planner that was stopped has given the send back
        drain(road)
        assert (road.send(send).state, len(road.ses.mails)) == ("finished", 3)

    def test_and_resume_while_it_is_planned_keeps_the_plan(self, road: MailRoad) -> None:
        send = started(road, 3, planned=False)
        real = road.system.wiring("plan_send").sends(SCHOOL).__class__.empty_after

        def shaken(*given: object) -> None:
            pause(road, send)
            resume(road, send)
            real(*given)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("latchkey.plan_send.Sends.empty_after", shaken)
            assert road.plan() == []
        assert road.send(send).state == "running"
        drain(road)
        assert (road.send(send).state, len(road.ses.mails)) == ("finished", 3)

    def test_after_the_last_mail_was_taken_finishes_when_it_is_resumed(self, road: MailRoad) -> None:
        send = started(road, 3)
        sends = road.system.wiring("deliver_links").sends(SCHOOL)
        now = int(road.system.clock())
        work = sends.lease(send, 1, now, 60)
        pause(road, send)
        results = [mail.__class__(to=mail.to, accounts=mail.accounts, state="sent", at=now) for mail in work.mails]
        sends.record(work, results, now)
        assert (road.send(send).state, road.send(send).counts["sent"]) == ("paused", 3)
        assert resume(road, send).send.state == "finished"
        assert road.system.messages("PLAN_QUEUE") == []

    def test_a_paused_send_gives_no_chunk_away(self, road: MailRoad) -> None:
        send = started(road, 3)
        pause(road, send)
        with pytest.raises(SendStopped):
            road.system.wiring("deliver_links").sends(SCHOOL).lease(send, 1, int(road.system.clock()), 60)

    def test_the_brakes_reason_goes_when_an_admin_resumes(self, road: MailRoad) -> None:
        send = started(road, 3)
        sends = road.system.wiring("console").sends(SCHOOL)
        sends.change(road.send(send), {"state": "paused", "reason": "brake_bounces"}, [])
        assert pause(road, send).send.reason == "brake_bounces"
        assert resume(road, send).send.reason is None

    def test_a_resume_whose_message_is_lost_can_be_repeated(self, road: MailRoad) -> None:
        send = started(road, 3)
        road.chunks()
        pause(road, send)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("latchkey.stores.queues.Queue.put", _busy)
            with pytest.raises(TryLater):
                resume(road, send)
        assert not resume(road, send).new
        drain(road)
        assert road.send(send).state == "finished"


class TestCancel:
    def test_sends_nothing_more_and_keeps_the_links_that_are_out(self, road: MailRoad) -> None:
        send = started(road, 120)
        first, *rest = road.chunks()
        road.deliver([first])
        assert cancel(road, send).new
        assert not cancel(road, send).new
        assert road.deliver(rest) == []
        drain(road)
        found = road.send(send)
        assert (found.state, found.counts["sent"], found.counts["cancelled"], found.counts["planned"]) == ("cancelled", 50, 70, 0)
        assert found.finished_at == int(road.system.clock())
        assert len(road.ses.mails) == 50
        assert all(works(road, mail.links[0]) for mail in road.ses.mails)
        adds_up(road, send)

    def test_before_the_plan_leaves_nothing_to_do(self, road: MailRoad) -> None:
        send = started(road, 3, planned=False)
        cancel(road, send)
        drain(road)
        assert (road.send(send).state, road.send(send).chunks, road.ses.mails) == ("cancelled", 0, [])

    def test_with_revoke_kills_links_but_not_of_those_who_have_set_a_password(self, road: MailRoad) -> None:
        send = started(road, 60)
        first = road.chunks()[0]
        road.deliver([first])
        urls = {mail.to: mail.links[0] for mail in road.ses.mails}
        directory = road.system.wiring("console").directory(SCHOOL)
        done = directory.person(f"{1:020d}")
        assert done is not None
        now = int(road.system.clock())
        directory.change(done.id, {"version": done.version + 1, "password_set_at": now}, [])
        console = road.system.wiring("console")
        assert control_send.hit(console, SCHOOL, send) == control_send.Hit(waiting=10, links=49, exact=True)
        cancel(road, send, revoke=True)
        plans = road.system.messages("PLAN_QUEUE")
        road.plan(plans)
        road.plan(plans)  # delivered twice: revoked once
        assert not any(works(road, url) for url in urls.values())
        versions = Counter(person.version for person in directory.by_ids(f"{number:020d}" for number in range(1, 61)))
        assert versions == {1: 50, 0: 10}
        events, _ = console.audit(SCHOOL).page(limit=100)
        assert [event["facts"]["people"] for event in events if event["action"] == "send.revoked"] == [49]
        adds_up(road, send)

    def test_can_revoke_later(self, road: MailRoad) -> None:
        send = started(road, 3)
        first = road.chunks()
        road.deliver(first[:1])
        sends = road.system.wiring("console").sends(SCHOOL)
        sends.change(road.send(send), {"state": "running"}, [])
        cancel(road, send)
        drain(road)
        assert all(works(road, mail.links[0]) for mail in road.ses.mails)
        assert cancel(road, send, revoke=True).new
        assert not cancel(road, send, revoke=True).new
        assert not cancel(road, send).new
        assert road.send(send).revoke
        drain(road)
        assert not any(works(road, mail.links[0]) for mail in road.ses.mails)

    def test_mails_in_hand_end_as_the_worker_says(self, road: MailRoad) -> None:
        send = started(road, 3)
        sends = road.system.wiring("deliver_links").sends(SCHOOL)
        now = int(road.system.clock())
        work = sends.lease(send, 1, now, 60)
        cancel(road, send, revoke=True)
        road.plan()
        assert set(road.states(send).values()) == {("cancelled", "in_hand")}
        sent, unsure, back = work.mails
        results = [
            sent.__class__(to=sent.to, accounts=sent.accounts, state="sent", at=now),
            unsure.__class__(to=unsure.to, accounts=unsure.accounts, state="sending", at=now),
            back,
        ]
        sends.record(work, results, now)
        found = road.send(send)
        assert (found.state, found.counts["sent"], found.counts["cancelled"]) == ("cancelled", 1, 2)
        people = road.system.wiring("console").directory(SCHOOL).by_ids(f"{number:020d}" for number in range(1, 4))
        assert [person.version for person in people] == [1, 1, 1]  # a link that still goes out is dead on arrival
        adds_up(road, send)

    def test_of_many_chunks_is_done_in_parts(self, road: MailRoad) -> None:
        road.monkeypatch.setattr("latchkey.model.sends.CHUNK_MAILS", 1)
        for module in ("control_send", "cancel_chunks"):
            road.monkeypatch.setattr(f"latchkey.{module}.CANCEL_STEP", 4)
        send = started(road, 10)
        cancel(road, send)
        parts = [json.loads(body) for body in road.system.messages("PLAN_QUEUE")]
        assert [part["chunk"] for part in parts] == [1, 5, 9]
        road.plan(json.dumps(part) for part in reversed(parts))
        assert road.send(send).counts["cancelled"] == 10
        adds_up(road, send)

    def test_whose_message_is_lost_can_be_repeated(self, road: MailRoad) -> None:
        send = started(road, 3)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("latchkey.stores.queues.Queue.put_many", _busy)
            with pytest.raises(TryLater):
                cancel(road, send)
        assert not cancel(road, send).new
        drain(road)
        assert road.send(send).counts["cancelled"] == 3

    def test_messages_for_what_is_not_cancelled_are_poison(self, road: MailRoad) -> None:
        send = started(road, 3)
        bad = [
            message(kind="cancel", school=SCHOOL, send=send, chunk=1),
            message(kind="cancel", school=SCHOOL, send="0" * 26, chunk=1),
            message(kind="cancel", school=SCHOOL, send=send),
        ]
        assert road.plan(bad) == bad
        assert road.send(send).counts["planned"] == 3


class TestRaces:
    """Real threads against moto: an admin changes their mind while workers deliver."""

    def test_pause_resume_cancel_against_delivery_lose_nobody_and_mail_nobody_twice(self, road: MailRoad) -> None:
        road.monkeypatch.setattr("latchkey.model.sends.CHUNK_MAILS", 5)
        send = started(road, 60)
        bodies = road.chunks()

        def waver() -> None:
            with suppress(Conflict):  # it had finished
                for _ in range(4):
                    pause(road, send)
                    resume(road, send)

        deliver = [lambda part=bodies[at::2]: _deliver(road, send, part) for at in (0, 1)]
        _at_once([*deliver, waver, waver])
        adds_up(road, send)
        if road.send(send).state == "paused":
            resume(road, send)
        drain(road)
        assert road.send(send).state == "finished"
        assert sorted(mail.to for mail in road.ses.mails) == sorted(f"p{number}@x.example" for number in range(1, 61))
        adds_up(road, send)

    def test_cancelling_against_delivery_leaves_everybody_sent_or_cancelled(self, road: MailRoad) -> None:
        road.monkeypatch.setattr("latchkey.model.sends.CHUNK_MAILS", 5)
        send = started(road, 60)
        bodies = road.chunks()
        deliver = [lambda part=bodies[at::2]: _deliver(road, send, part) for at in (0, 1)]
        _at_once(
            [deliver[0], lambda: _cancel_if_not_finished(road, send), deliver[1], lambda: _cancel_if_not_finished(road, send)]
        )
        drain(road)
        states = Counter(state for state, _ in road.states(send).values())
        assert set(states) <= {"sent", "cancelled"}
        assert states["sent"] == len(road.ses.mails)
        assert road.send(send).state in {"cancelled", "finished"}
        if road.send(send).state == "cancelled":
            assert not any(works(road, mail.links[0]) for mail in road.ses.mails)
        adds_up(road, send)


class TestWhatDoesNotApply:
    @pytest.mark.parametrize("state", ["finished", "failed"])
    def test_is_a_conflict_that_says_why(self, road: MailRoad, state: str) -> None:
        send = started(road, 1)
        sends = road.system.wiring("console").sends(SCHOOL)
        sends.change(road.send(send), {"state": state}, [])
        for act in (pause, resume, cancel):
            with pytest.raises(Conflict) as refused:
                act(road, send)
            assert "nothing was changed" in refused.value.detail
        assert road.send(send).state == state
        assert road.system.messages("PLAN_QUEUE") == []

    def test_a_cancelled_send_stays_cancelled(self, road: MailRoad) -> None:
        send = started(road, 1)
        cancel(road, send)
        for act in (pause, resume):
            with pytest.raises(Conflict):
                act(road, send)
        assert road.send(send).state == "cancelled"

    def test_unknown_and_foreign_ids_are_not_found(self, road: MailRoad) -> None:
        road.system.school("southgate")
        theirs = road.start(Selection(filter={}), school="southgate")
        for send in (theirs, "0" * 26, "x", "../x"):
            for act in (pause, resume, cancel, retry):
                with pytest.raises(NotFound):
                    act(road, send)

    def test_offered_is_only_what_applies(self, road: MailRoad) -> None:
        send = started(road, 3)
        assert possible(road.send(send)) == ["pause", "cancel"]
        pause(road, send)
        assert possible(road.send(send)) == ["resume", "cancel"]
        resume(road, send)
        drain(road)
        assert possible(road.send(send)) == ["again"]
        assert set(FROM) == {"pause", "resume", "cancel", "retry", "again"}


class TestRetry:
    def half_failed(self, road: MailRoad) -> str:
        send = started(road, 4)
        road.person(5, email=None)
        road.ses.poisonous = {"p1@x.example", "p2@x.example"}
        drain(road)
        assert road.send(send).counts["failed"] == 2
        road.ses.poisonous = set()
        return send

    def test_sends_to_exactly_the_failed_with_a_fresh_life(self, road: MailRoad) -> None:
        send = self.half_failed(road)
        road.system.clock.now += 86_400
        again, new = retry(road, send)
        assert new
        assert (again.selection.source, again.selection.pick) == (send, "failed")
        drain(road)
        assert set(road.states(again.id)) == {f"{1:020d}", f"{2:020d}"}
        assert road.send(again.id).state == "finished"
        found = links.read(road.ses.to("p1@x.example")[0].links[0].partition("#")[2])
        assert found is not None
        assert found[0].expires_at == int(road.system.clock()) + 14 * 86_400
        adds_up(road, send)
        adds_up(road, again.id)
        assert road.send(send).retries == (again.id,)

    def test_asked_for_twice_is_one_retry(self, road: MailRoad) -> None:
        send = self.half_failed(road)
        first, _ = retry(road, send)
        second, new = retry(road, send)
        assert (second.id, new) == (first.id, False)
        drain(road)
        third, new = retry(road, send)
        assert (third.id, new) == (first.id, False)
        assert len(road.ses.mails) == 4
        assert audited(road).count("send.retry") == 1

    def test_asked_for_by_many_at_once_is_one_retry(self, road: MailRoad) -> None:
        send = self.half_failed(road)
        found: list[str] = []
        _at_once([lambda: found.append(retry(road, send)[0].id)] * 4)
        assert len(found) == 4
        assert len(set(found)) == 1
        drain(road)
        assert len(road.ses.mails) == 4

    def test_of_a_paused_send_takes_later_failures_up_in_a_second_one(self, road: MailRoad) -> None:
        road.monkeypatch.setattr("latchkey.model.sends.CHUNK_MAILS", 2)
        send = started(road, 4)
        first = road.chunks()[0]
        road.ses.poisonous = {"p1@x.example"}
        road.deliver([first])
        pause(road, send)
        one, _ = retry(road, send)
        road.ses.poisonous = {"p3@x.example"}
        drain(road)
        assert set(road.states(one.id)) == {f"{1:020d}"}
        resume(road, send)
        drain(road)
        two, new = retry(road, send)
        assert new
        drain(road)
        assert set(road.states(two.id)) == {f"{3:020d}"}
        assert road.send(send).retries == (one.id, two.id)

    def test_that_was_cancelled_can_be_retried(self, road: MailRoad) -> None:
        send = self.half_failed(road)
        first, _ = retry(road, send)
        road.plan()
        cancel(road, first.id)
        drain(road)
        second, new = retry(road, send)
        assert (second.id != first.id, new) == (True, True)
        drain(road)
        assert road.send(second.id).counts["sent"] == 2

    def test_whose_message_was_lost_is_set_off_by_asking_again(self, road: MailRoad) -> None:
        send = self.half_failed(road)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("latchkey.stores.queues.Queue.put", _busy)
            with pytest.raises(TryLater):
                retry(road, send)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("latchkey.stores.sends.Sends.make", _busy)
            with pytest.raises(TryLater):
                retry(road, send)
        found, _ = retry(road, send)
        drain(road)
        assert road.send(send).retries == (found.id,)
        assert road.send(found.id).counts["sent"] == 2

    def test_of_nobody_or_of_a_running_send_is_refused(self, road: MailRoad) -> None:
        send = started(road, 2)
        with pytest.raises(Conflict, match="still under way"):
            retry(road, send)
        drain(road)
        with pytest.raises(Conflict, match="Nobody's mail failed"):
            retry(road, send)
        assert len(road.system.wiring("console").sends(SCHOOL).page()[0]) == 1


class TestAgain:
    def test_sends_to_those_without_a_password_since(self, road: MailRoad) -> None:
        send = started(road, 4)
        road.person(9, email=None)
        drain(road)
        console = road.system.wiring("console")
        school = console.schools.get(SCHOOL)
        assert school is not None
        road.system.clock.now += 3600
        console.directory(SCHOOL).change(f"{1:020d}", {"password_set_at": int(road.system.clock()), "version": 1}, [])
        tried = repeat_send.try_again(console, school, send)
        assert (tried.total, tried.to_send) == (3, 3)
        first = repeat_send.again(console, school, ADMIN, send, "key-00000001")
        second = repeat_send.again(console, school, ADMIN, send, "key-00000001")
        assert (first.send.id, first.new, second.new) == (second.send.id, True, False)
        drain(road)
        assert set(road.states(first.send.id)) == {f"{number:020d}" for number in (2, 3, 4)}
        adds_up(road, first.send.id)
        for number in (2, 3, 4):
            console.directory(SCHOOL).change(f"{number:020d}", {"password_set_at": int(road.system.clock())}, [])
        with pytest.raises(Conflict, match="Everybody"):
            repeat_send.again(console, school, ADMIN, send)


def _deliver(road: MailRoad, send: str, part: list[str]) -> None:
    from latchkey.deliver_links import Work, deliver_chunk

    worker = road.worker()
    for body in part:
        with suppress(TryLater):
            deliver_chunk(worker, Work(SCHOOL, send, json.loads(body)["chunk"]), lambda: 100.0)


def _at_once(jobs: list[Callable[[], None]]) -> None:
    """Run jobs in threads of their own; what went wrong in one goes wrong here."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()


def _cancel_if_not_finished(road: MailRoad, send: str) -> None:
    try:
        cancel(road, send, revoke=True)
    except Conflict:
        assert road.send(send).state == "finished"


def _busy(*_: object, **__: object) -> None:
    raise TryLater()
