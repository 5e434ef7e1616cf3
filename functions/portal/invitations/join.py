"""Use an invitation of a parent. The token comes in a body only; the page reads it from the URL's fragment."""

from typing import Any, Final

from latchkey.invitations.open_invitation import OpenInvitation, check
from latchkey.invitations.use_invitation import Wishes, needed, use
from latchkey.people.model.person import Person
from latchkey.sign_in.model.passwords import LONGEST, LONGEST_RECEIVED, shortest
from portal.system import system
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339

routes = RouteGroup(__name__, lambda: system().settings)
ADDRESSES: Final = {"check": "/invitations/check", "use": "/invitations/use"}
_LONGEST_TOKEN: Final = 2_000  # a longer text is no token of ours, and not worth a look


@routes.on("GET", "/join", page="invitations/join.html", fragment=True, public=True)
def page(_: Request) -> Answer:
    """The same page for everyone; looking at it changes nothing."""
    return Answer(data=ADDRESSES)


@routes.on("POST", "/invitations/check")
def look(request: Request) -> Answer:
    """What an invitation is for; changes nothing."""
    found = check(system(), request.text("token", longest=_LONGEST_TOKEN))
    children = [found.school.known_as(each).given_name for each in found.children]
    return Answer(
        data={
            "school": found.school.slug,
            "school_name": found.school.name,
            "help": found.school.settings.help_line,
            "expires_at": rfc3339(min(found.link.expires_at, found.invitation.ends_at)),
            "children": children,
            "email": found.invitation.email,
            "given_name": found.invitation.given_name,
            "family_name": found.invitation.family_name,
            "needs": needed(found),
            "has_account": bool(found.accounts),
            "accounts": [_account(found, each) for each in found.accounts],
            "password": {"shortest": shortest("parent"), "longest": LONGEST},
        }
    )


@routes.on("POST", "/invitations/use")
def join(request: Request) -> Answer:
    """Make the parent's account, or add the children to one that the mailbox has."""
    token = request.text("token", longest=_LONGEST_TOKEN)
    wishes = Wishes(
        password=request.text("password", longest=LONGEST_RECEIVED, required=False),
        given_name=request.text("given_name", longest=320, required=False),
        family_name=request.text("family_name", longest=320, required=False),
        account=request.text("account", longest=26, required=False),
    )
    done = use(system(), token, wishes)
    school = done.found.school
    return Answer(
        data={
            "outcome": done.outcome,
            "school": school.slug,
            "school_name": school.name,
            "children": [school.known_as(each).given_name for each in done.found.children],
            "login": done.account.username or done.account.email,
            "sign_in": f"/schools/{school.slug}/sessions",
        }
    )


def _account(found: OpenInvitation, account: Person) -> dict[str, Any]:
    """What whoever reads the mailbox may know of an account under its address: whose it is, and whether it has a password."""
    return {
        "id": account.id,
        "name": found.school.name_of(account),
        "role": account.role,
        "login": account.username or account.email,
        "has_password": account.password_set_at is not None,
        "shortest": shortest(account.role),
    }
