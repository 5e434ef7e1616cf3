"""Ask for another address of one's own account: it is the account's once a link that was mailed there is used.

    asked (current password, or a second factor shown just now) ──▶ waits for 72 hours ──▶ confirmed (package ``families``)
       │ asked again: the newest wish counts                                                and told at both addresses
       └ cancelled, or a new password, or another address from the school ──▶ nothing changes

The answer is the same whoever has the address: nobody is looked up, and a mail goes there from behind the queue. One's own
address needs no second admin, unlike one that an admin gives another admin: whoever confirms it reads its mail and has shown that
the account is theirs.
"""

import logging
from typing import Final

from latchkey.accounts.needs import System
from latchkey.errors import Changed, Conflict, Invalid
from latchkey.people.model.person import NewEmail
from latchkey.people.model.unconfirmed import asked_for, to_confirm
from latchkey.shared.model import identifiers
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.texts import said
from latchkey.sign_in.current_password import is_current_password
from latchkey.sign_in.session import SignedIn

log = logging.getLogger(__name__)

FRESH: Final = 900
"""Seconds for which a second factor that was shown stands for the current password."""
UNCHANGED: Final = said("Your e-mail address is as it was.")
NO_ADDRESS: Final = said("Enter an e-mail address, like name@example.org.")
NO_CURRENT: Final = said("Enter the password that you have now.")
NOT_CURRENT: Final = said("This is not the password that you have now.")
NONE_KEPT: Final = said("Your school keeps no e-mail addresses of students.")
SAME: Final = said("This is the address that your account has.")
ELSEWHERE: Final = said(
    "You sign in with your school’s own sign-in, which knows you by your address. Ask your school to change it."
)
QUICKER: Final = said("Your account was changed somewhere else at the same moment. Look at it before you try again.")


def is_fresh(system: System, me: SignedIn) -> bool:
    """Whether this session has shown a second factor just now, so that the current password need not be asked for."""
    return (me.session.proved_at or 0) > system.now() - FRESH


def change_email(system: System, me: SignedIn, typed: str, current: str) -> None:
    """Ask for another address. ``Invalid`` says all that is wrong at once, ``TooMany`` and ``Conflict`` as with a password."""
    school, person, now = me.school, me.person, system.now()
    if school.uses_sso(person):
        raise Conflict(ELSEWHERE, code="elsewhere")
    address, wrong = _address(me, typed)
    if not is_fresh(system, me):
        if not current:
            wrong["current"] = NO_CURRENT
        elif not is_current_password(system, school, person, current):
            wrong["current"] = NOT_CURRENT
    if wrong:
        raise Invalid(UNCHANGED, fields=wrong)
    _write(system, me, NewEmail(address, now, person.version), "address.ask")
    _ask_for_mail(system, me, now)


def cancel(system: System, me: SignedIn) -> None:
    """Take the wish back; none is no error."""
    if me.person.new_email is not None:
        _write(system, me, None, "address.cancel")


def mail_again(system: System, me: SignedIn) -> None:
    """Have the mail sent again that asks for the confirmation, of whichever address waits for one; none is no error."""
    if to_confirm(me.person, system.now()):
        _ask_for_mail(system, me, system.now())


def waits(system: System, me: SignedIn) -> str | None:
    """The address that this person has asked for and not confirmed yet."""
    return asked_for(me.person, system.now())


def _address(me: SignedIn, typed: str) -> tuple[str, dict[str, str]]:
    """The address, and what is wrong with it: by the school's rules alone, so it tells of no account."""
    person, address = me.person, identifiers.email(typed)
    if person.role == "student" and me.school.settings.student_email == "none":
        return "", {"email": NONE_KEPT}
    if address is None:
        return "", {"email": NO_ADDRESS}
    if address == person.email:
        return "", {"email": SAME}
    domains = me.school.settings.domains_of(person.role)
    if domains and address.rpartition("@")[2] not in domains:
        return "", {"email": said("Your school takes addresses of {domains} only.", domains=", ".join(domains))}
    return address, {}


def _write(system: System, me: SignedIn, wish: NewEmail | None, action: str) -> None:
    school, person = me.school.slug, me.person
    event = system.audit(school).record_of(person.id, action, system.now(), {"person": person.id})
    try:
        system.own_address(school).ask(person, wish, event)
    except Changed:
        raise Conflict(QUICKER, code="changed") from None


def _ask_for_mail(system: System, me: SignedIn, now: int) -> None:
    message = {"kind": "confirm_address", "school": me.school.slug, "person": me.person.id, "request": new_id(), "at": now}
    system.queue("REQUESTS_QUEUE").put(message)
