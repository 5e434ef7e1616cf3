"""What is held about one person, who may have a right to know it: facts, family, sessions, codes, mails. No secret is in it.

It works from the data register, so that what is kept anew of people cannot be forgotten here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from latchkey.people.model.person import Person
from latchkey.people.the_family import Family, family
from latchkey.records.history import History, history
from latchkey.records.needs import System
from latchkey.schools.model.school import School
from latchkey.shared.stores.register import Kind
from latchkey.sign_in.stores.sessions import Session


@dataclass(frozen=True, slots=True)
class Held:
    """A kind of item that may name the person. ``values``: what theirs holds, where it is theirs alone and can be shown."""

    kind: Kind
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Everything:
    """A person with their family, open sessions and time line, and what the register says of each kind of item about people."""

    family: Family
    sessions: list[Session]
    history: History
    held: list[Held]


def everything(system: System, school: School, by: Person, person: str, known: Person | None = None) -> Everything:
    """What this school's tables hold of a person; ``NotFound`` where there is no such person. That an admin asked is recorded.

    ``known``: the person as they were read just now, where somebody has them.
    """
    found = family(system, school.slug, person, known)
    system.audit(school.slug).record(by.id, "person.everything", system.now(), {"person": found.person.id})
    sessions = system.sessions(school.slug).all_of(found.person.id)
    open_ones = [each for each in sessions if each.expires_at > system.now()]
    stored = system.edits(school.slug).stored(found.person)
    held = [Held(kind, _shown(kind, stored)) for kind in system.register() if kind.about != "nobody"]
    return Everything(found, open_ones, history(system, school, person, found.person), held)


def _shown(kind: Kind, stored: Mapping[str, Any]) -> dict[str, Any]:
    if not kind.is_of("directory", stored["pk"], stored["sk"]):
        return {}
    return {name: stored[name] for name in kind.attributes if name not in kind.hidden and stored.get(name) is not None}
