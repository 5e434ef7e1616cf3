"""Signing in by a passkey alone: it says who it is, and its owner has proved to it who they are (user verification).

Whose it is said to be counts for nothing before the signature is right, and nobody is looked up: the work and the answer are the
same for a person's id, for nobody's, and for whom may not sign in here.

The first step of such a sign-in, as ``prove_password`` is of the other; ``sign_in.steps`` goes on from its proof.
"""

import logging
from typing import Any, Final

from latchkey.errors import SignInFailed
from latchkey.people.model.person import NOBODY
from latchkey.schools.model.school import School
from latchkey.second_factors.lost_factors import nothing_is_lost
from latchkey.second_factors.model.secrets import person_of
from latchkey.second_factors.needs import System
from latchkey.second_factors.show_factor import count_stranger, signed_by
from latchkey.second_factors.sign_with import sign_with_any
from latchkey.shared.model.ids import is_id
from latchkey.shared.model.texts import said
from latchkey.sign_in.budgets import give_back, school_and_failures, spend_of_visitor
from latchkey.sign_in.steps import Proof

_BOUND_TO: Final = "passkey"
_REFUSED: Final = said("This passkey does not open an account here. Sign in with your password, or choose another passkey.")
log = logging.getLogger(__name__)


def passkey_for_anybody(system: System, slug: str, *, source_ip: str) -> dict[str, Any]:
    """What the browser is given to sign; each time counts as a try of the visitor's address."""
    school, failures = school_and_failures(system, slug)
    spend_of_visitor(system, school, source_ip, failures)
    return sign_with_any(system, school, _BOUND_TO)


def prove_passkey(system: System, of: tuple[School, int], credential: object, *, source_ip: str) -> Proof:
    """Whose passkey this is; ``SignInFailed`` or ``TooMany``. It opens nothing: see ``sign_in.steps.go_on``.

    ``of``: the school and its wrong passwords within the hour, as ``school_and_failures`` gives them.
    """
    school, failures = of
    slug = school.slug
    spent = spend_of_visitor(system, school, source_ip, failures)
    whose = _named(school, credential)
    signed = signed_by(system, school, whose, credential, bound_to=_BOUND_TO)
    person = system.directory(slug).person(whose) if signed else None
    if person is None or person.status != "active" or school.uses_sso(person):
        count_stranger(system, school)
        raise SignInFailed(_REFUSED)
    give_back(system, slug, spent)
    nothing_is_lost(system, school, person)
    log.info("signed in by a passkey", extra={"school": slug, "person": person.id})
    now = system.now()
    return Proof(school=school, person=person, at=now, ways=("passkey",), proved_at=now)


def _named(school: School, credential: object) -> str:
    """The id of whom the passkey says it belongs to; nobody's where it says none."""
    from latchkey.second_factors.ceremonies import NotGenuine, handle_in

    try:
        found = person_of(handle_in(credential), school.slug)
    except NotGenuine:
        return NOBODY
    return found if found is not None and is_id(found) else NOBODY
