"""A message of several chunks: what goes wrong in the middle, at each write, and what else happens meanwhile."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from latchkey.sends.model.ledger import GRACE
from latchkey.sends.stores.ledger import Ledger
from latchkey.wiring import Wiring
from tests.support.control import SCHOOL, adds_up, apart, cancel, drain, pause, resume, started
from tests.support.mail_road import MailRoad, message

FOUR = 20  # people, in chunks of five


class Killed(BaseException):
    """The worker is gone."""


@pytest.fixture(autouse=True)
def _chunks_of_five(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("latchkey.sends.model.planning.CHUNK_MAILS", 5)


def four(road: MailRoad) -> tuple[str, str]:
    """A send of four chunks and its one message."""
    send = started(road, FOUR)
    (body,) = road.chunks()
    assert json.loads(body)["chunks"] == 4
    return send, body


def mailed(road: MailRoad) -> Counter[str]:
    """How often each address was mailed."""
    return Counter(mail.to for mail in road.ses.mails)


def on_write(worker: Wiring, number: int, act: Callable[[], None], *, after: bool = False) -> None:
    """Let something happen at a worker's so many-th write to a table: before it reaches DynamoDB, or after."""
    client, seen = worker.client("dynamodb"), [0]
    for name in ("transact_write_items", "update_item"):
        real = getattr(client, name)

        def call(*, real: Any = real, **request: Any) -> Any:
            seen[0] += 1
            if seen[0] == number and not after:
                act()
            answer = real(**request)
            if seen[0] == number and after:
                act()
            return answer

        setattr(client, name, call)


def finish(road: MailRoad, send: str, body: str) -> None:
    """The message comes again until everything is done."""
    bodies = [body]
    for _ in range(6):
        road.system.clock.now += GRACE + 200
        road.context.seconds = 120
        bodies = [*road.deliver(bodies), *road.again, *road.chunks()]
        if not bodies:
            break
    assert road.send(send).state == "finished"
    adds_up(road, send)


@pytest.mark.parametrize("after", [False, True], ids=["before it", "after it"])
@pytest.mark.parametrize("number", range(1, 12))
def test_a_worker_that_dies_at_a_write_leaves_one_chunk_in_doubt(road: MailRoad, number: int, after: bool) -> None:
    send, body = four(road)
    worker = road.worker()

    def die() -> None:
        raise Killed

    on_write(worker, number, die, after=after)
    for name in ("record", "record_and_lease"):  # nothing of it runs any more, no ``finally`` either
        _only_alive(road, worker, name)
    try:
        road.deliver([body], worker)
    except Killed:
        at_death = mailed(road)
    else:
        assert number >= 9, "there are one or two more only where a counter moves otherwise"
        return
    in_hand = Counter(state for state, _ in road.states(send).values())["sending"]
    assert in_hand <= 5, "one chunk at most is in doubt"
    road.monkeypatch.undo()
    road.monkeypatch.setattr("latchkey.sends.model.planning.CHUNK_MAILS", 5)
    finish(road, send, body)
    twice = [to for to, times in mailed(road).items() if times > 1]
    assert len(mailed(road)) == FOUR
    assert len(twice) <= 5
    assert max(mailed(road).values()) <= 2
    assert set(twice) <= set(at_death)
    links = {to: {link for mail in road.ses.to(to) for link in mail.links} for to in mailed(road)}
    assert all(len(each) == 1 for each in links.values()), "who has two mails has the same link twice"


def _only_alive(road: MailRoad, worker: Wiring, name: str) -> None:
    dead: list[bool] = []
    original = getattr(Ledger, name)

    def call(self: Ledger, *values: Any, **facts: Any) -> Any:
        if dead:
            raise Killed
        try:
            return original(self, *values, **facts)
        except Killed:
            dead.append(True)
            raise

    road.monkeypatch.setattr(Ledger, name, call)


