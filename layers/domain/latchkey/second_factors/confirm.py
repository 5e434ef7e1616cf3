"""Confirm again that it is still the person who signed in: with a second factor, or with the password while there is none."""

from collections.abc import Mapping
from typing import Any, Final, cast

from latchkey.errors import Changed, Invalid, NotSignedIn
from latchkey.second_factors.model.asked import answers_password, answers_provider
from latchkey.second_factors.model.factors import PHONE
from latchkey.second_factors.needs import System
from latchkey.second_factors.prove_again import finish_proof
from latchkey.second_factors.show_factor import WAYS, Answer, Shown
from latchkey.shared.model.texts import said
from latchkey.sign_in.current_password import is_current_password
from latchkey.sign_in.session import SignedIn

_LONGEST: Final = 1_024
_LONGEST_CODE: Final = 64
_NOT_HERE: Final = said("Sign in again with your school’s own sign-in: you have no password here.")


def confirm(system: System, who: SignedIn, given: Mapping[str, Any]) -> None:
    """Note in the session that this person has just shown who they are. ``Invalid`` names what was wrong; ``TooMany``.

    ``given``: ``way`` with ``code`` or ``credential``; or ``password``, which does not count once there is a second factor.
    A passkey in place of a password counts always.
    """
    if answers_provider(who.school, who.person, who.session.by):
        raise Invalid(fields={"password": _NOT_HERE})
    by_phone = PHONE in who.person.second_factors and given.get("credential")
    if by_phone or not answers_password(who.school, who.person):
        finish_proof(system, who, _answer(given))
    else:
        _by_password(system, who, given.get("password"))


def _answer(given: Mapping[str, Any]) -> Answer:
    """What is shown; a form need not say the way: a code of an app has six digits, a recovery code more."""
    way, code, credential = given.get("way"), given.get("code"), given.get("credential")
    if not isinstance(code, str) or len(code) > _LONGEST_CODE:
        code = ""
    if way not in WAYS:
        from latchkey.second_factors.one_time_codes import is_code

        way = "passkey" if credential else "totp" if is_code(code) else "recovery"
    if not (credential if way == "passkey" else code):
        raise Invalid(fields={"code": said("Enter the code, or use your passkey.")})
    return Answer(way=cast("Shown", way), code=code, credential=credential)


def _by_password(system: System, who: SignedIn, password: object) -> None:
    if not isinstance(password, str) or not 0 < len(password) <= _LONGEST:
        raise Invalid(fields={"password": said("Enter your password.")})
    if not is_current_password(system, who.school, who.person, password):
        raise Invalid(fields={"password": said("This is not your password. Try again.")})
    try:
        system.sessions(who.school.slug).note_password(who.session, system.now())
    except Changed:
        raise NotSignedIn() from None
