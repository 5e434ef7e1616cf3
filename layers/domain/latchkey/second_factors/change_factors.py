"""What a person has, removing one of it, and new recovery codes; changes only where a factor was shown within 15 minutes.

A passkey in place of a password is a way in. Where there is no second step beside it, the current password removes it, so that
who has lost the phone and set a new password is rid of it: there the password opens the account, so it asks for no more than
that. The last way in is never removed.
"""

import logging
from dataclasses import replace
from typing import Final

from latchkey.errors import Changed, Conflict, Invalid, NotFound, TryLater
from latchkey.schools.model.local_admins import is_local_admin
from latchkey.schools.model.second_factor_rule import required_of
from latchkey.second_factors.ask_mail import ask_mail
from latchkey.second_factors.lost_factors import nothing_is_lost
from latchkey.second_factors.model import recovery_codes
from latchkey.second_factors.model.asked import has_factor
from latchkey.second_factors.model.factors import Factor, Factors, Passkey
from latchkey.second_factors.needs import System
from latchkey.second_factors.prove_again import demand_proof
from latchkey.shared.model.texts import said
from latchkey.sign_in.current_password import current_password
from latchkey.sign_in.session import SignedIn
from latchkey.sign_in.stores.sessions import Owed

_ROUNDS: Final = 5
_LAST: Final = said("Your school asks you for a second factor, so the last one stays. Add another one first.")
_LAST_WAY_IN: Final = said("It is your only way in, so it stays. Set a password first.")
log = logging.getLogger(__name__)


def factors_of(system: System, who: SignedIn) -> Factors:
    """What this person has."""
    return system.second_factors(who.school.slug).of(who.person.id)


def remove_factor(system: System, who: SignedIn, factor: str, current: str = "") -> None:
    """Remove one; ``NotFound``, ``ConfirmAgain``, or ``Invalid`` and ``TooMany`` for the password that removes a phone.

    ``Conflict`` for the last one of somebody who must have one, and for the last way in.
    """
    slug, now = who.school.slug, system.now()
    owed: tuple[Owed, ...] = ()
    for _ in range(_ROUNDS):
        before = factors_of(system, who)
        found = _the(before, factor)
        after = before.without(factor)
        by_password = _by_password(who, before, found)
        if not by_password:
            demand_proof(who, now)
        if not after.all and (required_of(who.school, who.person) or is_local_admin(who.school, who.person)):
            raise Conflict(_LAST, code="last")
        if is_last_way_in(who, after):
            raise Conflict(_LAST_WAY_IN, code="last_way_in")
        if by_password:  # last, because what it gives back stands in the transaction
            owed = owed or _check(system, who, current)
        event = system.audit(slug).record_of(who.person.id, "second_factor.remove", now, {"factor": factor})
        try:
            # Of two who remove the last two at once both have read the same revision, and one of them looks again.
            system.second_factors(slug).write_with(before, after, event, also=owed)
        except Changed:
            continue
        ask_mail(system, who, "factor_removed")
        nothing_is_lost(system, who.school, who.person)
        log.info("second factor removed", extra={"school": slug, "person": who.person.id})
        return
    raise TryLater()


def make_second_step(system: System, who: SignedIn, factor: str, current: str) -> tuple[str, ...]:
    """Ask for a passkey that stood in place of a password after the password from now on; with the first, recovery codes.

    As adding a second step: the first with the current password, a later one after one was shown.
    """
    slug, now = who.school.slug, system.now()
    owed: tuple[Owed, ...] = ()
    for _ in range(_ROUNDS):
        before = factors_of(system, who)
        found = _the(before, factor)
        if not isinstance(found, Passkey) or not found.alone:
            raise Conflict(said("It is a second step already."), code="second_step")
        if who.person.password_set_at is None:
            raise Conflict(said("Set a password first."), code="no_password")
        if before.steps:
            demand_proof(who, now)
        else:
            owed = owed or _check(system, who, current)
        codes = () if before.steps else recovery_codes.new_codes()
        after = before.with_one(replace(found, alone=False))
        if codes:
            after = replace(after, recovery=tuple(str(recovery_codes.hash_of(each)) for each in codes))
        event = system.audit(slug).record_of(who.person.id, "second_factor.add", now, {"way": "passkey", "factor": factor})
        try:
            system.second_factors(slug).write_with(before, after, event, also=owed)
        except Changed:
            continue
        ask_mail(system, who, "factor_added")
        log.info("second factor added", extra={"school": slug, "person": who.person.id, "way": "passkey"})
        return codes
    raise TryLater()


def is_last_way_in(who: SignedIn, after: Factors) -> bool:
    """Whether this person could not sign in with what is then left; the school's own sign-in needs nothing of ours."""
    has_passkey = len(after.totps) < len(after.all)
    return who.person.password_set_at is None and not has_passkey and not who.school.uses_sso(who.person)


def _the(factors: Factors, factor: str) -> Factor:
    found = next((each for each in factors.all if each.id == factor), None)
    if found is None:
        raise NotFound()
    return found


def _by_password(who: SignedIn, factors: Factors, found: Factor) -> bool:
    """Whether the current password is enough to remove it: a phone in its place, with nothing that is asked after it."""
    alone = isinstance(found, Passkey) and found.alone
    return alone and who.person.password_set_at is not None and not has_factor(who.school, who.person) and not factors.steps


def _check(system: System, who: SignedIn, current: str) -> tuple[Owed, ...]:
    """What the right password gives back; ``Invalid`` or ``TooMany``."""
    if not current:
        raise Invalid(fields={"password": said("Type your current password.")})
    owed = current_password(system, who.school, who.person, current)
    if owed is None:
        raise Invalid(fields={"password": said("This is not your current password.")})
    return owed


def renew_recovery_codes(system: System, who: SignedIn) -> tuple[str, ...]:
    """Ten new recovery codes, shown this once; those of before work no more. ``Conflict`` where there is no factor."""
    slug, now = who.school.slug, system.now()
    for _ in range(_ROUNDS):
        before = factors_of(system, who)
        if not before.steps:
            raise Conflict(said("Recovery codes come with a passkey or an app. Add one first."), code="no_factor")
        demand_proof(who, now)
        codes = recovery_codes.new_codes()
        after = replace(before, recovery=tuple(str(recovery_codes.hash_of(each)) for each in codes))
        event = system.audit(slug).record_of(who.person.id, "second_factor.codes", now)
        try:
            system.second_factors(slug).write_with(before, after, event)
        except Changed:
            continue
        nothing_is_lost(system, who.school, who.person)
        log.info("recovery codes made", extra={"school": slug, "person": who.person.id})
        return codes
    raise TryLater()
