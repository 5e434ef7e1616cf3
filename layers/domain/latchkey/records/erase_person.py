"""Erase a person: they are gone at once, and a worker takes out what is kept of them elsewhere (``forget_erased``).

    ask the worker ──▶ end them and their family's ties, keep a copy ──▶ sessions, hash, factors, names ──▶ their item
         (it comes a minute later, and finds a copy or nothing)

It can be repeated until the person is gone: they are ended first and deleted last. The worker is asked before anything is
written, so there is no copy of which it does not know. What stays is the id, in the audit trail and in the ledger, which names
nobody by itself. A roster that still has the person makes them anew, with other codes and no password.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from latchkey.doubles.forget_merged import forget_merged
from latchkey.errors import Changed, Conflict, TryLater
from latchkey.people.model.change import PersonChange
from latchkey.people.model.person import Person
from latchkey.records.needs import System
from latchkey.records.the_person import the_person
from latchkey.schools.model.school import School
from latchkey.shared.model.identifiers import lookup

_ROUNDS: Final = 5
_SOON: Final = 60
"""Seconds until the worker is to find the copy: longer than a request may take."""


def erase_person(system: System, known: School, by: Person, person: str, read: Person | None = None) -> None:
    """Erase a person of the school; ``NotFound`` for nobody, ``Conflict`` for an admin: their rights are ended first.

    ``read``: the person as they were read with this request.
    """
    school = known.slug
    found = read or the_person(system, school, person)
    _refuse_admin(found)
    message: dict[str, Any] = {"kind": "forget", "school": school, "person": found.id}
    system.queue("PLAN_QUEUE").put(message, delay=_SOON)
    ended = _end(system, known, by, found)
    forget_merged(system, known, ended.person)
    places = system.sso_links(school).places_of(each.key for each in ended.person.sso)
    erasures = system.erasures(school)
    erasures.delete_of(ended.person.id, ended.names, places)
    erasures.delete_person(ended.person.id, ended.family)


@dataclass(frozen=True, slots=True)
class _Ended:
    """A person whose links, codes and sessions are dead; the usernames that they chose; whom they were linked with."""

    person: Person
    names: list[tuple[str, int]]
    family: list[str]


def _refuse_admin(person: Person) -> None:
    if person.is_admin:
        raise Conflict("This person is an admin. End their admin rights first.", code="admin")


def _end(system: System, known: School, by: Person, found: Person) -> _Ended:
    """End the person, and take them out of their family; event and copy are written with it."""
    school, erasures = known.slug, system.erasures(known.slug)
    for _ in range(_ROUNDS):
        _refuse_admin(found)
        now = system.now()
        keys = ((system.lookup_key(school, epoch), epoch) for epoch in known.lookup_epochs if found.username is not None)
        names = [(lookup(key, "username", found.username or ""), epoch) for key, epoch in keys]
        family, theirs = erasures.around(found, names)
        event = system.audit(school).record_of(by.id, "person.erase", now, {"person": found.id})
        after = replace(found, status="left", version=found.version + 1)
        try:
            erasures.end(found, after, event, [each for each in map(_without(found.id), family) if each is not None], now)
        except Changed:
            found = the_person(system, school, found.id)
            continue
        return _Ended(after, theirs, [each.id for each in family])
    raise TryLater()


def _without(person: str) -> Callable[[Person], PersonChange | None]:
    """What takes a person out of somebody's children and parents; None where they are in neither."""

    def change(each: Person) -> PersonChange | None:
        def left(ids: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(one for one in ids if one != person)

        after = replace(each, children=left(each.children), parents=left(each.parents))
        after = replace(after, pin_hidden_from=left(each.pin_hidden_from), not_mine=left(each.not_mine))
        return PersonChange(each, after) if after != each else None

    return change