def test_a_write_whose_answer_is_lost_is_found_again(road: MailRoad) -> None:
    """DynamoDB has done it, and the worker does not know: what became of the first is kept, the second comes after its lease."""
    send, body = four(road)
    worker = road.worker()

    def lost() -> None:
        raise ReadTimeoutError(endpoint_url="https://dynamodb.example")

    on_write(worker, 3, lost, after=True)  # the first is taken, its slots, recorded as the second is taken
    assert road.deliver([body], worker) == [body]
    assert Counter(state for state, _ in road.states(send).values()) == {"sent": 15, "sending": 5}
    finish(road, send, body)
    assert set(mailed(road).values()) == {1}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_poison_chunk_among_four_keeps_no_other(road: MailRoad, number: int) -> None:
    send, body = four(road)
    items = road.system.wiring("console").table("ACTIVITY_TABLE")
    items.delete(f"{SCHOOL}#SEND#{send}", f"CHUNK#{number:05d}")
    assert road.deliver([body]) == [body], "it comes again, and at last is with the dead letters, where somebody sees it"
    assert len(mailed(road)) == FOUR - 5
    assert road.deliver([body]) == [body]
    assert set(mailed(road).values()) == {1}


def test_two_workers_on_messages_that_overlap_mail_nobody_twice(road: MailRoad) -> None:
    send, body = four(road)
    sent = road.ses.send_bulk_email
    overlapping = [message(school=SCHOOL, send=send, chunk=2, chunks=3), *apart([body])]

    def meanwhile(**request: Any) -> Any:
        answer = sent(**request)
        if overlapping:
            other = overlapping.pop(0)
            road.deliver([other], road.worker())
        return answer

    road.ses.send_bulk_email = meanwhile  # type: ignore[method-assign]
    again = road.deliver([body])
    road.ses.send_bulk_email = sent  # type: ignore[method-assign]
    for each in again:
        finish(road, send, each)
    assert set(mailed(road).values()) == {1}
    assert len(mailed(road)) == FOUR
    adds_up(road, send)


@pytest.mark.parametrize("calls", [1, 2, 3])
@pytest.mark.parametrize("act", [pause, cancel], ids=["pause", "cancel"])
def test_a_send_that_is_stopped_in_the_middle_gives_out_no_other_chunk(
    road: MailRoad, act: Callable[[MailRoad, str], object], calls: int
) -> None:
    send, body = four(road)
    sent, seen = road.ses.send_bulk_email, [0]

    def then_stop(**request: Any) -> Any:
        answer = sent(**request)
        seen[0] += 1
        if seen[0] == calls:
            act(road, send)
        return answer

    road.ses.send_bulk_email = then_stop  # type: ignore[method-assign]
    assert road.deliver([body]) == []
    assert len(mailed(road)) == 5 * calls, "what was with SES, and nothing after it"
    assert "sending" not in {state for state, _ in road.states(send).values()}
    if act is pause:
        resume(road, send)
    drain(road)
    assert len(mailed(road)) == (FOUR if act is pause else 5 * calls)
    assert set(mailed(road).values()) == {1}
    assert road.send(send).state == ("finished" if act is pause else "cancelled")
    adds_up(road, send)


def test_what_the_account_does_not_take_is_put_back_in_one_message(road: MailRoad) -> None:
    send, body = four(road)
    road.ses.statuses = {"p6@x.example": ["ACCOUNT_DAILY_QUOTA_EXCEEDED"]}
    assert road.deliver([body]) == []
    (again,) = road.again
    assert json.loads(again) == {"v": 1, "school": SCHOOL, "send": send, "chunk": 2, "chunks": 3, "waited": True}
    assert road.send(send).waiting == "quota"
    assert road.deliver([again]) == []
    assert (road.send(send).waiting, road.send(send).state) == (None, "finished")
    assert set(mailed(road).values()) == {1}
    adds_up(road, send)


def test_a_chunk_that_is_taken_is_given_back_when_its_worker_cannot_go_on(
    road: MailRoad, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours between two chunks: the second was taken already, and nothing of it has gone out."""
    send, body = four(road)

    def fault(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as broken:
        broken.setattr("latchkey.sends.deliver_links._Round._tell", fault)
        assert road.deliver([body]) == [body]
    assert Counter(state for state, _ in road.states(send).values()) == {"sent": 5, "planned": 15}
    assert road.deliver([body]) == []
    assert road.send(send).state == "finished"
    assert set(mailed(road).values()) == {1}
