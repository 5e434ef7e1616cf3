"""Which of several accounts is meant, where one address and one password fit several.

Only who knows the password sees them, by first names and roles. Each choice is a proof of its own, sealed and short-lived: it
goes on with the steps of that account, and opens no other.
"""

from dataclasses import dataclass, replace

from latchkey.people.model.person import Person
from latchkey.sign_in.needs import System
from latchkey.sign_in.steps import Proof, sealed


@dataclass(frozen=True, slots=True)
class Choice:
    """An account that can be chosen, with the first names of its children; ``token`` chooses it."""

    token: str
    person: Person
    children: tuple[str, ...]


def choices(system: System, proof: Proof) -> list[Choice]:
    """The accounts that this proof may mean; none where it means one."""
    if not proof.also:
        return []
    people, school = (proof.person, *proof.also), proof.school
    children = {child.id: child for child in system.directory(school.slug).by_ids(_children_of(people))}
    found = []
    for person in people:
        names = tuple(school.known_as(children[each]).given_name for each in person.children if each in children)
        found.append(Choice(sealed(system, replace(proof, person=person, also=())), person, names))
    return found


def _children_of(people: tuple[Person, ...]) -> list[str]:
    return [child for person in people for child in person.children]
