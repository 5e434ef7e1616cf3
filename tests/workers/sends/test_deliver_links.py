"""Delivering a chunk: SES's moods, crashes and two workers at once never cost a mail or change a link."""

import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

import deliver_links.handler as door
from latchkey.mail.model.pace import grid
from latchkey.schools.model.school import Settings
from latchkey.sends import queue_chunks as hand_over
from latchkey.sends.deliver_links import Work
from latchkey.sends.model.ledger import GRACE
from latchkey.sends.stores.ledger import Ledger
from latchkey.shared.model.messages import Message
from tests.support.mail_road import MailRoad, message
from tests.support.ses import refusal


def planned(road: MailRoad, people: int, **facts: object) -> tuple[str, list[str]]:
    for number in range(1, people + 1):
        road.person(number, **facts)
    send = road.start()
    assert road.plan() == []
    return send, road.chunks()


def test_two_workers_at_once_mail_everybody_once(road: MailRoad) -> None:
    send, chunks = planned(road, 120)
    workers = [road.worker() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        failed = list(pool.map(lambda worker: road.deliver(chunks, worker), workers))
    road.system.clock.now += 200
    assert road.deliver(list({body for bodies in failed for body in bodies})) == []
    assert len(road.ses.mails) == len({mail.to for mail in road.ses.mails}) == 120
    assert (road.send(send).counts["sent"], road.send(send).state) == (120, "finished")


def test_another_workers_chunk_is_left_alone_and_a_dead_workers_is_taken_over(road: MailRoad) -> None:
    send, chunks = planned(road, 2)
    ledger = road.system.wiring("console").ledger("northbridge")
    ledger.lease(send, 1, int(road.system.clock()), 130)
    assert road.deliver(chunks) == chunks
    assert road.ses.mails == []
    road.system.clock.now += GRACE  # it may have mailed them before it died
    assert road.deliver(chunks) == []
    assert len(road.ses.mails) == 2


def test_a_crash_between_ses_and_the_ledger_sends_the_same_link_again(road: MailRoad, monkeypatch: pytest.MonkeyPatch) -> None:
    send, chunks = planned(road, 3)
    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "record", _crash)
        assert road.deliver(chunks) == chunks
    assert road.send(send).counts["sent"] == 0
    road.system.clock.now += 720
    assert road.deliver(chunks) == chunks  # word of them may still come
    assert len(road.ses.mails) == 3
    road.system.clock.now += 720
    assert road.deliver(chunks) == []
    for number in (1, 2, 3):
        first, second = road.ses.to(f"p{number}@x.example")
        assert (first.links, first.text, first.html) == (second.links, second.text, second.html)
    assert road.send(send).counts["sent"] == 3


def test_an_answer_that_got_lost_sends_the_same_link_again(road: MailRoad) -> None:
    send, chunks = planned(road, 2)
    road.ses.script.append("lost")
    assert road.deliver(chunks) == []
    assert road.send(send).counts["sending"] == 2
    road.system.clock.now += GRACE + 10
    assert road.deliver(road.again) == []
    first, second = road.ses.to("p1@x.example")
    assert first.links == second.links
    assert road.send(send).counts["sent"] == 2


def test_a_worker_that_lost_its_lease_does_not_count(road: MailRoad, monkeypatch: pytest.MonkeyPatch) -> None:
    send, chunks = planned(road, 2)
    original = Ledger.record

    def slow(self: Ledger, *values: object) -> object:
        road.system.clock.now += GRACE
        monkeypatch.setattr(Ledger, "record", original)
        assert road.deliver(chunks, road.worker()) == []
        return original(self, *values)  # type: ignore[arg-type]

    monkeypatch.setattr(Ledger, "record", slow)
    assert road.deliver(chunks) == []
    assert {state: count for state, count in road.send(send).counts.items() if count} == {"sent": 2}


