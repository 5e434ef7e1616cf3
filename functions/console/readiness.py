"""The first page of the console."""

from typing import Any

from console.login_details.exports import export_json
from console.people.address_changes import finished
from console.people.address_changes import waiting_json as addresses_json
from console.people.lost_factors import resets_json
from console.rosters import roster_json
from console.sends.sends import send_json, sends_json
from console.settings.settings import waiting_json
from console.system import system
from latchkey.people.list_people import Numbers
from latchkey.readiness.overview import overview as look
from latchkey.schools.model.guard import waiting_now
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("GET", "/admin/{school}", page="readiness/overview.html")
def overview(request: Request, school: str) -> Answer:
    """Numbers first, then what runs, then what to do next."""
    seen = admin(request, system(), school)
    found = look(system(), school)
    data: dict[str, Any] = {
        "school": {"slug": seen.school.slug, "name": seen.school.name},
        "people": {role: _numbers(numbers) for role, numbers in found.people.items()},
        "complete": found.complete,
        "unconfirmed": found.unconfirmed,
        "sends": sends_json(found.sends, seen.school),
        "exports": [export_json(export, school) for export in found.exports],
        "rosters": [roster_json(run) for run in found.rosters],
        "next": found.next,
        "approvals": [send_json(send, seen.school) for send in found.approvals_of(seen.person.id)],
        "address_changes": addresses_json(finished(seen)),
        "factor_resets": resets_json(seen.school),
        "waiting": waiting_json(system(), waiting_now(seen.school, system().now())),
    }
    return Answer(data=data)


def _numbers(numbers: Numbers) -> dict[str, int]:
    return {
        "total": numbers.people,
        "left": numbers.left,
        "missing_email": numbers.missing_email,
        "never_logged_in": numbers.never_logged_in,
        "not_mine": numbers.not_mine,
        "unconfirmed": numbers.unconfirmed,
    }
