"""A student has said that an adult is not their parent; the office has looked, and they belong together."""

from latchkey.errors import Changed, NotFound, TryLater
from latchkey.people.model.person import Person
from latchkey.records.needs import System
from latchkey.records.the_person import the_person

_ROUNDS = 5


def keep_parent(system: System, school: str, by: Person, student: str, parent: str) -> None:
    """Take the mark away, so that the adult sees the student's PIN again; ``NotFound`` where there is none."""
    for _ in range(_ROUNDS):
        child, adult = the_person(system, school, student), the_person(system, school, parent)
        if adult.id not in child.not_mine:
            raise NotFound()
        event = system.audit(school).record_of(by.id, "parent.mine", system.now(), {"person": child.id, "parent": adult.id})
        try:
            system.objections(school).settle(child, adult.id, event)
        except Changed:
            continue
        return
    raise TryLater()