def test_one_bad_address_hurts_nobody_else(road: MailRoad) -> None:
    send, chunks = planned(road, 50)
    road.ses.poisonous = {"p7@x.example", "p50@x.example"}
    assert road.deliver(chunks) == []
    assert len(road.ses.mails) == 48
    assert road.send(send).counts["failed"] == 2
    assert road.states(send)[f"{7:020d}"] == ("failed", "refused")
    assert road.send(send).state == "finished"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("MESSAGE_REJECTED", "refused"),
        ("INVALID_PARAMETER", "refused"),
        ("FAILED", "not_sent"),
        ("SOMETHING_NEW", "not_sent"),
    ],
)
def test_what_ses_fails_for_good_is_written_down(road: MailRoad, status: str, reason: str) -> None:
    send, chunks = planned(road, 3)
    road.ses.statuses = {"p2@x.example": [status]}
    assert road.deliver(chunks) == []
    assert road.states(send)[f"{2:020d}"] == ("failed", reason)
    assert {state: count for state, count in road.send(send).counts.items() if count} == {"sent": 2, "failed": 1}


@pytest.mark.parametrize("status", ["ACCOUNT_THROTTLED", "TRANSIENT_FAILURE"])
def test_a_mail_that_ses_could_not_take_is_tried_again_at_once(road: MailRoad, status: str) -> None:
    send, chunks = planned(road, 3)
    road.ses.statuses = {"p2@x.example": [status]}
    assert road.deliver(chunks) == []
    assert len(road.ses.mails) == 3
    assert road.send(send).state == "finished"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("ACCOUNT_DAILY_QUOTA_EXCEEDED", "quota"),
        ("ACCOUNT_SENDING_PAUSED", "paused"),
        ("CONFIGURATION_SET_SENDING_PAUSED", "paused"),
        ("ACCOUNT_SUSPENDED", "paused"),
        ("MAIL_FROM_DOMAIN_NOT_VERIFIED", "sender"),
        ("CONFIGURATION_SET_NOT_FOUND", "sender"),
    ],
)
def test_a_mail_for_tomorrow_stays_planned_and_what_went_is_written_down(road: MailRoad, status: str, reason: str) -> None:
    send, chunks = planned(road, 3)
    road.ses.statuses = {"p2@x.example": [status]}
    assert road.deliver(chunks) == []
    assert (road.send(send).counts["sent"], road.send(send).counts["planned"], road.send(send).state) == (2, 1, "running")
    assert (road.send(send).waiting, road.send(send).waiting_since) == (reason, int(road.system.clock()))
    assert road.deliver(road.again) == []
    assert road.send(send).waiting is None
    assert (len(road.ses.mails), road.send(send).state) == (3, "finished")


@pytest.mark.parametrize("code", ["TooManyRequestsException", "LimitExceededException", "ThrottlingException"])
def test_a_call_that_came_too_fast_is_made_again_after_a_pause(road: MailRoad, code: str) -> None:
    _, chunks = planned(road, 3)
    before = road.system.clock.now
    road.ses.script.extend([refusal(code), refusal(code)])
    assert road.deliver(chunks) == []
    assert len(road.ses.mails) == 3
    assert road.system.clock.now - before >= 3


def test_a_call_that_comes_too_fast_for_ever_hands_the_chunk_back(road: MailRoad) -> None:
    send, chunks = planned(road, 3)
    road.ses.script.extend([refusal("TooManyRequestsException", "Maximum sending rate exceeded.")] * 4)
    assert road.deliver(chunks) == []
    assert (road.send(send).counts["planned"], road.send(send).waiting) == (3, "throttled")
    assert road.deliver(road.again) == []
    assert len(road.ses.mails) == 3


@pytest.mark.parametrize(
    ("account", "reason"),
    [({"enabled": False}, "paused"), ({"production": False}, "sandbox"), ({"quota": 100.0, "used": 100.0}, "quota")],
)
def test_an_account_that_cannot_send_makes_sends_wait_and_say_so(road: MailRoad, account: dict[str, object], reason: str) -> None:
    send, chunks = planned(road, 1)
    good = {name: getattr(road.ses, name) for name in account}
    for name, value in account.items():
        setattr(road.ses, name, value)
    for _ in range(30):  # hours: many more turns than a message has before it is given up
        assert road.deliver(chunks) == []
        chunks = road.again
        assert len(chunks) == 1
        road.system.clock.now += 900
    assert road.ses.calls == []
    since = road.send(send).waiting_since
    assert (road.send(send).waiting, road.send(send).state) == (reason, "running")
    assert since is not None
    assert since <= road.system.clock.now - 29 * 900
    for name, value in good.items():
        setattr(road.ses, name, value)
    assert road.deliver(chunks) == []
    assert (road.send(send).state, road.send(send).waiting) == ("finished", None)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (refusal("SendingPausedException"), "paused"),
        (refusal("LimitExceededException", "Daily message quota exceeded."), "quota"),
    ],
)
def test_a_call_that_the_account_refuses_makes_its_send_wait(road: MailRoad, error: Exception, reason: str) -> None:
    send, chunks = planned(road, 3)
    road.ses.script.append(error)
    assert road.deliver(chunks) == []
    assert (road.send(send).counts["planned"], road.send(send).waiting) == (3, reason)
    assert road.deliver(road.again) == []
    assert (len(road.ses.mails), road.send(send).waiting) == (3, None)


