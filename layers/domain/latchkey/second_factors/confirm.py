"""Confirm again that it is still the person who signed in: with a second factor, or with the password while there is none."""

from collections.abc import Mapping
from typing import Any, Final

from latchkey.errors import Invalid
from latchkey.second_factors.model.asked import has_factor
from latchkey.shared.model.texts import said
from latchkey.sign_in.current_password import is_current_password
from latchkey.sign_in.needs import System
from latchkey.sign_in.session import SignedIn

_LONGEST: Final = 1_024


def confirm(system: System, who: SignedIn, given: Mapping[str, Any]) -> None:
    """Note in the session that this person has just shown who they are. ``Invalid`` names what was wrong; ``TooMany``."""
    if has_factor(who.person):  # what only the password proves does not count any more
        raise Invalid(fields={"code": said("Confirm with your second factor.")})
    _by_password(system, who, given.get("password"))


def _by_password(system: System, who: SignedIn, password: object) -> None:
    if not isinstance(password, str) or not 0 < len(password) <= _LONGEST:
        raise Invalid(fields={"password": said("Enter your password.")})
    if not is_current_password(system, who.school, who.person, password):
        raise Invalid(fields={"password": said("This is not your password. Try again.")})
    system.sessions(who.school.slug).note_password(who.session, system.now())
