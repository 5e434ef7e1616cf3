"""Sends: try one out, start it, and how the API shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from console.lists import only
from console.picked import picked
from console.sends import ways_back
from console.sends.mail import sender
from console.system import system
from latchkey.schools.model.school import School
from latchkey.sends import list_recipients, start_send
from latchkey.sends.forecast import Forecast, forecast
from latchkey.sends.keep_draft import begin_draft
from latchkey.sends.model import blame, in_words, progress, refusals, send_actions, send_request, suggestions, views
from latchkey.sends.model.figures import figures
from latchkey.sends.model.mail_states import MAIL_STATES
from latchkey.sends.model.planning import DryRun
from latchkey.sends.model.send import Kind, Selection, Send
from latchkey.sends.model.send_request import TYPED
from latchkey.sends.name_sends import name_selection, name_sends
from latchkey.sends.select_people import settled
from latchkey.sign_in.session import SignedIn
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("POST", "/admin/{school}/sends", form="sends/nobody_chosen.html")
def start(request: Request, school: str) -> Answer:
    """What a send would do, or the send itself. A browser's form that does not confirm it begins a draft, and goes there."""
    seen = admin(request, system(), school)
    if not request.is_form:
        only(request.fields, _FIELDS)
    request.context["back"] = ways_back.of(request.fields, school)
    fields = {**request.fields, "select": select_of(request), "kind": kind_of(request)}
    asked = send_request.parse(fields, system().now(), request.flag, is_form=request.is_form)
    asked = replace(asked, selection=settled(system(), school, seen.person, asked.selection))
    if asked.dry_run and request.wants_page:
        back = ways_back.kept(request.fields)
        draft = begin_draft(system(), seen.school, seen.person, asked.kind, asked.selection, back=back, start_at=asked.start_at)
        return Answer(status=303, location=f"/admin/{school}/sends/drafts/{draft.id}")
    if asked.dry_run:
        found = start_send.try_out(system(), seen.school, asked.selection, asked.kind)
        return Answer(data=dry_run_json(found, seen, asked.selection, asked.start_at, kind=asked.kind))
    started = start_send.start_send(
        system(), seen.school, seen.person, asked.selection, asked.key, start_at=asked.start_at, kind=asked.kind
    )
    return Answer(data=send_json(started.run, seen.school), status=202, location=f"/admin/{school}/sends/{started.run.id}")


def kind_of(request: Request) -> object:
    """What is sent; the list of people has a button for each kind."""
    if request.is_form and request.fields.get("invite"):
        return "parent_invitation"
    if request.is_form and request.fields.get("tell"):
        return "parent_code_ready"
    return request.fields.get("kind")


_FIELDS = ("kind", "select", "dry_run", "idempotency_key", *TYPED)


def sends_json(sends: Sequence[Send], school: School, used: Mapping[str, int] | None = None) -> list[dict[str, Any]]:
    """Sends as the API shows them. ``used``: how many have used each, where that was counted."""
    names = name_sends(system(), school, sends)
    return [_send_json(each, names[each.id], (used or {}).get(each.id)) for each in sends]


def send_json(send: Send, school: School, used: int | None = None) -> dict[str, Any]:
    """A send as the API shows it."""
    return sends_json([send], school, {} if used is None else {send.id: used})[0]


def recipient_json(row: list_recipients.Recipient) -> dict[str, Any]:
    """A recipient as the API shows one."""
    return {
        "person": row.person,
        "name": row.name,
        "email": row.email,
        "state": row.state,
        "reason": refusals.shown(row.reason),
        "detail": row.detail or None,
        "at": rfc3339(row.at),
        "password_set_at": rfc3339(row.password_set_at),
        "year_group": row.year_group or None,
        "registration_group": row.registration_group or None,
    }


