"""Login details: start an export, watch it, download its file."""

from typing import Any

from console.lists import only, page_of
from console.system import system
from latchkey import watch_export
from latchkey.download_export import download_export
from latchkey.model.exports import Export, Wanted, parse_audience, parse_format, parse_scope
from latchkey.model.ids import new_id
from latchkey.start_export import start_export
from latchkey.start_send import parse_key
from web.answer import Answer
from web.doors import Doors
from web.request import Request
from web.times import rfc3339
from web.who import admin

routes = Doors(__name__, lambda: system().settings)
FIELDS = ("scope", "format", "audience", "never_logged_in", "idempotency_key")


@routes.door("GET", "/admin/{school}/exports", page="exports.html")
def exports(request: Request, school: str) -> Answer:
    """The exports of the school, newest first, and the form for a new one."""
    admin(request, system(), school)
    cursor, limit = page_of(request, watch_export.LONGEST_PAGE, watch_export.PAGE)
    page = watch_export.list_exports(system(), school, cursor=cursor, limit=limit)
    data = {"items": [export_json(each, school) for each in page.exports], "next": page.next}
    return Answer(data=data, context={"key": new_id(system().now()), "cursor": cursor})


@routes.door("POST", "/admin/{school}/exports", form="export_start.html")
def start(request: Request, school: str) -> Answer:
    """Start an export."""
    seen = admin(request, system(), school)
    request.context["key"] = new_id(system().now())
    if not request.is_form:
        only(request.fields, FIELDS)
    wanted = Wanted(
        scope=parse_scope(_scope(request)),
        format=parse_format(request.fields.get("format")),
        audience=parse_audience(request.fields.get("audience")),
        never_logged_in=request.flag("never_logged_in"),
    )
    key = parse_key(request.fields.get("idempotency_key"))
    started = start_export(system(), school, seen.person, wanted, key)
    return Answer(data=export_json(started.export, school), status=202, location=f"/admin/{school}/exports/{started.export.id}")


@routes.door("GET", "/admin/{school}/exports/{id}", page="export.html")
def export(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """How far an export is."""
    admin(request, system(), school)
    return Answer(data=export_json(watch_export.get_export(system(), school, id), school))


@routes.door("GET", "/admin/{school}/exports/{id}/download")
def download(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """The way to the file."""
    seen = admin(request, system(), school)
    return Answer(status=303, location=download_export(system(), school, seen.person, id))


def export_json(export: Export, school: str) -> dict[str, Any]:
    """An export as the API shows it."""
    now = system().now()
    ready = export.file_expires_at is not None and export.file_expires_at > now
    return {
        "id": export.id,
        "state": export.state_at(now),
        "progress": {"done": export.done, "total": export.total},
        "scope": export.wanted.scope.as_mapping(),
        "format": export.wanted.format,
        "audience": export.wanted.audience,
        "never_logged_in": export.wanted.never_logged_in,
        "created_at": rfc3339(export.created_at),
        "created_by": export.created_by,
        "finished_at": rfc3339(export.finished_at),
        "rows": export.rows,
        "left_out": export.left_out,
        "expires_at": rfc3339(export.file_expires_at),
        "download": f"/admin/{school}/exports/{export.id}/download" if ready else None,
        "reason": export.reason_at(now),
    }


def _scope(request: Request) -> object:
    """A form says which kind of scope and, in a field of that name, which one."""
    scope = request.fields.get("scope")
    if not request.is_form or scope == "school" or not isinstance(scope, str):
        return scope
    return {scope: request.fields.get(scope, "")}
