"""An attempt to sign in by OpenID Connect: what we have asked for, kept in the browser that asked, sealed, for ten minutes."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

LIFE: Final = 600
"""Seconds for which an answer is waited for."""
MOST: Final = 4
"""Attempts that a browser keeps: one a tab."""
LONGEST_STATE: Final = 200
_RANDOM: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcAttempt:
    """One attempt. ``version``: of the connection. ``at``: epoch seconds.

    ``verifier`` is PKCE's, whose hash the provider was given. ``trial``: the id of an admin's own try, "" of a sign-in. ``anew``:
    whether the provider was asked to let nobody in whom it already knows.
    """

    state: str
    nonce: str
    verifier: str
    school: str
    connection: str
    version: int
    at: int
    trial: str = ""
    anew: bool = False

    def is_over(self, now: int) -> bool:
        """Whether its answer comes too late."""
        return not 0 <= now - self.at < LIFE

    @property
    def challenge(self) -> str:
        """What the provider is told of the verifier (PKCE, S256)."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


def new_attempt(school: str, connection: str, version: int, at: int, *, trial: str = "", anew: bool = False) -> OidcAttempt:
    """An attempt with values of its own, 256 random bits each."""
    state, nonce, verifier = (secrets.token_urlsafe(_RANDOM) for _ in range(3))
    return OidcAttempt(
        state=state,
        nonce=nonce,
        verifier=verifier,
        school=school,
        connection=connection,
        version=version,
        at=at,
        trial=trial,
        anew=anew,
    )


def tag_of(state: str) -> str:
    """A name for an attempt that shows nothing of its state: the browser's cookie is called by it, so tabs do not mix."""
    return hashlib.sha256(f"sso-state/v1/{state}".encode()).hexdigest()[:12]
