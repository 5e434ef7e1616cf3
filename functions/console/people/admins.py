"""The admins of a school: who they are, inviting one, ending one's rights."""

from typing import Any

from console.lists import only
from console.people.address_changes import finished, waiting_json
from console.people.people import person_json
from console.system import system
from latchkey.people.model.person import ADULTS, Person
from latchkey.records.admins import end_admin
from latchkey.records.invite_admin import invite_by_admin
from latchkey.records.the_person import the_person
from latchkey.schools.model.school import School
from latchkey.sign_in.session import SignedIn
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_SHOWN = ("id", "role", "name", "given_name", "family_name", "email", "last_login_at", "mail_problem")


@routes.on("GET", "/admin/{school}/admins", page="people/admins.html")
def admins(request: Request, school: str) -> Answer:
    """Everybody with admin rights."""
    seen = admin(request, system(), school)
    only(request.query, ("person", "saved"))
    _for_page(request, seen)
    if request.query.get("person"):
        found = the_person(system(), school, request.query["person"])
        request.context["candidate"] = person_json(found, seen.school) if found.role in ADULTS and not found.is_admin else None
    return Answer(data=request.context["data"], context={"saved": request.query.get("saved", "")})


@routes.on("POST", "/admin/{school}/admins", form="people/admins.html")
def invite(request: Request, school: str) -> Answer:
    """Invite an admin by mail: the answer is the same whoever has the address."""
    seen = admin(request, system(), school)
    _for_page(request, seen)
    only(request.fields, ("person", "email", "given_name", "family_name"))
    invite_by_admin(system(), seen.school, seen.person, request.fields)
    return Answer(status=202, location=f"/admin/{school}/admins?saved=invited")


def end(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """End an admin's rights; the account stays."""
    seen = admin(request, system(), school)
    _for_page(request, seen)
    only(request.fields, ())
    end_admin(system(), seen.school, seen.person, id)
    return Answer(status=204, location=f"/admin/{school}/admins?saved=ended")


routes.on("DELETE", "/admin/{school}/admins/{id}")(end)
routes.on("POST", "/admin/{school}/admins/{id}/delete", form="people/admins.html")(end)  # browsers can only post


def _for_page(request: Request, seen: SignedIn) -> None:
    """What the page needs, also if something is refused."""
    if request.wants_page or request.method == "GET":
        school = finished(seen)
        items = [_json(each, school) for each in system().admins(school.slug).all()]
        data = {"items": items, "waiting": waiting_json(school)}
        request.context.update(data=data, saved="", candidate=None)


def _json(person: Person, school: School) -> dict[str, Any]:
    return {name: value for name, value in person_json(person, school).items() if name in _SHOWN}
