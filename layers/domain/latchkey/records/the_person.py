"""The person whom an address of the console names."""

from latchkey.errors import NotFound
from latchkey.people.model.person import Person
from latchkey.records.needs import System
from latchkey.shared.model.ids import is_id


def the_person(system: System, school: str, person: str) -> Person:
    """The person with this id, read consistently; ``NotFound`` where this school has no such person."""
    found = system.directory(school).person(person) if is_id(person) else None
    if found is None:
        raise NotFound()
    return found
