"""Messages that are still being made: begun, checked, kept, given up, sent. Their steps are in draft_steps.py."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from console.lists import only
from console.sends import ways_back
from console.sends.draft_json import checked_json, draft_json, drafts_json, lives
from console.sends.sends import kind_of, select_of, send_json
from console.system import system
from latchkey.errors import Conflict, Invalid
from latchkey.sends import keep_draft
from latchkey.sends.model import send_request, start_time
from latchkey.sends.model.draft import Draft
from latchkey.sends.model.send import Selection
from latchkey.sends.model.start_time import ZONE
from latchkey.sends.select_people import settled
from latchkey.sends.send_draft import send_draft
from latchkey.sign_in.session import SignedIn
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
DRAFTS: Final = "/admin/{school}/sends/drafts"
DRAFT: Final = f"{DRAFTS}/{{id}}"
_CHECK: Final = "sends/draft_check.html"
_FIELDS: Final = ("kind", "select", "skip_signed_in", "skip_sent_within", "start_at")


def address(school: str, draft: str, step: str = "") -> str:
    """Where a draft is, or one of its steps."""
    return f"/admin/{school}/sends/drafts/{draft}" + (f"/{step}" if step else "")


@routes.on("GET", DRAFTS)
def drafts(request: Request, school: str) -> Answer:
    """The drafts that were kept; in a browser they stand above the messages."""
    seen = admin(request, system(), school)
    only(request.query, ())
    found = keep_draft.list_drafts(system(), school)
    location = f"/admin/{school}/sends" if request.wants_page else None
    return Answer(data={"items": drafts_json(found, seen.school), "next": None}, location=location)


@routes.on("POST", DRAFTS, form="sends/nobody_chosen.html")
def begin(request: Request, school: str) -> Answer:
    """A new draft of a script, or of a form that says who is meant as that of a send does."""
    seen = admin(request, system(), school)
    if not request.is_form:
        only(request.fields, _FIELDS)
    request.context["back"] = ways_back.of(request.fields, school)
    made = begun(request, seen, request.fields)
    return Answer(data=draft_json(made, seen.school), status=201, location=address(school, made.id))


def begun(request: Request, seen: SignedIn, fields: Mapping[str, Any]) -> Draft:
    """A draft of what a request says, at its last step."""
    kind = send_request.parse_kind(kind_of(request))
    selection = send_request.parse_selection(select_of(request), kind)
    selection, start_at = _choices(request, settled(system(), seen.school.slug, seen.person, selection))
    back = ways_back.kept(fields) if request.is_form else ""
    return keep_draft.begin_draft(system(), seen.school, seen.person, kind, selection, back=back, start_at=start_at)


@routes.on("GET", DRAFT, page=_CHECK)
def check(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """A draft with what sending it would do now. One that was sent leads to its message."""
    seen = admin(request, system(), school)
    only(request.query, ("note",))
    draft = keep_draft.get_draft(system(), school, id)
    if draft.sent_as is not None:
        return Answer(data=draft_json(draft, seen.school), status=303, location=f"/admin/{school}/sends/{draft.sent_as}")
    return _checked(request, draft, seen)


def _checked(request: Request, draft: Draft, seen: SignedIn) -> Answer:
    shown, found = checked_json(draft, seen)
    if not request.wants_page:
        return Answer(data=shown)
    now, slug = system().now(), seen.school.slug
    settings, starts = seen.school.settings, found.starts_at
    page = {
        "lives": lives(seen.school),
        "late": draft.is_late(now),
        "note": request.query.get("note", ""),
        "notes": NOTES,
        "starts_at": starts,
        "done_at": found.done_at,
        "done_today": _day(found.done_at) == _day(now),
        "ends": {"welcome": starts + settings.welcome_life, "reset": starts + settings.reset_life},
        "approvers": found.approvers,
        "is_new": not draft.kept,
        "back": ways_back.of_draft(draft, slug),
        "base": address(slug, draft.id),
    }
    return Answer(data=shown, context=page)


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, ZoneInfo(ZONE)).strftime("%Y-%m-%d")


@routes.on("POST", DRAFT)
def change(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Change what a draft says; what is not named stays as it is. Browsers do it step by step."""
    seen = admin(request, system(), school)
    only(request.fields, (*_FIELDS, "revision"))

    def changed(draft: Draft) -> Draft:
        kind = send_request.parse_kind(request.fields["kind"]) if "kind" in request.fields else draft.kind
        selection = draft.selection
        if "select" in request.fields:
            chosen = settled(system(), school, seen.person, send_request.parse_selection(select_of(request), kind))
            selection = replace(chosen, skip_signed_in=selection.skip_signed_in, skip_sent_within=selection.skip_sent_within)
        selection, start_at = _choices(request, selection)
        start_at = start_at if "start_at" in request.fields else draft.start_at
        return replace(draft, kind=kind, selection=selection, start_at=start_at)

    found = keep_draft.change_draft(system(), seen.school, seen.person, id, changed, revision=revision_of(request))
    return Answer(data=draft_json(found, seen.school), location=address(school, id) if request.wants_page else None)


