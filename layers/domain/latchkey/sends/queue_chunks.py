"""Hand chunks over to deliver_links: a send has at most two dozen chunks in the queue, so that sends take turns.

A queue serves in about the order of arrival. With all messages of 20,000 people in it, a class of 30 would wait for the last of
them. So plan_send puts the first two dozen; the first chunk of each dozen puts the dozen after the next when a worker has taken
it. That is one call for twelve chunks, as if all were put at once. Putting a message twice harms nothing.

A message names up to four chunks that follow each other, so that one call reads them, and two their people; each is taken, mailed
and recorded by itself.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from latchkey.sends.model.send import Origin
from latchkey.sends.needs import System

TOGETHER: Final = 4
_STEP: Final = 12
AT_FIRST: Final = 2 * _STEP


def begin(system: System, school: str, send: str, last: int) -> None:
    """Put the first chunks of a planned send, whose chunks 1 to ``last`` hold mails."""
    _put(system, school, send, range(1, min(last, AT_FIRST) + 1), last)


def go_on(system: System, school: str, send: str, number: int, last: int) -> None:
    """Put what comes after a chunk that was taken."""
    if number % _STEP == 1 and number + AT_FIRST <= last:
        _put(system, school, send, range(number + AT_FIRST, min(last, number + AT_FIRST + _STEP - 1) + 1), last)


def put_all(system: System, school: str, send: str, chunks: Iterable[int]) -> None:
    """Put these chunks, whatever was put before."""
    _put(system, school, send, chunks, 0)


def put_again(system: System, school: str, send: str, number: int, *, origin: Origin, waits: bool, delay: int) -> None:
    """Put a chunk that has to wait as a new message, so that waiting never counts as failing. ``waits``: its send says why."""
    message: dict[str, Any] = {"school": school, "send": send, "chunk": number}
    if waits:
        message["waited"] = True
    system.queue("DELIVER_QUEUE" if origin == "admin" else "URGENT_QUEUE").put(message, group=school, delay=delay)


def _put(system: System, school: str, send: str, chunks: Iterable[int], last: int) -> None:
    more = {"last": last} if last else {}
    messages = ({"school": school, "send": send, **together, **more} for together in _together(chunks))
    system.queue("DELIVER_QUEUE").put_many(messages, group=school)


def _together(chunks: Iterable[int]) -> Iterator[dict[str, int]]:
    """Chunks that follow each other, four in a message; what is left of them in pairs, and the others by themselves."""
    run: list[int] = []
    for number in chunks:
        if run and number != run[-1] + 1:
            yield from _in_messages(run)
            run = []
        run.append(number)
    yield from _in_messages(run)


def _in_messages(run: list[int]) -> Iterator[dict[str, int]]:
    while run:
        size = next((size for size in (TOGETHER, 2) if len(run) >= size), 1)
        yield {"chunk": run[0], "chunks": size} if size > 1 else {"chunk": run[0]}
        run = run[size:]
