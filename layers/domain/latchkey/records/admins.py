"""Who the admins of a school are; one of them ends another's rights, or their own, and never the last one's."""

from typing import Final

from latchkey.errors import Changed, Conflict, NotFound, TryLater
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import ADULTS, ROLES, Person
from latchkey.people.stores.people import Directory
from latchkey.records.needs import System
from latchkey.records.the_person import the_person

_ROLES: Final = tuple(role for role in ROLES if role in ADULTS)
_ROUNDS: Final = 5


def admins_of(directory: Directory) -> list[Person]:
    """Everybody with admin rights whose account is active, read consistently."""
    found = (person for role in _ROLES for person in directory.matching(PeopleFilter(role=role)))
    people = directory.by_ids(person.id for person in found if person.is_admin)
    return [person for person in people if person.is_admin and person.status == "active"]


def end_admin(system: System, school: str, by: Person, person: str) -> None:
    """Take admin rights from somebody: their sessions and links end with it, the account stays.

    ``NotFound`` for who is no admin; ``Conflict`` for the last one: nobody could then load a roster or send a link.
    """
    for _ in range(_ROUNDS):
        found = the_person(system, school, person)
        if not found.is_admin:
            raise NotFound()
        others = [each for each in admins_of(system.directory(school)) if each.id != found.id]
        if not others:
            raise Conflict("This is the school’s last admin. Invite another first.", code="last_admin")
        stays = next((each for each in others if each.id == by.id), None) if by.id != found.id else others[0]
        if stays is None:
            raise NotFound()  # who asks is no admin any more
        event = system.audit(school).record_of(by.id, "admin.end", system.now(), {"person": found.id})
        try:
            system.edits(school).end_admin(found, stays, event)
        except Changed:
            continue
        return
    raise TryLater()
