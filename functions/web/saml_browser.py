"""The cookie by which a SAML answer is known to come from the browser that has asked.

The answer is a form of the provider's page, posted across sites, with which no Lax cookie comes: our page posts it once more,
from here (functions/saml/answer.py). The cookie opens nothing by itself: without an attempt of ours, and an answer to it that a
provider has signed, it stands for nothing (docs/decisions/0066).
"""

from typing import Final

from web.request import Request

COOKIE: Final = "__Host-latchkey-saml"


def kept_secret(request: Request) -> str | None:
    """What the browser brought."""
    return request.cookies.get(COOKIE)


def browser_cookie(secret: str, seconds: int) -> str:
    """The Set-Cookie header (``seconds`` 0 removes it)."""
    return f"{COOKIE}={secret}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"
