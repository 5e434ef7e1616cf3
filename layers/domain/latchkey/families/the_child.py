"""The child of an adult, read by key: anybody else's child is nobody."""

from latchkey.errors import NotFound
from latchkey.families.model.cards import are_linked
from latchkey.families.needs import System
from latchkey.people.model.person import NOBODY, Person
from latchkey.shared.model.ids import is_id


def the_child(system: System, school: str, adult: Person, child: str) -> Person:
    """The child as they now are; ``NotFound`` for whom this adult is not linked with, after the same read whoever it is."""
    asked = child if is_id(child) and child in adult.children else NOBODY
    found = system.directory(school).person(asked)
    if found is None or not are_linked(adult, found):
        raise NotFound()
    return found
