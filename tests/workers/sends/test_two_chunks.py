"""A message of two chunks: read in one call, each taken, mailed and recorded by itself."""

import json
from collections import Counter
from typing import Any

import pytest

from latchkey.wiring import Wiring
from tests.support.control import SCHOOL, adds_up, apart, drain, pause, resume, started
from tests.support.mail_road import MailRoad, message


def counted(worker: Wiring) -> Counter[str]:
    """The calls of DynamoDB that a worker makes from now on."""
    calls: Counter[str] = Counter()

    def count(event_name: str, **_: Any) -> None:
        calls[event_name.rpartition(".")[2]] += 1

    worker.client("dynamodb").meta.events.register("before-call.dynamodb", count)
    return calls


@pytest.mark.moto
def test_is_read_in_two_calls_its_people_in_the_second(road: MailRoad) -> None:
    send = started(road, 100)
    (body,) = road.chunks()
    assert json.loads(body)["chunks"] == 2
    worker = road.worker()
    calls = counted(worker)
    assert road.deliver([body], worker) == []
    assert calls == {
        "BatchGetItem": 2,
        "GetItem": 1,  # of the rate: a worker's first
        "UpdateItem": 2,
        "TransactWriteItems": 3 + 1,  # one is taken, recorded as the other is taken, which is recorded: that finishes the send
    }
    assert (road.send(send).state, len(road.ses.mails)) == ("finished", 100)
    adds_up(road, send)


def test_that_comes_again_mails_nobody_twice(road: MailRoad) -> None:
    send = started(road, 100)
    bodies = road.chunks()
    for again in (bodies, bodies, apart(bodies)):
        assert road.deliver(again) == []
    assert len({mail.to for mail in road.ses.mails}) == len(road.ses.mails) == 100
    adds_up(road, send)


def test_a_pause_between_the_two_holds_the_second(road: MailRoad) -> None:
    send = started(road, 100)
    sent = road.ses.send_bulk_email

    def then_pause(**request: Any) -> Any:
        answer = sent(**request)
        pause(road, send)
        return answer

    road.ses.send_bulk_email = then_pause  # type: ignore[method-assign]
    assert road.deliver() == []
    assert (road.send(send).state, len(road.ses.mails)) == ("paused", 50)
    road.ses.send_bulk_email = sent  # type: ignore[method-assign]
    resume(road, send)
    drain(road)
    assert (road.send(send).state, len(road.ses.mails)) == ("finished", 100)
    adds_up(road, send)


def test_the_second_goes_when_another_worker_has_the_first(road: MailRoad) -> None:
    send = started(road, 100)
    (body,) = road.chunks()
    road.worker().ledger(SCHOOL).lease(send, 1, int(road.system.clock()), 60)
    assert road.deliver([body]) == [body]
    assert {mail.to for mail in road.ses.mails} == {f"p{number}@x.example" for number in range(51, 101)}


def test_the_second_is_not_mailed_twice_when_it_went_since_it_was_read(road: MailRoad) -> None:
    send = started(road, 100)
    (body,) = road.chunks()
    first, second = apart([body])
    sent = road.ses.send_bulk_email

    def meanwhile(**request: Any) -> Any:
        road.ses.send_bulk_email = sent  # type: ignore[method-assign]
        answer = sent(**request)
        assert road.deliver([second], road.worker()) == []
        return answer

    road.ses.send_bulk_email = meanwhile  # type: ignore[method-assign]
    assert road.deliver([body]) == []
    assert len({mail.to for mail in road.ses.mails}) == len(road.ses.mails) == 100
    assert road.deliver([first]) == []
    assert road.send(send).state == "finished"
    adds_up(road, send)


@pytest.mark.parametrize("chunk", [2, 3])
def test_one_that_does_not_exist_is_poison_and_the_others_go(road: MailRoad, chunk: int) -> None:
    send = started(road, 100)
    bad = message(school=SCHOOL, send=send, chunk=chunk, chunks=2)
    assert road.deliver([bad, *road.chunks()]) == [bad]
    assert road.send(send).state == "finished"
