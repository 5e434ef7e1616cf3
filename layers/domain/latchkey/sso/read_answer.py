"""Read the answer of an OpenID provider: from what the browser brings back to a proof, or to what went wrong.

    attempt in time? ──▶ connection as it was? ──▶ the provider's no? ──▶ used up, once ──▶ code exchanged ──▶ ID token verified
                                                                                              lacks what we match by │
                                                                         userinfo, of the same subject ◀─────────────┘

The school is that of the attempt, which we have sealed; nothing in the answer can name another.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from latchkey.schools.model.school import School
from latchkey.sso.failed import Failed
from latchkey.sso.model.claims import Rejected, Why, check, expected
from latchkey.sso.model.connection import Connection, callback
from latchkey.sso.model.oidc_attempt import OidcAttempt
from latchkey.sso.model.oidc_proof import needs_more, proof_of, with_userinfo
from latchkey.sso.model.proof import Proof
from latchkey.sso.model.provider_errors import Failure, code_of, failure_of
from latchkey.sso.oidc.exchange import LONGEST_CODE, Refused, Tokens, exchange, userinfo
from latchkey.sso.oidc.id_token import claims_of
from latchkey.sso.oidc.providers import Discovery, Unavailable
from latchkey.sso.oidc_needs import OidcSystem

_OF_TOKENS: Final[Mapping[Why, Failure]] = {"ahead": "clock", "behind": "clock"}
_AT_THE_TOKEN_ENDPOINT: Final[Mapping[str, Failure]] = {"invalid_grant": "late", "temporarily_unavailable": "provider"}
_LOGGED: Final = {"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "invalid_scope"}  # RFC 6749, 5.2
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the browser brings to the callback, unread."""

    code: str = ""
    error: str = ""
    description: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Attempted:
    """What the answer is to: ``connection`` as it is now (None: it is switched off), ``origin`` our own."""

    school: School
    connection: Connection | None
    attempt: OidcAttempt
    origin: str


def read_answer(system: OidcSystem, asked: Attempted, answer: Answer) -> Proof:
    """The proof in an answer to an attempt; ``Failed`` otherwise."""
    now, attempt, connection, school = system.now(), asked.attempt, asked.connection, asked.school
    if attempt.is_over(now):
        raise Failed("late")
    if connection is None or connection.version != attempt.version or connection.is_saml:
        raise Failed("changed")
    try:
        discovery = system.providers.discovery(connection.issuer)
        _check_sender(discovery, answer)
        if not system.oidc_answers(school.slug).use(attempt.state, now):
            raise Failed("used")
        reading = _Reading(system, school, connection, attempt, discovery, callback(asked.origin, connection.kind))
        return reading.proved(reading.exchanged(answer.code))
    except Unavailable as error:
        raise Failed("unreachable" if error.why != "issuer" else "setup", why=error.why) from None
    except Rejected as error:
        log.warning("a provider's token was refused", extra={"school": school.slug, "reason": error.why})
        raise Failed(_OF_TOKENS.get(error.why, "setup"), why=error.why) from None


def _check_sender(discovery: Discovery, answer: Answer) -> None:
    """RFC 9207: an answer that names its issuer is of this one; then the provider's own no is said, then a code is looked for."""
    if (answer.issuer or discovery.says_issuer) and answer.issuer != discovery.issuer:
        raise Rejected("issuer")
    if answer.error:
        said = code_of(answer.error, answer.description)
        raise Failed(failure_of(answer.error, answer.description), code=said, why="error")
    if not 0 < len(answer.code) <= LONGEST_CODE or not (answer.code.isascii() and answer.code.isprintable()):
        raise Failed("provider", why="no_code")


@dataclass(frozen=True, slots=True)
class _Reading:
    """An answer that is used up now, and so is read to its end."""

    system: OidcSystem
    school: School
    connection: Connection
    attempt: OidcAttempt
    discovery: Discovery
    redirect_uri: str

    def exchanged(self, code: str) -> Tokens:
        """The tokens for the code."""
        try:
            try:
                return self._ask(code, fresh=False)
            except Refused as error:
                if error.error != "invalid_client":
                    raise
                return self._ask(code, fresh=True)  # the school has just put in another secret, and the code is still good
        except Refused as error:
            known = error.error if error.error in _LOGGED else "other"  # a provider's own word may be anything
            log.warning("a provider refused a code", extra={"school": self.school.slug, "reason": known})
            reason = _AT_THE_TOKEN_ENDPOINT.get(error.error, "setup")
            raise Failed(reason, code=error.code, why=error.error or "refused") from None

    def _ask(self, code: str, *, fresh: bool) -> Tokens:
        return exchange(
            self.system.providers,
            self.discovery,
            client_id=self.connection.client_id,
            secret=self.system.kept_secrets.of(self.connection, fresh=fresh),
            code=code,
            redirect_uri=self.redirect_uri,
            verifier=self.attempt.verifier,
        )

    def proved(self, tokens: Tokens) -> Proof:
        """The proof that the ID token makes, with what userinfo adds where it lacks what we match by."""
        system, connection, now = self.system, self.connection, self.system.now()
        claims = claims_of(tokens.id_token, lambda kid: system.providers.keys(connection.issuer, kid))
        check(claims, expected(connection, self.attempt, tokens.access_token), now)
        if needs_more(connection, claims):
            said = userinfo(system.providers, self.discovery, tokens.access_token)
            claims = with_userinfo(claims, said) if said else claims
        try:
            return proof_of(connection, self.school.slug, claims, now)
        except Rejected:
            account = claims.get("email") or claims.get("preferred_username")
            shown = account if isinstance(account, str) and len(account) <= 320 and account.isprintable() else ""
            raise Failed("setup", why="tenant", account=shown) from None
