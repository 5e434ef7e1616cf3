"""Login details: see what an export would do, start it, watch it, download its file."""

from dataclasses import replace
from typing import Any, Final

from console.lists import only, page_of
from console.login_details.options import CARDS, Card, address, as_fields, card_of, columns, usual_audience, wanted_in
from console.login_details.whom import CHOSEN, by_the_names_of_the_form, choices, from_elsewhere, scope_fields, scope_of
from console.system import system
from latchkey.errors import Gone, Invalid, NotFound
from latchkey.login_details import watch_export
from latchkey.login_details.choose_students import with_people
from latchkey.login_details.download_export import download_export
from latchkey.login_details.model.request import parse_scope, parse_wanted
from latchkey.login_details.model.run_names import name_of, whose
from latchkey.login_details.model.runs import FORMATS, Export, ExportRequest
from latchkey.login_details.preview_export import Preview, preview_export
from latchkey.login_details.start_export import start_export
from latchkey.login_details.try_export import REASONS, Trial, try_export
from latchkey.people.model import people_filter
from latchkey.roll.name_people import names_in
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.school import School
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.pages import LONGEST_PAGE
from latchkey.shared.model.request_key import parse_key
from web.answer import Answer, problem_of
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
FIELDS: Final = (
    "scope",
    "format",
    "audience",
    "never_logged_in",
    "expiring_within",
    "rows",
    "columns",
    "large_print",
    "dry_run",
    "idempotency_key",
)
_FORM: Final = "login_details/export_start.html"


@routes.on("GET", "/admin/{school}/exports", page="login_details/exports.html")
def exports(request: Request, school: str) -> Answer:
    """The runs of the school, newest first, and the cards for a new one."""
    seen = admin(request, system(), school)
    if request.wants_page and (there := _to_the_form(request, school)) is not None:
        return Answer(status=303, location=there)
    cursor, limit = page_of(request, LONGEST_PAGE, watch_export.PAGE)
    page = watch_export.list_exports(system(), school, cursor=cursor, limit=limit)
    voided_at = watch_export.voided_at(system(), school)
    data = {"items": [export_json(each, school, voided_at) for each in page.items], "next": page.next}
    context: dict[str, Any] = {"cursor": cursor}
    if request.wants_page:
        roll = read_roll(system(), school)
        context["names"] = names_in(roll, seen.school, {each.created_by for each in page.items})
        context["again"] = {each.id: _again(each, school) for each in page.items}
        context["cards"] = _cards(school)
    return Answer(data=data, context=context)


@routes.on("GET", "/admin/{school}/exports/new", page=_FORM)
def new(request: Request, school: str) -> Answer:
    """The form for a card, filled in as its address says; links from elsewhere say who is meant."""
    seen = admin(request, system(), school)
    there = from_elsewhere(request)
    said = {"year_group", "registration_group"} if there else set()  # a link's groups are in what it means, not beside it
    typed = {**{name: value for name, value in request.query.items() if name not in said}, **there}
    return Answer(data={}, context=_form_context(request, seen.school, typed))


@routes.on("GET", "/admin/{school}/exports/check", page="login_details/export_check.html")
def check(request: Request, school: str) -> Answer:
    """What an export would do: a page with an address of its own, which changes nothing however often it is asked for."""
    seen = admin(request, system(), school)
    try:
        with by_the_names_of_the_form(request):
            wanted = with_people(system(), school, wanted_in(request.query), seen.person.id)
            trial = try_export(system(), seen.school, wanted)
    except Invalid as wrong:
        if not request.wants_page:
            raise
        problem = {"fields": {}, **problem_of(422, wrong)}
        context = {**_form_context(request, seen.school, request.query), "problem": problem}
        return Answer(status=422, data={}, page=_FORM, context=context)
    return Answer(data=trial_json(trial), context=_check_context(seen.school, wanted, trial))


