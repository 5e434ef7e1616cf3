"""The second step of signing in: a code of an app, a recovery code, or a passkey.

A browser keeps the proof of the first step in a cookie for ten minutes, so that no address and no page holds it; a script
brings it.
"""

from typing import Any, Final

from latchkey.schools.find_school import the_school
from latchkey.second_factors.second_step import Ready, answer_step, passkey_for_step, ready, ways_of
from portal.sign_in.second_answer import shown_in
from portal.sign_in.steps import outcome
from portal.system import system
from web.answer import Answer
from web.entered import STEP_COOKIE
from web.request import Request
from web.route_group import RouteGroup

routes = RouteGroup(__name__, lambda: system().settings)
PAGE: Final = "sign_in/second_step.html"


@routes.on("GET", "/schools/{school}/sessions/second-factor", page=PAGE)
def page(request: Request, school: str) -> Answer:
    """How the person of this proof can go on."""
    return Answer(data=_ready(request, school)[1])


@routes.on("POST", "/schools/{school}/sessions/second-factor", form=PAGE)
def answer(request: Request, school: str) -> Answer:
    """A session for whoever shows a second factor after a right password."""
    found, data = _ready(request, school)
    shown = shown_in(request, data["ways"])
    return outcome(request, answer_step(system(), found, shown, source_ip=request.source_ip))


@routes.on("POST", "/schools/{school}/sessions/second-factor/passkey")
def sign(request: Request, school: str) -> Answer:
    """What the browser is given to sign with a passkey, for this sign-in and no other."""
    request.context["sign_in"] = f"/schools/{the_school(system(), school).slug}/sessions"
    return Answer(data={"challenge": passkey_for_step(system(), school, _token(request))})


def _ready(request: Request, school: str) -> tuple[Ready, dict[str, Any]]:
    """What the page needs, also if the view fails; a browser without a proof begins again."""
    found = the_school(system(), school)
    request.context.update(school=found, sign_in=f"/schools/{school}/sessions")
    of = ready(system(), found, _token(request))
    data = {"ways": list(ways_of(system(), of)), "school": school}
    request.context["data"] = {**data, "help": found.settings.help_line}
    return of, {**data, "help": found.settings.help_line}


def _token(request: Request) -> object:
    given = request.fields.get("token")
    return given if given is not None else request.cookies.get(STEP_COOKIE)
