"""One person with their family."""

from dataclasses import dataclass

from latchkey.errors import NotFound
from latchkey.people.model.person import Person
from latchkey.people.needs import System
from latchkey.shared.model.ids import is_id


@dataclass(frozen=True, slots=True)
class Family:
    """A person and those they are linked with."""

    person: Person
    children: list[Person]
    parents: list[Person]


def family(system: System, school: str, person: str, known: Person | None = None) -> Family:
    """A person with their children and parents; ``NotFound`` where this school has no such person.

    ``known``: the person as they were read just now, where somebody has them.
    """
    directory = system.directory(school)
    found = known or (directory.person(person) if is_id(person) else None)
    if found is None:
        raise NotFound()
    linked = {each.id: each for each in directory.by_ids([*found.children, *found.parents])}
    return Family(
        found,
        children=[linked[child] for child in found.children if child in linked],
        parents=[linked[parent] for parent in found.parents if parent in linked],
    )
