"""What an ID token says, once its signature was verified: whether it is for us, now, and about this attempt.

OpenID Connect Core 3.1.3.7, with each rule as strict as it may be: the issuer is one exact text, and there is one audience. The
claims are a provider's, so a value of another type than the one expected is a refusal, never converted.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from latchkey.sso.model.connection import Connection
from latchkey.sso.model.oidc_attempt import OidcAttempt

CLOCK: Final = 120
"""Seconds by which the provider's clock and ours may differ."""
BACKDATED: Final = 300
"""Seconds by which Entra dates its tokens back: ``iat`` and ``nbf`` are five minutes before it makes them."""
_LONGEST_LIFE: Final = 86_400 * 2
_LONGEST_SUBJECT: Final = 255
_EPOCHS: Final = range(1, 1 << 40)

Why = Literal["malformed", "algorithm", "key", "signature", "issuer", "audience", "ahead", "behind", "nonce", "tenant", "at_hash"]
"""Why a token counts for nothing. ``ahead``: the provider's clock is later than ours; ``behind``: earlier, or it is old."""
Claims = Mapping[str, Any]


class Rejected(Exception):
    """A token that counts for nothing. Nothing of what it says is kept in the error."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token has to say: ``issuer`` and ``client_id`` of the connection, ``nonce`` and ``since`` of the attempt.

    ``access_token`` is what came with the token: where the token has an ``at_hash``, it is that of this. ``backdated``: seconds
    by which this provider dates its tokens back.
    """

    issuer: str
    client_id: str
    nonce: str
    since: int
    access_token: str | None = None
    backdated: int = 0


def expected(connection: Connection, attempt: OidcAttempt, access_token: str | None) -> Expected:
    """What an answer to this attempt has to say."""
    return Expected(
        issuer=connection.issuer,
        client_id=connection.client_id,
        nonce=attempt.nonce,
        since=attempt.at,
        access_token=access_token,
        backdated=BACKDATED if connection.kind == "entra" else 0,
    )


def check(claims: Claims, wanted: Expected, now: int) -> None:
    """``Rejected`` unless the token is from this issuer, for this client, of now, and about this attempt."""
    if claims.get("iss") != wanted.issuer or not isinstance(claims.get("iss"), str):
        raise Rejected("issuer")
    _check_audience(claims, wanted.client_id)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), wanted.nonce.encode()):
        raise Rejected("nonce")
    _check_times(claims, wanted.since - wanted.backdated, now)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        raise Rejected("malformed")
    _check_access_token(claims, wanted.access_token)


def _check_audience(claims: Claims, client: str) -> None:
    """Us and nobody else: a token for several parties could be shown to us by each of them."""
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if named != [client] or not isinstance(named[0], str) or not client:
        raise Rejected("audience")
    if "azp" in claims and claims["azp"] != client:
        raise Rejected("audience")


def _check_times(claims: Claims, since: int, now: int) -> None:
    ends, issued = _time(claims, "exp"), _time(claims, "iat")
    starts = _time(claims, "nbf") if "nbf" in claims else issued
    if issued > now + CLOCK or starts > now + CLOCK:
        raise Rejected("ahead")
    if ends <= now - CLOCK or issued < since - CLOCK:  # made before we asked for it
        raise Rejected("behind")
    if ends < issued or ends - issued > _LONGEST_LIFE:
        raise Rejected("malformed")


def _time(claims: Claims, name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not _EPOCHS.start <= value < _EPOCHS.stop:
        raise Rejected("malformed")
    return value


def _check_access_token(claims: Claims, access_token: str | None) -> None:
    """The hash is the left half of SHA-256: all of our algorithms have that."""
    if "at_hash" not in claims:
        return
    stated = claims["at_hash"]
    if not isinstance(stated, str) or access_token is None:
        raise Rejected("at_hash")
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    if not hmac.compare_digest(stated.encode(), base64.urlsafe_b64encode(half).rstrip(b"=")):
        raise Rejected("at_hash")
