"""When somebody is asked: for a second factor of their own, and to confirm again that it is they.

A school that requires a second factor asks its admins from their second day on, and never before their first send: whoever
becomes an admin at six in the evening must be able to send. Only sign-ins from that moment on are held up, so that nobody loses
what they are writing: a session that began before goes on as it was, which is for twelve hours at most.

    first sign-in as admin ──── a day ────▶ from here on, if a send was started by then
                        └── first send ───▶ else from here on
"""

from typing import Final

from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.schools.model.second_factor_rule import required_of
from latchkey.second_factors.model.factors import PHONE

FIRST_DAY: Final = 86_400
"""Seconds in which a new admin is not held up."""
EVERY: Final = 900
"""Seconds for which one confirmation counts."""


def has_factor(school: School, person: Person) -> bool:
    """Whether this person has a second factor, which they then show after their password.

    A passkey in place of a password is none, unless the school requires one: then it is asked for as well.
    """
    kinds = set(person.second_factors)
    return bool(kinds if required_of(school, person) else kinds - {PHONE})


def answers_password(school: School, person: Person) -> bool:
    """Whether this person confirms with the password: who has one, and no second factor."""
    return not has_factor(school, person) and (person.password_set_at is not None or PHONE not in person.second_factors)


def answers_provider(school: School, person: Person, by: str) -> bool:
    """Whether this person confirms by signing in once more where their session comes from, the connection ``by``: who has nothing
    of ours to show. A password that only sleeps while the school's own sign-in is used counts for nothing.
    """
    return bool(by) and not person.second_factors and (school.uses_sso(person) or person.password_set_at is None)


def required_from(school: School, person: Person) -> int | None:
    """From when on (epoch seconds) whoever signs in needs a second factor; None: not yet known, or never."""
    if not required_of(school, person) or person.admin_since is None or person.first_send_at is None:
        return None
    return max(person.admin_since + FIRST_DAY, person.first_send_at)


def must_enrol(school: School, person: Person, opened_at: int) -> bool:
    """Whether a session that began at ``opened_at`` leads to nothing but setting up a second factor."""
    at = required_from(school, person)
    return not has_factor(school, person) and at is not None and opened_at > at


def confirms(school: School, person: Person) -> bool:
    """Whether this person is asked to confirm again at all: who has a second factor, or has to have one."""
    return has_factor(school, person) or required_of(school, person)


def is_recent(proved_at: int | None, now: int) -> bool:
    """Whether a proof of that moment still counts."""
    return proved_at is not None and now - proved_at <= EVERY
