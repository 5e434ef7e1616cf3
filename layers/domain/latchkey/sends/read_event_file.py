"""Write down the events of one file that Firehose wrote, and delete it. Reading it twice changes nothing.

    Firehose    file of a minute ─▶ S3 ── "there is a file" ──▶ queue
    worker      read ── write each chunk once ── ... ── delete ──▶ message done
                  ╰─ dies, or has no time left: the message comes again, and what was written costs a read and no write

A file that is gone was read by a worker whose message came twice.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from latchkey.errors import Poison, TryLater
from latchkey.sends.mail_feedback import Outcome, record_told
from latchkey.sends.model.event_file import BrokenFile, events_in
from latchkey.sends.model.feedback import DeliveryEvent, Unusable, read
from latchkey.sends.needs import System
from latchkey.sends.stores.event_files import FileGone

PART: Final = 20_000
"""Events in memory at once, some twelve megabytes: a minute of 300 mails a second."""
_AT_ONCE: Final = 2_500  # events between two looks at the clock: 50 chunks, 2 to 5 seconds
ENOUGH: Final = 20.0
"""Seconds that a worker should have left for those."""


def read_event_file(system: System, key: str, time_left: Callable[[], float]) -> Counter[str]:
    """Take a file; how often what was told. ``time_left`` gives seconds.

    ``TryLater``: the rest has to come again. ``Poison``: the file is damaged; what can be read of it was written down.
    """
    outcome, broken = Outcome(), False
    parts = _parts(_events(system.event_files.read(key), outcome.counts))
    try:
        for part in parts:
            for some in _by_chunks(part):
                if time_left() < ENOUGH:
                    raise TryLater("The rest of the file is read later.")
                record_told(system, ((0, told) for told in some), outcome)
    except FileGone:
        outcome.counts["read_before"] += 1
        return outcome.counts
    except BrokenFile:
        broken = True
    if outcome.again:
        raise TryLater()
    if broken:
        raise Poison("A file of events is damaged.")
    system.event_files.delete(key)
    return outcome.counts


def _events(blocks: Iterable[bytes], counts: Counter[str]) -> Iterator[DeliveryEvent]:
    event: dict[str, Any] | None
    for event in events_in(blocks):
        try:
            yield from read(event)
        except Unusable:
            counts["unusable"] += 1


def _parts(events: Iterable[DeliveryEvent]) -> Iterator[list[DeliveryEvent]]:
    """Lists of so many events; a damaged file's last one, too, before it says so."""
    part: list[DeliveryEvent] = []
    damage: BrokenFile | None = None
    try:
        for event in events:
            part.append(event)
            if len(part) >= PART:
                yield part
                part = []
    except BrokenFile as error:
        damage = error
    if part:
        yield part
    if damage is not None:
        raise damage


def _by_chunks(part: list[DeliveryEvent]) -> Iterator[Sequence[DeliveryEvent]]:
    """The events, those of a chunk together, some at a time."""

    def chunk(event: DeliveryEvent) -> tuple[str, str, int]:
        return event.school, event.send, event.chunk

    some: list[DeliveryEvent] = []
    for _, together in groupby(sorted(part, key=chunk), chunk):
        some += together
        if len(some) >= _AT_ONCE:
            yield some
            some = []
    if some:
        yield some
