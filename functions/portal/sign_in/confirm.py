"""Confirm again that it is still you, and the page that asks to set up a second factor first."""

from latchkey.second_factors.confirm import Answers, confirm
from latchkey.second_factors.hold_up import ways_of
from latchkey.sign_in.model.passwords import LONGEST_RECEIVED
from portal.system import system
from web.answer import SET_UP, Answer
from web.confirming import again, where
from web.request import Request
from web.route_group import RouteGroup
from web.who import signed_in

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("GET", SET_UP, page="second_factors/needed.html")
def needed(request: Request) -> Answer:
    """Why the console is closed, and the way to open it."""
    request.context["sign_in"] = "/"
    signed_in(request, system())
    return Answer(data={})


@routes.on("POST", "/account/confirm", form="second_factors/confirm.html")
def create(request: Request) -> Answer:
    """Confirm; a form then goes on to where it was going."""
    request.context["sign_in"] = "/"
    found = signed_in(request, system())
    if not request.is_form:
        confirm(system(), found, Answers(*(request.fields.get(name) for name in ("way", "code", "password", "credential"))))
        return Answer(status=204)
    request.context.update(ways=ways_of(found), **again(request))
    there, method = where(request)
    given = request.confirming
    confirm(system(), found, Answers(None, given.get("code"), given.get("password"), given.get("credential")), prefix="confirm.")
    return Answer(status=307 if method == "POST" else 303, location=there)
