"""Change one's own password, with the current one; also for people without an e-mail address.

    reads the person (version 4) ──▶ counts the try ──▶ compares ──▶ one transaction: version 4 is 5, the new hash, the event,
                                                                    the old session ends and its successor begins
    another change that read version 4 finds 5 and changes nothing; every other session still says 4, and opens nothing

A new token in place of the old one (ASVS 7.2.4): whoever has copied the old one is out as well.
"""

import logging
from typing import Final

from latchkey.accounts.needs import System
from latchkey.errors import Changed, Conflict, Invalid
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.texts import said
from latchkey.sign_in import hashing
from latchkey.sign_in.blocklist import common_passwords
from latchkey.sign_in.budgets import forgiven
from latchkey.sign_in.current_password import is_current_password
from latchkey.sign_in.model import passwords
from latchkey.sign_in.session import SignedIn, successor

log = logging.getLogger(__name__)

UNCHANGED: Final = said("Your password is as it was.")
NO_CURRENT: Final = said("Enter the password that you have now.")
NOT_CURRENT: Final = said("This is not the password that you have now.")
NO_NEW: Final = said("Enter a new password.")
SAME: Final = said("This is the password that you have now. Choose another.")
ELSEWHERE: Final = said("You sign in with your school’s own sign-in, so your password is changed there, not here.")
QUICKER: Final = said("Your account was changed somewhere else at the same moment. Look at it before you try again.")


def change_password(system: System, me: SignedIn, current: str, password: str) -> str:
    """Set the new password; the token with which this session goes on.

    ``Invalid`` says all that is wrong at once, ``TooMany`` that the current password was guessed at too often, ``Conflict`` that
    somebody was quicker (``changed``) or that the school signs this person in (``elsewhere``).
    """
    school, person = me.school, me.person
    if school.uses_sso(person):
        raise Conflict(ELSEWHERE, code="elsewhere")
    _check(system, me, current, password)
    now = system.now()
    token, session = successor(system, me, person.version + 1)
    event = system.audit(school.slug).record_of(person.id, "password.set", now, {"purpose": "account", "role": person.role})
    try:
        also = [*system.sessions(school.slug).replacing(me.session, session, now), *forgiven(system, school, person)]
        system.passwords(school.slug).change(person, hashing.hash_of(password), now, event, also)
    except Changed:
        raise Conflict(QUICKER, code="changed") from None
    log.info("password changed", extra={"school": school.slug, "person": person.id})
    _afterwards(system, me, now)
    return token


def _check(system: System, me: SignedIn, current: str, password: str) -> None:
    wrong: dict[str, str] = {}
    if not current:
        wrong["current"] = NO_CURRENT
    elif not is_current_password(system, me.school, me.person, current):
        wrong["current"] = NOT_CURRENT
    if fault := _fault(me, current, password):
        wrong["password"] = fault
    if wrong:
        raise Invalid(UNCHANGED, fields=wrong, code="weak_password" if list(wrong) == ["password"] else None)


def _fault(me: SignedIn, current: str, password: str) -> str | None:
    if not password:
        return NO_NEW
    if passwords.normal(current) == passwords.normal(password):
        return SAME
    words = passwords.context_words(me.person, me.school)
    return passwords.fault(password, passwords.shortest(me.person.role), words, common_passwords())


def _afterwards(system: System, me: SignedIn, now: int) -> None:
    """The password stands, whatever happens here: its owner is told by mail."""
    slug, person = me.school.slug, me.person
    try:
        message = {"kind": "password_changed", "school": slug, "person": person.id, "request": new_id(), "at": now}
        system.queue("REQUESTS_QUEUE").put(message)
    except Exception as error:  # the answer must say that the password was set
        log.error(  # noqa: TRY400 - a trace could hold values
            "not told of a new password", extra={"school": slug, "person": person.id, "error": type(error).__name__}
        )
