"""The operator lists a school's admins, and ends the rights of one: somebody who has left, or was invited by mistake.

Nothing else takes admin rights: a roster that says that an admin has left is refused for them (``rosters/model/changes``), no
page changes rights, and a school that is deleted goes as a whole.
"""

from typing import Final

from latchkey.errors import Changed, Conflict, NotFound, TryLater
from latchkey.operator.needs import System
from latchkey.operator.the_school import the_school
from latchkey.people.model.person import Person
from latchkey.records.admins import follows
from latchkey.shared.model.ids import is_id

_TRIES: Final = 8


def list_admins(system: System, school: object) -> list[Person]:
    """Everybody with admin rights who has not left."""
    return system.admins(the_school(system, school).slug).all()


def end_admin(system: System, school: object, person: object, *, last_too: bool) -> Person:
    """Take admin rights from somebody: their sessions and links end with it, the account stays.

    ``Conflict`` for the school's last admin, unless that is wanted: nobody could then load a roster or send a link. Where one
    admin remains nobody could approve what they ask for: the school's rule of approval is switched off, what waits for it among
    the settings is dropped, and they are told by mail; sends that wait can be sent or cancelled by them.
    """
    slug = the_school(system, school).slug
    directory, admins = system.directory(slug), system.admins(slug)
    for _ in range(_TRIES):
        found = directory.person(person) if isinstance(person, str) and is_id(person) else None
        if found is None or not found.is_admin:
            raise NotFound("This is no admin of the school. The list of admins has their ids.")
        revision = admins.revision()
        others = admins.others(found.id)
        if not others and not last_too:
            raise Conflict("This is the school's last admin. Invite another first, or say that the last one is meant.")
        try:
            admins.end(found, revision, follows(system, the_school(system, slug), "operator", found, others))
        except Changed:
            continue
        return directory.person(found.id) or found
    raise TryLater("This school's admins change too quickly just now. Nothing was changed; try again.")
