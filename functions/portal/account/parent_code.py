"""A student's section of the account page: the code with which their parents register. It is shown once, after a POST."""

from typing import Any, Final

from latchkey.families.model.parent_code import why_hidden
from latchkey.families.model.spelling import aloud
from latchkey.families.show_parent_code import show_parent_code
from latchkey.shared.model.texts import said
from latchkey.sign_in.session import SignedIn
from latchkey.wiring import Wiring
from portal.account.sections import ALONE, alone, my
from portal.system import system
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339

routes = RouteGroup(__name__, lambda: system().settings)
NAME: Final = "parent_code"


def facts(_: Wiring, who: SignedIn) -> dict[str, Any] | None:
    """Whether the student can see the code, or why not."""
    return {"hidden": why_hidden(who.school, who.person)} if who.person.role == "student" else None


@routes.on("POST", "/account/parent-code", page="families/parent_code.html", form=ALONE)
def reveal(request: Request) -> Answer:
    """The code, made where none works. ``no-store``, like every answer that is not public."""
    who = my(request)
    alone(request, who, NAME, facts)
    place = show_parent_code(system(), who.school, who.person, system().settings["ORIGIN"])
    data = {"code": place.code, "url": place.url, "places_left": place.places, "expires_at": rfc3339(place.expires_at)}
    if not request.wants_page:
        return Answer(data=data)
    from web.qr import qr

    context = {"aloud": aloud(place.code), "picture": qr(place.url, said("The code as a square to photograph"))}
    return Answer(data=data, context={**context, "place": place.url.partition("#")[0]})
