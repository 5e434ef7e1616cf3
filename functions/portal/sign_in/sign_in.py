"""Sign in and out."""

from latchkey.sign_in.budgets import school_and_failures
from latchkey.sign_in.model.passwords import LONGEST_RECEIVED
from latchkey.sign_in.session import close_session, provider_of
from latchkey.sign_in.show_account import school_named_in
from latchkey.sign_in.sign_in import prove_password
from latchkey.sign_in.steps import read_proof
from portal.of_school import of_school
from portal.sign_in.steps import outcome
from portal.system import system
from web.answer import Answer
from web.field_words import together
from web.others import end_others, others_cookie, others_of
from web.request import Request
from web.route_group import RouteGroup
from web.who import cookie, token_of

routes = RouteGroup(__name__, lambda: system().settings)
LONGEST_TOKEN = 600


@routes.on("GET", "/schools/{school}/sessions", page="sign_in/sign_in.html", public=True)
def page(request: Request, school: str) -> Answer:
    """The sign-in form."""
    _, data = of_school(request, school)
    return Answer(data=data)


@routes.on("POST", "/schools/{school}/sessions", form="sign_in/sign_in.html")
def create(request: Request, school: str) -> Answer:
    """A session for whoever knows the password."""
    of = school_and_failures(system(), school)  # first: the school is read with it
    of_school(request, school)
    identifier, password = together(
        lambda: request.login("identifier"), lambda: request.text("password", longest=LONGEST_RECEIVED)
    )
    return outcome(request, prove_password(system(), of, identifier, password, source_ip=request.source_ip))


@routes.on("POST", "/schools/{school}/sessions/account", form="sign_in/sign_in.html")
def choose(request: Request, school: str) -> Answer:
    """Go on as one of the accounts that the address and the password fit."""
    found, data = of_school(request, school)
    request.context["sign_in"] = data["sign_in"]
    return outcome(request, read_proof(system(), found.slug, request.text("token", longest=LONGEST_TOKEN)))


@routes.on("DELETE", "/sessions/current")
def end(request: Request) -> Answer:
    """End the session that is presented, and all others of this browser; none is no error."""
    _end_all(request)
    return Answer(status=204, headers={"Set-Cookie": _no_cookies(request)})


@routes.on("POST", "/sessions/current/delete")
def end_by_form(request: Request) -> Answer:
    """The same for a browser, which goes to the school's page; or to where its provider's own session can be ended, too."""
    school, provider = school_named_in(token_of(request)), provider_of(system(), token_of(request))
    _end_all(request)
    place = f"/schools/{school}" if school else "/"
    if provider is not None:
        place += f"/sso/{provider[1]}/sign-out"
    return Answer(status=204, location=place, headers={"Set-Cookie": _no_cookies(request)})


def _end_all(request: Request) -> None:
    close_session(system(), token_of(request))
    end_others(request, system())


def _no_cookies(request: Request) -> str | list[str]:
    gone = cookie("", 0)
    return [gone, others_cookie(())] if others_of(request) else gone
