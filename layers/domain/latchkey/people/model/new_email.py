"""What is kept of a person whose e-mail address changes, so that the old address and the new one can be told.

It is kept, and told, only of people who have set a password: they have something that a mail to another address can take over.
Whoever has none loses nothing: links to the old address are dead with the stamp, and the next link goes to the new one.

Changes that follow each other within ``SETTLES`` count as one, from the address before the first to the one after the last. So
a file that puts another one right makes no second mail, and none at all where the address is again what it was.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final

from latchkey.people.model.person import FormerEmail, Person

SETTLES: Final = 240
"""Seconds from a change until it is told: less than the five minutes at which a message of the queue requests counts as late."""
NAMED_AT_ONCE: Final = 50
"""People in a message."""
_LATEST: Final = 86_400  # seconds; a notice that is older says nothing new
_MOST_LATE: Final = 5


def is_told(before: Person, email: str | None) -> bool:
    """Whether somebody is to be told that this person gets this address."""
    return email != before.email and before.has_way_in


def former_email(before: Person, now: int) -> FormerEmail:
    """What to keep of a person whose address changes now: the address that was told last, empty if there was none.

    An address that nobody has confirmed counts as none: nothing is sent there but the mail that asks for it.
    """
    last = before.former_email
    if last is not None and now - SETTLES < last.at <= now:
        return last
    was = "" if before.address_is_unconfirmed else before.email or ""
    return FormerEmail(was, now, earlier=_late(last, now, _MOST_LATE))


def replaced_at(person: Person, at: int) -> FormerEmail | None:
    """The address of this person that was replaced at that second; None if none was, or its change was taken back since."""
    former = person.former_email
    while former is not None and former.at != at:
        former = former.earlier
    return former if former is not None and former.email != (person.email or "") else None


def _late(former: FormerEmail | None, now: int, most: int) -> FormerEmail | None:
    """The former addresses whose notice may be late: a queue that stands still must not swallow it."""
    if former is None or former.at <= now - _LATEST or most == 0:
        return None
    return FormerEmail(former.email, former.at, _late(former.earlier, now, most - 1))


def notices(school: str, changed: Iterable[tuple[int, str]]) -> Iterator[dict[str, Any]]:
    """The messages that let these people be told: ``(when, id)``, the time being that of their former address.

    They are put after the people are written, and seen ``SETTLES`` later; the same people named again make no second mail.
    """
    for at, group in groupby(sorted(set(changed)), key=lambda each: each[0]):
        people = [person for _, person in group]
        for start in range(0, len(people), NAMED_AT_ONCE):
            yield {"kind": "emails_changed", "school": school, "people": people[start : start + NAMED_AT_ONCE], "at": at}
