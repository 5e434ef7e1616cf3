"""How chunks are cut into messages, and which message puts which."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from latchkey.mail.model.pace import grid
from latchkey.sends import queue_chunks


class _Queue:
    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def put_many(self, messages: Iterable[dict[str, Any]], group: str) -> None:
        assert group == "northbridge"
        self.messages += messages


class _System:
    def __init__(self) -> None:
        self.deliver = _Queue()

    def queue(self, name: str) -> _Queue:
        assert name == "DELIVER_QUEUE"
        return self.deliver


def _cut(last: int, rate: float, workers: int) -> tuple[list[int], int]:
    """How many chunks each message names, in the order in which they are taken, and how many messages wait at most."""
    system: Any = _System()
    queue_chunks.begin(system, "northbridge", "s", last, grid=grid(rate, workers))
    waiting, seen, sizes, most = system.deliver.messages, Counter[int](), list[int](), 0
    while waiting:
        most = max(most, len(waiting))
        message = waiting.pop(0)
        sizes.append(message.get("chunks", 1))
        for number in range(message["chunk"], message["chunk"] + sizes[-1]):
            seen[number] += 1
            step, lanes = message.get("step", queue_chunks.FORMER_STEP), message.get("lanes", 0)
            queue_chunks.go_on(system, "northbridge", "s", number, message.get("last", 0), step=step, lanes=lanes)
    assert seen == Counter(range(1, last + 1))
    return sizes, most


@pytest.mark.parametrize(
    ("rate", "workers"), [(14, 4), (50, 4), (60, 2), (100, 4), (200, 4), (500, 10), (500, 4)]
)  # mails a second
def test_each_chunk_is_in_one_message_however_many_there_are(rate: float, workers: int) -> None:
    for last in (
        1,
        2,
        5,
        33,
        34,
        35,
        68,
        69,
        135,
        136,
        137,
        138,
        139,
        140,
        141,
        399,
        400,
        401,
        1_000,
        2_000,
        2_001,
        4_090,
        20_000,
    ):
        sizes, most = _cut(last, rate, workers)
        assert max(sizes) <= queue_chunks.STEP
        assert most <= max(2, grid(rate, workers).lanes + 1)


@pytest.mark.parametrize("last", [137, 399, 400, 401, 1_000, 2_000])
def test_lanes_of_a_fast_rate_are_through_together(last: int) -> None:
    """Each of four workers takes every fourth message, because all messages before the last round are of one size."""
    sizes, _ = _cut(last, 200, 4)
    lanes = [sum(sizes[lane::4]) for lane in range(4)]
    assert max(lanes) - min(lanes) <= 1


def test_a_message_of_a_former_plan_goes_on_as_it_began() -> None:
    """Its messages do not say how many lanes there are."""
    system: Any = _System()
    queue_chunks.go_on(system, "northbridge", "s", 307, 400, step=34)
    assert [(each["chunk"], each["chunks"]) for each in system.deliver.messages] == [(375, 26)]
