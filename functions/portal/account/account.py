"""One's own account: who is signed in, and the sections of the page."""

from typing import Any

from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from portal.account import (
    children,
    details,
    email,
    language,
    parent_code,
    parent_invitations,
    parents,
    password,
    second_factors,
    sessions,
)
from portal.account.sections import Section, my, shown
from portal.system import system
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339

routes = RouteGroup(__name__, lambda: system().settings)
SECTIONS = (
    Section(name="children", facts=children.facts),
    Section(name="parent_code", facts=parent_code.facts),
    Section(name="parent_invitations", facts=parent_invitations.facts, done=parent_invitations.DONE),
    Section(name="parents", facts=parents.facts, done=parents.DONE),
    Section(name="email", facts=email.facts, done=email.DONE),
    Section(name="password", facts=password.facts, done=password.DONE),
    Section(name="second_factors", facts=second_factors.facts),
    Section(name="sessions", facts=sessions.facts, done=sessions.DONE),
    Section(name="language", facts=language.facts, done=language.DONE),
    Section(name="devices", facts=lambda _, __: {}),
    Section(name="details", facts=details.facts, done=details.DONE),
)
"""In the order of the page: what people come for first, what nobody needs last. A section is a line here, a module with ``facts``
and ``templates/account/<name>.html``."""


@routes.on("GET", "/account", page="sign_in/account.html")
def show(request: Request) -> Answer:
    """Who is signed in, where and until when; a page also has what they can do here."""
    who = my(request)
    return Answer(
        data={
            "person": person_facts(who.person, who.school) | {"email": who.person.email, "username": who.person.username},
            "school": {"slug": who.school.slug, "name": who.school.name},
            "signed_in_at": rfc3339(who.session.created_at),
            "expires_at": rfc3339(who.session.expires_at),
        },
        context=shown(request, who, SECTIONS) if request.wants_page else {},
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
