"""Pausing, resuming and cancelling a send, whatever the workers are doing meanwhile; retries and reminders."""

from collections import Counter
from contextlib import suppress

import pytest

from latchkey.errors import Conflict, NotFound, TryLater
from latchkey.sends.model.send import Selection
from latchkey.sends.model.send_actions import FROM, possible
from latchkey.sends.stores.ledger import SendStopped
from tests.support.control import (
    SCHOOL,
    adds_up,
    apart,
    at_once,
    audited,
    busy,
    cancel,
    deliver_part,
    drain,
    pause,
    resume,
    retry,
    started,
    works,
)
from tests.support.mail_road import MailRoad


class TestPause:
    def test_holds_everything_until_it_is_resumed(self, road: MailRoad) -> None:
        send = started(road, 120)
        first, *rest = apart(road.chunks())
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
        real = road.system.wiring("plan_send").ledger(SCHOOL).__class__.empty_after

        def paused_now(*given: object) -> None:
            pause(road, send)
            real(*given)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("latchkey.sends.stores.ledger.Ledger.empty_after", paused_now)
            assert road.plan() == []
        assert (road.send(send).state, road.send(send).chunks) == ("paused", 0)
        assert road.chunks() == []
        resume(road, send)
        assert road.plan() == []  # at once: the planner that was stopped has given the send back
        drain(road)
        assert (road.send(send).state, len(road.ses.mails)) == ("finished", 3)

    def test_and_resume_while_it_is_planned_keeps_the_plan(self, road: MailRoad) -> None:
        send = started(road, 3, planned=False)
        real = road.system.wiring("plan_send").ledger(SCHOOL).__class__.empty_after

        def shaken(*given: object) -> None:
            pause(road, send)
            resume(road, send)
            real(*given)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("latchkey.sends.stores.ledger.Ledger.empty_after", shaken)
            assert road.plan() == []
        assert road.send(send).state == "running"
        drain(road)
        assert (road.send(send).state, len(road.ses.mails)) == ("finished", 3)

    def test_after_the_last_mail_was_taken_finishes_when_it_is_resumed(self, road: MailRoad) -> None:
        send = started(road, 3)
        ledger = road.system.wiring("deliver_links").ledger(SCHOOL)
        now = int(road.system.clock())
        work = ledger.lease(send, 1, now, 60)
        pause(road, send)
        results = [mail.__class__(to=mail.to, accounts=mail.accounts, state="sent", at=now) for mail in work.mails]
        ledger.record(work, results, now)
        assert (road.send(send).state, road.send(send).counts["sent"]) == ("paused", 3)
        assert resume(road, send).send.state == "finished"
        assert road.system.messages("PLAN_QUEUE") == []

    def test_a_paused_send_gives_no_chunk_away(self, road: MailRoad) -> None:
        send = started(road, 3)
        pause(road, send)
        with pytest.raises(SendStopped):
            road.system.wiring("deliver_links").ledger(SCHOOL).lease(send, 1, int(road.system.clock()), 60)

    def test_the_brakes_reason_goes_when_an_admin_resumes(self, road: MailRoad) -> None:
        send = started(road, 3)
        sends = road.system.wiring("console").sends(SCHOOL)
        sends._change(road.send(send), {"state": "paused", "reason": "brake_bounces"}, [])
        assert pause(road, send).send.reason == "brake_bounces"
        assert resume(road, send).send.reason is None

    def test_a_resume_whose_message_is_lost_can_be_repeated(self, road: MailRoad) -> None:
        send = started(road, 3)
        road.chunks()
        pause(road, send)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("latchkey.shared.stores.queues.Queue.put", busy)
            with pytest.raises(TryLater):
                resume(road, send)
        assert not resume(road, send).new
        drain(road)
        assert road.send(send).state == "finished"


class TestRaces:
    """Real threads against moto: an admin changes their mind while workers deliver."""

    def test_pause_resume_cancel_against_delivery_lose_nobody_and_mail_nobody_twice(self, road: MailRoad) -> None:
        road.monkeypatch.setattr("latchkey.sends.model.planning.CHUNK_MAILS", 5)
        send = started(road, 60)
        bodies = apart(road.chunks())

        def waver() -> None:
            with suppress(Conflict):  # it had finished
                for _ in range(4):
                    pause(road, send)
                    resume(road, send)

        deliver = [lambda part=bodies[at::2]: deliver_part(road, part) for at in (0, 1)]
        at_once([*deliver, waver, waver])
        adds_up(road, send)
        if road.send(send).state == "paused":
            resume(road, send)
        drain(road)
        assert road.send(send).state == "finished"
        assert sorted(mail.to for mail in road.ses.mails) == sorted(f"p{number}@x.example" for number in range(1, 61))
        adds_up(road, send)

    def test_cancelling_against_delivery_leaves_everybody_sent_or_cancelled(self, road: MailRoad) -> None:
        road.monkeypatch.setattr("latchkey.sends.model.planning.CHUNK_MAILS", 5)
        send = started(road, 60)
        bodies = apart(road.chunks())
        deliver = [lambda part=bodies[at::2]: deliver_part(road, part) for at in (0, 1)]
        at_once(
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
        sends._change(road.send(send), {"state": state}, [])
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
        assert set(FROM) == {"pause", "resume", "cancel", "retry", "replan", "again", "rest"}


def _cancel_if_not_finished(road: MailRoad, send: str) -> None:
    try:
        cancel(road, send, revoke=True)
    except Conflict:
        assert road.send(send).state == "finished"
