"""An adult takes a child off their account, both ways. The place of a code that linked them is not given back: whoever has the
code may have been given it for somebody else by now. Using a code again links them again.
"""

from typing import Final

from latchkey.errors import Changed, NotSignedIn, TryLater
from latchkey.families.needs import System
from latchkey.families.the_child import the_child
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School

_ROUNDS: Final = 5


def leave_child(system: System, school: School, adult: Person, child_id: str) -> Person:
    """The child who is no longer this adult's; ``NotFound`` where they were not linked. Both accounts stay."""
    for _ in range(_ROUNDS):
        child = the_child(system, school.slug, adult, child_id)
        event = system.audit(school.slug).record_of(adult.id, "child.leave", system.now(), {"person": child.id})
        try:
            system.family_links(school.slug).part(adult, child, event)
        except Changed:
            again = system.directory(school.slug).person(adult.id)
            if again is None or again.status != "active":
                raise NotSignedIn() from None
            adult = again
        else:
            return school.known_as(child)
    raise TryLater()
