"""What a browser is given that has come in: by a password, a code, or the school's own provider. The same for all of them."""

from typing import Any, Final

from latchkey.sign_in.model.browsers import browser_of
from latchkey.sign_in.model.proof_tokens import LIFE
from latchkey.sign_in.session import ABSOLUTE
from latchkey.sign_in.steps import Asked, Opened, Visit
from web import way_back
from web.answer import Answer
from web.others import others_cookie, others_of
from web.request import Request
from web.who import cookie, token_of

PAGES: Final = {"second_factor": "second-factor"}
"""The page of each step, below those of signing in."""
STEP_COOKIE: Final = "__Host-latchkey-step"


def visit_of(request: Request) -> Visit:
    """Where a session is opened. Who signs in over a session that was here ends that and the others of this browser."""
    token = token_of(request)
    presented = (token, *others_of(request)) if token else ()
    return Visit(presented=presented, browser=browser_of(request.headers.get("user-agent", "")), source_ip=request.source_ip)


def cookies_of(request: Request, token: str) -> str | list[str]:
    """The cookies of a new session, with which others have ended (``visit_of``)."""
    own = cookie(token, ABSOLUTE)
    return [own, others_cookie(())] if len(visit_of(request).presented) > 1 else own


def step_cookie(found: Asked) -> str:
    """The cookie with which a browser goes to the page of a step: the proof, which no script sees."""
    return f"{STEP_COOKIE}={found.token}; Path=/; Max-Age={LIFE}; Secure; HttpOnly; SameSite=Lax"


def led_in(request: Request, found: Opened | Asked, school: str, cookies: list[str]) -> Answer:
    """303 to where a browser goes that a provider has led back; ``cookies`` are set besides."""
    if isinstance(found, Asked):
        place = f"/schools/{school}/sessions/{PAGES[found.step]}"
        return _sent(place, [step_cookie(found), *cookies])
    who = found.who
    there = way_back.followed(request, who.school.slug, is_admin=who.person.is_admin)
    place = there or (f"/admin/{who.school.slug}" if who.person.is_admin else "/account")
    own = cookies_of(request, found.token)
    return _sent(place, [*([own] if isinstance(own, str) else own), *way_back.forgotten(request, there), *cookies])


def _sent(place: str, cookies: list[str]) -> Answer:
    headers: dict[str, Any] = {"Set-Cookie": cookies}
    return Answer(status=303, location=place, headers=headers)
