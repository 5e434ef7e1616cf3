"""Sends: try one out, start it, and watch it."""

from typing import Any

from console.lists import only, page_of
from console.system import system
from latchkey import start_send, watch_send
from latchkey.model import control, progress
from latchkey.model.brake import BRAKES
from latchkey.model.control import CANCEL_REASONS
from latchkey.model.feedback import TOLD_REASONS
from latchkey.model.ids import new_id
from latchkey.model.mail_states import MAIL_STATES
from latchkey.model.sends import FAIL_REASONS, SKIP_REASONS, WAITS, DryRun, Selection, Send
from web.answer import Answer
from web.doors import Doors
from web.request import Request
from web.times import rfc3339
from web.who import admin

routes = Doors(__name__, lambda: system().settings)


@routes.door("GET", "/admin/{school}/sends", page="sends.html")
def sends(request: Request, school: str) -> Answer:
    """The sends of the school, newest first."""
    admin(request, system(), school)
    cursor, limit = page_of(request, watch_send.LONGEST_PAGE, watch_send.PAGE)
    page = watch_send.list_sends(system(), school, cursor=cursor, limit=limit)
    return Answer(data={"items": [send_json(each) for each in page.sends], "next": page.next})


@routes.door("POST", "/admin/{school}/sends", page="send_check.html", form="send_check.html")
def start(request: Request, school: str) -> Answer:
    """What a send would do (a form asks that first), or the send itself."""
    seen = admin(request, system(), school)
    if not request.is_form:
        only(request.fields, ("kind", "select", "dry_run", "idempotency_key"))
    start_send.parse_kind(request.fields.get("kind"))
    selection = start_send.parse_selection(_select(request))
    key = start_send.parse_key(request.fields.get("idempotency_key"))
    if request.flag("dry_run") or (request.is_form and not request.flag("confirm")):
        found = start_send.try_out(system(), seen.school, selection)
        return Answer(data=dry_run_json(found), context={"form": _form(selection), "key": new_id(system().now())})
    started = start_send.start_send(system(), seen.school, seen.person, selection, key)
    return Answer(data=send_json(started.send), status=202, location=f"/admin/{school}/sends/{started.send.id}")


@routes.door("GET", "/admin/{school}/sends/{id}", page="send.html")
def send(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """How far a send is."""
    admin(request, system(), school)
    return Answer(data=send_json(watch_send.get_send(system(), school, id)))


@routes.door("GET", "/admin/{school}/sends/{id}/recipients", page="recipients.html")
def recipients(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """What became of each recipient."""
    admin(request, system(), school)
    cursor, limit = page_of(request, watch_send.LONGEST_PAGE, watch_send.PAGE, "state")
    state = request.query.get("state", "")
    page = watch_send.list_recipients(system(), school, id, state=state, cursor=cursor, limit=limit)
    data = {"items": [_recipient_json(each) for each in page.recipients], "next": page.next}
    found = send_json(watch_send.get_send(system(), school, id)) if request.wants_page else {}
    return Answer(data=data, context={"send": found, "state": state, "states": MAIL_STATES, "reasons": REASONS})


# What the ledger's words mean in a sentence about a person.
REASONS: dict[str, str] = {
    str(word): text
    for word, text in (*SKIP_REASONS.items(), *FAIL_REASONS.items(), *CANCEL_REASONS.items(), *TOLD_REASONS.items())
}


def send_json(send: Send) -> dict[str, Any]:
    """A send as the API shows it; ``counts`` are people by the state of their mail."""
    total = send.total or sum(send.counts.values())
    speed = progress.speed(send, system().now())
    source, pick = send.selection.source, send.selection.pick
    return {
        "id": send.id,
        "kind": send.kind,
        "state": send.state,
        "created_at": rfc3339(send.created_at),
        "created_by": send.created_by,
        "finished_at": rfc3339(send.finished_at),
        "reason": send.reason,
        "total": total,
        "counts": {state: send.counts.get(state, 0) for state in MAIL_STATES},
        "progress": {"done": send.done, "total": total},
        "estimate_seconds": speed.seconds_left,
        "reason_text": _why(send),
        "per_minute": speed.per_minute,
        "retry_of": source if pick == "failed" else None,
        "again_of": source if pick == "no_password" else None,
        "retries": list(send.retries),
        "revoke": send.revoke,
        "actions": list(control.possible(send)),
    }


def _why(send: Send) -> str | None:
    """Why a send does not move, where it says so itself."""
    if send.state == "paused" and send.reason:
        return next((text for word, text in BRAKES.items() if word == send.reason), None)
    return WAITS.get(send.waiting or "") if send.state == "running" else None


def dry_run_json(found: DryRun) -> dict[str, Any]:
    """What a send would do, as the API shows it."""
    return {
        "total": found.total,
        "to_send": found.to_send,
        "mails": found.mails,
        "skipped": [{"reason": word, "text": SKIP_REASONS[word], "count": count} for word, count in found.skipped.items()],
    }


def _recipient_json(row: watch_send.Recipient) -> dict[str, Any]:
    return {
        "person": row.person,
        "name": row.name,
        "email": row.email,
        "state": row.state,
        "reason": row.reason,
        "at": rfc3339(row.at),
        "password_set_at": rfc3339(row.password_set_at),
    }


def _select(request: Request) -> object:
    """Who is selected: ``select`` of JSON; in a form ``to`` says which of its fields counts, since a name may come once only."""
    fields = request.fields
    if not request.is_form:
        return fields.get("select")
    if fields.get("to") == "filter":
        names = [name for name in fields if name.startswith("filter.")]
        return {"filter": {name.removeprefix("filter."): fields[name] for name in names}}
    if fields.get("to") in {"page", "listed"}:
        return {"ids": fields.get("page_ids" if fields["to"] == "page" else "ids", "").split()}
    return {"ids": [name.removeprefix("id.") for name in fields if name.startswith("id.")]}


def _form(selection: Selection) -> dict[str, str]:
    """The selection as fields of the form that confirms it."""
    if selection.filter is None:
        return {"to": "listed", "ids": " ".join(selection.ids)}
    return {"to": "filter", **{f"filter.{name}": value for name, value in selection.filter.items()}}
