"""Add a person, and put right what is known of one."""

from typing import Any, Final

from console.lists import only
from console.people.address_changes import address_json, finished
from console.people.people import person_json
from console.system import system
from latchkey.errors import Conflict
from latchkey.people.model.person import ADULTS, ROLES, STATUSES, Person
from latchkey.records.add_person import add_person
from latchkey.records.change_person import change_person
from latchkey.records.model import fields
from latchkey.records.the_person import the_person
from latchkey.schools.model.school import School
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.languages import LANGUAGES
from latchkey.sign_in.session import SignedIn
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.who import admin

_LANGUAGES: Final = [("", "The school’s"), *((each.code, each.name) for each in LANGUAGES.values())]
routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("GET", "/admin/{school}/people/new", page="people/add.html")
def form_to_add(request: Request, school: str) -> Answer:
    """The form of a new person."""
    admin(request, system(), school)
    request.context.update(_of_new())
    return Answer(data={"roles": ROLES})


@routes.on("POST", "/admin/{school}/people", form="people/add.html")
def add(request: Request, school: str) -> Answer:
    """Add a person."""
    seen = admin(request, system(), school)
    request.context.update(_of_new())
    only(request.fields, (*fields.ADDED, "idempotency_key"))
    person = add_person(system(), seen.school, seen.person, request.fields)
    place = f"/admin/{school}/people/{person.id}"
    return Answer(data=_json(person, seen.school), status=201, location=place + ("?saved=added" if request.wants_page else ""))


@routes.on("GET", "/admin/{school}/people/{id}/edit", page="people/edit.html")
def form_to_change(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """The form of a person who is there, with what is known of them."""
    seen = admin(request, system(), school)
    found = the_person(system(), school, id)
    request.context.update(_of(found, seen))
    return Answer(data=_json(found, seen.school))


def change(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Change what is known of a person; what is not named stays as it is. 202 if another admin's new address waits."""
    seen = admin(request, system(), school)
    request.context.update(_of(the_person(system(), school, id), seen))
    only(request.fields, (*fields.CHANGED, "revision"))
    request.text("revision", longest=16, required=False)
    try:
        found = change_person(system(), finished(seen), seen.person, id, request.fields)
    except Conflict:
        request.context.update(_of(the_person(system(), school, id), seen))  # the form shows what is there by now
        raise
    data = _json(found.person, seen.school)
    if found.waiting is None:
        return Answer(data=data, location=f"/admin/{school}/people/{id}?saved=changed")
    return Answer(
        data=data | {"waiting": address_json(found.waiting)}, status=202, location=f"/admin/{school}/people/{id}?saved=waits"
    )


routes.on("PATCH", "/admin/{school}/people/{id}")(change)
routes.on("POST", "/admin/{school}/people/{id}", form="people/edit.html")(change)  # browsers can only post


def _json(person: Person, school: School) -> dict[str, Any]:
    return person_json(person, school) | {"revision": fields.revision(person)}


def _of_new() -> dict[str, Any]:
    """What the form of a new person needs, also if the person is refused."""
    return {"roles": ROLES, "languages": _LANGUAGES, "new_key": new_id()}


def _of(person: Person, seen: SignedIn) -> dict[str, Any]:
    """What the form of a person needs, also if the change is refused."""
    return {
        "data": _json(person, seen.school),
        "roles": [role for role in ROLES if role in ADULTS] if person.role in ADULTS else [],
        "statuses": [] if person.is_admin else STATUSES,
        "languages": _LANGUAGES,
        "others_admin": person.is_admin and person.id != seen.person.id,
    }
