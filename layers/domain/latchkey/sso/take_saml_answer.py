"""Take a SAML provider's answer: from the response that a browser posts to a proof, or to what went wrong.

    this browser's attempt, in time? ──▶ connection as it was? ──▶ signed, and what we expected? ──▶ used up, once ──▶ proof
                                                                        │ signed by none we have
                                                                        └──▶ metadata read again, at most every five minutes

The school, the connection and the certificate are those of the attempt; nothing in the answer can name others.
"""

import logging
from collections.abc import Mapping
from typing import Final

from latchkey.schools.model.school import School
from latchkey.sso.failed import Failed
from latchkey.sso.model.connection import Connection
from latchkey.sso.model.proof import Proof
from latchkey.sso.model.provider_errors import Failure
from latchkey.sso.model.saml_addresses import ACS, entity_id
from latchkey.sso.model.saml_attempt import LIFE, SamlAttempt, browser_hash
from latchkey.sso.reread_metadata import reread
from latchkey.sso.saml.answer import read_answer
from latchkey.sso.saml.assertion import Expected, Said
from latchkey.sso.saml.attributes import proof_of
from latchkey.sso.saml.envelope import Envelope
from latchkey.sso.saml.refusals import Refusal, Refused
from latchkey.sso.saml_needs import SamlSystem

_FAILURES: Final[Mapping[Refusal, Failure]] = {
    "declined": "denied",
    "forced": "interaction",
    "time": "clock",
    "attempt": "lost",
    "unreadable": "provider",
}
_WHY: Final[Mapping[Refusal, str]] = {"scope": "tenant", "time": "behind", "signature": "key"}
"""What a finding of an admin's own try calls it; the refusal itself if it stands not here."""
log = logging.getLogger(__name__)


def take_saml_answer(
    system: SamlSystem,
    school: School,
    connection: Connection | None,
    attempt: SamlAttempt,
    envelope: Envelope,
    *,
    secret: str | None,
    origin: str,
) -> Proof:
    """The proof in an answer to this attempt; ``Failed`` otherwise. ``secret``: what the browser's cookie holds."""
    now = system.now()
    if browser_hash(secret) != attempt.browser:
        raise Failed("lost", why="attempt")
    if now >= attempt.at + LIFE:
        raise Failed("late")
    if connection is None or connection.version != attempt.version or not connection.is_saml:
        raise Failed("changed")
    expected = Expected(
        issuer=connection.issuer,
        audience=entity_id(origin, school.slug, connection.name),
        recipient=origin + ACS,
        answers=attempt.id,
        asked_at=attempt.at,
        now=now,
        anew=attempt.anew,
    )
    try:
        said = _read(system, school, connection, envelope, expected)
        proof = proof_of(said, connection, school.slug, now)
    except Refused as error:
        log.warning("a provider's answer was refused", extra={"school": school.slug, "reason": error.reason})
        raise failure_of(error) from None
    used = system.saml_attempts(school.slug).use(
        attempt.id, browser=attempt.browser, issuer=connection.issuer, assertion=said.id, until=said.until, now=now
    )
    if not used:
        raise Failed("used")
    return proof


def _read(system: SamlSystem, school: School, connection: Connection, envelope: Envelope, expected: Expected) -> Said:
    try:
        return read_answer(envelope, connection.certificates, expected)
    except Refused as error:
        fresh = reread(system, school.slug, connection) if error.reason == "signature" else None
        if fresh is None or fresh.certificates == connection.certificates:
            raise
        return read_answer(envelope, fresh.certificates, expected)


def failure_of(refused: Refused) -> Failed:
    """What a refusal is to whoever wanted to sign in; its code is for the people who look after the sign-in."""
    reason = refused.reason
    return Failed(_FAILURES.get(reason, "setup"), code=f"saml-{reason}", why=_WHY.get(reason, reason))
