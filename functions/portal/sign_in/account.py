"""One's own account."""

from typing import Any

from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sign_in.show_account import account, school_named_in
from portal.system import system
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import is_active, token_of

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("GET", "/account", page="sign_in/account.html")
def show(request: Request) -> Answer:
    """Who is signed in, where and until when."""
    token = token_of(request)
    school = school_named_in(token)
    request.context["sign_in"] = f"/schools/{school}/sessions" if school else "/"
    who = account(system(), token, active=is_active(request))
    request.context.update(school=who.school, person=who.school.known_as(who.person))
    return Answer(
        data={
            "person": person_facts(who.person, who.school) | {"email": who.person.email, "username": who.person.username},
            "school": {"slug": who.school.slug, "name": who.school.name},
            "signed_in_at": rfc3339(who.session.created_at),
            "expires_at": rfc3339(who.session.expires_at),
        }
    )


def person_facts(person: Person, school: School) -> dict[str, Any]:
    """What people see of themselves."""
    known = school.known_as(person)
    return {
        "id": person.id,
        "role": person.role,
        "given_name": known.given_name,
        "family_name": known.family_name,
        "is_admin": person.is_admin,
    }
