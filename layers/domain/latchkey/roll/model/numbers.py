"""The numbers of a list of people."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from latchkey.people.model.matched import Matched
from latchkey.people.model.people_filter import objects, waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Those whom a filter means by what matters; all but ``left`` and ``disabled`` are active.

    ``not_mine``: students who say of an adult who is linked with them that they are no parent of theirs. ``unconfirmed``: who has
    typed an address that nobody has confirmed yet. ``unreached``: who has an address and never logged in.
    """

    people: int = 0
    left: int = 0
    disabled: int = 0
    missing_email: int = 0
    never_logged_in: int = 0
    unreached: int = 0
    not_mine: int = 0
    unconfirmed: int = 0

    @property
    def all(self) -> int:
        """Everybody whom the filter means, those who left and those who are switched off too."""
        return self.people + self.left + self.disabled


def count(people: Iterable[tuple[Matched, int]]) -> Numbers:
    """The numbers of these people, each of whom stands for so many who are alike."""
    found: Counter[str] = Counter()
    for person, many in people:
        new = person.last_login_at is None
        found["not_mine"] += many * objects(person)
        if person.status != "active":
            found["left" if person.status == "left" else "disabled"] += many
            continue
        found["people"] += many
        found["missing_email"] += many * (person.email is None)
        found["never_logged_in"] += many * new
        found["unreached"] += many * (new and person.email is not None)
        found["unconfirmed"] += many * waits(person)
    return Numbers(**found)
