"""The operator invites an admin of a school: the first one, or one more, or the same one again."""

from typing import Final

from latchkey.errors import Invalid
from latchkey.operator.needs import System
from latchkey.operator.the_school import the_school
from latchkey.records.invite_admin import Invited, invite
from latchkey.shared.model import identifiers

_LONGEST_NAME: Final = 100


def invite_admin(system: System, school: object, email: object, given_name: object, family_name: object) -> Invited:
    """Make an admin with this address and mail them a password link; somebody who is an admin already gets the link again."""
    found = the_school(system, school)
    wrong: dict[str, str] = {}
    address = identifiers.email(email)
    if address is None:
        wrong["email"] = "This is not an e-mail address that we can use: plain ASCII, like head@school.example."
    given, family = _name(given_name, "given_name", wrong), _name(family_name, "family_name", wrong)
    if not wrong and not (given or family):
        wrong["given_name"] = "Give a first name or a last name."
    if address is None or wrong:
        raise Invalid("Nobody was invited.", fields=wrong)
    return invite(system, found, "operator", address, (given, family))


def _name(value: object, field: str, wrong: dict[str, str]) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _LONGEST_NAME or not value.isprintable():
        wrong[field] = f"This must be one line of at most {_LONGEST_NAME} characters."
        return ""
    return value.strip()
