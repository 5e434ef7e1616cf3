"""What one admin may send alone within a day: their sends add up, so that no send slips below the limit in slices."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from latchkey.schools.model.school import DAY

MOST: Final = 2_000
"""Sends of one admin that are remembered at a time; one more within that day needs approval."""
Spent: TypeAlias = Mapping[str, tuple[int, int]]
"""Of each send that needed nobody's approval: when it goes out (epoch seconds), and to how many people."""


def spent(before: Spent, at: int, but: str = "") -> int:
    """People whom an admin's sends reach within 24 hours before or after a time, without the send ``but``."""
    return sum(people for send, (when, people) in before.items() if send != but and abs(when - at) < DAY)


def kept(before: Spent, now: int) -> dict[str, tuple[int, int]]:
    """What still matters: what went out within 24 hours, and what is to go out."""
    return {send: entry for send, entry in before.items() if entry[0] > now - DAY}


def allows(before: Spent, send: str, people: int, at: int, above: int | None) -> bool:
    """Whether an admin may send to so many more people alone; ``above``: that of the rule, None where there is none."""
    if above is None:
        return True
    return spent(before, at, send) + people <= above and len(before.keys() - {send}) < MOST


def with_send(before: Spent, send: str, people: int, at: int, above: int | None) -> dict[str, tuple[int, int]] | None:
    """What is remembered with this send, the oldest left out beyond ``MOST``; None if the admin may not send it alone."""
    if not allows(before, send, people, at, above):
        return None
    entries = dict(before) | {send: (at, people)}
    return entries if len(entries) <= MOST else dict(sorted(entries.items(), key=lambda each: each[1])[-MOST:])
