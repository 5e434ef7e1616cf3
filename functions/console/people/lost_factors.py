"""Somebody has lost everything for their second step: an admin has it taken away after 24 hours, and any admin can stop it."""

from typing import Any

from console.lists import only
from console.system import system
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.second_factors.lost_factors import ask_reset, stop_reset, waiting_for
from latchkey.second_factors.model.asked import has_factor
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("POST", "/admin/{school}/people/{id}/reset-factors")
def ask(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Ask for it: everybody is told, and it waits."""
    seen = admin(request, system(), school)
    only(request.fields, ())
    asked = ask_reset(system(), school, seen.person, id)
    data = {"id": asked.id, "at": rfc3339(asked.until)}
    return Answer(data=data, status=202, location=f"/admin/{school}/people/{id}?saved=reset-waits")


@routes.on("POST", "/admin/{school}/people/{id}/reset-factors/stop")
def stop(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Stop it: nothing changes."""
    seen = admin(request, system(), school)
    only(request.fields, ())
    stop_reset(system(), school, seen.person, id)
    return Answer(status=204, location=f"/admin/{school}/people/{id}?saved=reset-stopped")


def factors_json(person: Person, school: School) -> dict[str, Any]:
    """Whether somebody has a second step, and when it is taken away if nobody stops that."""
    waiting = waiting_for(school, person.id)
    return {
        "has_second_factor": has_factor(school, person),
        "factors_reset_at": rfc3339(waiting.until) if waiting is not None else None,
    }


def resets_json(school: School) -> list[dict[str, Any]]:
    """All that wait, as the API shows them."""
    return [
        {
            "id": each.id,
            "person": each.person,
            "asked_by": each.by,
            "asked_at": rfc3339(each.at),
            "at": rfc3339(each.until),
        }
        for each in school.factor_resets
    ]