def test_a_fault_of_ours_while_ses_is_asked_waits_for_word_of_the_mails(road: MailRoad) -> None:
    send, chunks = planned(road, 3)
    road.ses.script.append(RuntimeError("broken"))
    assert road.deliver(chunks) == chunks
    assert road.send(send).counts["sending"] == 3
    road.system.clock.now += GRACE
    assert road.deliver(chunks) == []
    assert road.send(send).state == "finished"


def test_the_sandbox_is_tried_for_one_persons_own_mail(road: MailRoad) -> None:
    road.person(1)
    road.ses.production = False
    road.ask(road.forgot("p1@x.example"))
    assert road.plan() == []
    assert road.deliver() == []
    assert len(road.ses.mails) == 1


def test_the_days_quota_is_never_exceeded(road: MailRoad) -> None:
    send, chunks = planned(road, 60)
    road.ses.quota, road.ses.used = 1000.0, 958.0
    assert road.deliver(chunks) == []
    assert len(road.ses.mails) == 42
    assert road.send(send).counts["sent"] == 42
    assert all(status == "SUCCESS" for status in road.ses.given)
    road.ses.used = 0.0
    road.system.clock.now += 101  # the quota is read every 100 seconds
    assert road.deliver(road.again) == []
    assert len(road.ses.mails) == 60


def test_an_unlimited_quota_is_no_quota_of_minus_one(road: MailRoad) -> None:
    _, chunks = planned(road, 2)
    road.ses.quota = -1.0
    assert road.deliver(chunks) == []


@pytest.mark.parametrize("rate", [1.0, 14.0, 90.0])
def test_no_second_holds_more_than_the_rate(road: MailRoad, rate: float) -> None:
    _, chunks = planned(road, 50)
    road.ses.rate = rate
    road.context.seconds = 10_000
    assert road.deliver(chunks) == []
    times = [mail.at for mail in road.ses.mails]
    assert len(times) == 50
    assert all(sum(start <= at < start + 1 for at in times) <= max(1, rate) for start in times)
    assert max(road.ses.calls) <= max(1, rate)
    assert times[-1] - times[0] <= 50 / rate * 1.3
    assert road.ses.accounts_read <= 1 + (times[-1] - times[0]) / 60 + 1


def test_near_the_end_of_its_time_a_worker_hands_the_rest_back(road: MailRoad) -> None:
    send, chunks = planned(road, 50)
    road.ses.rate = 2.0
    road.context.seconds = 30
    assert road.deliver(chunks) == []
    first = len(road.ses.mails)
    assert 0 < first < 50
    assert road.context.seconds > 10
    assert (road.send(send).counts["sent"], road.send(send).waiting) == (first, None)
    road.context.seconds = 1000
    assert road.deliver(road.again) == []
    assert len({mail.to for mail in road.ses.mails}) == len(road.ses.mails) == 50


def _numbers(road: MailRoad) -> list[int]:
    """The chunks that the messages in the queue name."""
    messages = [json.loads(each) for each in road.chunks()]
    assert all(each.get("chunks", 1) <= 34 for each in messages)
    return sorted(each["chunk"] + more for each in messages for more in range(each.get("chunks", 1)))


