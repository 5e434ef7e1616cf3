"""Mark many people as left, or bring them back, and undo it."""

from collections.abc import Callable
from typing import Any

from console.lists import only
from console.people.people import person_json
from console.sends.sends import select_of
from console.system import system
from latchkey.people.model.person import Status
from latchkey.records.mark_left import mark_left, meant, run_of, undo_left
from latchkey.records.model.leaving import LeaverRun
from latchkey.sends.model.send_request import parse_selection
from latchkey.sends.select_people import settled
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.request_key import parse_key
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_CHECK, _RUN = "people/leaving_check.html", "people/leaving_run.html"
_SHOWN = 100


def _marking(status: Status) -> Callable[[Request, str], Answer]:
    def mark(request: Request, school: str) -> Answer:
        """Whom this would change (a form asks that first), or the change itself."""
        seen = admin(request, system(), school)
        if not request.is_form:
            only(request.fields, ("select", "dry_run", "idempotency_key"))
        selection = settled(system(), school, seen.person, parse_selection(select_of(request)))
        key = parse_key(request.fields.get("idempotency_key"))
        if request.flag("dry_run") or (request.is_form and not request.flag("confirm")):
            found = meant(system(), seen.school, selection, status)
            people = [person_json(each, seen.school) for each in found.people[:_SHOWN]]
            data = {"status": status, "count": len(found.people), "others": found.others, "people": people}
            context = {"key": new_id(system().now()), "ids": " ".join(each.id for each in found.people)}
            return Answer(data=data, context=context)
        run = mark_left(system(), seen.school, seen.person, selection, status, key=key)
        location = f"/admin/{school}/people/leaving/{run.id}"
        return Answer(data=run_json(run), location=location if request.wants_page else None)

    return mark


routes.on("POST", "/admin/{school}/people/leaving", page=_CHECK)(_marking("left"))
routes.on("POST", "/admin/{school}/people/returning", page=_CHECK)(_marking("active"))


@routes.on("GET", "/admin/{school}/people/leaving/{id}", page=_RUN)
def leaving(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """What became of a run, until it can be undone no more."""
    admin(request, system(), school)
    run = run_of(system(), school, id)
    return Answer(data=run_json(run), context={"late": run.is_late(system().now())})


@routes.on("POST", "/admin/{school}/people/leaving/{id}/undo")
def undo(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Turn everybody back whose status is still what the run made it; asking again changes nothing."""
    seen = admin(request, system(), school)
    only(request.fields, ())
    run = undo_left(system(), school, seen.person, id)
    return Answer(data=run_json(run), location=f"/admin/{school}/people/leaving/{id}" if request.wants_page else None)


def run_json(run: LeaverRun) -> dict[str, Any]:
    """A run as the API shows it."""
    return {
        "id": run.id,
        "state": run.state,
        "status": run.status,
        "count": len(run.people),
        "created_at": rfc3339(run.created_at),
        "created_by": run.created_by,
        "undo_until": rfc3339(run.undo_until),
        "can_be_undone": run.state in {"applying", "applied"} and system().now() < run.undo_until,
        "progress": {"done": run.done if run.is_moving else len(run.people), "total": len(run.people)},
    }
