"""The numbers of a list of people."""

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


def count(people: Iterable[Matched]) -> Numbers:
    """The numbers of these people."""
    everybody = [*people]
    active = [person for person in everybody if person.status == "active"]
    new = [person for person in active if person.last_login_at is None]
    left = sum(person.status == "left" for person in everybody)
    return Numbers(
        people=len(active),
        left=left,
        disabled=len(everybody) - len(active) - left,
        missing_email=sum(person.email is None for person in active),
        never_logged_in=len(new),
        unreached=sum(person.email is not None for person in new),
        not_mine=sum(map(objects, everybody)),
        unconfirmed=sum(map(waits, active)),
    )
