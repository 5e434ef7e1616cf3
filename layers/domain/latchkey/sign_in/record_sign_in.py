"""Record adults' sign-ins, and count refused ones.

A refused sign-in makes one write, the same for known and unknown names, so that neither the answer nor its time tells who exists:
it counts for the adult whom the name means, or else together with all other names of the school in this hour.
"""

import logging
from collections.abc import Sequence

from latchkey.audit.stores.audit import EventWrite
from latchkey.people.model.person import Person
from latchkey.sign_in.needs import System

log = logging.getLogger(__name__)


def sign_in_of(system: System, slug: str, person: Person, ways: Sequence[str] = ()) -> EventWrite | None:
    """The event of this person's sign-in, to be written together with the session; None for a student.

    ``ways``: what was shown beside a password, or in place of it.
    """
    if person.role == "student":
        return None
    facts: dict[str, str | int] = {"role": person.role, **({"way": ", ".join(ways)} if ways else {})}
    return system.audit(slug).record_of(person.id, "sign_in.done", system.now(), facts)


def count_refused(system: System, slug: str, people: Sequence[Person]) -> None:
    """Count a refused sign-in with a name that may mean these people (nobody: it is unknown, or cannot sign in here)."""
    adult = next((person for person in people if person.role != "student"), None)
    facts: dict[str, str | int] = {"person": adult.id, "role": adult.role} if adult else {"people": "others"}
    try:
        system.audit(slug).tally("portal", "sign_in.refused", system.now(), facts)
    except Exception as error:  # the sign-in is refused all the same, and alike for everybody
        log.error(  # noqa: TRY400 - a trace could hold values
            "refused sign-in not counted", extra={"school": slug, "error": type(error).__name__}
        )
