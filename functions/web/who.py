"""Sessions of a request: the cookie of browsers, the bearer token of scripts."""

from functools import partial

from latchkey.audit.count_not_found import count_not_found
from latchkey.errors import NotFound, NotSignedIn
from latchkey.second_factors.hold_up import hold_up
from latchkey.second_factors.model.asked import answers_password, answers_provider
from latchkey.shared.model.ids import is_id
from latchkey.sign_in.needs import System
from latchkey.sign_in.session import SignedIn, who
from web.asked_again import ASKED
from web.request import Request

COOKIE = "__Host-latchkey"
POLL = "x-latchkey-poll"
"""The header with which live.js marks what it asks by itself. Whoever else sends it only shortens their own session."""


def token_of(request: Request) -> str | None:
    """The session token that came with a request."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.cookies.get(COOKIE)


def is_active(request: Request) -> bool:
    """Whether a person asks, and not a page that keeps itself fresh."""
    return POLL not in request.headers


def cookie(token: str, seconds: int) -> str:
    """The Set-Cookie header of a session (``seconds`` 0 removes it)."""
    return f"{COOKIE}={token}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"


def signed_in(request: Request, system: System, beside: str | None = None) -> SignedIn:
    """Who asks; puts ``school`` and ``person`` into the page's context. ``NotSignedIn`` otherwise."""
    found = who(system, token_of(request), active=is_active(request), beside=beside)
    request.context.update(school=found.school, person=found.school.known_as(found.person))
    return found


def admin(request: Request, system: System, school: str, beside: str | None = None) -> SignedIn:
    """Who asks, if they are an admin of this school. A browser without a session is sent to sign in; anyone else gets 404.

    ``beside``: the id of somebody whom the request is about, who is read in the same call.
    """
    request.context["sign_in"] = f"/schools/{school}/sessions"
    request.language = "en"  # the console speaks no other
    try:
        found = signed_in(request, system, beside if is_id(beside or "") else None)
    except NotSignedIn:
        if request.wants_page:
            raise
        raise NotFound() from None
    if found.person.is_admin:
        part = request.path.split("/")[3:4] if found.school.slug == school else ["school"]
        request.when_not_found = partial(
            count_not_found, system.audit(found.school.slug), found.person.id, "".join(part), system.now()
        )
    if found.school.slug != school or not found.person.is_admin:
        request.context.update(school=None, person=None)
        raise NotFound()
    _hold_up(request, system, found)
    return found


def _provider_of(found: SignedIn) -> dict[str, str] | None:
    """Where this person signs in once more to confirm who they are, as the page shows it; None: with something of ours."""
    school, by = found.school, found.session.by
    known = school.settings.sso.connection(by)
    if known is None or not answers_provider(school, found.person, by):
        return None
    return {"label": known.label, "url": f"/schools/{school.slug}/sso/{by}?again=1"}


def ready_to_ask(request: Request, found: SignedIn) -> None:
    """Put into the page's context with what this person shows once more who they are, should they be asked."""
    request.context.update(has_factor=not answers_password(found.school, found.person), provider=_provider_of(found))


def _hold_up(request: Request, system: System, found: SignedIn) -> None:
    """Let nobody on who has to set up a second factor first, or to confirm again; and say on the page what is to come."""
    method = "GET" if request.method == "HEAD" else request.method
    ready_to_ask(request, found)
    request.context["advice"] = hold_up(found, system.now(), sensitive=f"{method} {request.path}" in ASKED)
