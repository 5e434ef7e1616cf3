"""Hand chunks over to deliver_links: a send has at most 68 chunks in the queue, so that sends take turns.

A queue serves in about the order of arrival. With all messages of 20,000 people in it, a class of 30 would wait for the last of
them. So plan_send puts the first two messages; a worker that takes the first chunk of one puts the message after the next. That
is as if all were put at once. Putting a message twice harms nothing.

A message names up to 34 chunks that follow each other. One worker reads them together, takes slots of the rate for several, and
writes down what became of one as it takes the next. Only a deliver_links that knows such messages may get them: the template
brings it up before those that put them.
"""

from collections.abc import Iterable, Iterator, Mapping
from math import ceil
from typing import Any, Final

from latchkey.mail.model.pace import Grid, chunk_mails
from latchkey.sends.model.send import Origin
from latchkey.sends.needs import System

TOGETHER: Final = 34
STEP: Final = 34
_SLOW_STEP: Final = 16
"""... at a slow rate, whose chunks are fuller: what one worker mails in its time."""
_LEAST: Final = 5  # a message has a cost of its own
FORMER_STEP: Final = 12
"""Of messages from before they said it: their first two dozen were put, and each dozen calls the dozen after the next."""


def begin(system: System, school: str, send: str, last: int, *, grid: Grid | None = None) -> None:
    """Put the first chunks of a planned send, whose chunks 1 to ``last`` hold mails; ``grid``: the slots that they are cut to.

    Where each worker has a lane of the rate, messages are cut so that all are through together.
    """
    step, more = STEP, dict[str, int]()
    if grid is not None and grid.lanes > 1:
        rounds = ceil(last / (grid.lanes * STEP))
        step = max(_LEAST, ceil(last / (grid.lanes * rounds)))
        more = {"lanes": grid.lanes} if rounds > 1 else {}
    elif chunk_mails(grid) is not None:
        step = _SLOW_STEP
    _put(system, school, send, range(1, min(last, 2 * step) + 1), {"last": last, "step": step, **more})


def go_on(system: System, school: str, send: str, number: int, last: int, *, step: int, lanes: int = 0) -> None:
    """Put what comes after a chunk that was taken.

    ``lanes``: the last round, one message for each, is cut into even parts and not by ``step``, whose rest would be one lane's:
    the others would still mail when that is through. Those two messages that would put the first two of them put all, since
    only a message on the grid of ``step`` puts another one.

        step    │ 1 ..34 │ 35..68 │ ... │239..272│273..306│307..340│341..374│375..400│
        even    │ 1 ..34 │ 35..68 │ ... │239..272│273..304│305..336│337..368│369..400│
                                   205.. puts ───▶   ×                 ×
                                        239.. puts ───▶       ×                 ×
    """
    first = number + 2 * step
    if number % step != 1 or first > last:
        return
    end = 1 + (ceil(last / (lanes * step)) - 1) * lanes * step if lanes else last + 1  # where the last round begins
    if first < end:
        more = {"last": last, "step": step} | ({"lanes": lanes} if lanes else {})
        _put(system, school, send, range(first, min(last, first + step - 1) + 1), more)
        return
    place, chunks = (first - end) // step, last + 1 - end
    for part in range(place, lanes, 1 if chunks <= step else 2) if place < 2 else ():
        _put(system, school, send, range(end + chunks * part // lanes, end + chunks * (part + 1) // lanes), {})


def put_all(system: System, school: str, send: str, chunks: Iterable[int]) -> None:
    """Put these chunks, whatever was put before."""
    _put(system, school, send, chunks, {})


def put_again(system: System, school: str, send: str, chunks: range, *, origin: Origin, waits: bool, delay: int) -> None:
    """Put chunks that have to wait as a new message, so that waiting never counts as failing. ``waits``: their send says why."""
    message: dict[str, Any] = {"school": school, "send": send, "chunk": chunks[0]}
    if len(chunks) > 1:
        message["chunks"] = len(chunks)
    if waits:
        message["waited"] = True
    system.queue("DELIVER_QUEUE" if origin == "admin" else "URGENT_QUEUE").put(message, group=school, delay=delay)


def _put(system: System, school: str, send: str, chunks: Iterable[int], more: Mapping[str, int]) -> None:
    together = _together(chunks, more.get("step", TOGETHER))
    messages = ({"school": school, "send": send, **each, **more} for each in together)
    system.queue("DELIVER_QUEUE").put_many(messages, group=school)


def _together(chunks: Iterable[int], most: int) -> Iterator[dict[str, int]]:
    """Chunks that follow each other, so many in a message at most."""
    run: list[int] = []
    for number in chunks:
        if run and (number != run[-1] + 1 or len(run) == most):
            yield _named(run)
            run = []
        run.append(number)
    if run:
        yield _named(run)


def _named(run: list[int]) -> dict[str, int]:
    return {"chunk": run[0], "chunks": len(run)} if len(run) > 1 else {"chunk": run[0]}
