"""New addresses of admins that another one has asked for: what waits, and what an admin decides."""

from collections.abc import Callable
from typing import Any, Final

from console.lists import only
from console.system import system
from latchkey.people.model.person import Person
from latchkey.records import address_changes
from latchkey.schools.model.school import School
from latchkey.schools.model.waiting import AddressChange
from latchkey.sign_in.session import SignedIn
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_WAITING: Final = "/admin/{school}/admins/waiting/{id}"
_Decide = Callable[[Any, str, Person, str], None]


@routes.on("POST", f"{_WAITING}/approve")
def approve(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Agree to another admin's new address: it is done now."""
    return _decided(request, school, id, address_changes.approve, "agreed")


@routes.on("POST", f"{_WAITING}/decline")
def decline(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Object to it: nothing changes."""
    return _decided(request, school, id, address_changes.decline, "objected")


@routes.on("POST", f"{_WAITING}/withdraw")
def withdraw(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Take back what one has asked for."""
    return _decided(request, school, id, address_changes.withdraw, "withdrawn")


def _decided(request: Request, school: str, change: str, decide: _Decide, said: str) -> Answer:
    seen = admin(request, system(), school)
    only(request.fields, ())
    finished(seen)
    decide(system(), school, seen.person, change)
    return Answer(status=204, location=f"/admin/{school}/admins?saved={said}")


def finished(seen: SignedIn) -> School:
    """The school once what nobody has objected to in time is done. What an admin looks at is then as it should be."""
    return address_changes.finish_due(system(), seen.school)


def waiting_json(school: School) -> list[dict[str, Any]]:
    """All that wait, as the API shows them."""
    return [address_json(each) for each in school.admin_emails]


def address_json(change: AddressChange) -> dict[str, Any]:
    """One that waits."""
    return {
        "id": change.id,
        "person": change.person,
        "email": change.new,
        "asked_by": change.by,
        "asked_at": rfc3339(change.at),
        "done_at": rfc3339(change.until),
    }
