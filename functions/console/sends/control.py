"""What an admin does with a send once it is started: pause, resume, cancel, retry, send again."""

from collections.abc import Callable
from typing import Any

from console.lists import only
from console.sends.sends import alone, dry_run_json, send_json
from console.system import system
from latchkey.schools.model.school import School
from latchkey.sends import approve_send, control_send, repeat_send, watch_send
from latchkey.sends.model.send import Send
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.request_key import parse_key
from latchkey.shared.start_run import Started
from latchkey.sign_in.session import SignedIn
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_SEND = "/admin/{school}/sends/{id}"


@routes.on("POST", f"{_SEND}/pause", form="sends/send.html")
def pause(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Hold a send."""
    return _change(request, school, id, control_send.pause)


@routes.on("POST", f"{_SEND}/resume", form="sends/send.html")
def resume(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Let a paused send go on."""
    return _change(request, school, id, control_send.resume)


@routes.on("POST", f"{_SEND}/cancel", page="sends/send_cancel.html", form="sends/send.html")
def cancel(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Stop a send for good, or (a form asks that first) say whom it would hit."""
    seen = _asked(request, school, id, ("revoke", "dry_run", "confirm"))
    revoke = request.flag("revoke")
    if request.is_trial():
        impact = control_send.impact(system(), school, id)
        return Answer(data={"to_cancel": impact.waiting, "to_revoke": impact.links, "exact": impact.exact})
    return _changed(control_send.cancel(system(), school, seen.person, id, revoke=revoke), seen.school, id)


@routes.on("POST", f"{_SEND}/retry", form="sends/send.html")
def retry(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Send again to those whose mail failed."""
    seen = _asked(request, school, id)
    return _started(repeat_send.retry(system(), seen.school, seen.person, id), seen.school)


@routes.on("POST", f"{_SEND}/replan", form="sends/send.html")
def replan(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Plan those anew who had changed since the send was planned."""
    seen = _asked(request, school, id)
    return _started(repeat_send.replan(system(), seen.school, seen.person, id), seen.school)


@routes.on("POST", f"{_SEND}/again", page="sends/send_again.html", form="sends/send.html")
def again(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Send again to those who have set no password since, or (a form asks that first) say to how many."""
    seen = _asked(request, school, id, ("dry_run", "confirm", "idempotency_key"))
    key = parse_key(request.fields.get("idempotency_key"))
    if request.is_trial():
        tried = repeat_send.try_again(system(), seen.school, id)
        meant = repeat_send.those_again(id)
        kind = watch_send.get_send(system(), school, id).kind
        return Answer(data=dry_run_json(tried, seen, meant, kind=kind), context={"key": new_id(system().now())})
    return _started(repeat_send.again(system(), seen.school, seen.person, id, key), seen.school)


@routes.on("POST", f"{_SEND}/approve", form="sends/send.html")
def approve(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Agree to a send that another admin has made."""
    return _change(request, school, id, approve_send.approve)


def _asked(request: Request, school: str, send: str, fields: tuple[str, ...] = ()) -> SignedIn:
    """The admin who asks; a browser's page of a refusal shows the send as it is."""
    seen = admin(request, system(), school)
    if request.wants_page:
        found = watch_send.get_send(system(), school, send)
        shown = send_json(found, seen.school)
        request.context.update(data=shown, send=shown, **alone(seen, found))
    only(request.fields, fields)
    return seen


def _change(request: Request, school: str, send: str, change: Callable[..., control_send.Turned]) -> Answer:
    seen = _asked(request, school, send)
    return _changed(change(system(), school, seen.person, send), seen.school, send)


def _changed(changed: control_send.Turned, school: School, send: str) -> Answer:
    return Answer(
        data=send_json(changed.send, school), status=202 if changed.new else 200, location=f"/admin/{school.slug}/sends/{send}"
    )


def _started(started: Started[Send], school: School) -> Answer:
    data: dict[str, Any] = send_json(started.run, school)
    return Answer(data=data, status=202 if started.new else 200, location=f"/admin/{school.slug}/sends/{started.run.id}")
