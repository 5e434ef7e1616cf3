"""What a file no longer says of people who are in it: a link to a child, an address, a username."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from latchkey.people.model.person import Person
from latchkey.rosters.model.questions import Concerned
from latchkey.rosters.model.runs import Row
from latchkey.schools.model.school import Words

MISSING: Final = "missing"
GONE_LINKS: Final = "gone_links"
GONE_FACTS: Final = "gone_facts"
MANY: Final = 20
"""People who may leave without their number being typed, where they are not more than a tenth of the file."""
_NAMES: Final[Mapping[str, str]] = {"email": "address", "username": "username"}


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody of the file: the ids of children who are in the file too and no longer theirs, and facts that are empty there."""

    row: Row
    person: Person
    children: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    def of_links(self) -> Concerned:
        """As a question about links shows them."""
        number = len(self.children)
        return Concerned(self.row.line, self.person.name, f"{number} {'child' if number == 1 else 'children'}")

    def of_facts(self) -> Concerned:
        """As a question about addresses and usernames shows them."""
        return Concerned(self.row.line, self.person.name, ", ".join(_NAMES[name] for name in self.facts))


def gone_facts(row: Row, person: Person, columns: Collection[str], unusable: Collection[str], words: Words) -> tuple[str, ...]:
    """Which facts of a person are empty in the file. ``columns`` are those that the file has, ``unusable`` dropped cells.

    What was edited here, and is ours by the school's ``words``, is never taken away because a file has none.
    A username with which somebody signs in is theirs: it is never taken away because a file has none.
    """
    return tuple(
        name
        for name in _NAMES
        if name in columns
        and name not in unusable
        and getattr(row, name) is None
        and getattr(person, name) is not None
        and not (name in person.edited and words.of(name) == "ours")
        and not (name == "username" and person.password_set_at is not None)
    )
