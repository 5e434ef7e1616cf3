"""Who gets into a school's console when its own sign-in is down: admins who keep a password, where all others must come in by it.

Such an admin has a password and a second factor of ours. A school has at least one before it can make its admins use its own
sign-in, and keeps the last one: their rights and their last second factor stay until another is named, or the rule is changed.
"""

from collections.abc import Iterable

from latchkey.people.model.person import Person
from latchkey.schools.model.school import School


def gets_in_alone(admin: Person) -> bool:
    """Whether this admin can sign in with a password and a second factor of ours."""
    has_factor = not {"totp", "passkey"}.isdisjoint(admin.second_factors)
    return admin.is_admin and admin.status == "active" and has_factor and admin.password_set_at is not None


def is_local_admin(school: School, admin: Person) -> bool:
    """Whether the school has named this admin to keep a password, and makes its admins use its own sign-in."""
    sso = school.settings.sso
    return sso.admins == "must" and bool(sso.connections) and admin.id in sso.local_admins


def is_last(school: School, admin: Person, others: Iterable[Person]) -> bool:
    """Whether nobody would be left who gets in when the school's own sign-in is down, if this admin's rights ended."""
    left = (each for each in others if each.id in school.settings.sso.local_admins and gets_in_alone(each))
    return is_local_admin(school, admin) and next(left, None) is None
