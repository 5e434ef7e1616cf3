"""Decide whether a parent of a student gets to see the student's PIN. They stay linked; the PIN itself stays as it is.

It is said of an account: somebody who has a parent code can register anew, so a code in wrong hands has to be voided, too.
"""

from typing import Final

from latchkey.errors import Changed, NotFound, TryLater
from latchkey.people.model.person import Person
from latchkey.records.needs import System
from latchkey.records.the_person import the_person

_ROUNDS: Final = 5


def hide_pin(system: System, school: str, by: Person, pair: tuple[str, str], *, hidden: bool) -> None:
    """Hide the PIN of a student from a parent (``pair``: their ids), or show it again; once more is no error.

    ``NotFound`` where one of them is nobody of this school, or they are not linked.
    """
    for _ in range(_ROUNDS):
        child, adult = the_person(system, school, pair[0]), the_person(system, school, pair[1])
        if adult.id not in child.parents or child.id not in adult.children:
            raise NotFound()
        others = tuple(each for each in child.pin_hidden_from if each != adult.id)
        wanted = (*others, adult.id) if hidden else others
        if set(wanted) == set(child.pin_hidden_from):
            return
        facts = {"person": child.id, "parent": adult.id}
        event = system.audit(school).record_of(by.id, "pin.hide" if hidden else "pin.unhide", system.now(), facts)
        try:
            system.edits(school).hide_pin(child, wanted, event)
        except Changed:
            continue  # somebody else has said something about another parent meanwhile
        return
    raise TryLater()