def test_a_send_has_few_chunks_in_the_queue_and_each_message_calls_the_next_but_one(road: MailRoad) -> None:
    """Whoever comes second waits for two messages of the first, however many chunks the first has."""
    _, chunks = planned(road, 1)
    body = json.loads(chunks[0])
    worker = road.worker()
    hand_over.begin(worker, "northbridge", body["send"], 140)
    assert _numbers(road) == list(range(1, 69))
    for number, following in ((1, range(69, 103)), (2, ()), (35, range(103, 137)), (69, range(137, 141)), (103, ()), (137, ())):
        hand_over.go_on(worker, "northbridge", body["send"], number, 140, step=34)
        assert _numbers(road) == list(following)
    hand_over.begin(worker, "northbridge", body["send"], 85, grid=grid(14))
    assert _numbers(road) == list(range(1, 33))


def test_messages_from_before_call_the_next_by_dozens(road: MailRoad) -> None:
    """They name no step: of a send that was in the middle when this was deployed none is forgotten."""
    send, _ = planned(road, 1)
    called: list[int] = []
    for number in range(1, 54, 4):  # four chunks a message, as they were
        work = Work.of(Message(message(school="northbridge", send=send, chunk=number, chunks=min(4, 54 - number), last=53)))
        hand_over.go_on(road.worker(), "northbridge", send, work.number, work.last, step=work.step)
        called += _numbers(road)
    assert called == list(range(25, 54))


def test_a_class_is_not_kept_waiting_by_a_school_of_thousands(road: MailRoad) -> None:
    road.system.school("southgate")
    for number in range(1, 13):
        road.person(number)
    road.monkeypatch.setattr("latchkey.sends.model.planning.CHUNK_MAILS", 1)
    road.monkeypatch.setattr(hand_over, "STEP", 2)
    road.person(9, school="southgate", email="south@x.example")
    road.start()
    assert road.plan() == []
    small = road.start(school="southgate")
    assert road.plan() == []
    while chunks := road.chunks():  # in the order of their arrival
        assert road.deliver(chunks) == []
    assert [mail.to for mail in road.ses.mails].index("south@x.example") == 4
    assert len(road.ses.mails) == 13
    assert road.send(small, school="southgate").state == "finished"


def test_a_link_that_has_expired_is_not_mailed(road: MailRoad) -> None:
    send, chunks = planned(road, 2)
    road.system.clock.now += 14 * 86_400
    assert road.deliver(chunks) == []
    assert road.ses.mails == []
    assert road.states(send)[f"{1:020d}"] == ("expired", None)
    assert (road.send(send).state, road.send(send).counts["expired"]) == ("finished", 2)


def test_nothing_of_a_stopped_send_goes_out(road: MailRoad) -> None:
    send, chunks = planned(road, 2)
    sends = road.system.wiring("console").sends("northbridge")
    sends._change(road.send(send), {"state": "paused"}, [("state", "=", "running")])
    assert road.deliver(chunks) == []
    assert (road.send(send).state, road.send(send).counts["sent"], road.ses.mails) == ("paused", 0, [])


def test_replies_go_where_the_school_says_and_the_sender_is_the_school(road: MailRoad) -> None:
    road.system.school(
        "southgate", name='Ysgol "Tŷ" <Gwyn>\r\nBcc: evil@x.example', settings=Settings(reply_to="office@s.example")
    )
    road.person(1, school="southgate")
    road.start(school="southgate")
    road.plan()
    assert road.deliver() == []
    (mail,) = road.ses.mails
    assert mail.reply_to == ["office@s.example"]
    assert mail.sender.endswith("?= <no-reply@latchkey.test>")
    assert "\n" not in mail.subject
    assert mail.subject.endswith('Ysgol "Tŷ" <Gwyn> Bcc: evil@x.example')


def test_the_log_names_nobody(road: MailRoad, monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(door.logger.handlers[0], "stream", log)
    _, chunks = planned(road, 2, given_name="Zebedee")
    road.ses.poisonous = {"p1@x.example"}
    road.ses.script.append(refusal("MessageRejected", "p1@x.example is not verified"))
    road.ses.script.append(refusal("IncompleteSignature", "not for p1@x.example"))
    road.deliver([*chunks, '{"v":1,"school":"Zebedee"}'])
    said = log.getvalue()
    assert '"level":"WARNING"' in said
    assert "example" not in said
    assert "Zebedee" not in said
    assert "set-password" not in said


def _crash(*_: object) -> None:
    raise RuntimeError("the function was killed")
