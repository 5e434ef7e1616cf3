"""The language of a page: one rule for all of them (docs/translating.md, "Which language a page has")."""

import re
from collections.abc import Mapping
from typing import Any, Final

from latchkey.shared.model.languages import LANGUAGES
from web.request import Request

COOKIE: Final = "__Host-language"
"""The language that somebody chose on this device; nothing else, and no secret."""
HEADER: Final = "x-latchkey-language"
"""What CloudFront says of a visitor's cookie and browser, because the pages that it keeps see neither: ``cy`` is the browser's,
``cy!`` was chosen. Whoever else sends it only changes the language of their own page."""
QUERY: Final = "language"
"""The parameter of an address that asks for a page in a language, as a link or a script does."""
_LONGEST: Final = 200  # of Accept-Language; a browser's is far shorter
_RANGE: Final = re.compile(r"([a-z]{2,3})(?:-[a-z0-9-]{1,30})?(?:;q=([01](?:\.[0-9]{1,3})?))?")


def language_of(request: Request) -> str:
    """The code of the page's language: the person's own, else what was chosen here, else the school's, else the browser's.

    A school whose language is English chose none, so that it does not speak over a browser.
    """
    own = request.language or getattr(request.context.get("person"), "language", None)
    if own in LANGUAGES:
        return own
    chosen, wished = _said(request)
    if chosen is not None:
        return chosen
    schools = _of_school(request.context)
    return schools if schools != "en" else wished


def preferred(accept_language: str) -> str | None:
    """The language of ours that a browser wants most; regions do not matter, and what is no language says nothing."""
    best, weight = None, 0.0
    for part in accept_language[:_LONGEST].lower().replace(" ", "").split(","):
        found = _RANGE.fullmatch(part)
        if found and found[1] in LANGUAGES and (wish := float(found[2] or 1)) > weight:
            best, weight = found[1], wish
    return best


def chosen_cookie(code: str) -> str:
    """The Set-Cookie header of a choice; it lasts a year."""
    return f"{COOKIE}={code}; Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax"


def summary(asked: str | None, cookie: str | None, accept_language: str) -> str:
    """What ``HEADER`` says: one of eight words, whatever a browser sends."""
    for each in (asked, cookie):
        if each in LANGUAGES:
            return f"{each}!"
    return preferred(accept_language) or "en"


def _said(request: Request) -> tuple[str | None, str]:
    """What was chosen, and what the browser says."""
    word = request.headers.get(HEADER) or summary(
        request.query.get(QUERY), request.cookies.get(COOKIE), request.headers.get("accept-language", "")
    )
    code, choice, _ = word.partition("!")
    known = code if code in LANGUAGES else "en"
    return (known, "en") if choice else (None, known)


def _of_school(context: Mapping[str, Any]) -> str:
    school = context.get("school")
    code = school.settings.language if school is not None else "en"
    return code if code in LANGUAGES else "en"
