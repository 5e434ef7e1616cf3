"""Sends: made once, planned by one, turned only from the state that was read."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from latchkey.audit.stores.audit import Audit, EventWrite
from latchkey.errors import Changed
from latchkey.sends.model.send import NOT_APPROVED, NOT_QUEUED, Selection, Send, Tally
from latchkey.sends.stores.sends import Sends
from latchkey.shared.model.ids import new_id
from tests.support.system import START, TestSystem

NOW = int(START)
ADMIN = "b" * 20


def a_send(**facts: object) -> Send:
    given = {
        "id": new_id(),
        "kind": "password_link",
        "state": "running",
        "origin": "admin",
        "created_at": NOW,
        "created_by": "a" * 20,
    }
    return Send(**{**given, **facts})  # type: ignore[arg-type]


def made(sends: Sends, **facts: object) -> Send:
    send = a_send(**facts)
    assert sends.make(send)
    return send


@pytest.fixture
def sends(system: TestSystem) -> Sends:
    return system.wiring("console").sends("northbridge")


@pytest.fixture
def audit(system: TestSystem) -> Audit:
    return system.wiring("console").audit("northbridge")


def event(audit: Audit) -> EventWrite:
    return audit.record_of(ADMIN, "send.pause", NOW)


def test_a_send_comes_back_as_written_and_is_made_once(system: TestSystem, sends: Sends) -> None:
    send = a_send(selection=Selection(filter={"role": "student"}), counts={"planned": 1}, total=1, state="queued")
    assert sends.make(send)
    assert sends.get(send.id) == send
    assert not sends.make(replace(send, total=9))
    assert sends.get(send.id, origin="person") is None
    assert system.wiring("console").sends("southgate").get(send.id) is None


def test_sends_are_listed_newest_first_in_pages(sends: Sends) -> None:
    made = [a_send(id=f"{number:026d}") for number in range(5)]
    for send in made:
        sends.make(send)
    sends.make(a_send(origin="person"))
    first, cursor = sends.page(limit=3)
    rest, end = sends.page(after=cursor, limit=3)
    assert [send.id for send in first + rest] == [send.id for send in reversed(made)]
    assert end is None


def test_a_send_is_planned_by_one_worker_at_a_time(sends: Sends) -> None:
    send = a_send(state="queued")
    sends.make(send)
    sends.start_planning(send, NOW, 60)
    with pytest.raises(Changed):
        sends.start_planning(send, NOW + 59, 60)
    mine = sends.start_planning(send, NOW + 60, 60)
    sends.finish_planning(replace(mine, state="running"))
    with pytest.raises(Changed):
        sends.start_planning(send, NOW + 999, 60)


def test_planning_hands_on_its_counts(sends: Sends) -> None:
    mine = sends.start_planning(made(sends, state="queued"), NOW, 60)
    counts, skips = {"planned": 2, "skipped": 1}, {"left": 1}
    planned = replace(mine, state="running", moving_since=NOW, total=3, chunks=2, counts=counts, skips=skips)
    assert sends.finish_planning(planned) == planned
    assert sends.get(mine.id) == planned


def test_a_send_that_was_paused_while_it_was_planned_is_given_back_unplanned(sends: Sends, audit: Audit) -> None:
    mine = sends.start_planning(made(sends, state="queued"), NOW, 60)
    paused = sends.pause(mine, event(audit))
    given_back = sends.finish_planning(replace(mine, state="running", total=3, chunks=2))
    assert given_back == replace(paused, planning_until=0)
    assert given_back.chunks == 0


def test_a_planner_whose_time_is_over_writes_nothing(sends: Sends) -> None:
    slow = sends.start_planning(made(sends, state="queued"), NOW, 60)
    quick = sends.start_planning(slow, NOW + 60, 60)
    for write in (sends.put_off, lambda send: sends.hold(send, "people", NOW + 99), sends.finish_planning):
        with pytest.raises(Changed):
            write(slow)
    assert sends.get(slow.id) == quick


def test_a_send_that_is_held_or_put_off_can_be_planned_at_once(sends: Sends) -> None:
    mine = sends.start_planning(made(sends, state="queued"), NOW, 60)
    held = sends.hold(mine, "staff", NOW + 99)
    assert (held.approval, held.need, held.approve_by) == ("needed", "staff", NOW + 99)
    put_off = sends.put_off(sends.start_planning(held, NOW, 60))
    assert sends.start_planning(put_off, NOW, 60).planning_until == NOW + 60


Turn = Callable[[Sends, Send, EventWrite], Send]
TURNS: dict[str, Turn] = {
    "pause": Sends.pause,
    "resume": lambda sends, send, event: sends.resume(send, NOW, event),
    "cancel": lambda sends, send, event: sends.cancel(send, NOW, event, revoke=False),
    "approve": lambda sends, send, event: sends.approve(send, ADMIN, event),
    "give up": lambda sends, send, event: sends.give_up(send, NOW, event),
    "brake": lambda sends, send, event: sends.brake(replace(send, state="running"), "brake_bounces", event),
    "add a retry": lambda sends, send, event: sends.add_taker(replace(send, retries=("x" * 26,)), "failed", "y" * 26, event),
}


@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
def test_who_is_late_changes_nothing_and_leaves_no_event(sends: Sends, audit: Audit, turn: Turn) -> None:
    read = made(sends, state="paused", approval="needed")
    now_is = sends._change(read, {"state": "cancelled", "retries": ["z" * 26]}, [])
    with pytest.raises(Changed):
        turn(sends, read, event(audit))
    assert (sends.get(read.id), audit.page()[0]) == (now_is, [])


@pytest.mark.parametrize(
    ("chunks", "counts", "state"), [(0, {}, "queued"), (1, {"sent": 2}, "finished"), (1, {"sent": 1, "planned": 1}, "running")]
)
def test_what_is_left_decides_how_a_send_goes_on(
    sends: Sends, audit: Audit, chunks: int, counts: dict[str, int], state: str
) -> None:
    paused = made(sends, state="paused", chunks=chunks, counts=counts)
    resumed = sends.resume(paused, NOW + 5, event(audit))
    moving = (NOW + 5, 1) if state == "running" else (None, 0)
    assert (resumed.state, resumed.moving_since, resumed.moved_before) == (state, *moving)
    assert resumed.finished_at == (NOW + 5 if state == "finished" else None)
    assert len(audit.page()[0]) == 1


def test_a_send_whose_last_mail_is_recorded_as_it_is_resumed_does_not_run_on(sends: Sends, audit: Audit) -> None:
    read = made(sends, state="paused", chunks=1, counts={"sending": 1})
    sends._change(read, {"open": 0}, [])
    with pytest.raises(Changed):
        sends.resume(read, NOW, event(audit))


@pytest.mark.parametrize(("reason", "braked"), [("brake_bounces", Tally(20, 1, 0)), (None, Tally())])
def test_only_a_send_that_the_brake_paused_is_counted_anew(sends: Sends, audit: Audit, reason: str | None, braked: Tally) -> None:
    paused = made(sends, state="paused", reason=reason, chunks=1, counts={"planned": 1}, tally=Tally(20, 1, 0))
    assert sends.resume(paused, NOW, event(audit)).braked == braked


def test_the_brake_pauses_once_for_the_same_numbers(sends: Sends, audit: Audit) -> None:
    read = made(sends, waiting="quota")
    assert sends.brake(read, "brake_bounces", event(audit)).waiting is None
    sends._change(read, {"state": "running", "braked": [20, 1, 0]}, [])
    with pytest.raises(Changed):
        sends.brake(read, "brake_bounces", event(audit))


def test_revoking_later_keeps_when_it_was_cancelled(sends: Sends, audit: Audit) -> None:
    cancelled = sends.cancel(made(sends), NOW + 1, event(audit), revoke=False)
    assert (cancelled.state, cancelled.revoke, cancelled.finished_at) == ("cancelled", False, NOW + 1)
    revoked = sends.cancel(cancelled, NOW + 9, event(audit), revoke=True)
    assert (revoked.revoke, revoked.finished_at) == (True, NOW + 1)


def test_approval_is_given_or_given_up(sends: Sends, audit: Audit) -> None:
    read = made(sends, state="queued", approval="needed")
    approved = sends.approve(read, ADMIN, event(audit))
    assert (approved.approval, approved.approved_by) == ("given", ADMIN)
    with pytest.raises(Changed):
        sends.give_up(read, NOW, event(audit))
    other = sends.give_up(made(sends, state="queued", approval="needed"), NOW, event(audit))
    assert (other.state, other.reason, other.finished_at) == ("cancelled", NOT_APPROVED, NOW)


def test_what_was_not_queued_is_revived_once(sends: Sends) -> None:
    send = made(sends, state="queued")
    failed = sends.not_queued(send, NOW)
    assert (failed.state, failed.reason, failed.finished_at, failed.was_not_queued) == ("failed", NOT_QUEUED, NOW, True)
    assert sends.revive(failed) == send
    with pytest.raises(Changed):
        sends.revive(failed)
    sends._change(send, {"state": "running"}, [])
    with pytest.raises(Changed):
        sends.not_queued(send, NOW)


def test_retries_are_added_in_order(sends: Sends, audit: Audit) -> None:
    once = sends.add_taker(made(sends), "failed", "x" * 26, event(audit))
    assert sends.add_taker(once, "failed", "y" * 26, event(audit)).retries == ("x" * 26, "y" * 26)


def test_why_a_send_waits_is_written_only_while_it_runs(sends: Sends) -> None:
    send = made(sends)
    sends.set_waiting(send.id, "quota", NOW, origin="admin")
    sends.set_waiting(send.id, "quota", NOW + 9, origin="admin")
    assert sends.get(send.id) == replace(send, waiting="quota", waiting_since=NOW)
    sends.set_waiting(send.id, None, NOW, origin="admin")
    assert sends.get(send.id) == send
    stopped = made(sends, state="paused")
    sends.set_waiting(stopped.id, "quota", NOW, origin="admin")
    assert sends.get(stopped.id) == stopped
