"""The operator lists a school's admins, and ends the rights of one: somebody who has left, or was invited by mistake."""

from typing import Final

from latchkey.errors import Changed, Conflict, NotFound
from latchkey.operator.needs import System
from latchkey.operator.the_school import the_school
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import ADULTS, ROLES, Person
from latchkey.shared.model.ids import is_id

_ROLES: Final = tuple(role for role in ROLES if role in ADULTS)


def list_admins(system: System, school: object) -> list[Person]:
    """Everybody with admin rights who has not left."""
    directory = system.directory(the_school(system, school).slug)
    found = (person for role in _ROLES for person in directory.matching(PeopleFilter(role=role)))
    return [person for person in found if person.is_admin and person.status == "active"]


def end_admin(system: System, school: object, person: object, *, last_too: bool) -> Person:
    """Take admin rights from somebody: their sessions and links end with it, the account stays.

    ``Conflict`` for the school's last admin, unless that is wanted: nobody could then load a roster or send a link.
    """
    slug = the_school(system, school).slug
    directory = system.directory(slug)
    found = directory.person(person) if isinstance(person, str) and is_id(person) else None
    if found is None or not found.is_admin:
        raise NotFound("This is no admin of the school. The list of admins has their ids.")
    others = [each for each in directory.by_ids(each.id for each in list_admins(system, slug)) if each.is_admin]
    if not last_too and {each.id for each in others if each.status == "active"} <= {found.id}:
        raise Conflict("This is the school's last admin. Invite another first, or say that the last one is meant.")
    try:
        ended = directory.end_admin(found)
    except Changed:
        raise Conflict("Somebody changed this person just now. Try again.") from None
    system.audit(slug).record("operator", "admin.end", system.now(), {"person": found.id, "role": found.role})
    return ended
