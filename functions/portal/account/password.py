"""The section of the account page about one's password."""

from typing import Any

from latchkey.accounts.change_password import change_password
from latchkey.shared.model.texts import said
from latchkey.sign_in.model.passwords import LONGEST_RECEIVED, shortest, typographic
from latchkey.sign_in.session import SignedIn
from latchkey.wiring import Wiring
from portal.account.sections import ALONE, alone, done, my
from portal.system import system
from web.answer import Answer
from web.field_words import together
from web.request import Request
from web.route_group import RouteGroup
from web.who import cookie

routes = RouteGroup(__name__, lambda: system().settings)
DONE = {
    "password": said("Your password is changed. Everywhere else you are signed out."),
    "password-sign": said(
        "Your password is changed. Everywhere else you are signed out. It holds a character that phones make by themselves, "
        "like ’ or –: you have to type the same one wherever you sign in."
    ),
}


def facts(_: Wiring, who: SignedIn) -> dict[str, Any]:
    """Whether there is a password to change here, and what a new one must be; else where it is changed."""
    school, person = who.school, who.person
    return {
        "elsewhere": school.settings.sso.help if school.uses_sso(person) else None,
        "way": sign_in_of(who),
        "has_password": person.password_set_at is not None,
        "shortest": shortest(person.role),
        "login": person.username or person.email or "",
        "forgot": f"/schools/{school.slug}/forgot-password",
        "help": school.settings.help_line,
    }


def sign_in_of(who: SignedIn) -> str:
    """What the school calls the sign-in that this person came in by, or has to use; empty where that is a password of ours."""
    sso = who.school.settings.sso
    known = sso.connection(who.session.by) if who.session.by else None
    if known is not None:
        return known.label
    return sso.label if who.school.uses_sso(who.person) else ""


@routes.on("GET", "/account/password", page=ALONE)
def page(request: Request) -> Answer:
    """The form on a page of its own."""
    who = my(request)
    alone(request, who, "password", facts)
    return Answer(data={"shortest": shortest(who.person.role)})


@routes.on("POST", "/account/password", form=ALONE)
def change(request: Request) -> Answer:
    """Another password, with the current one; this session goes on with a fresh token."""
    who = my(request)
    alone(request, who, "password", facts)
    current, password = together(
        lambda: request.text("current", longest=LONGEST_RECEIVED, required=False),
        lambda: request.text("password", longest=LONGEST_RECEIVED, required=False),
    )
    token = change_password(system(), who, current, password)
    left = who.session.expires_at - system().now()
    word = "password-sign" if typographic(password) else "password"
    return Answer(status=204, location=done(word), headers={"Set-Cookie": cookie(token, left)})
