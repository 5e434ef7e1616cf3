"""Confirm an address with a link. The token comes in a body only; the page reads it from the URL's fragment."""

from typing import Any

from latchkey.errors import Invalid
from latchkey.families.confirm_address import MOST_ACCOUNTS, OpenConfirmation, check, use
from latchkey.people.model.person import Person
from latchkey.people.model.unconfirmed import is_provisional
from latchkey.shared.model.texts import said
from portal.system import system
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339

routes = RouteGroup(__name__, lambda: system().settings)
LINKS = {"check": "/confirmations/check", "use": "/confirmations/use"}
_LONGEST_TOKEN = 2_000  # a longer text is no token of ours, and not worth a look


@routes.on("GET", "/confirm", page="addresses/confirm.html", fragment=True, public=True)
def page(_: Request) -> Answer:
    """The same page for everyone; looking at it changes nothing."""
    return Answer(data=LINKS)


@routes.on("POST", "/confirmations/check")
def look(request: Request) -> Answer:
    """What a link is for; changes nothing."""
    return Answer(data=_opened(check(system(), request.text("token", longest=_LONGEST_TOKEN))))


@routes.on("POST", "/confirmations/use")
def confirm(request: Request) -> Answer:
    """Confirm the address, and use the link up."""
    token = request.text("token", longest=_LONGEST_TOKEN)
    into = request.text("into", longest=40, required=False) or None
    outcome, school = use(system(), token, into, _ids(request))
    return Answer(
        data={
            "outcome": outcome,
            "school": school.slug,
            "school_name": school.name,
            "sign_in": f"/schools/{school.slug}/sessions",
        }
    )


def _ids(request: Request) -> list[str]:
    also = request.fields.get("also", [])
    if not isinstance(also, list) or len(also) > MOST_ACCOUNTS or not all(isinstance(each, str) for each in also):
        raise Invalid(fields={"also": said("This must be a list of ids.")})
    return also


def _opened(found: OpenConfirmation) -> dict[str, Any]:
    """What whoever reads the mailbox may know: which accounts have its address, by first names."""
    joins = is_provisional(found.person)
    return {
        "kind": "change" if found.is_change else "address",
        "school": found.school.slug,
        "school_name": found.school.name,
        "expires_at": rfc3339(found.link.expires_at),
        "role": found.person.role,
        "children": found.children_of(found.person),
        "own": found.may_be_own,
        "accounts": [_account(found, each) for each in found.accounts] if joins else [],
        "others": [{"id": each.id, "children": found.children_of(each)} for each in found.others],
    }


def _account(found: OpenConfirmation, person: Person) -> dict[str, Any]:
    known = found.school.known_as(person)
    return {"id": person.id, "given_name": known.given_name, "role": person.role, "children": found.children_of(person)}
