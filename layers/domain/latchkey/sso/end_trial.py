"""End an admin's own try of a connection with what it has shown: nobody is linked, nobody is signed in."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from latchkey.errors import Changed
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sso.enter import people_meant
from latchkey.sso.failed import Failed
from latchkey.sso.model.connection import Connection
from latchkey.sso.model.findings import Check, Finding, State, Why
from latchkey.sso.model.matching import Sought, sought
from latchkey.sso.model.proof import Proof
from latchkey.sso.read_connections import to_try
from latchkey.sso.trial_needs import Tries

_NAMED: Final[Mapping[str, tuple[Check, Why]]] = {
    "invalid_client": ("secret", "refused"),
    "unauthorized_client": ("secret", "refused"),
    "redirect_uri_mismatch": ("redirect_address", "not_registered"),
    "issuer": ("issuer", "other"),
    "tenant": ("tenant", "other"),
    "ahead": ("clock", "ahead"),
    "behind": ("clock", "behind"),
    "key": ("keys", "unusable"),
    "algorithm": ("keys", "unusable"),
    "signature": ("keys", "unusable"),
    "private": ("issuer", "forbidden_address"),
    "https": ("issuer", "forbidden_address"),
    "spelling": ("issuer", "forbidden_address"),
    "audience": ("redirect_address", "not_registered"),
    "recipient": ("redirect_address", "not_registered"),
    "subject": ("email_claim", "missing"),
    "unsigned": ("certificates", "unusable"),
    "encrypted": ("certificates", "unusable"),
    "shape": ("metadata", "unusable"),
}
"""What a failure's own word is a finding of."""
_ROUND_TRIP: Final[tuple[Check, ...]] = ("redirect_address", "consent", "issuer", "secret", "keys", "clock", "tenant")
"""What has worked where a proof came, in the order in which it was met."""
_OF_SAML: Final[tuple[Check, ...]] = ("redirect_address", "issuer", "certificates", "clock", "tenant")
"""The same of SAML, which has no client secret, and where nobody is asked to agree."""
log = logging.getLogger(__name__)


def end_trial(system: Tries, school: School, name: str, identifier: str, found: Proof | Failed) -> None:
    """Keep the findings of a try of this connection, if it is still the newest and has not ended."""
    looks = system.sso_looks(school.slug)
    trial = looks.trial(name)
    connection = to_try(system, school, name)
    if trial is None or connection is None or trial.id != identifier:
        return
    if isinstance(found, Failed):
        ended = replace(trial, ended_at=system.now(), findings=_of_failure(connection, found), account=found.account)
    else:
        findings, person = _of_proof(system, school, connection, found)
        ended = replace(trial, ended_at=system.now(), findings=findings, account=found.account, person=person)
    try:
        looks.end(ended)
    except Changed:
        log.info("a try was ended already", extra={"school": school.slug})


def _of_failure(connection: Connection, failed: Failed) -> tuple[Finding, ...]:
    """What did not fit, and what is known to be right because it came before."""
    check, why = _NAMED.get(failed.why, _usual(failed))
    trip = _OF_SAML if connection.is_saml else _ROUND_TRIP
    if connection.is_saml and check in {"keys", "secret"}:
        check, why = "certificates", "unusable"
    state: State = "unknown" if failed.reason in {"late", "used", "changed", "lost", "provider"} else "stop"
    wrong = Finding(check=check, state=state, why=why, said=failed.code)
    before = trip[: trip.index(check)] if check in trip else ()
    return (*(Finding(check=each, state="ok") for each in before if failed.reason != "unreachable"), wrong)


def _usual(failed: Failed) -> tuple[Check, Why]:
    match failed.reason:
        case "denied" | "interaction":
            return "consent", "refused"
        case "consent" | "blocked":
            return "consent", "admin_needed"
        case "clock":
            return "clock", "behind"
        case "unreachable":
            return "issuer", "unreachable"
        case "setup":
            return "secret", "refused"
        case _:
            return "account", "not_tried"


def _of_proof(system: Tries, school: School, connection: Connection, proof: Proof) -> tuple[tuple[Finding, ...], str]:
    """``(findings, person)``: all that the round trip has shown, and whom it would sign in."""
    worked = [Finding(check=each, state="ok") for each in (_OF_SAML if connection.is_saml else _ROUND_TRIP)]
    wanted = sought(school, connection, proof)
    if not isinstance(wanted, Sought):
        why: Why = "unverified" if connection.match_on == "email" and proof.email else "missing"
        return (*worked, Finding(check="email_claim", state="stop", why=why)), ""
    people = people_meant(system, school, wanted)
    named = Finding(check="email_claim", state="ok")
    return (*worked, named, _account(people)), people[0].id if len(people) == 1 else ""


def _account(people: list[Person]) -> Finding:
    if not people:
        return Finding(check="account", state="warn", why="unknown_here")
    return Finding(check="account", state="ok") if len(people) == 1 else Finding(check="account", state="warn", why="several")
