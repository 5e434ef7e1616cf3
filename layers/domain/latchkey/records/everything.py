"""What is held about one person, who may have a right to know it: facts, family, sessions, codes, mails. No secret is in it."""

from dataclasses import dataclass

from latchkey.people.list_people import Family, family
from latchkey.people.model.person import Person
from latchkey.records.history import History, history
from latchkey.records.needs import System
from latchkey.schools.model.school import School
from latchkey.sign_in.stores.sessions import Session


@dataclass(frozen=True, slots=True)
class Everything:
    """A person with their family, open sessions and time line."""

    family: Family
    sessions: list[Session]
    history: History


def everything(system: System, school: School, by: Person, person: str) -> Everything:
    """What this school's tables hold of a person; ``NotFound`` where there is no such person. That an admin asked is recorded."""
    found = family(system, school.slug, person)
    system.audit(school.slug).record(by.id, "person.everything", system.now(), {"person": found.person.id})
    sessions = system.sessions(school.slug).all_of(found.person.id)
    return Everything(found, [each for each in sessions if each.expires_at > system.now()], history(system, school, person))
