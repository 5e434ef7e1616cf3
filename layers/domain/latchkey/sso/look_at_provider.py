"""Look at an OpenID provider as it is now: what is wrong with a connection, before a child meets it.

    issuer ──▶ clock ──▶ keys ──▶ secret, by a code that cannot be right ──▶ our redirect address, asked without a browser

The token endpoint checks the client before the code, so ``invalid_grant`` says that the secret is right and ``invalid_client``
that it is not. What only a round trip shows (tenant, consent, the claim that we match by) is said to be unknown.
"""

import secrets
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

from latchkey.schools.find_school import the_school_now
from latchkey.sso.model.claims import CLOCK
from latchkey.sso.model.connection import Connection, callback
from latchkey.sso.model.findings import Check, Finding, Why
from latchkey.sso.model.oidc_attempt import new_attempt
from latchkey.sso.oidc.exchange import Refused, exchange
from latchkey.sso.oidc.id_token import ALGORITHMS, fits
from latchkey.sso.oidc.providers import Discovery, Unavailable
from latchkey.sso.oidc_needs import OidcSystem
from latchkey.sso.read_connections import to_try
from latchkey.sso.start_oidc import address_of

DAY: Final = 86_400
SOON: Final = 30 * DAY
_ROUND_TRIP: Final[tuple[Check, ...]] = ("tenant", "consent", "email_claim")
_FORBIDDEN: Final = frozenset({"private", "https", "spelling"})
_NOT_REGISTERED: Final = (b"redirect_uri_mismatch", b"AADSTS50011", b"invalid_redirect_uri", b"redirect_uri did not match")
"""What providers write on their own page where they do not know a redirect address."""


def look_at_provider(system: OidcSystem, asked: Mapping[str, Any], origin: str) -> tuple[Finding, ...]:
    """The findings for ``{school, connection, version}``; none where there is no such version of an OpenID connection."""
    school = the_school_now(system, str(asked.get("school", "")))
    connection = to_try(system, school, str(asked.get("connection", "")))
    if connection is None or connection.is_saml or connection.version != asked.get("version", connection.version):
        return ()
    try:
        discovery = system.providers.discovery(connection.issuer, fresh=True)
    except Unavailable as error:
        return (_wrong_issuer(error), *_not_tried("keys", "secret", "redirect_address"), *_not_tried(*_ROUND_TRIP))
    return (
        Finding(check="issuer", state="ok"),
        _clock(discovery, system.now()),
        _keys(system, connection),
        *_secret(system, connection, discovery, origin),
        _redirect(system, connection, discovery, origin),
        *_not_tried(*_ROUND_TRIP),
    )


def _not_tried(*checks: Check) -> tuple[Finding, ...]:
    return tuple(Finding(check=each, state="unknown", why="not_tried") for each in checks)


def _wrong_issuer(error: Unavailable) -> Finding:
    why: Why = "unreachable"
    if error.why == "issuer":
        why = "other"
    elif error.why in _FORBIDDEN:
        why = "forbidden_address"
    elif error.why in {"unusable", "large", "redirect"}:
        why = "unusable"
    return Finding(check="issuer", state="stop", why=why)


def _clock(discovery: Discovery, now: int) -> Finding:
    """By the Date of the provider's answer, as far as it says one."""
    try:
        there = int(parsedate_to_datetime(discovery.date).timestamp())
    except (ValueError, TypeError):
        return Finding(check="clock", state="unknown", why="not_tried")
    if abs(there - now) <= CLOCK:
        return Finding(check="clock", state="ok")
    return Finding(check="clock", state="stop", why="ahead" if there > now else "behind")


def _keys(system: OidcSystem, connection: Connection) -> Finding:
    try:
        keys = system.providers.keys(connection.issuer, None, fresh=True)
    except Unavailable as error:
        return Finding(check="keys", state="stop", why="unusable" if error.why == "unusable" else "unreachable")
    usable = any(fits(key, algorithm) for key in keys for algorithm in ALGORITHMS)
    return Finding(check="keys", state="ok") if usable else Finding(check="keys", state="stop", why="unusable")


def _secret(system: OidcSystem, connection: Connection, discovery: Discovery, origin: str) -> tuple[Finding, ...]:
    """Whether the provider takes the secret, and how long it lasts."""
    kept, now = connection.secret, system.now()
    value = system.kept_secrets.of(connection, fresh=True)
    if kept is None or value is None:
        return (Finding(check="secret", state="stop", why="missing"),)
    is_over = kept.ends_at is not None and kept.ends_at <= now
    try:
        exchange(
            system.providers,
            discovery,
            client_id=connection.client_id,
            secret=value,
            code=f"latchkey-check-{secrets.token_urlsafe(16)}",
            redirect_uri=callback(origin, connection.kind),
            verifier=secrets.token_urlsafe(32),
        )
    except Refused as error:
        if error.error in {"invalid_client", "unauthorized_client"}:
            why: Why = "expired" if is_over or error.code == "AADSTS7000222" else "refused"
            return (Finding(check="secret", state="stop", why=why, said=error.code),)
    except Unavailable as error:
        why = "unusable" if error.why == "unusable" else "unreachable"
        return (Finding(check="secret", state="unknown", why=why),)
    if is_over:
        return (Finding(check="secret", state="warn", why="expired"),)
    if kept.ends_at is not None and kept.ends_at - now < SOON:
        return (Finding(check="secret", state="warn", why="ends_soon"),)
    return (Finding(check="secret", state="ok"),)


def _redirect(system: OidcSystem, connection: Connection, discovery: Discovery, origin: str) -> Finding:
    """Whether the provider knows our address: some say at once that they do not. Most say so on a page that is drawn later."""
    attempt = new_attempt("", connection.name, connection.version, system.now())
    try:
        answer = system.providers.ask(address_of(discovery, connection, attempt, origin))
    except Unavailable:  # a redirect is a yes or a no: who follows it is a browser
        return Finding(check="redirect_address", state="unknown", why="not_tried")
    if any(each in answer.body for each in _NOT_REGISTERED):
        return Finding(check="redirect_address", state="stop", why="not_registered")
    return Finding(check="redirect_address", state="unknown", why="not_tried")
