"""Forgot password: one answer for everyone."""

from latchkey.errors import Invalid
from latchkey.password_links.forgot_password import ask
from latchkey.shared.model.texts import said
from portal.of_school import of_school
from portal.system import system
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup

routes = RouteGroup(__name__, lambda: system().settings)
FIELDS = ("identifier", "email", "username")
SAID = {
    "detail": said(
        "If that belongs to an account with an e-mail address, a link is on its way. "
        "It can take a few minutes; look in the junk folder too."
    )
}


@routes.on("GET", "/schools/{school}/forgot-password", page="password_links/forgot_password.html", public=True)
def page(request: Request, school: str) -> Answer:
    """The form; after it was sent, what happens now."""
    _, data = of_school(request, school)
    return Answer(data=data, context={"sent": SAID["detail"] if "sent" in request.query else None})


@routes.on("POST", "/schools/{school}/forgot-password", form="password_links/forgot_password.html")
def create(request: Request, school: str) -> Answer:
    """202 for whatever was typed."""
    of_school(request, school)
    request.context["sent"] = None
    given = [name for name in FIELDS if name in request.fields]
    if len(given) > 1:
        raise Invalid(fields=dict.fromkeys(given, said("Give one of these, not both.")))
    ask(system(), school, request.login(given[0] if given else "identifier"), request.source_ip)
    return Answer(data=SAID, status=202, location=f"/schools/{school}/forgot-password?sent=1")
