"""What a person has, removing one of it, and new recovery codes; changes only where a factor was shown within 15 minutes."""

import logging
from dataclasses import replace
from typing import Final

from latchkey.errors import Changed, Conflict, NotFound, TryLater
from latchkey.schools.model.second_factor_rule import required_of
from latchkey.second_factors.ask_mail import ask_mail
from latchkey.second_factors.lost_factors import nothing_is_lost
from latchkey.second_factors.model import recovery_codes
from latchkey.second_factors.model.factors import Factors
from latchkey.second_factors.needs import System
from latchkey.second_factors.prove_again import demand_proof
from latchkey.shared.model.texts import said
from latchkey.sign_in.session import SignedIn

_ROUNDS: Final = 5
_LAST: Final = said("Your school asks you for a second factor, so the last one stays. Add another one first.")
log = logging.getLogger(__name__)


def factors_of(system: System, who: SignedIn) -> Factors:
    """What this person has."""
    return system.second_factors(who.school.slug).of(who.person.id)


def remove_factor(system: System, who: SignedIn, factor: str) -> None:
    """Remove one; ``NotFound``, ``ConfirmAgain``, or ``Conflict`` for the last one of somebody who must have one."""
    slug, now = who.school.slug, system.now()
    for _ in range(_ROUNDS):
        before = factors_of(system, who)
        found = next((each for each in before.all if each.id == factor), None)
        if found is None:
            raise NotFound()
        demand_proof(who, now)
        after = before.without(factor)
        if not after.all and required_of(who.school, who.person):
            raise Conflict(
                said("Your school asks you for a second factor, so the last one stays. Add another one first."), code="last"
            )
        event = system.audit(slug).record_of(who.person.id, "second_factor.remove", now, {"factor": factor})
        try:
            # Of two who remove the last two at once both have read the same revision, and one of them looks again.
            system.second_factors(slug).write_with(before, after, event)
        except Changed:
            continue
        ask_mail(system, who, "factor_removed")
        nothing_is_lost(system, who.school, who.person)
        log.info("second factor removed", extra={"school": slug, "person": who.person.id})
        return
    raise TryLater()


def renew_recovery_codes(system: System, who: SignedIn) -> tuple[str, ...]:
    """Ten new recovery codes, shown this once; those of before work no more. ``Conflict`` where there is no factor."""
    slug, now = who.school.slug, system.now()
    for _ in range(_ROUNDS):
        before = factors_of(system, who)
        if not before.all:
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
