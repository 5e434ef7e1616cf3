"""The account's rate: many workers, one item, no second too full, and people who wait come first."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from latchkey.mail.model.pace import Slot
from latchkey.mail.stores.rate import PK, SK, Rate, Wait
from latchkey.shared.stores.dynamo import Put, Table
from tests.support.memory_dynamo import MemoryDynamo
from tests.support.system import START, Clock, TestSystem, running_system

TABLE = "activity"


class Account:
    """Workers whose clock moves only when all of them wait: the next one to wake goes on."""

    def __init__(self, table: Table) -> None:
        self.clock = Clock(START + 0.123)
        self.table = table
        self.calls: list[tuple[float, int]] = []

    def worker(self, workers: int = 1) -> Rate:
        return Rate(self.table, self.clock, self._sleep, workers)

    def _sleep(self, seconds: float) -> None:
        self.clock.now += seconds

    def fullest_second(self, window: float = 1.0) -> int:
        calls = sorted(self.calls)
        return max(sum(mails for at, mails in calls if start <= at < start + window) for start, _ in calls)


@pytest.fixture(params=["memory", "moto"])
def account(request: pytest.FixtureRequest) -> Iterator[Account]:
    if request.param == "memory":
        yield Account(Table(MemoryDynamo(), TABLE))
        return
    with running_system(moto=True) as system:
        yield Account(system.wiring("deliver_links").table("ACTIVITY_TABLE"))


def slots_of(taken: list[Slot] | Wait) -> list[Slot]:
    assert not isinstance(taken, Wait)
    return taken


def test_a_chunk_takes_one_call_and_begins_at_once(account: Account) -> None:
    worker = account.worker()
    slots = slots_of(worker.take(50, 200.0, urgent=False))
    assert sum(slot.mails for slot in slots) == 50
    assert 0 < slots[0].at - account.clock.now < 0.4


def test_two_workers_never_get_the_same_slot(account: Account) -> None:
    one, other = account.worker(), account.worker()
    taken = slots_of(one.take(14, 14.0, urgent=True)) + slots_of(other.take(14, 14.0, urgent=True))
    assert len({slot.at for slot in taken}) == 2
    assert isinstance(other.take(14, 14.0, urgent=False), Wait)


def test_a_small_call_shares_its_slot_with_the_next(account: Account) -> None:
    one, other = account.worker(), account.worker()
    (first,) = slots_of(one.take(8, 14.0, urgent=False))
    second, third = slots_of(other.take(14, 14.0, urgent=False))
    assert (first.at, second.mails, third.mails) == (second.at, 6, 8)


def test_slots_that_passed_by_are_lost_and_no_more(account: Account) -> None:
    worker = account.worker()
    slots_of(worker.take(50, 14.0, urgent=False))
    account.clock.now += 3_600
    (slot, *_) = slots_of(account.worker().take(14, 14.0, urgent=False))
    assert 0 < slot.at - account.clock.now < 1.2


def test_a_call_that_is_late_does_not_begin(account: Account) -> None:
    worker = account.worker()
    (slot,) = slots_of(worker.take(1, 14.0, urgent=False))
    account.clock.now = slot.at + 0.021
    assert not worker.wait_for(slot)
    (slot,) = slots_of(worker.take(1, 14.0, urgent=False))
    assert worker.wait_for(slot)


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("rate", [1.0, 3.0, 14.0, 30.0, 50.0, 51.0, 90.0, 200.0, 500.0])
def test_who_forgot_their_password_waits_for_six_seconds_at_most_while_sends_fill_the_rate(rate: float, workers: int) -> None:
    """At any moment of two minutes, with twenty workers that take all they may."""
    account = Account(Table(MemoryDynamo(), TABLE))
    senders = [account.worker(workers) for _ in range(20)]
    for moment in range(500):
        for sender in senders:
            sender.take(50, rate, urgent=False, more=800)
        if moment % 7 == 0:
            (slot,) = slots_of(account.worker(workers).take(1, rate, urgent=True))
            assert slot.at - account.clock.now <= 6
        account.clock.now += 0.237


def test_urgent_mails_leave_sends_waiting(account: Account) -> None:
    urgent = account.worker()
    for _ in range(30):
        slots_of(urgent.take(14, 14.0, urgent=True))
    wait = account.worker().take(50, 14.0, urgent=False)
    assert isinstance(wait, Wait)
    assert 25 < wait.seconds < 32
    assert isinstance(urgent.take(14, 14.0, urgent=True), Wait)


def test_another_rate_begins_a_second_after_the_last_slot_of_the_old_one(account: Account) -> None:
    slow, fast = account.worker(), account.worker()
    before = slots_of(slow.take(50, 14.0, urgent=False))
    after = slots_of(fast.take(50, 200.0, urgent=True))
    assert after[0].at >= before[-1].at + 1.04
    (again, *_) = slots_of(slow.take(14, 14.0, urgent=True))
    assert again.at >= after[-1].at + 1.04


@pytest.mark.parametrize("workers", [1, 4, 20])
@pytest.mark.parametrize(("rate", "mails"), [(0.5, 30), (1.0, 60), (14.0, 1_000), (200.0, 10_000)])
def test_twenty_workers_in_turn_never_fill_a_second_and_use_the_rate(rate: float, mails: int, workers: int) -> None:
    """Each does what delivery does: takes slots, waits, calls (which takes a while), and now and then dies."""
    account, chance = Account(Table(MemoryDynamo(), TABLE)), random.Random(5)
    clocks = [Clock(account.clock.now) for _ in range(20)]
    workers = [Rate(account.table, clock, lambda seconds, clock=clock: _move(clock, seconds), workers) for clock in clocks]
    plans: list[list[Slot]] = [[] for _ in workers]
    left = mails
    while left > 0:
        place = min(range(20), key=lambda each: plans[each][0].at if plans[each] else clocks[each].now)
        worker, clock = workers[place], clocks[place]
        if not plans[place]:
            taken = worker.take(min(50, max(left, 1)), rate, urgent=False)
            if isinstance(taken, Wait):
                _move(clock, taken.seconds + chance.uniform(0, 0.01))
            else:
                plans[place] = taken
            continue
        slot = plans[place].pop(0)
        if worker.wait_for(slot):
            account.calls.append((clock.now, slot.mails))
            left -= slot.mails
        if not plans[place]:
            _move(clock, chance.uniform(0.05, 0.4))
    assert account.fullest_second(max(1.0, 1 / rate)) <= max(1, rate)
    if rate >= 14:
        (first, _), *calls = sorted(account.calls)  # what came after the first
        assert sum(sent for _, sent in calls) / (calls[-1][0] - first) >= 0.95 * rate


def test_real_threads_never_fill_a_second(system: TestSystem) -> None:
    """A call counts from its worker's last look at the clock: what a busy machine does to the worker then is not the rate's."""
    table = system.wiring("deliver_links").table("ACTIVITY_TABLE")
    calls: list[tuple[float, int]] = []

    def work(_: int) -> None:
        looked: list[float] = []

        def clock() -> float:
            looked.append(time.time())
            return looked[-1]

        rate = Rate(table, clock)
        for _ in range(1_000):
            if sum(mails for _, mails in calls) > 120:
                return
            taken = rate.take(20, 40.0, urgent=False)
            if isinstance(taken, Wait):
                rate.rest(taken.seconds)
                continue
            calls.extend([(looked[-1], slot.mails) for slot in taken if rate.wait_for(slot)])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert sum(mails for _, mails in calls) > 120
    assert max(sum(mails for at, mails in calls if start <= at < start + 1) for start, _ in calls) <= 40
    assert table.get(PK, SK) is not None


def _move(clock: Clock, seconds: float) -> None:
    clock.now += seconds


def test_one_worker_has_a_slow_rate_and_the_others_wait_for_its_end(account: Account) -> None:
    one, other, third = account.worker(), account.worker(), account.worker()
    assert one.turn() == 0  # nothing was mailed yet, so nobody knows how fast this is
    slots_of(one.take(56, 14.0, urgent=False, more=840))
    assert 60 < other.turn() < 70
    account.clock.now += 30
    assert other.turn() == 0, "it has taken no slots for longer than one who lives would: it died"
    assert 4 < third.turn() <= 8
    slots_of(other.take(56, 14.0, urgent=False, more=140))
    assert 10 < third.turn() < 20
    other.leave()
    assert account.worker().turn() == 0


def test_who_comes_shortly_before_the_end_is_next(account: Account) -> None:
    one, other, third = account.worker(), account.worker(), account.worker()
    slots_of(one.take(56, 14.0, urgent=False))
    account.clock.now += 2
    assert other.turn() == 0
    assert third.turn() > 4


def test_a_fast_rate_takes_many_workers(account: Account) -> None:
    one, other = account.worker(), account.worker()
    slots_of(one.take(50, 200.0, urgent=False, more=10_000))
    assert (one.turn(), other.turn()) == (0, 0)


def test_of_two_who_ask_in_the_same_moment_one_has_the_rate() -> None:
    account = Account(Table(MemoryDynamo(), TABLE))
    slots_of(account.worker().take(1, 14.0, urgent=True))
    account.clock.now += 100
    workers = [account.worker() for _ in range(5)]
    assert sorted(worker.turn() > 0 for worker in workers) == [False, True, True, True, True]


def test_lanes_have_all_slots_and_share_none() -> None:
    """Four workers at 200 mails a second, each with a lane whose slots are a second apart."""
    account = Account(Table(MemoryDynamo(), TABLE))
    slots_of(account.worker(4).take(1, 200.0, urgent=True))
    account.clock.now += 60
    workers = [account.worker(4) for _ in range(5)]
    assert [worker.turn() > 0 for worker in workers] == [False, False, False, False, True]
    taken = [slots_of(worker.take(50, 200.0, urgent=False, more=1_000)) for worker in workers[:4]]
    for slots in taken:
        assert [slot.mails for slot in slots] == [50] * 5
        assert all(later.at - slot.at == pytest.approx(1.017) for slot, later in pairwise(slots))
    times = sorted(slot.at for slots in taken for slot in slots)
    assert all(later - at == pytest.approx(0.25425) for at, later in pairwise(times))
    workers[2].leave()
    assert workers[4].turn() == 0
    again = slots_of(workers[4].take(50, 200.0, urgent=True))
    assert again[0].at > account.clock.now


@pytest.mark.parametrize(("before", "after"), [(1, 4), (4, 1), (4, 6)])
def test_other_lanes_begin_a_second_after_the_last_slot_of_the_ones_before(account: Account, before: int, after: int) -> None:
    """More workers are deployed, or fewer; the account's rate is another."""
    rates = (200.0, 300.0)
    old, new = [account.worker(before) for _ in range(4)], [account.worker(after) for _ in range(4)]
    slots = [slot for worker in old for slot in _all(worker.take(50, rates[0], urgent=True, more=500))]
    later = [slot for worker in new for slot in _all(worker.take(50, rates[1], urgent=True, more=500))]
    assert min(slot.at for slot in later) >= max(slot.at for slot in slots) + 1.016
    assert len({slot.at for slot in later}) == len(later) > 3


def test_a_release_that_knows_no_lanes_is_understood() -> None:
    """It names its grid, counts in ``next`` and leaves other lanes' numbers as they were."""
    account = Account(Table(MemoryDynamo(), TABLE))
    slots_of(account.worker(4).take(50, 200.0, urgent=False))
    former = slots_of(account.worker().take(50, 200.0, urgent=False))
    number = (account.table.get(PK, SK) or {})["next"]
    item = {"pk": PK, "sk": SK, "grid": "50/254250", "most": 50, "spacing": 254_250, "next": number}
    account.table.put(Put(item=item | {"next1": 7, "next2": 7, "next3": 7}))
    slots = slots_of(account.worker(4).take(50, 200.0, urgent=False))
    assert former[-1].at + 1.016 <= slots[0].at <= former[-1].at + 3


def _all(taken: list[Slot] | Wait) -> list[Slot]:
    return [] if isinstance(taken, Wait) else taken
