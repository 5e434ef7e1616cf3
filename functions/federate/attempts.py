"""The cookies of attempts: one a tab, called by its state, so that two tabs of a browser do not take each other's place."""

import re
from typing import Final

from federate.system import system
from latchkey.sso.model.oidc_attempt import LIFE, LONGEST_STATE, MOST, OidcAttempt, tag_of
from latchkey.sso.oidc.sealed_attempt import unseal
from web.request import Request

_PREFIX: Final = "__Host-latchkey-sso-"
_LAST: Final = "__Host-latchkey-sso"
_TAG: Final = re.compile(r"[0-9a-f]{12}")
_WAY: Final = re.compile(r"([a-z0-9-]{2,40})/([a-z0-9-]{1,20})")
_A_YEAR: Final = 365 * 86_400


def cookie_of(tag: str, sealed: str, seconds: int = LIFE) -> str:
    """The Set-Cookie header of an attempt (``seconds`` 0 removes it). Lax: the provider leads back here by a link."""
    return f"{_PREFIX}{tag}={sealed}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"


def surplus(request: Request) -> list[str]:
    """The ends of attempts that make room for one more: those that count no more, and the oldest."""
    tags = [name.removeprefix(_PREFIX) for name in request.cookies if name.startswith(_PREFIX)]
    begun = {tag: found.at for tag in tags if _TAG.fullmatch(tag) and (found := _kept(request, tag)) is not None}
    now = system().now()
    open_ones = sorted((tag for tag, at in begun.items() if now - at < LIFE), key=lambda tag: begun[tag])
    keep = set(open_ones[-(MOST - 1) :])
    return [cookie_of(tag, "", 0) for tag in tags if _TAG.fullmatch(tag) and tag not in keep]


def attempt_of(request: Request, state: str) -> OidcAttempt | None:
    """The attempt of this state that this browser began; None if it did not, or it was ended."""
    return _kept(request, tag_of(state)) if 0 < len(state) <= LONGEST_STATE and state.isascii() else None


def ended(state: str) -> str:
    """The end of an attempt's cookie."""
    return cookie_of(tag_of(state), "", 0)


def last_way(school: str, provider: str) -> str:
    """Which way in this browser took last: it holds no secret and opens nothing, and leads whoever comes without our state."""
    return f"{_LAST}={school}/{provider}; Path=/; Max-Age={_A_YEAR}; Secure; HttpOnly; SameSite=Lax"


def way_taken_last(request: Request) -> tuple[str, str] | None:
    """``(school, provider)``; None: nobody knows."""
    found = _WAY.fullmatch(request.cookies.get(_LAST, ""))
    return (found[1], found[2]) if found else None


def _kept(request: Request, tag: str) -> OidcAttempt | None:
    sealed = request.cookies.get(f"{_PREFIX}{tag}", "")
    return unseal(sealed, tag, system().sso_attempt_key) if sealed else None