@routes.on("POST", "/admin/{school}/exports", page="login_details/export_check.html", form=_FORM)
def start(request: Request, school: str) -> Answer:
    """The export itself, or what it would do: a form is asked that first, by a page with an address of its own."""
    seen = admin(request, system(), school)
    if not request.is_form:
        only(request.fields, FIELDS)
    else:
        request.context.update(_form_context(request, seen.school, request.fields))
    with by_the_names_of_the_form(request):
        if request.is_form and ("to" in request.fields or "edit" in request.fields):  # from the list of people, or from a person
            return _form_page(request, seen.school)
        wanted = _wanted(request)
        key = parse_key(request.fields.get("idempotency_key"))
        sure = not request.is_form or "slip" in request.fields or request.flag("confirm")
        if request.flag("dry_run") or not sure:
            wanted = with_people(system(), school, wanted, seen.person.id)
            trial = try_export(system(), seen.school, wanted)
            there = address(school, "check", as_fields(wanted)) if request.wants_page else None
            if there is not None:
                return Answer(status=303, location=there)
            return Answer(data=trial_json(trial), context=_check_context(seen.school, wanted, trial))
        started = start_export(system(), seen.school, seen.person, wanted, key)
    return Answer(data=export_json(started.run, school), status=202, location=f"/admin/{school}/exports/{started.run.id}")


