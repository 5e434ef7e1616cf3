"""What an admin does with a send once it is started: pause, resume, cancel, retry, send again, change its time."""

from collections.abc import Callable
from typing import Any

from console.lists import only
from console.sends.draft_steps import when_page
from console.sends.sends import dry_run_json, send_json
from console.system import system
from latchkey.schools.model.school import School
from latchkey.sends import approve_send, control_send, keep_draft, repeat_send, watch_send
from latchkey.sends.change_time import change_time
from latchkey.sends.model import in_words, send_request, start_time
from latchkey.sends.model.draft import parse_when
from latchkey.sends.model.send import Selection, Send
from latchkey.sends.model.send_names import whom_of
from latchkey.shared.model.request_key import parse_key
from latchkey.shared.start_run import Started
from latchkey.sign_in.session import SignedIn
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_SEND = "/admin/{school}/sends/{id}"


@routes.on("POST", f"{_SEND}/pause", form="sends/refused.html")
def pause(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Hold a send."""
    return _change(request, school, id, control_send.pause)


@routes.on("POST", f"{_SEND}/resume", form="sends/refused.html")
def resume(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Let a paused send go on."""
    return _change(request, school, id, control_send.resume)


@routes.on("GET", f"{_SEND}/cancel", page="sends/send_cancel.html")
def ask_to_cancel(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Whom stopping a send, or ending the links of one that was stopped, would hit."""
    seen = admin(request, system(), school)
    only(request.query, ())
    found = watch_send.get_send(system(), school, id)
    data = _impact(school, id)
    return Answer(data=data, context={"send": send_json(found, seen.school), "people": in_words.goes_to(found)})


@routes.on("POST", f"{_SEND}/cancel", form="sends/refused.html")
def cancel(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Stop a send for good, or say whom it would hit; a browser that does not confirm it goes to the page that says so."""
    seen = _asked(request, school, id, ("revoke", "dry_run", "confirm"))
    revoke = request.flag("revoke")
    if request.is_trial():
        data = _impact(school, id)
        return Answer(data=data, location=f"/admin/{school}/sends/{id}/cancel" if request.wants_page else None)
    return _changed(control_send.cancel(system(), school, seen.person, id, revoke=revoke), seen.school, id)


def _impact(school: str, send: str) -> dict[str, Any]:
    found = control_send.impact(system(), school, send)
    return {"to_cancel": found.waiting, "in_hand": found.in_hand, "to_revoke": found.links, "exact": found.exact}


@routes.on("POST", f"{_SEND}/retry", form="sends/refused.html")
def retry(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Send again to those whose mail failed."""
    seen = _asked(request, school, id)
    return _started(repeat_send.retry(system(), seen.school, seen.person, id), seen.school)


@routes.on("POST", f"{_SEND}/replan", form="sends/refused.html")
def replan(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Plan those anew who had changed since the send was planned."""
    seen = _asked(request, school, id)
    return _started(repeat_send.replan(system(), seen.school, seen.person, id), seen.school)


@routes.on("POST", f"{_SEND}/again", form="sends/refused.html")
def again(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Send again to those who have not used it, or say to how many; a browser that does not confirm it begins a draft of it."""
    seen = _asked(request, school, id, ("dry_run", "confirm", "idempotency_key"))
    key = parse_key(request.fields.get("idempotency_key"))
    if request.is_trial():
        if request.wants_page:
            return _drafted(seen, id, repeat_send.those_again(id))
        tried = repeat_send.try_again(system(), seen.school, id)
        kind = watch_send.get_send(system(), school, id).kind
        return Answer(data=dry_run_json(tried, seen, repeat_send.those_again(id), kind=kind))
    return _started(repeat_send.again(system(), seen.school, seen.person, id, key), seen.school)


@routes.on("POST", f"{_SEND}/rest", form="sends/refused.html")
def rest(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Send to those who got nothing because a send was stopped; a browser begins a draft of it."""
    seen = _asked(request, school, id)
    if request.wants_page:
        return _drafted(seen, id, repeat_send.those_left(id))
    return _started(repeat_send.rest(system(), seen.school, seen.person, id), seen.school)


@routes.on("POST", f"{_SEND}/copy", form="sends/refused.html")
def copy(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """A draft of the same kind to the same people."""
    seen = _asked(request, school, id)
    old = watch_send.get_send(system(), school, id)
    return _drafted(seen, id, old.selection)


def _drafted(seen: SignedIn, send: str, selection: Selection) -> Answer:
    old = watch_send.get_send(system(), seen.school.slug, send)
    whom = whom_of(old) if selection.is_from_sends else ""
    kind = send_request.parse_kind(old.kind)
    draft = keep_draft.begin_draft(system(), seen.school, seen.person, kind, selection, whom=whom)
    return Answer(data={"draft": draft.id}, status=201, location=f"/admin/{seen.school.slug}/sends/drafts/{draft.id}")


@routes.on("GET", f"{_SEND}/time", page="sends/send_time.html")
def time(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """When a scheduled send starts, to choose another time."""
    seen = admin(request, system(), school)
    only(request.query, ())
    found = watch_send.get_send(system(), school, id)
    return Answer(data=send_json(found, seen.school), context=when_page(found.start_at, system().now()))


@routes.on("POST", f"{_SEND}/time", form="sends/send_time.html")
def change(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Let a scheduled send start at another time, or now."""
    now = system().now()
    request.context.update(when_page(None, now))  # whatever is wrong with the form, its page can be made
    seen = _asked(request, school, id, ("when", "start_at"))
    if request.wants_page:
        request.context.update(when_page(watch_send.get_send(system(), school, id).start_at, now))
    if request.is_form:
        start_at = parse_when(request.fields.get("when"), request.fields.get("start_at"), now)
    else:
        start_at = start_time.parse(request.fields.get("start_at"), now)
    return _changed(change_time(system(), seen.school, seen.person, id, start_at), seen.school, id)


@routes.on("POST", f"{_SEND}/approve", form="sends/refused.html")
def approve(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Agree to a send that another admin has made."""
    return _change(request, school, id, approve_send.approve)


def _asked(request: Request, school: str, send: str, fields: tuple[str, ...] = ()) -> SignedIn:
    """The admin who asks; a browser's page of a refusal shows the send as it is."""
    seen = admin(request, system(), school)
    if request.wants_page:
        found = watch_send.get_send(system(), school, send)
        shown = send_json(found, seen.school)
        request.context.update(data=shown, send=shown)
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
