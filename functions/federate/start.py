"""The way to a provider: the redirect, what to do if it says no, and signing out there."""

from typing import Any, Final
from urllib.parse import urlencode

from federate.attempts import cookie_of, last_way, surplus
from federate.system import system
from latchkey.errors import NotFound
from latchkey.schools.find_school import the_school
from latchkey.schools.model.school import School
from latchkey.sso.budgets import STARTS, spend
from latchkey.sso.model.connection import GOOGLE, Connection
from latchkey.sso.oidc.providers import Unavailable
from latchkey.sso.read_connections import in_force, to_try
from latchkey.sso.start_oidc import start_oidc
from latchkey.sso.start_saml import start_saml
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.saml_browser import browser_cookie, kept_secret
from web.stopped import Words, stopped

routes = RouteGroup(__name__, lambda: system().settings)
GOOGLES_SIGN_OUT: Final = "https://accounts.google.com/Logout"
_LONGEST_TRIAL: Final = 60
_PATH: Final = "/schools/{school}/sso/{provider}"


@routes.on("GET", _PATH)
def go(request: Request, school: str, provider: str) -> Answer:
    """303 to the provider. ``again``: as somebody else than whom it knows. ``try``: the id of an admin's own try."""
    found = _school(request, school)
    trial = request.query.get("try", "")[:_LONGEST_TRIAL]
    connection = _tried(found, provider, trial) if trial else in_force(system(), found, provider)
    if connection is None:
        raise NotFound()
    spend(system(), found, STARTS, request.source_ip)
    anew = request.query.get("again") == "1"
    try:
        url, cookies = _begun(request, found, connection, trial, anew=anew)
    except Unavailable as error:
        failure: Any = "setup" if error.why == "issuer" else "unreachable"
        return stopped(request, found, connection.name, Words.of(failure, found, connection.label))
    return Answer(status=303, location=url, headers={"Set-Cookie": [*cookies, last_way(found.slug, connection.name)]})


def _begun(request: Request, school: School, connection: Connection, trial: str, *, anew: bool) -> tuple[str, list[str]]:
    """``(url, cookies)``: where the browser goes, and what it keeps meanwhile."""
    origin = system().settings["ORIGIN"]
    if connection.is_saml:
        kept = kept_secret(request)
        started = start_saml(system(), school.slug, connection, origin=origin, kept=kept, trial=trial, anew=anew)
        if started is None:
            raise Unavailable("metadata")
        return started.url, [browser_cookie(started.secret, started.seconds)]
    begun = start_oidc(system(), school, connection, origin=origin, trial=trial, anew=anew)
    return begun.url, [*surplus(request), cookie_of(begun.tag, begun.sealed, begun.seconds)]


@routes.on("GET", f"{_PATH}/help", page="sso/help.html")
def help_page(request: Request, school: str, provider: str) -> Answer:
    """What to do if the provider says no, where nobody comes back from."""
    found, connection = _in_force(request, school, provider)
    at = _PATH.format(school=found.slug, provider=connection.name)
    return Answer(data={"label": connection.label, "kind": connection.kind, "at": at})


@routes.on("GET", f"{_PATH}/sign-out", page="sso/sign_out.html")
def sign_out(request: Request, school: str, provider: str) -> Answer:
    """Whoever has signed out here is offered to sign out at the provider, too: the next one at this computer is another."""
    found, connection = _in_force(request, school, provider)
    return Answer(data={"label": connection.label, "url": _sign_out_there(connection), "school": found.slug})


def _sign_out_there(connection: Connection) -> str:
    """Where the provider ends its own session; "" where it says no such address, or SAML has none."""
    if connection.is_saml:
        return ""
    if connection.issuer == GOOGLE:
        return GOOGLES_SIGN_OUT
    try:
        there = system().providers.discovery(connection.issuer).end_session
    except Unavailable:
        return ""
    between = "&" if "?" in there else "?"
    return f"{there}{between}{urlencode({'client_id': connection.client_id})}" if there else ""


def _in_force(request: Request, school: str, provider: str) -> tuple[School, Connection]:
    found = _school(request, school)
    connection = in_force(system(), found, provider)
    if connection is None:
        raise NotFound()
    return found, connection


def _school(request: Request, slug: str) -> School:
    found = the_school(system(), slug)
    request.context.update(school=found)
    return found


def _tried(school: School, provider: str, trial: str) -> Connection | None:
    """The newest version, if an admin is trying it; None otherwise."""
    connection = to_try(system(), school, provider)
    begun = system().sso_looks(school.slug).trial(provider)
    if connection is None or begun is None or begun.id != trial or not begun.is_open(system().now()):
        return None
    return connection if begun.version == connection.version else None
