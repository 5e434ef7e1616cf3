"""What follows from a new address of one person: its owner is told of it by mail, at the old address and at the new one."""

from dataclasses import replace
from typing import Any

from latchkey.people.model.new_email import SETTLES, former_email, is_told
from latchkey.people.model.person import Person
from latchkey.records.needs import System


def told(system: System, school: str, before: Person, after: Person, now: int) -> Person:
    """The person with the address that is replaced, whose owner is told of it by mail, as the new one's is.

    The message goes first and is looked at minutes later: if nothing is written after all, nobody is told anything.
    """
    if not is_told(before, after.email):
        return after
    former = former_email(before, now)
    message: dict[str, Any] = {"kind": "emails_changed", "school": school, "people": [before.id], "at": former.at}
    system.queue("REQUESTS_QUEUE").put(message, delay=SETTLES)
    return replace(after, former_email=former)
