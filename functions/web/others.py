"""The other sessions that one browser keeps: a parent's at another school, a second account at the same one.

They stand in a cookie of their own, tokens only, and open nothing from there: one of them is looked at when its owner switches to
it. Who asks is read of the session cookie alone (``who``), so no other page costs more for them.
"""

import re
from collections.abc import Iterable
from typing import Final

from latchkey.sign_in.needs import System
from latchkey.sign_in.session import ABSOLUTE, close_session
from web.request import Request
from web.who import COOKIE

OTHERS: Final = f"{COOKIE}-others"
MOST: Final = 4
"""Beside the one that is used: five accounts in a browser."""
_TOKEN: Final = re.compile(r"[a-z][a-z0-9-]{1,39}\.[0-9a-z]{16,26}\.[A-Za-z0-9_-]{20,64}")
_BETWEEN: Final = "~"


def others_of(request: Request) -> tuple[str, ...]:
    """The tokens of the other sessions, none of which has been looked at; what has not the form of a token is left out."""
    found = request.cookies.get(OTHERS, "").split(_BETWEEN)[:MOST]
    return tuple(token for token in dict.fromkeys(found) if _TOKEN.fullmatch(token))


def others_cookie(tokens: Iterable[str]) -> str:
    """The Set-Cookie header of the other sessions; none removes it."""
    kept = [token for token in dict.fromkeys(tokens) if _TOKEN.fullmatch(token)][:MOST]
    return f"{OTHERS}={_BETWEEN.join(kept)}; Path=/; Max-Age={ABSOLUTE if kept else 0}; Secure; HttpOnly; SameSite=Lax"


def end_others(request: Request, system: System) -> None:
    """End all other sessions of this browser."""
    for token in others_of(request):
        close_session(system, token)


def holder(token: str) -> str:
    """Whose token this is, as it says itself: school and person, by which a form names it."""
    return token.rpartition(".")[0]
