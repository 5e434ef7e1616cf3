"""Begin to sign in by OpenID Connect: an attempt for the browser to keep, and where it goes."""

from dataclasses import dataclass
from urllib.parse import urlencode

from latchkey.schools.model.school import School
from latchkey.sso.model.connection import Connection, callback
from latchkey.sso.model.oidc_attempt import LIFE, OidcAttempt, new_attempt, tag_of
from latchkey.sso.oidc.providers import Discovery
from latchkey.sso.oidc.sealed_attempt import seal
from latchkey.sso.oidc_needs import OidcSystem


@dataclass(frozen=True, slots=True)
class Begun:
    """``url``: where the browser goes. ``sealed``: what its cookie called ``tag`` has to hold, for ``seconds``."""

    url: str
    tag: str
    sealed: str
    seconds: int = LIFE


def start_oidc(
    system: OidcSystem, school: School, connection: Connection, *, origin: str, trial: str = "", anew: bool = False
) -> Begun:
    """Begin an attempt; ``Unavailable`` where the provider cannot be reached. ``anew``: let nobody in whom it already knows."""
    discovery = system.providers.discovery(connection.issuer)
    attempt = new_attempt(school.slug, connection.name, connection.version, system.now(), trial=trial, anew=anew)
    sealed = seal(attempt, system.sso_attempt_key)
    return Begun(address_of(discovery, connection, attempt, origin), tag_of(attempt.state), sealed)


def address_of(discovery: Discovery, connection: Connection, attempt: OidcAttempt, origin: str) -> str:
    """Where the browser asks the provider who it is, for this attempt."""
    asked = {
        "response_type": "code",
        "response_mode": "query",  # a form that the provider posts would come without our Lax cookie
        "client_id": connection.client_id,
        "redirect_uri": callback(origin, connection.kind),
        "scope": "openid email profile",
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": attempt.challenge,
        "code_challenge_method": "S256",
    }
    if attempt.anew:  # Google knows no "login", and refuses what it does not know
        asked["prompt"] = "select_account" if connection.kind == "google" else "login"
    if connection.kind == "google" and len(connection.tenant) == 1:
        asked["hd"] = connection.tenant[0]  # only what its chooser shows; the claim is what counts
    between = "&" if "?" in discovery.authorization else "?"
    return f"{discovery.authorization}{between}{urlencode(asked)}"
