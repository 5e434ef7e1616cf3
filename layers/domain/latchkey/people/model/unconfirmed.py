"""Addresses that nobody has confirmed yet: which of a person's are, and for how long they wait.

A parent who registers with a code has a provisional account: it works at once, and ends after ``PROVISIONAL`` unless somebody
confirms the address by a link that was mailed there. Accounts of older releases have no end, so none of them ends by surprise.
"""

from dataclasses import replace
from typing import Final

from latchkey.people.model.person import Person

PROVISIONAL: Final = 28 * 86_400
"""Seconds until an account ends whose address nobody has confirmed."""
WAITS: Final = 72 * 3_600
"""Seconds for which an address that somebody has asked for can be confirmed."""
CONFIRMABLE: Final = 14 * 86_400
"""Seconds for which a link works that confirms the address that an account has."""

BY_SCHOOL: Final = "school"
"""In place of the look-up key of a typed address: the school has given one since, and answers for it."""


def given_by_school(before: Person, after: Person) -> Person:
    """The person after the school has given them another address. It counts as confirmed, also of accounts of older releases."""
    if after.email in {None, before.email} or not after.address_is_unconfirmed:
        return after
    return replace(after, email_typed=BY_SCHOOL)


def asked_for(person: Person, now: int) -> str | None:
    """The address that this person has asked for, while it can still be confirmed."""
    new = person.new_email
    if new is None or new.version != person.version or now >= new.at + WAITS or new.email == person.email:
        return None
    return new.email


def to_confirm(person: Person, now: int) -> list[str]:
    """The addresses that a link may confirm for this person: the one that they have, the one that they asked for."""
    typed = [person.email] if person.email is not None and person.address_is_unconfirmed else []
    asked = asked_for(person, now)
    return [*typed, *([asked] if asked else [])]


def is_over(person: Person, now: int) -> bool:
    """Whether the account has ended because nobody has confirmed its address in time."""
    return person.provisional_until is not None and person.provisional_until <= now and person.address_is_unconfirmed


def is_provisional(person: Person) -> bool:
    """Whether the account is one that a code has made, in no roster, and whose address nobody has confirmed."""
    return person.role == "parent" and person.mis_id is None and not person.is_admin and person.address_is_unconfirmed


def has_confirmed(person: Person, address: str) -> bool:
    """Whether this is an adult of the school with this address, and not only as somebody has typed it beside a code."""
    here = person.status == "active" and person.role != "student"
    return here and person.email == address and not is_provisional(person)
