"""Confirm again that it is still you, and the page that asks to set up a second factor first."""

from latchkey.errors import Invalid
from latchkey.second_factors.confirm import confirm
from latchkey.second_factors.prove_again import begin_proof
from portal.system import system
from web.answer import SET_UP, Answer
from web.confirming import where
from web.request import CONFIRM, Request
from web.route_group import RouteGroup
from web.who import ready_to_ask, signed_in

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
        confirm(system(), found, request.fields)
        return Answer(status=204)
    ready_to_ask(request, found)
    request.context.update(there="", method="", kept=request.fields)
    there, method = where(request)
    request.context.update(there=there, method=method)
    try:
        confirm(system(), found, request.confirming)
    except Invalid as error:
        raise Invalid(error.detail, fields={CONFIRM + name: text for name, text in error.fields.items()}) from None
    return Answer(status=307 if method == "POST" else 303, location=there)


@routes.on("POST", "/account/confirm/passkey")
def passkey(request: Request) -> Answer:
    """What the browser is given to sign, for this session and no other."""
    found = signed_in(request, system())
    return Answer(data={"challenge": begin_proof(system(), found)})
