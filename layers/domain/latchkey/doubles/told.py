"""Tell an owner by mail that their account has another address now, as after any other change of one."""

from dataclasses import replace
from typing import Any

from latchkey.doubles.needs import System
from latchkey.people.model.new_email import SETTLES, former_email, is_told
from latchkey.people.model.person import Person


def told(system: System, school: str, before: Person, after: Person, now: int) -> Person:
    """The person with the address that is replaced, about which a message is on the queue.

    The message goes first and is looked at minutes later: if nothing is written after all, nobody is told anything.
    """
    if not is_told(before, after.email) or not after.has_way_in:  # without a password there is nothing to take over
        return after
    former = former_email(before, now)
    message: dict[str, Any] = {"kind": "emails_changed", "school": school, "people": [before.id], "at": former.at}
    system.queue("REQUESTS_QUEUE").put(message, delay=SETTLES)
    return replace(after, former_email=former)
