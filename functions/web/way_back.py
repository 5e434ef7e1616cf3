"""Where somebody wanted to go who has to sign in first: kept in a cookie, so that every way of signing in leads there.

    GET /admin/x/people?year_group=7 ──▶ 303 to sign in, with the cookie ──▶ password, chooser, second step or passkey ──▶ there

Only an address of ours is kept or followed, and only one of the school that was signed in to. Of a form whose session had ended
the section is kept that it belongs to: what was typed is not.
"""

import re
from typing import Final
from urllib.parse import urlencode

from web.request import READS, Request

COOKIE: Final = "__Host-latchkey-there"
_LIFE: Final = 15 * 60
_LONGEST: Final = 1_500
_PART: Final = r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*"
_THERE: Final = re.compile(rf"/(?:admin/({_PART})|account)(?:/{_PART})*(?:\?[A-Za-z0-9._~=&%+*-]*)?")
_SECTION: Final = re.compile(rf"/admin/{_PART}(?:/{_PART})?")


def kept(request: Request) -> dict[str, str]:
    """The header that remembers where a request was going; none where that is no page of ours."""
    there = request.address
    if request.method not in READS:
        found = _SECTION.match(there)
        there = found.group() if found else ""
    elif request.query:
        there += "?" + urlencode({**request.query, **request.repeated}, doseq=True)
    return {"Set-Cookie": _cookie(there, _LIFE)} if _is_ours(there) else {}


def followed(request: Request, school: str, *, is_admin: bool) -> str | None:
    """Where somebody goes who has just signed in to a school, if they wanted anywhere that they may go."""
    there = request.cookies.get(COOKIE, "")
    if not _is_ours(there):
        return None
    found = _THERE.fullmatch(there)
    wanted = found.group(1) if found else None
    return there if wanted is None or (wanted == school and is_admin) else None


def forgotten(request: Request) -> list[str]:
    """The cookie's end, where there is one."""
    return [_cookie("", 0)] if COOKIE in request.cookies else []


def _is_ours(there: str) -> bool:
    return 0 < len(there) <= _LONGEST and _THERE.fullmatch(there) is not None


def _cookie(there: str, seconds: int) -> str:
    return f"{COOKIE}={there}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"
