"""Where somebody wanted to go who has to sign in first: kept in a cookie, so that every way of signing in leads there.

    GET /admin/x/people?year_group=7 ──▶ 303 to sign in, with the cookie ──▶ password, chooser, second step or passkey ──▶ there
    POST /admin/x/people/1/delete ──▶ the same with "!/admin/x/people/1" ──▶ there, with "lost" ──▶ the page says so, and ends it

Only an address of ours is kept or followed, and only one of the school that was signed in to. Of a form whose session had ended
the page is kept that has it; what was typed is not, and that page says so.
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
_CONSOLE: Final = re.compile(rf"/admin/{_PART}(?:/{_PART})*")
_FORM: Final = "!"  # before the address of the page of a form
_LOST: Final = "lost"
_SAID_FOR: Final = 5 * 60


def kept(request: Request) -> dict[str, str]:
    """The header that remembers where a request was going; none where that is no page of ours."""
    there, before = request.address, ""
    if request.method not in READS:
        there, before = request.form_of or "", _FORM
        there = there if _CONSOLE.fullmatch(there) else ""
    elif request.query:
        there += "?" + urlencode({**request.query, **request.repeated}, doseq=True)
    return {"Set-Cookie": _cookie(before + there, _LIFE)} if _is_ours(there) else {}


def followed(request: Request, school: str, *, is_admin: bool) -> str | None:
    """Where somebody goes who has just signed in to a school, if they wanted anywhere that they may go."""
    there = request.cookies.get(COOKIE, "").removeprefix(_FORM)
    if not _is_ours(there):
        return None
    found = _THERE.fullmatch(there)
    wanted = found.group(1) if found else None
    return there if wanted is None or (wanted == school and is_admin) else None


def forgotten(request: Request, there: str | None = None) -> list[str]:
    """The cookie's end, where there is one. If it leads ``there``, to the page of a form, that page says what became of it."""
    kept = request.cookies.get(COOKIE)
    if kept is None:
        return []
    return [_cookie(_LOST, _SAID_FOR) if there and kept.startswith(_FORM) else _cookie("", 0)]


def lost_a_form(request: Request) -> bool:
    """Whether this page of the console is to say that a form was not saved, because its session had ended."""
    return request.cookies.get(COOKIE) == _LOST and _CONSOLE.fullmatch(request.address) is not None


def _is_ours(there: str) -> bool:
    return 0 < len(there) <= _LONGEST and _THERE.fullmatch(there) is not None


def _cookie(there: str, seconds: int) -> str:
    return f"{COOKIE}={there}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"
