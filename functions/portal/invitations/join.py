"""Use an invitation of a parent. The token comes in a body only; the page reads it from the URL's fragment."""

from functools import partial
from typing import Any, Final

from latchkey.invitations.open_invitation import OpenInvitation, check
from latchkey.invitations.use_invitation import Wishes, chosen, needed, use
from latchkey.invitations.use_phone import begin_phone, offers_phone
from latchkey.people.model.person import Person
from latchkey.second_factors.first_passkey import Phone
from latchkey.sign_in.model.passwords import LONGEST, LONGEST_RECEIVED, shortest
from portal.sign_in.steps import by_phone, opened
from portal.system import system
from web.answer import Answer
from web.field_words import together
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339

routes = RouteGroup(__name__, lambda: system().settings)
ADDRESSES: Final = {"check": "/invitations/check", "use": "/invitations/use", "phone": "/invitations/passkey"}
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
            "phone": offers_phone(found, None),
            "phone_alone": found.school.settings.phones.alone,
            "password": {"shortest": shortest("parent"), "longest": LONGEST},
        }
    )


@routes.on("POST", "/invitations/passkey")
def begin_with_phone(request: Request) -> Answer:
    """What the browser is given to make a passkey in place of a password; uses nothing up."""
    found = check(system(), request.text("token", longest=_LONGEST_TOKEN))
    account = chosen(found, request.text("account", longest=26, required=False))
    begun = begin_phone(system(), found, account)
    return Answer(data={"person": begun.person, "challenge": begun.options})


@routes.on("POST", "/invitations/use")
def join(request: Request) -> Answer:
    """Make the parent's account, or add the children to one that the mailbox has. With a phone its owner is signed in."""
    token = request.text("token", longest=_LONGEST_TOKEN)
    given_name, family_name, password, account = together(
        lambda: request.text("given_name", longest=320, required=False),
        lambda: request.text("family_name", longest=320, required=False),
        lambda: request.text("password", longest=LONGEST_RECEIVED, required=False),
        lambda: request.text("account", longest=26, required=False),
    )
    wishes = Wishes(password=password, given_name=given_name, family_name=family_name, account=account, phone=_phone(request))
    done = use(system(), token, wishes, enter=partial(by_phone, request))
    school = done.found.school
    if done.opened is not None:
        return opened(request, done.opened)
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


def _phone(request: Request) -> Phone | None:
    """The passkey that was made, if one was."""
    credential = request.fields.get("credential")
    return Phone(request.text("person", longest=40), credential) if credential else None


def _account(found: OpenInvitation, account: Person) -> dict[str, Any]:
    """What whoever reads the mailbox may know of an account under its address: whose it is, and whether it has a password."""
    return {
        "id": account.id,
        "name": found.school.name_of(account),
        "role": account.role,
        "login": account.username or account.email,
        "has_password": account.password_set_at is not None,
        "has_way_in": account.has_way_in,
        "phone": offers_phone(found, account),
        "shortest": shortest(account.role),
    }
