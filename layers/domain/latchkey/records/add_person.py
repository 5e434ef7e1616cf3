"""Add one person by hand: somebody whom no roster brings, or not tonight."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from latchkey.errors import Changed, Conflict, Invalid, TryLater
from latchkey.people.model.person import Person
from latchkey.records.model import fields
from latchkey.records.needs import System
from latchkey.records.who_has import usable
from latchkey.schools.model.school import School
from latchkey.shared.model.ids import new_id, person_id
from latchkey.shared.model.request_key import hashed, parse_key
from latchkey.sign_in.stores.credentials import Name


def add_person(system: System, school: School, by: Person, values: Mapping[str, Any]) -> Person:
    """The new person. ``values``: a role, a name, and what else is known (``fields.ADDED``).

    With an ``idempotency_key`` asking again adds nobody: it gives the person who was added. With a ``mis_id`` the person is the
    one of the rosters that name it. ``Invalid`` names all fields that cannot be taken.
    """
    key = parse_key(values.get("idempotency_key"))
    facts, wrong = fields.read({"role": "", **values}, fields.ADDED)
    mis_id = facts.get("mis_id")
    # Computed like a roster's, so that it is as short; no roster can name it, because a key is hashed and the rest is random.
    added = person_id(school.slug, mis_id or f"added/{hashed(by.id, key) if key else new_id(system.now())}")
    given = {name: value for name, value in facts.items() if name != "role"}
    person = Person(id=added, role=_role(facts), given_name="", family_name="")
    person = fields.with_facts(person, given, system.lookup_key(school.slug, school.lookup_epoch))
    was = system.directory(school.slug).following([added]).get(added) if key or mis_id else None
    if was is not None and not fields.differing(was, person) and key:
        return was
    names, taken = usable(system, school, None, person)
    wrong = {**fields.misfits(person), **taken, **wrong}
    if was is not None:
        wrong["mis_id" if mis_id else "idempotency_key"] = "There is a person of this MIS id." if mis_id else "Use a new key."
    if wrong:
        raise Invalid("Nobody was added.", fields=wrong)
    return _add(system, school.slug, by, person, names)


def _role(facts: Mapping[str, str | None]) -> Any:
    """The role, or that of somebody who can have everything, while it is not known: its error stands on its own."""
    return facts.get("role") or "student"


def _add(system: System, school: str, by: Person, person: Person, names: list[Name]) -> Person:
    now = system.now()
    if person.role == "student":
        (number,) = system.numbers(school).reserve(1)
        person = replace(person, number=number)
    event = system.audit(school).record_of(by.id, "person.add", now, {"person": person.id, "role": person.role})
    try:
        system.edits(school).add(person, event, names)
    except Changed:
        if system.directory(school).person(person.id) is not None:
            raise Conflict("This person was added just now.", code="changed") from None
        raise TryLater() from None  # somebody got the username meanwhile
    return person
