"""Take a parent and a student apart who do not belong together. Both accounts stay."""

from latchkey.errors import Changed, NotFound, TryLater
from latchkey.people.model.person import Person
from latchkey.records.needs import System
from latchkey.records.the_person import the_person

_ROUNDS = 5


def unlink_parent(system: System, school: str, by: Person, student: str, parent: str) -> None:
    """Unlink both ways; ``NotFound`` where one of them is nobody of this school, or they are not linked."""
    for _ in range(_ROUNDS):
        child, adult = the_person(system, school, student), the_person(system, school, parent)
        if adult.id not in child.parents and child.id not in adult.children:
            raise NotFound()
        facts = {"person": child.id, "parent": adult.id}
        event = system.audit(school).record_of(by.id, "parent.unlink", system.now(), facts)
        try:
            system.edits(school).unlink(adult, child, event)
        except Changed:
            continue  # one of them was linked with somebody else meanwhile
        return
    raise TryLater()
