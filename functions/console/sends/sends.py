"""Sends: try one out, start it, and watch it."""

from dataclasses import replace
from typing import Any

from console.lists import only, page_of
from console.system import system
from latchkey.errors import Invalid
from latchkey.mail.model.account import FAIL_REASONS
from latchkey.schools.model.school import School
from latchkey.schools.model.settings_rules import in_words
from latchkey.sends import start_send, watch_send
from latchkey.sends.forecast import forecast
from latchkey.sends.model import approval, progress, send_actions, start_time, suggestions
from latchkey.sends.model.brake import BRAKES
from latchkey.sends.model.feedback import TOLD_REASONS
from latchkey.sends.model.mail_states import MAIL_STATES
from latchkey.sends.model.planning import DryRun
from latchkey.sends.model.send import SKIP_REASONS, WAITS, Selection, Send, skip_text
from latchkey.sends.model.send_actions import CANCEL_REASONS
from latchkey.shared.model.ids import new_id
from web.answer import Answer
from web.doors import Doors
from web.request import Request
from web.times import rfc3339
from web.who import admin

routes = Doors(__name__, lambda: system().settings)


@routes.door("GET", "/admin/{school}/sends", page="sends/sends.html")
def sends(request: Request, school: str) -> Answer:
    """The sends of the school, newest first."""
    admin(request, system(), school)
    cursor, limit = page_of(request, watch_send.LONGEST_PAGE, watch_send.PAGE)
    page = watch_send.list_sends(system(), school, cursor=cursor, limit=limit)
    return Answer(data={"items": [send_json(each) for each in page.sends], "next": page.next})


@routes.door("POST", "/admin/{school}/sends", page="sends/send_check.html", form="sends/send_check.html")
def start(request: Request, school: str) -> Answer:
    """What a send would do (a form asks that first), or the send itself."""
    seen = admin(request, system(), school)
    if not request.is_form:
        only(request.fields, _FIELDS)
    start_send.parse_kind(request.fields.get("kind"))
    selection = start_send.parse_selection(_select(request))
    key = start_send.parse_key(request.fields.get("idempotency_key"))
    asks = request.flag("dry_run") or (request.is_form and not request.flag("confirm"))
    try:
        within = start_send.parse_within(request.fields.get("skip_sent_within"), is_text=request.is_form)
        selection = replace(selection, skip_signed_in=request.flag("skip_signed_in"), skip_sent_within=within)
        start_at = start_time.parse(request.fields.get("start_at"), system().now(), is_local=request.is_form)
    except Invalid:
        if request.wants_page:  # the same page again, with what is wrong
            request.context.update(_tried(request, selection, seen.school))
        raise
    if asks:
        context = _tried(request, selection, seen.school, start_at)
        return Answer(data=context.pop("data"), context=context)
    started = start_send.start_send(system(), seen.school, seen.person, selection, key, start_at=start_at)
    return Answer(data=send_json(started.send), status=202, location=f"/admin/{school}/sends/{started.send.id}")


def _tried(request: Request, selection: Selection, school: School, start_at: int | None = None) -> dict[str, Any]:
    """What a send would do, as ``data``, with what the page needs that asks for a confirmation."""
    found = start_send.try_out(system(), school, selection)
    data = dry_run_json(found, school, start_at, selection.skip_sent_within)
    return {**_check(selection, school), "data": data, "typed": {name: request.fields.get(name, "") for name in _TYPED}}


@routes.door("GET", "/admin/{school}/sends/{id}", page="sends/send.html")
def send(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """How far a send is."""
    admin(request, system(), school)
    found = watch_send.get_send(system(), school, id)
    return Answer(data=send_json(found), context={"expects_news": progress.expects_news(found, system().now())})


_TYPED = ("start_at", "skip_signed_in", "skip_sent_within")
_FIELDS = ("kind", "select", "dry_run", "idempotency_key", *_TYPED)
# What the ledger's words mean in a sentence about a person.
REASONS: dict[str, str] = {
    str(word): text
    for word, text in (*SKIP_REASONS.items(), *FAIL_REASONS.items(), *CANCEL_REASONS.items(), *TOLD_REASONS.items())
}


def reasons_of(send: Send) -> dict[str, str]:
    """The same for a send, with its own number of minutes."""
    return {**REASONS, "sent_recently": skip_text("sent_recently", send.selection.skip_sent_within)}


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
        "skip_signed_in": send.selection.skip_signed_in,
        "skip_sent_within": send.selection.skip_sent_within,
        "actions": list(send_actions.possible(send)),
        "scheduled_for": rfc3339(send.start_at),
        "approval": _approval(send),
        "suggestions": suggestions.of(send),
    }


def _approval(send: Send) -> dict[str, Any] | None:
    if send.approval is None:
        return None
    text = approval.NEEDS[send.need] if send.need else None
    by, until = send.approved_by, rfc3339(send.approve_by)
    return {"state": send.approval, "reason": send.need, "text": text, "by": by, "until": until}


def _why(send: Send) -> str | None:
    """Why a send does not move, where it says so itself."""
    if send.state == "paused" and send.reason:
        return next((text for word, text in BRAKES.items() if word == send.reason), None)
    return WAITS.get(send.waiting or "") if send.state == "running" else None


def dry_run_json(found: DryRun, school: School, start_at: int | None = None, within: int = 0) -> dict[str, Any]:
    """What a send would do, as the API shows it; ``within`` as in the selection's ``skip_sent_within``."""
    expected = forecast(system(), found.mails)
    need = approval.need_of(school.settings.approval, found)
    return {
        "total": found.total,
        "to_send": found.to_send,
        "mails": found.mails,
        "skipped": [{"reason": word, "text": skip_text(word, within), "count": count} for word, count in found.skipped.items()],
        "first": found.first,
        "lives": {"welcome": school.settings.welcome_life, "reset": school.settings.reset_life},
        "forecast": {"seconds": expected.seconds, "per_second": expected.each_second, "known": expected.known},
        "approval": {"reason": need, "text": approval.NEEDS[need]} if need else None,
        "scheduled_for": rfc3339(start_at),
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


def _check(selection: Selection, school: School) -> dict[str, Any]:
    """What the page needs on which a send is confirmed."""
    now = system().now()
    lives = {"welcome": in_words(school.settings.welcome_life), "reset": in_words(school.settings.reset_life)}
    times = {"earliest": start_time.local(now + 60), "latest": start_time.local(now + start_time.LATEST)}
    return {"form": _form(selection), "key": new_id(now), "lives": lives, **times}


def _form(selection: Selection) -> dict[str, str]:
    """The selection as fields of the form that confirms it."""
    if selection.filter is None:
        return {"to": "listed", "ids": " ".join(selection.ids)}
    return {"to": "filter", **{f"filter.{name}": value for name, value in selection.filter.items()}}
