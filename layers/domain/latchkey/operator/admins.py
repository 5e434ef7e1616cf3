"""The operator lists a school's admins, and ends the rights of one: somebody who has left, or was invited by mistake."""

from latchkey.errors import Changed, Conflict, NotFound
from latchkey.operator.needs import System
from latchkey.operator.the_school import the_school
from latchkey.people.model.person import Person
from latchkey.records.admins import admins_of
from latchkey.shared.model.ids import is_id


def list_admins(system: System, school: object) -> list[Person]:
    """Everybody with admin rights who has not left."""
    directory = system.directory(the_school(system, school).slug)
    return admins_of(directory)


def end_admin(system: System, school: object, person: object, *, last_too: bool) -> Person:
    """Take admin rights from somebody: their sessions and links end with it, the account stays.

    ``Conflict`` for the school's last admin, unless that is wanted: nobody could then load a roster or send a link.
    """
    slug = the_school(system, school).slug
    directory = system.directory(slug)
    found = directory.person(person) if isinstance(person, str) and is_id(person) else None
    if found is None or not found.is_admin:
        raise NotFound("This is no admin of the school. The list of admins has their ids.")
    if not last_too and {each.id for each in list_admins(system, slug)} <= {found.id}:
        raise Conflict("This is the school's last admin. Invite another first, or say that the last one is meant.")
    try:
        ended = directory.end_admin(found)
    except Changed:
        raise Conflict("Somebody changed this person just now. Try again.") from None
    system.audit(slug).record("operator", "admin.end", system.now(), {"person": found.id})
    return ended
