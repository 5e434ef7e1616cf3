"""Hand the day's work over: one message for each school, so that no school waits for another, or is lost with it."""

from typing import Final

from latchkey.readiness.needs import System

STALE: Final = 20 * 3_600
"""Seconds after which a day's message is not worked on: the next day's is about to come."""


def start_day(system: System) -> int:
    """Put a message on the queue for each school; how many. Called twice it is done twice, which changes nothing."""
    now = system.now()
    messages = [{"kind": "school", "school": each["slug"], "at": now} for each in system.schools.all()]
    system.queue("DAILY_QUEUE").put_many(messages)
    return len(messages)


def is_due(system: System, school: str, at: int) -> bool:
    """Whether a message of this time is still to be worked on: not of yesterday, nor of a school that was deleted meanwhile."""
    return system.now() - at < STALE and system.schools.get(school) is not None
