"""The accounts that this browser is signed in to: another school's, or a second one here. Switch, add one, sign out of one.

Adding parks the session that is used beside the others, so that the sign-in that follows ends none. Signing in over a session, as
somebody else at the same computer does, ends them all.
"""

from typing import Any, Final

from latchkey.errors import Conflict, NotFound, NotSignedIn
from latchkey.shared.model.texts import said
from latchkey.sign_in.session import SignedIn, close_session, who
from portal.account.sections import my
from portal.system import system
from web.answer import Answer
from web.others import MOST, holder, others_cookie, others_of
from web.request import Request
from web.route_group import RouteGroup
from web.who import cookie, token_of

routes = RouteGroup(__name__, lambda: system().settings)
FULL: Final = said("Five accounts are open in this browser. Sign out of one first.")


@routes.on("GET", "/account/devices", page="account/others.html")
def page(request: Request) -> Answer:
    """The accounts that are open in this browser; those that have ended are left out."""
    current = _alive(token_of(request))
    found = [each for each in map(_alive, others_of(request)) if each is not None]
    if current is None and not found:
        request.context["sign_in"] = "/"
        raise NotSignedIn()
    if current is not None:
        request.context.update(school=current.school, person=current.school.known_as(current.person))
    items = [_facts(each, current=each is current) for each in (*([current] if current else []), *found)]
    return Answer(data={"items": items, "is_full": len(found) >= MOST})


@routes.on("POST", "/account/devices/add", form="error.html")
def add(request: Request) -> Answer:
    """Park the session that is used, and go to where another account is signed in to."""
    current, token = my(request), token_of(request) or ""
    kept = _without(others_of(request), holder(token))
    if len(kept) >= MOST:
        raise Conflict(FULL, code="full")
    place = "/" if request.flag("other_school") else f"/schools/{current.school.slug}/sessions"
    return Answer(status=204, location=place, headers={"Set-Cookie": [cookie("", 0), others_cookie((token, *kept))]})


@routes.on("POST", "/account/devices/switch", form="error.html")
def switch(request: Request) -> Answer:
    """Go on with another of the accounts that are open here."""
    wanted = request.text("account", longest=80)
    token = next((each for each in others_of(request) if holder(each) == wanted), None)
    found = _alive(token)
    if token is None or found is None:
        raise NotFound()
    kept = (token_of(request) or "", *_without(others_of(request), wanted))
    left = max(found.session.expires_at - system().now(), 1)
    place = f"/admin/{found.school.slug}" if found.person.is_admin else "/account"
    return Answer(status=204, location=place, headers={"Set-Cookie": [cookie(token, left), others_cookie(kept)]})


@routes.on("POST", "/account/devices/end", form="error.html")
def end(request: Request) -> Answer:
    """Sign out of one of the others; one that is none is no error."""
    wanted = request.text("account", longest=80)
    for token in others_of(request):
        if holder(token) == wanted:
            close_session(system(), token)
    kept = others_cookie(_without(others_of(request), wanted))
    return Answer(status=204, location="/account/devices", headers={"Set-Cookie": kept})


def _without(tokens: tuple[str, ...], wanted: str) -> tuple[str, ...]:
    return tuple(token for token in tokens if holder(token) != wanted)


def _alive(token: str | None) -> SignedIn | None:
    """Who holds this token, without keeping its session alive; None if it has ended."""
    try:
        return who(system(), token, active=False)
    except NotSignedIn:
        return None


def _facts(found: SignedIn, *, current: bool) -> dict[str, Any]:
    """What tells one account from another: of two of a parent at one school, the children's first names (one call an account)."""
    known, slug = found.school.known_as(found.person), found.school.slug
    children = system().directory(slug).by_ids(found.person.children) if found.person.children else []
    return {
        "account": f"{slug}.{found.person.id}",
        "given_name": known.given_name,
        "role": found.person.role,
        "children": [found.school.known_as(each).given_name for each in children],
        "school": {"slug": slug, "name": found.school.name},
        "is_current": current,
    }