def _choices(request: Request, selection: Selection) -> tuple[Selection, int | None]:
    fields = request.fields
    if "skip_signed_in" in fields:
        selection = replace(selection, skip_signed_in=request.flag("skip_signed_in"))
    if "skip_sent_within" in fields:
        within = send_request.parse_within(fields["skip_sent_within"], is_text=request.is_form)
        selection = replace(selection, skip_sent_within=within)
    return selection, start_time.parse(fields.get("start_at"), system().now(), is_local=request.is_form)


@routes.on("POST", f"{DRAFT}/keep")
def keep(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Keep a draft for later."""
    seen = admin(request, system(), school)
    only(request.fields, ("revision",))
    try:
        kept = keep_draft.keep_draft(system(), seen.school, seen.person, id, revision_of(request))
    except Conflict as error:
        return _back_to(request, school, id, error)
    return Answer(data=draft_json(kept, seen.school), location=f"/admin/{school}/sends?kept={id}" if request.wants_page else None)


@routes.on("POST", f"{DRAFT}/discard")
def discard(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Give a draft up; a browser goes back to where it came from."""
    admin(request, system(), school)
    only(request.fields, ())
    draft = keep_draft.discard_draft(system(), school, id)
    back = ways_back.of_draft(draft, school) if draft.sent_as is None else f"/admin/{school}/sends/{draft.sent_as}"
    return Answer(status=204, location=back) if request.wants_page else Answer(status=204)


@routes.on("POST", f"{DRAFT}/send")
def send(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Send a draft: once, to just as many as its page has said. Where that is no longer so, back to its page."""
    seen = admin(request, system(), school)
    only(request.fields, ("revision", "people"))
    try:
        started = send_draft(
            system(), seen.school, seen.person, id, revision=revision_of(request), people=whole(request, "people")
        )
    except (Conflict, Invalid) as error:
        return _back_to(request, school, id, error)
    location = f"/admin/{school}/sends/{started.run.id}"
    if request.wants_page:
        location += f"?begun={whole(request, 'people') or 1}"
    return Answer(data=send_json(started.run, seen.school), status=202, location=location)


def _back_to(request: Request, school: str, draft: str, error: Conflict | Invalid) -> Answer:
    """A browser looks at the draft again, with a note of what was wrong; a script gets the error."""
    if not request.wants_page or error.code not in NOTES | {"invalid": ""}.keys():
        raise error
    note = "late" if isinstance(error, Invalid) and "start_at" in error.fields else error.code
    return Answer(status=303, location=f"{address(school, draft)}?note={note}")


NOTES: Final[Mapping[str, str]] = {
    "people_changed": "The people have changed since you looked, so nothing was sent. These are the numbers now.",
    "draft_changed": "Somebody else has changed this draft since you opened it, so nothing was done. This is how it is now.",
    "late": "The time you chose has passed, so nothing was sent. Choose another one.",
    "nobody_left": "Nobody is left for this message, so nothing was sent.",
    "invalid": "Nobody matches, so nothing was sent.",
}
"""What a page says where something was not done, by its code."""


def revision_of(request: Request) -> int | None:
    """Which draft the page has shown."""
    return whole(request, "revision")


def whole(request: Request, name: str) -> int | None:
    """A whole number, of JSON or of a form's digits; None where nothing is given."""
    value = request.fields.get(name)
    if request.is_form and isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 9:
        value = int(value)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9):
        return value
    raise Invalid(fields={name: "Give a whole number."})
