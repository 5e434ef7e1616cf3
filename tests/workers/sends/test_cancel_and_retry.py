"""Pausing, resuming and cancelling a send, whatever the workers are doing meanwhile; retries and reminders."""

import json
from collections import Counter
from typing import Any

import pytest

from latchkey.errors import Conflict, TryLater
from latchkey.password_links.model import links
from latchkey.people.stores.people import Directory
from latchkey.sends import control_send, repeat_send
from tests.support.control import (
    ADMIN,
    SCHOOL,
    adds_up,
    apart,
    at_once,
    audited,
    busy,
    cancel,
    drain,
    pause,
    resume,
    retry,
    started,
    works,
)
from tests.support.mail_road import MailRoad, message


class TestCancel:
    def test_sends_nothing_more_and_keeps_the_links_that_are_out(self, road: MailRoad) -> None:
        send = started(road, 120)
        first, *rest = apart(road.chunks())
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

    def test_how_many_links_it_would_end_is_known_without_reading_whose_they_are(
        self, road: MailRoad, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        send = started(road, 60)
        road.deliver([apart(road.chunks())[0]])
        asked: list[str] = []
        monkeypatch.setattr(Directory, "by_ids", lambda _, ids: asked.extend(ids))
        found = control_send.impact(road.system.wiring("console"), SCHOOL, send)
        assert (found, asked) == (control_send.CancelImpact(waiting=10, links=50, exact=True), [])

    def test_with_revoke_kills_links_but_not_of_those_who_have_set_a_password(self, road: MailRoad) -> None:
        send = started(road, 60)
        first = apart(road.chunks())[0]
        road.deliver([first])
        urls = {mail.to: mail.links[0] for mail in road.ses.mails}
        directory = road.system.wiring("console").directory(SCHOOL)
        done = directory.person(f"{1:020d}")
        assert done is not None
        now = int(road.system.clock())
        directory.change(done.id, {"version": done.version + 1, "password_set_at": now}, [])
        console = road.system.wiring("console")
        assert control_send.impact(console, SCHOOL, send) == control_send.CancelImpact(waiting=10, links=49, exact=True)
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
        sends._change(road.send(send), {"state": "running"}, [])
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
        ledger = road.system.wiring("deliver_links").ledger(SCHOOL)
        now = int(road.system.clock())
        work = ledger.lease(send, 1, now, 60)
        cancel(road, send, revoke=True)
        road.plan()
        assert set(road.states(send).values()) == {("cancelled", "in_hand")}
        sent, unsure, back = work.mails
        results = [
            sent.__class__(to=sent.to, accounts=sent.accounts, state="sent", at=now),
            unsure.__class__(to=unsure.to, accounts=unsure.accounts, state="sending", at=now),
            back,
        ]
        ledger.record(work, results, now)
        found = road.send(send)
        assert (found.state, found.counts["sent"], found.counts["cancelled"]) == ("cancelled", 1, 2)
        people = road.system.wiring("console").directory(SCHOOL).by_ids(f"{number:020d}" for number in range(1, 4))
        assert [person.version for person in people] == [1, 1, 1]  # a link that still goes out is dead on arrival
        adds_up(road, send)

    def test_of_many_chunks_is_done_in_parts(self, road: MailRoad) -> None:
        road.monkeypatch.setattr("latchkey.sends.model.planning.CHUNK_MAILS", 1)
        for module in ("control_send", "cancel_chunks"):
            road.monkeypatch.setattr(f"latchkey.sends.{module}.CANCEL_STEP", 4)
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
            patch.setattr("latchkey.shared.stores.queues.Queue.put_many", busy)
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

    def test_asked_for_while_it_is_planned_is_the_same_retry(self, road: MailRoad) -> None:
        send = self.half_failed(road)
        first, _ = retry(road, send)
        honest = repeat_send.start_send

        def after_the_plan(*given: Any, **more: Any) -> Any:
            road.plan()
            return honest(*given, **more)

        road.monkeypatch.setattr(repeat_send, "start_send", after_the_plan)
        second, new = retry(road, send)
        assert (second.id, new) == (first.id, False)

    def test_asked_for_by_many_at_once_is_one_retry(self, road: MailRoad) -> None:
        send = self.half_failed(road)
        found: list[str] = []
        at_once([lambda: found.append(retry(road, send)[0].id)] * 4)
        assert len(found) == 4
        assert len(set(found)) == 1
        drain(road)
        assert len(road.ses.mails) == 4

    def test_of_a_paused_send_takes_later_failures_up_in_a_second_one(self, road: MailRoad) -> None:
        road.monkeypatch.setattr("latchkey.sends.model.planning.CHUNK_MAILS", 2)
        send = started(road, 4)
        first = apart(road.chunks())[0]
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
            patch.setattr("latchkey.shared.stores.queues.Queue.put", busy)
            with pytest.raises(TryLater):
                retry(road, send)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("latchkey.sends.stores.sends.Sends.make", busy)
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
        assert (first.run.id, first.new, second.new) == (second.run.id, True, False)
        drain(road)
        assert set(road.states(first.run.id)) == {f"{number:020d}" for number in (2, 3, 4)}
        adds_up(road, first.run.id)
        for number in (2, 3, 4):
            console.directory(SCHOOL).change(f"{number:020d}", {"password_set_at": int(road.system.clock())}, [])
        with pytest.raises(Conflict, match="Everybody"):
            repeat_send.again(console, school, ADMIN, send)
