"""Sends: try one out, start it, and watch it."""

from typing import Any

from console.lists import only, page_of
from console.sends.mail import sender
from console.system import system
from latchkey.schools.model.school import School
from latchkey.schools.model.settings_rules import in_words as life_in_words
from latchkey.sends import start_send, watch_send
from latchkey.sends.forecast import forecast
from latchkey.sends.model import approval, blame, in_words, progress, send_actions, send_request, start_time, suggestions
from latchkey.sends.model.mail_states import MAIL_STATES
from latchkey.sends.model.planning import DryRun
from latchkey.sends.model.send import Selection, Send
from latchkey.sends.model.send_request import TYPED, Mistyped
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.pages import LONGEST_PAGE, PAGE
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("GET", "/admin/{school}/sends", page="sends/sends.html")
def sends(request: Request, school: str) -> Answer:
    """The sends of the school, newest first."""
    admin(request, system(), school)
    cursor, limit = page_of(request, LONGEST_PAGE, PAGE)
    page = watch_send.list_sends(system(), school, cursor=cursor, limit=limit)
    return Answer(data={"items": [send_json(each) for each in page.items], "next": page.next})


@routes.on("POST", "/admin/{school}/sends", page="sends/send_check.html", form="sends/send_check.html")
def start(request: Request, school: str) -> Answer:
    """What a send would do (a form asks that first), or the send itself."""
    seen = admin(request, system(), school)
    if not request.is_form:
        only(request.fields, _FIELDS)
    fields = {**request.fields, "select": _select(request)}
    try:
        asked = send_request.parse(fields, system().now(), request.flag, is_form=request.is_form)
    except Mistyped as wrong:
        if request.wants_page:  # the same page again, with what is wrong
            request.context.update(_tried(request, wrong.selection, seen.school))
        raise
    if asked.dry_run:
        context = _tried(request, asked.selection, seen.school, asked.start_at)
        return Answer(data=context.pop("data"), context=context)
    started = start_send.start_send(system(), seen.school, seen.person, asked.selection, asked.key, start_at=asked.start_at)
    return Answer(data=send_json(started.run), status=202, location=f"/admin/{school}/sends/{started.run.id}")


def _tried(request: Request, selection: Selection, school: School, start_at: int | None = None) -> dict[str, Any]:
    """What a send would do, as ``data``, with what the page needs that asks for a confirmation."""
    found = start_send.try_out(system(), school, selection)
    data = dry_run_json(found, school, start_at, selection.skip_sent_within)
    return {**_check(selection, school), "data": data, "typed": {name: request.fields.get(name, "") for name in TYPED}}


@routes.on("GET", "/admin/{school}/sends/{id}", page="sends/send.html")
def send(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """How far a send is."""
    admin(request, system(), school)
    found = watch_send.get_send(system(), school, id)
    return Answer(data=send_json(found), context={"expects_news": progress.expects_news(found, system().now())})


_FIELDS = ("kind", "select", "dry_run", "idempotency_key", *TYPED)


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
        "reason_text": in_words.why_it_waits(send),
        "per_minute": speed.per_minute,
        "retry_of": source if pick == "failed" else None,
        "again_of": source if pick == "no_password" else None,
        "refused_of": source if pick == "refused" else None,
        "refused_in": send.selection.domain,
        "refused": {"school_filter": send.refused.filter, "our_fault": send.refused.ours, "dead_address": send.refused.dead},
        "for_it": blame.for_it(send, sender()),
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
    text, until = in_words.why_approval(send.need), rfc3339(send.approve_by)
    return {"state": send.approval, "reason": send.need, "text": text, "by": send.approved_by, "until": until}


def dry_run_json(found: DryRun, school: School, start_at: int | None = None, within: int = 0) -> dict[str, Any]:
    """What a send would do, as the API shows it; ``within`` as in the selection's ``skip_sent_within``."""
    expected = forecast(system(), found.mails)
    need = approval.need_of(school.settings.approval, found)
    return {
        "total": found.total,
        "to_send": found.to_send,
        "mails": found.mails,
        "skipped": [
            {"reason": word, "text": in_words.skip_text(word, within), "count": count} for word, count in found.skipped.items()
        ],
        "first": found.first,
        "lives": {"welcome": school.settings.welcome_life, "reset": school.settings.reset_life},
        "forecast": {"seconds": expected.seconds, "per_second": expected.each_second, "known": expected.known},
        "approval": {"reason": need, "text": in_words.why_approval(need)} if need else None,
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
    if fields.get("to") == "refused":
        return {"refused": {name: fields[name] for name in ("send", "domain") if fields.get(name)}}
    if fields.get("to") in {"page", "listed"}:
        return {"ids": fields.get("page_ids" if fields["to"] == "page" else "ids", "").split()}
    return {"ids": [name.removeprefix("id.") for name in fields if name.startswith("id.")]}


def _check(selection: Selection, school: School) -> dict[str, Any]:
    """What the page needs on which a send is confirmed."""
    now = system().now()
    lives = {"welcome": life_in_words(school.settings.welcome_life), "reset": life_in_words(school.settings.reset_life)}
    times = {"earliest": start_time.local(now + 60), "latest": start_time.local(now + start_time.LATEST)}
    return {"form": _form(selection), "key": new_id(now), "lives": lives, **times}


def _form(selection: Selection) -> dict[str, str]:
    """The selection as fields of the form that confirms it."""
    if selection.is_from_sends:
        which = {"send": selection.source, "domain": selection.domain}
        return {"to": "refused", **{name: value for name, value in which.items() if value}}
    if selection.filter is None:
        return {"to": "listed", "ids": " ".join(selection.ids)}
    return {"to": "filter", **{f"filter.{name}": value for name, value in selection.filter.items()}}