def _send_json(send: Send, name: str, used: int | None) -> dict[str, Any]:
    """``counts`` are people by the state of their mail; ``went_out``, ``to_go`` and ``did_not_go`` sum them up."""
    shown, seen = figures(send.counts), views.counted(send.counts, used)
    total = send.total or sum(send.counts.values())
    speed = progress.speed(send, system().now())
    source, pick = send.selection.source, send.selection.pick
    return {
        "id": send.id,
        "kind": send.kind,
        "name": name,
        "state": send.state,
        "created_at": rfc3339(send.created_at),
        "created_by": send.created_by,
        "finished_at": rfc3339(send.finished_at),
        "reason": send.reason,
        "total": total,
        "counts": {state: send.counts.get(state, 0) for state in MAIL_STATES},
        "went_out": shown.went_out,
        "to_go": shown.to_go,
        "did_not_go": shown.did_not_go,
        "came_back": seen["came_back"],
        "password_set": seen.get("password_set"),
        "not_used": seen.get("not_used"),
        "progress": {"done": send.done, "total": total},
        "estimate_seconds": speed.seconds_left,
        "reason_text": in_words.why_it_waits(send),
        "per_minute": speed.per_minute,
        "retry_of": source if pick == "failed" else None,
        "replan_of": source if pick == "changed" else None,
        "rest_of": source if pick == "cancelled" else None,
        "again_of": source if pick == "no_password" else None,
        "refused_of": source if pick == "refused" else None,
        "refused_in": send.selection.domain,
        "refused": {"school_filter": send.refused.filter, "our_fault": send.refused.ours, "dead_address": send.refused.dead},
        "for_it": blame.for_it(send, sender()),
        "retries": list(send.retries),
        "replans": list(send.replans),
        "rests": list(send.rests),
        "changed": send.changed,
        "revoke": send.revoke,
        "skip_signed_in": send.selection.skip_signed_in,
        "skip_sent_within": send.selection.skip_sent_within,
        "actions": list(send_actions.possible(send)),
        "scheduled_for": rfc3339(send.start_at),
        "waiting_for": in_words.waits_for(send, system().now()),
        "approval": _approval(send),
        "suggestions": suggestions.of(send),
    }


def _approval(send: Send) -> dict[str, Any] | None:
    if send.approval is None:
        return None
    text, until = in_words.why_approval(send.need), rfc3339(send.approve_by)
    return {"state": send.approval, "reason": send.need, "text": text, "by": send.approved_by, "until": until}


def dry_run_json(
    found: DryRun,
    seen: SignedIn,
    selection: Selection,
    start_at: int | None = None,
    *,
    kind: Kind = "password_link",
    name: str = "",
    expected: Forecast | None = None,
) -> dict[str, Any]:
    """What a send of this admin to a selection would do, as the API shows it. ``name``, ``expected``: where somebody has them."""
    expected, school = expected or forecast(system(), found.mails), seen.school
    need = start_send.why_approval(system(), school, seen.person, found, start_at)
    within = selection.skip_sent_within
    return {
        "kind": kind,
        "name": name or name_selection(system(), school, selection, kind),
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


def select_of(request: Request) -> object:
    """Who is selected: ``select`` of JSON; in a form ``to`` says which of its fields counts, since a name may come once only."""
    fields = request.fields
    if not request.is_form:
        return fields.get("select")
    to = fields.get("invite") or fields.get("tell") or fields.get("to")  # each button sends something of its own
    if fields.get("one"):
        return {"ids": [fields["one"]]}
    if to == "selection":
        return {"selection": picked(request)}
    return _named(fields, str(to))


def _named(fields: Mapping[str, Any], to: str) -> dict[str, Any]:
    """Who is named in the fields of a form themselves."""
    if to == "filter":
        names = [name for name in fields if name.startswith("filter.")]
        return {"filter": {name.removeprefix("filter."): fields[name] for name in names}}
    if to == "refused":
        return {"refused": {name: fields[name] for name in ("send", "domain") if fields.get(name)}}
    if to in {"selection", "contacts"}:
        return {to: fields.get(to, "")}
    if to in {"page", "listed"}:
        return {"ids": fields.get("page_ids" if to == "page" else "ids", "").split()}
    return {"ids": [name.removeprefix("id.") for name in fields if name.startswith("id.")]}