@routes.on("GET", "/admin/{school}/exports/{id}", page="login_details/export.html")
def export(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """How far a run is."""
    seen = admin(request, system(), school)
    found = watch_export.get_export(system(), school, id)
    data = export_json(found, school, watch_export.voided_at(system(), school))
    context: dict[str, Any] = {"formats": FORMATS}
    if request.wants_page:
        context["by"] = names_in(read_roll(system(), school), seen.school, {found.created_by}).get(found.created_by, "")
        context["again"] = _again(found, school)
    return Answer(data=data, page="login_details/void.html" if found.kind == "void" else None, context=context)


@routes.on("GET", "/admin/{school}/exports/{id}/download")
def download(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """The way to the file."""
    seen = admin(request, system(), school)
    return Answer(status=303, location=download_export(system(), school, seen.person, id))


def export_json(export: Export, school: str, voided_at: int = 0) -> dict[str, Any]:
    """A run as the API shows it; ``voided_at`` is when codes of the school were last voided."""
    now, wanted = system().now(), export.wanted
    ready = export.file_expires_at is not None and export.file_expires_at > now
    void = export.kind == "void"
    return {
        "id": export.id,
        "kind": export.kind,
        "name": name_of(export),
        "state": export.state_at(now),
        "step": export.stage if not void and export.state_at(now) != "finished" else None,
        "progress": {"done": export.done, "total": export.total},
        "estimate_seconds": export.seconds_left(now),
        "scope": wanted.scope.as_mapping(),
        "format": None if void else wanted.format,
        "audience": wanted.audience,
        "never_logged_in": wanted.never_logged_in,
        "expiring_within": wanted.expiring_within or None,
        "rows_for": wanted.rows,
        "columns": list(wanted.columns) or None,
        "large_print": wanted.large_print,
        "created_at": rfc3339(export.created_at),
        "created_by": export.created_by,
        "finished_at": rfc3339(export.finished_at),
        "rows": export.rows,
        "codes": codes_json(export.codes),
        "left_out": export.left_out,
        "unprintable": export.unprintable,
        "voided_since": rfc3339(voided_at) if not void and voided_at > export.created_at else None,
        "expires_at": rfc3339(export.file_expires_at),
        "download": f"/admin/{school}/exports/{export.id}/download" if ready else None,
        "reason": export.reason_at(now),
    }


def codes_json(counts: Any) -> dict[str, int]:
    """Numbers of codes by kind."""
    return {"pin": counts.get("pin", 0), "parent_code": counts.get("parent", 0)}


def trial_json(trial: Trial) -> dict[str, Any]:
    """What an export would do, as the API shows it."""
    return {
        "total": trial.total,
        "complete": True,  # as of old: everybody is counted
        "new_codes": codes_json(trial.new),
        "renewed": codes_json(trial.renewed),
        "kept": codes_json(trial.kept),
        "elsewhere": trial.elsewhere,
        "left_out": [{"reason": word, "text": REASONS[word], "count": count} for word, count in trial.left_out.items()],
        "groups": [
            {"year_group": year or None, "registration_group": group or None, "students": found["students"], "new": found["new"]}
            for (year, group), found in trial.groups.items()
        ],
    }


def _wanted(request: Request) -> ExportRequest:
    if "slip" in request.fields:  # one student's slip, by the button in the list of people
        return ExportRequest(scope=parse_scope({"person": request.fields["slip"]}), format="slips")
    if request.is_form:
        return wanted_in(request.fields, scope_of(request))
    flags = {name: request.flag(name) for name in ("never_logged_in", "large_print")}
    return parse_wanted({**request.fields, "scope": scope_of(request)}, **flags)


def _to_the_form(request: Request, school: str) -> str | None:
    """The form that a link means which says what to make, or for whom; None for the list."""
    said = {"as", "format", *CHOSEN, *people_filter.FIELDS} & request.query.keys()
    if not said:
        return None
    kept = {name: value for name, value in request.query.items() if name in {"as", "format", "audience", "large_print"}}
    return address(school, "new", {**kept, **from_elsewhere(request)})


def _again(export: Export, school: str) -> str | None:
    """The address of the form that makes the same file once more: for those who were chosen then, exactly these."""
    if export.kind == "void":
        return None
    scope = export.wanted.scope
    if scope.is_noted or scope.kind == "ids":
        wanted = replace(export.wanted, scope=replace(scope, kind="export", value=export.id, ids=(), filter={}))
        return address(school, "check", as_fields(wanted))
    return address(school, "check", as_fields(export.wanted))


def _form_page(request: Request, school: School) -> Answer:
    """The form, with what was chosen before: in the list of people the boxes that were ticked, or the whole page."""
    fields = request.fields
    if "to" in fields:
        ticked = [name.removeprefix("id.") for name in fields if name.startswith("id.")]
        ids = fields.get("page_ids", "").split() if fields["to"] == "page" else ticked
        typed = {"who": "chosen", "ids": " ".join(parse_scope({"ids": ids}).ids)}
    elif "scope" in fields:
        more = {name: str(fields[name]) for name in ("format", "audience") if name in fields}
        typed = {**more, **scope_fields(parse_scope(scope_of(request)))}
    else:
        typed = {name: str(value) for name, value in fields.items() if name not in {"edit", "idempotency_key"}}
    there = address(school.slug, "new", typed)
    if there is not None:
        return Answer(status=303, location=there)
    return Answer(data={}, page=_FORM, context=_form_context(request, school, typed))


def _form_context(request: Request, school: School, typed: Any) -> dict[str, Any]:
    """What the form needs, also if it comes back with an error."""
    if not request.wants_page:
        return {}
    who = request.context["person"].id
    card: Card = card_of(typed) or "slips"
    audience = typed.get("audience") or usual_audience(card)
    formats = {each: FORMATS[each] for each in CARDS[card].formats}
    chosen = typed.get("format") if typed.get("format") in formats else CARDS[card].formats[0]
    shown = {"as": card, **typed, "audience": audience, "format": chosen}
    return {
        "shown": shown,
        "card": card,
        "facts": CARDS[card],
        "cards": _cards(school.slug, card, typed),
        "formats": formats,
        "columns": columns(),
        "preview": _preview(school, shown, who),
        **choices(request, school, typed),
    }


def _preview(school: School, typed: Any, admin: str) -> Preview | None:
    """The first page of what is chosen so far; None while that is nothing."""
    try:
        return preview_export(system(), school, with_people(system(), school.slug, wanted_in(typed), admin))
    except (Gone, Invalid, NotFound):
        return None


def _cards(school: str, current: Card | None = None, typed: Any = None) -> list[dict[str, Any]]:
    """The cards as links; who was chosen goes with them from one to the other."""
    kept = {name: value for name, value in (typed or {}).items() if _says_who(name)}
    return [
        {
            "href": address(school, "new", {**kept, "as": card}) or f"/admin/{school}/exports/new?as={card}",
            "name": facts.name,
            "text": facts.text,
            "picture": card,
            "current": card == current,
        }
        for card, facts in CARDS.items()
    ]


def _says_who(name: str) -> bool:
    fields = {"who", "selection", "filter", "export", "ids", "person", "groups_typed", "never_logged_in"}
    return name in fields or name.startswith(("year.", "group."))


def _check_context(school: School, wanted: ExportRequest, trial: Trial) -> dict[str, Any]:
    fields = as_fields(wanted)
    return {
        "form": fields,
        "wanted": wanted,
        "whose": whose(wanted.scope),
        "formats": FORMATS,
        "key": new_id(system().now()),
        "change": address(school.slug, "new", fields) or f"/admin/{school.slug}/exports/new",
        "preview": preview_export(system(), school, wanted) if trial.total else None,
    }
