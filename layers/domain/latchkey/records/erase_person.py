"""Erase a person: what is kept of them goes, as far as a request can reach, and a worker takes their name out of the ledger.

It can be repeated until the person is gone: they are ended first and deleted last. What stays is the id, in the audit trail and
in the ledger, which names nobody by itself. A roster that still has the person makes them anew, with other codes and no password.
"""

from dataclasses import replace
from typing import Any, Final

from latchkey.contacts.forget_person import forget_person
from latchkey.doubles.forget_merged import forget_merged
from latchkey.errors import Changed, Conflict, TryLater
from latchkey.invitations import forget_person as invited
from latchkey.people.model.change import PersonChange
from latchkey.people.model.person import Person
from latchkey.records.needs import System
from latchkey.records.the_person import the_person
from latchkey.schools.model.school import School
from latchkey.shared.model.identifiers import lookup

_ROUNDS: Final = 5
_LATER: Final = 900
"""Seconds until the ledger is gone through: what is on its way to SES has been settled by then."""


def erase_person(system: System, known: School, by: Person, person: str) -> None:
    """Erase a person of the school; ``NotFound`` for nobody, ``Conflict`` for an admin: their rights are ended first."""
    school = known.slug
    found = _end(system, school, by, person)
    keys = ((system.lookup_key(school, epoch), epoch) for epoch in known.lookup_epochs if found.username is not None)
    names = [(lookup(key, "username", found.username or ""), epoch) for key, epoch in keys]
    invitations = invited.forget_person(system, known, found)
    for each in (found.id, *found.merged, *invitations):
        message: dict[str, Any] = {"kind": "erase", "school": school, "person": each, "origin": "admin"}
        system.queue("PLAN_QUEUE").put(message, delay=_LATER)
    _unlink(system, school, found)
    forget_merged(system, known, found)
    forget_person(system, school, found)
    system.sessions(school).end_all(found.id)
    system.sso_links(school).forget(each.key for each in found.sso)
    system.credentials(school).forget(found.id, names)
    system.directory(school).erase(found.id)


def _end(system: System, school: str, by: Person, person: str) -> Person:
    """The person, whose links, codes and sessions are dead from here on; the event is written with it."""
    for _ in range(_ROUNDS):
        found = the_person(system, school, person)
        if found.is_admin:
            raise Conflict("This person is an admin. End their admin rights first.", code="admin")
        event = system.audit(school).record_of(by.id, "person.erase", system.now(), {"person": found.id})
        after = replace(found, status="left", version=found.version + 1)
        try:
            system.edits(school).change(found, after, event)
        except Changed:
            continue
        return after
    raise TryLater()


def _unlink(system: System, school: str, person: Person) -> None:
    """Take the person out of their parents' children and their children's parents."""
    for _ in range(_ROUNDS):
        changes = []
        for each in system.directory(school).by_ids([*person.children, *person.parents]):
            children = tuple(one for one in each.children if one != person.id)
            parents = tuple(one for one in each.parents if one != person.id)
            hidden = tuple(one for one in each.pin_hidden_from if one != person.id)
            after = replace(each, children=children, parents=parents, pin_hidden_from=hidden)
            after = replace(after, not_mine=tuple(one for one in each.not_mine if one != person.id))
            if after != each:
                changes.append(PersonChange(each, after))
        if not system.directory(school).link(changes):
            return
    raise TryLater()
