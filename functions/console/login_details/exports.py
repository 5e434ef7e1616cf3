"""Login details: see what an export would do, start it, watch it, download its file."""

from typing import Any

from console.lists import only, page_of
from console.login_details.whom import choices, scope_form, scope_of
from console.system import system
from latchkey.login_details import watch_export
from latchkey.login_details.download_export import download_export
from latchkey.login_details.model import mail_merge
from latchkey.login_details.model.request import parse_scope, parse_wanted
from latchkey.login_details.model.run_names import name_of, whose
from latchkey.login_details.model.runs import FORMATS, Export, ExportRequest
from latchkey.login_details.start_export import start_export
from latchkey.login_details.try_export import REASONS, Trial, try_export
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.pages import LONGEST_PAGE
from latchkey.shared.model.request_key import parse_key
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
FIELDS = (
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


@routes.on("GET", "/admin/{school}/exports", page="login_details/exports.html")
def exports(request: Request, school: str) -> Answer:
    """The runs of the school, newest first, and the form for a new one."""
    admin(request, system(), school)
    cursor, limit = page_of(request, LONGEST_PAGE, watch_export.PAGE)
    page = watch_export.list_exports(system(), school, cursor=cursor, limit=limit)
    voided_at = watch_export.voided_at(system(), school)
    data = {"items": [export_json(each, school, voided_at) for each in page.items], "next": page.next}
    return Answer(data=data, context={"cursor": cursor, **_form_context(request, school)})


@routes.on("POST", "/admin/{school}/exports", page="login_details/export_check.html", form="login_details/export_start.html")
def start(request: Request, school: str) -> Answer:
    """What an export would do (a form asks that first), or the export itself."""
    seen = admin(request, system(), school)
    request.context.update(_form_context(request, school))
    if not request.is_form:
        only(request.fields, FIELDS)
    elif "to" in request.fields or "edit" in request.fields:  # from the list of people, or back from the check
        return _form_page(request)
    wanted = _wanted(request) if "slip" not in request.fields else _slip(request)
    key = parse_key(request.fields.get("idempotency_key"))
    sure = not request.is_form or "slip" in request.fields or request.flag("confirm")
    if request.flag("dry_run") or not sure:
        trial = try_export(system(), seen.school, wanted)
        context = {"form": _form(wanted), "wanted": wanted, "key": new_id(system().now()), "whose": whose(wanted.scope)}
        return Answer(data=trial_json(trial), context=context)
    started = start_export(system(), seen.school, seen.person, wanted, key)
    return Answer(data=export_json(started.run, school), status=202, location=f"/admin/{school}/exports/{started.run.id}")


@routes.on("GET", "/admin/{school}/exports/{id}", page="login_details/export.html")
def export(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """How far a run is."""
    admin(request, system(), school)
    found = watch_export.get_export(system(), school, id)
    data = export_json(found, school, watch_export.voided_at(system(), school))
    return Answer(data=data, page="login_details/void.html" if found.kind == "void" else None, context={"formats": FORMATS})


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
        "complete": trial.complete,
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
    fields: dict[str, Any] = {**request.fields, "scope": scope_of(request)}
    if request.is_form:
        fields["columns"] = [name.removeprefix("column.") for name in fields if name.startswith("column.")] or None
    flags = {name: request.flag(name) for name in ("never_logged_in", "large_print")}
    return parse_wanted(fields, **flags)


def _slip(request: Request) -> ExportRequest:
    """One student's slip, by the button in the list of people."""
    return ExportRequest(scope=parse_scope({"person": request.fields["slip"]}), format="slips")


def _form(wanted: ExportRequest) -> dict[str, str | list[str]]:
    """What is wanted as fields of the form that confirms it."""
    more = {
        "never_logged_in": "on" if wanted.never_logged_in else "",
        "expiring_within": str(wanted.expiring_within or ""),
        "rows": wanted.rows if wanted.rows != "student" else "",
        "large_print": "on" if wanted.large_print else "",
        **{f"column.{name}": "on" for name in wanted.columns},
    }
    chosen = {"format": wanted.format, "audience": wanted.audience, **{name: value for name, value in more.items() if value}}
    return {**scope_form(wanted.scope), **chosen}


def _form_page(request: Request) -> Answer:
    """The form, with what was chosen before: in the list of people the boxes that were ticked, or the whole page."""
    fields = request.fields
    typed = dict(fields)
    if "to" in fields:
        ticked = [name.removeprefix("id.") for name in fields if name.startswith("id.")]
        ids = fields.get("page_ids", "").split() if fields["to"] == "page" else ticked
        scope = parse_scope({"ids": ids})
        typed = {**scope_form(scope), "chosen": str(len(scope.ids))}
    return Answer(data={}, page="login_details/export_start.html", context={"typed": typed})


def _form_context(request: Request, school: str) -> dict[str, Any]:
    """What the form needs, also if it comes back with an error."""
    columns = dict.fromkeys((*mail_merge.known_columns("student"), *mail_merge.OF_THE_PARENT, *mail_merge.OF_THE_FAMILY))
    return {"formats": FORMATS, "columns": list(columns), **choices(request, school)}
