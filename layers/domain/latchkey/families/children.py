"""The children of whoever is signed in, each with what an adult may know of them: one read, however many there are.

Children who have left the school, and those with whom the link is one-sided, are not there.
"""

from latchkey.families.model.cards import MOST, Card, are_linked, card
from latchkey.families.needs import System
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School


def children_of(system: System, school: School, adult: Person) -> list[Card]:
    """The cards of an adult's children, in the order in which they were linked; at most ``MOST``."""
    if not adult.children:
        return []
    found = system.directory(school.slug).by_ids(adult.children[:MOST])
    return [card(school, adult, child) for child in found if are_linked(adult, child)]
