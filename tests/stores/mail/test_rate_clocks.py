"""Workers whose clocks disagree, or jump: what the rate still promises. Each has its own clock; true time is the world's."""

import random
from math import ceil

import pytest

from latchkey.mail.model.pace import GUARD, Slot
from latchkey.mail.stores.rate import Rate, Wait
from latchkey.shared.stores.dynamo import Table
from tests.support.memory_dynamo import MemoryDynamo
from tests.support.system import START


class Worker:
    """A worker that mails chunks of 50 as fast as it may. ``off``: how many seconds its clock is ahead of true time."""

    def __init__(self, table: Table, off: float = 0.0) -> None:
        self.off = off
        self.now = START + 0.3  # true time
        self.jump: float | None = None  # what is added to its clock in its next sleep
        self.rate = Rate(table, lambda: self.now + self.off, self._sleep)
        self.calls: list[tuple[float, int]] = []
        self.slots: list[Slot] = []

    def _sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.jump is not None:
            self.off, self.jump = self.off + self.jump, None

    def step(self, each_second: float) -> None:
        """Take slots if there are none, else wait for the next one and call."""
        if not self.slots:
            taken = self.rate.take(50, each_second, urgent=False)
            if isinstance(taken, Wait):
                self.rate.rest(min(taken.seconds, 0.5))
            else:
                self.slots = taken
            return
        slot = self.slots.pop(0)
        if self.rate.wait_for(slot):
            self.calls.append((self.now, slot.mails))
            self.now += 0.1


def run(workers: list[Worker], each_second: float, until: float, chance: random.Random) -> None:
    """The worker that is furthest behind in true time goes on."""
    while min(worker.now for worker in workers) < START + until:
        lagging = min(workers, key=lambda worker: (worker.now, chance.random()))
        lagging.step(each_second)


def fullest(workers: list[Worker]) -> int:
    calls = sorted(call for worker in workers for call in worker.calls)
    return max(sum(mails for at, mails in calls if start <= at < start + 1) for start, _ in calls)


@pytest.mark.parametrize("rate", [1.0, 14.0, 200.0])
@pytest.mark.parametrize("apart", [0.0, 0.01, 0.4, 1.0, 5.0, 30.0])
def test_a_second_holds_at_most_the_rate_times_what_the_clocks_are_apart_and_one(rate: float, apart: float) -> None:
    table = Table(MemoryDynamo(), "activity")
    workers = [Worker(table), Worker(table, apart), Worker(table, apart / 2)]
    run(workers, rate, 60, random.Random(7))
    most = 1 if apart <= GUARD / 2 else min(ceil(1 + apart + GUARD), len(workers))
    assert 0 < fullest(workers) <= most * rate


@pytest.mark.parametrize("jump", [-30.0, -5.0, 5.0, 30.0])
def test_a_clock_that_jumps_makes_a_second_hold_the_rate_once_more_at_most(jump: float) -> None:
    table = Table(MemoryDynamo(), "activity")
    workers = [Worker(table), Worker(table)]
    run(workers, 14.0, 20, random.Random(3))
    workers[1].jump = jump
    run(workers, 14.0, 100, random.Random(4))
    assert fullest(workers) <= 2 * 14
    late = [at for worker in workers for at, _ in worker.calls if at > START + 60]
    assert late, "and then they go on"


def test_a_slot_is_given_up_when_the_clock_is_put_back_while_it_is_waited_for() -> None:
    """By every other clock it is past, and in that second others mail."""
    worker = Worker(Table(MemoryDynamo(), "activity"))
    taken = worker.rate.take(14, 14.0, urgent=False)
    assert not isinstance(taken, Wait)
    before, worker.jump = worker.now, -30.0
    assert not worker.rate.wait_for(taken[0])
    assert worker.now - before < 2, "nor is it waited for"


def test_a_sleep_that_ends_a_little_early_loses_no_slot() -> None:
    worker = Worker(Table(MemoryDynamo(), "activity"))
    taken = worker.rate.take(14, 14.0, urgent=False)
    assert not isinstance(taken, Wait)
    worker.jump = -0.005
    assert worker.rate.wait_for(taken[0])
