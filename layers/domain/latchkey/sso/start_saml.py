"""Begin to sign in by SAML: an attempt that its browser can be known by, and where the browser goes with the request."""

from dataclasses import dataclass

from latchkey.sso.model.authn_request import redirect
from latchkey.sso.model.connection import Connection
from latchkey.sso.model.saml_attempt import LIFE, SamlAttempt, browser_hash, browser_secret, new_id
from latchkey.sso.needs import System


@dataclass(frozen=True, slots=True)
class Started:
    """``url``: where the browser goes. ``secret``: what its cookie has to hold, for ``seconds``."""

    url: str
    secret: str
    seconds: int = LIFE


def start_saml(
    system: System,
    school: str,
    connection: Connection,
    *,
    origin: str,
    kept: str | None,
    place: str = "",
    trial: str = "",
    anew: bool = False,
) -> Started | None:
    """Begin an attempt; None where the provider's metadata has not been read yet. ``kept``: what the browser's cookie holds.

    ``trial``: the id of an admin's own try. ``anew``: let nobody in whom the provider already knows.
    """
    if not connection.sign_in_url or not connection.certificates:
        return None
    secret = browser_secret(kept)
    attempt = SamlAttempt(
        id=new_id(school),
        school=school,
        connection=connection.name,
        version=connection.version,
        browser=browser_hash(secret),
        at=system.now(),
        place=place,
        trial=trial,
        anew=anew,
    )
    system.saml_attempts(school).add(attempt)
    return Started(redirect(attempt, origin, connection.sign_in_url), secret)
