"""Mail a password link to a child, to the address on file and nowhere else, as if the child had asked for a forgotten password.

Whether there is an address is no secret to the adult: they are who can help, so they are told, and see it in part.
"""

from typing import Final

from latchkey.errors import Conflict, TooMany
from latchkey.families.model.cards import LinkWay, link_way
from latchkey.families.needs import System
from latchkey.families.the_child import the_child
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.texts import said
from latchkey.shared.stores.counters import Budget

PER_ADULT: Final = Budget("child-link", 10, 3_600)
"""How many links somebody can ask for in an hour. The mailbox has a budget of its own, shared with all who can ask for one."""
WHY_NOT: Final[dict[LinkWay, str]] = {
    "own_sign_in": said("Students at your school use the school’s own sign-in, so there is no link."),
    "off": said("The school has switched this account off. Ask the school’s office."),
    "no_address": said("The school has no e-mail address for this child. Use the PIN, or ask the school’s office."),
    "unconfirmed": said("Nobody has confirmed this child’s e-mail address yet. Use the PIN, or ask the school’s office."),
    "refused": said("Mail to this child’s address came back before. Use the PIN, or ask the school’s office."),
}


def send_child_link(system: System, school: School, adult: Person, child_id: str) -> Person:
    """The child to whom a link will be mailed. ``NotFound`` for somebody else's child, ``Conflict`` with the reason."""
    child = the_child(system, school.slug, adult, child_id)
    way = link_way(school, child)
    if way != "can":
        raise Conflict(WHY_NOT[way], code=way)
    now = system.now()
    key = lookup(system.lookup_key(school.slug, school.lookup_epoch), "person", adult.id)
    if not system.counters("CREDENTIALS_TABLE", school.slug).spend(PER_ADULT, key, now):
        raise TooMany(retry_after=PER_ADULT.window - now % PER_ADULT.window)
    system.audit(school.slug).record(adult.id, "child.link", now, {"person": child.id})
    message = {"kind": "renew", "school": school.slug, "person": child.id, "request": new_id(system.time()), "at": now}
    system.queue("REQUESTS_QUEUE").put(message)
    return school.known_as(child)
