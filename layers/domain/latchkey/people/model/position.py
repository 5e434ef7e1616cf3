"""A position in the list of people: where a page, or a worker that comes back, goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from latchkey.people.model.person import ROLES, Person, Role


@dataclass(frozen=True, slots=True)
class Position:
    """Behind one person of a role; before the first of them where ``person`` is empty.

    Year and group are the person's as they were, so that nobody is passed over if they change. There is no name in it: it stands
    in URLs and in the items of runs.
    """

    role: Role
    year_group: str = ""
    registration_group: str = ""
    person: str = ""

    @classmethod
    def behind(cls, person: Person) -> Self:
        """Where the list goes on after this person."""
        return cls(person.role, person.year_group or "", person.registration_group or "", person.id)

    @classmethod
    def of_parts(cls, parts: Sequence[str | int]) -> Self:
        """The position of ``parts``."""
        role, *rest = (str(part) for part in parts)
        return cls(next(known for known in ROLES if known == role), *rest)

    @property
    def parts(self) -> list[str | int]:
        """The position as plain values, for a cursor."""
        return [self.role, self.year_group, self.registration_group, self.person] if self.person else [self.role]
