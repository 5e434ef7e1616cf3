"""Set a password with a link. The token comes in a body only; the page reads it from the URL's fragment."""

from latchkey.password_links.set_password import OpenLink, check, renew, use
from latchkey.sign_in.model.passwords import LONGEST, LONGEST_RECEIVED
from portal.sign_in.steps import afterwards
from portal.system import system
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339

routes = RouteGroup(__name__, lambda: system().settings)
LINKS = {"check": "/password-links/check", "use": "/password-links/use", "renew": "/password-links/renew"}
SAID = {
    "detail": "If the link came from us, a new one is on its way to the e-mail address that the school has on file. "
    "After a few within an hour, no more are sent."
}
_LONGEST_TOKEN = 2_000  # a longer text is no token of ours, and not worth a look


@routes.on("GET", "/set-password", page="password_links/set_password.html", fragment=True, public=True)
def page(_: Request) -> Answer:
    """The same page for everyone; looking at it changes nothing."""
    return Answer(data=LINKS)


@routes.on("POST", "/password-links/check")
def look(request: Request) -> Answer:
    """What a link is for; changes nothing."""
    found = check(system(), request.text("token", longest=_LONGEST_TOKEN))
    return Answer(
        data={
            "purpose": found.link.purpose,
            "school": found.school.slug,
            "school_name": found.school.name,
            "expires_at": rfc3339(found.link.expires_at),
            "password": {"shortest": found.shortest, "longest": LONGEST},
            "person": _whose(found),
            "help": found.school.settings.help_line,
            "language": found.language,
        }
    )


@routes.on("POST", "/password-links/use")
def set_password(request: Request) -> Answer:
    """Set the password and use the link up."""
    token = request.text("token", longest=_LONGEST_TOKEN)
    found = use(system(), token, request.text("password", longest=LONGEST_RECEIVED, required=False))
    goes_on = afterwards(request, found.school, found.person)
    return Answer(status=204, headers={"Location": "/account", **goes_on} if goes_on else {})


def _whose(found: OpenLink) -> dict[str, str | None]:
    """Whose account it is, for whoever holds the link: they may set its password.

    Where nobody has shown that they read the address, no more than the mail says: the link may have gone to a stranger, and the
    name and the username may be a stranger's words.
    """
    person = found.person
    if person.address_is_unconfirmed:
        name = None if person.role != "student" else found.school.known_as(person).given_name
        return {"given_name": name, "username": None, "login": person.email}
    return {
        "given_name": found.school.known_as(person).given_name,
        "username": person.username,
        "login": person.username or person.email,
    }


@routes.on("POST", "/password-links/renew")
def send_again(request: Request) -> Answer:
    """A new link to the same address; one answer for every link."""
    renew(system(), request.text("token", longest=_LONGEST_TOKEN))
    return Answer(data=SAID, status=202)
