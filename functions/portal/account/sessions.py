"""The section of the account page about where one is signed in."""

from typing import Any

from latchkey.accounts.my_sessions import Place, end_others, end_place, places
from latchkey.shared.model.texts import said
from latchkey.sign_in.session import SignedIn
from latchkey.wiring import Wiring
from portal.account.sections import ALONE, alone, done, my
from portal.system import system
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339

routes = RouteGroup(__name__, lambda: system().settings)
DONE = {
    "session": said("That sign-in is ended."),
    "sessions": said("Everywhere else you are signed out."),
}


def facts(wiring: Wiring, who: SignedIn) -> dict[str, Any]:
    """Where this person is signed in."""
    return {"places": places(wiring, who)}


@routes.on("GET", "/account/sessions", page=ALONE)
def show(request: Request) -> Answer:
    """Where I am signed in, this session first."""
    who = my(request)
    if request.wants_page:
        alone(request, who, "sessions", facts)
        return Answer()
    return Answer(data={"items": [_said(each) for each in places(system(), who)], "next": None})


@routes.on("POST", "/account/sessions/end-others")
def end_the_others(request: Request) -> Answer:
    """Sign out everywhere but here."""
    end_others(system(), my(request))
    return Answer(status=204, location=done("sessions"))


@routes.on("DELETE", "/account/sessions/{place}")
def end_one(request: Request, place: str) -> Answer:
    """End one session of mine."""
    end_place(system(), my(request), place)
    return Answer(status=204)


@routes.on("POST", "/account/sessions/{place}/delete")
def end_one_by_form(request: Request, place: str) -> Answer:
    """The same for a browser."""
    end_place(system(), my(request), place)
    return Answer(status=204, location=done("session"))


def _said(place: Place) -> dict[str, Any]:
    return {
        "id": place.id,
        "since": rfc3339(place.since),
        "used_at": rfc3339(place.used_at),
        "browser": place.browser or None,
        "current": place.is_this,
    }
