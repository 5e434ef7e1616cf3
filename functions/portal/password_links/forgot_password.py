"""Forgot password: one answer for everyone."""

from typing import Any

from latchkey.errors import Forbidden, Invalid
from latchkey.password_links.forgot_password import ask
from latchkey.shared.model.texts import said
from portal.of_school import of_school
from portal.system import system
from web.answer import Answer, problem_of
from web.request import Request
from web.route_group import RouteGroup

routes = RouteGroup(__name__, lambda: system().settings)
PAGE = "password_links/forgot_password.html"
FIELDS = ("identifier", "email", "username")
SAID = {
    "detail": said(
        "If that belongs to an account with an e-mail address, a link is on its way. "
        "It can take a few minutes; look in the junk folder too."
    )
}
STRANGE = said(
    "The form that you filled in stands on a website that your school has not named to us, so nothing was sent. "
    "Ask for your link here."
)


@routes.on("GET", "/schools/{school}/forgot-password", page=PAGE, public=True)
def page(request: Request, school: str) -> Answer:
    """The form; after it was sent, what happens now."""
    _, data = of_school(request, school)
    return Answer(data=data, context={"sent": SAID["detail"] if "sent" in request.query else None})


@routes.on("POST", "/schools/{school}/forgot-password", form=PAGE, open_to_other_sites=True)
def create(request: Request, school: str) -> Answer:
    """202 for whatever was typed; also in a form of a website that the school has named."""
    found, data = of_school(request, school)
    request.context["sent"] = None
    if request.foreign is not None and request.foreign not in found.settings.form_origins:
        return _elsewhere(request, data)
    given = [name for name in FIELDS if name in request.fields]
    if len(given) > 1:
        raise Invalid(fields=dict.fromkeys(given, said("Give one of these, not both.")))
    ask(system(), school, request.login(given[0] if given else "identifier"), request.source_ip)
    return Answer(data=SAID, status=202, location=f"/schools/{school}/forgot-password?sent=1")


def _elsewhere(request: Request, data: dict[str, Any]) -> Answer:
    """The form of a website that the school has not named, or of a browser that does not say which: refused, with ours instead.

    What was typed there is not taken along: the page is not led by another site.
    """
    refused = Forbidden(STRANGE, code="foreign_form")
    if not request.wants_page:
        raise refused
    return Answer(data=data, page=PAGE, status=403, context={"problem": {"fields": {}, **problem_of(403, refused)}})
