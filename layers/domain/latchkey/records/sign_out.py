"""Sign somebody out everywhere: a phone was lost, or stood open on a desk. Links and the password stay as they are."""

from latchkey.people.model.person import Person
from latchkey.records.needs import System
from latchkey.records.the_person import the_person


def sign_out(system: System, school: str, by: Person, person: str) -> None:
    """End all sessions that a person has; ``NotFound`` where this school has no such person."""
    found = the_person(system, school, person)
    system.audit(school).record(by.id, "sessions.end", system.now(), {"person": found.id})
    system.sessions(school).end_all(found.id)
