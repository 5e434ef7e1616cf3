"""Parents' contacts: upload the MIS's list, see what did not match, download it joined with students and parent codes."""

from typing import Any
from urllib.parse import urlsplit

from console.lists import only, page_of
from console.sends.sends import dry_run_json, send_json
from console.system import system
from latchkey.contacts.model.contact import SHAPES
from latchkey.contacts.model.invite import WHOM
from latchkey.contacts.model.runs import COUNTS, LISTS, ROWS, Listed, ListName, Run, student_label
from latchkey.contacts.model.words import LABELS
from latchkey.contacts.start_contacts import ENDS, Wanted, parse_whom, start_contacts
from latchkey.contacts.steer_contacts import invite, invited_of, make_files, name_columns, start_slips
from latchkey.contacts.watch_contacts import Seen, download_contacts, get_contacts, list_contacts, see_contacts
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sends.keep_draft import begin_draft
from latchkey.sends.start_send import try_out
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.pages import LONGEST_PAGE, PAGE
from latchkey.shared.model.request_key import parse_key
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("GET", "/admin/{school}/contacts", page="contacts/contacts.html")
def contacts(request: Request, school: str) -> Answer:
    """The uploads of the school, newest first."""
    admin(request, system(), school)
    cursor, limit = page_of(request, LONGEST_PAGE, PAGE)
    page = list_contacts(system(), school, cursor=cursor, limit=limit)
    data = {"items": [contacts_json(run) for run in page.items], "next": page.next}
    return Answer(data=data, context={"cursor": cursor, "key": new_id(system().now()), "whom": WHOM})


@routes.on("POST", "/admin/{school}/contacts", page="contacts/contacts_upload.html")
def start(request: Request, school: str) -> Answer:
    """Start an upload; a browser gets the form that posts the file to S3."""
    seen = admin(request, system(), school)
    only(request.fields, ("filename", "whom", "idempotency_key"))
    wanted = Wanted(
        filename=request.text("filename", longest=200, required=not request.is_form),
        whom=parse_whom(request.fields.get("whom")),
        key=parse_key(request.fields.get("idempotency_key")),
    )
    pages = f"/admin/{school}/contacts/"
    then = f"{system().settings['ORIGIN']}{pages}{{id}}" if request.wants_page else None
    run, form = start_contacts(system(), school, seen.person, wanted, then=then)
    if form is None:  # its file has come already
        return Answer(data={"id": run.id, "upload": None}, location=pages + run.id)
    parts = urlsplit(form["url"])
    data = {"id": run.id, "upload": {"url": form["url"], "fields": form["fields"]}}
    return Answer(
        data=data,
        status=201,
        context={"ends": ENDS},
        location=None if request.wants_page else pages + run.id,
        form_targets=(f"{parts.scheme}://{parts.netloc}",),
    )


@routes.on("GET", "/admin/{school}/contacts/{id}", page="contacts/contacts_run.html")
def run(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """How far an upload is, and what did not match. S3 sends a browser here with the file's key, which need not be shown."""
    seen = admin(request, system(), school)
    found = see_contacts(system(), school, id)
    clean = f"/admin/{school}/contacts/{id}" if request.wants_page and request.query else None
    return Answer(data=seen_json(found, seen.school), location=clean, context=_page_context(found.run))


@routes.on("POST", "/admin/{school}/contacts/{id}/map", form="contacts/contacts_run.html")
def name(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Say which column is which. JSON names fields, a form has a field of its own for each."""
    seen = admin(request, system(), school)
    if request.is_form:
        found = get_contacts(system(), school, id)
        request.context.update({**_page_context(found), "data": contacts_json(found)})
        only(request.fields, LABELS)
        columns: Any = {field: value for field, value in request.fields.items() if value}
    else:
        only(request.fields, ("columns",))
        columns = request.fields.get("columns")
    named = name_columns(system(), school, seen.person, id, columns)
    return Answer(data=contacts_json(named), status=202, location=f"/admin/{school}/contacts/{id}")


@routes.on("GET", "/admin/{school}/contacts/{id}/download")
def download(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """The way to one of the files."""
    seen = admin(request, system(), school)
    only(request.query, ("rows", "format"))
    rows, suffix = request.query.get("rows", "parent"), request.query.get("format", "csv")
    return Answer(status=303, location=download_contacts(system(), school, seen.person, id, rows=rows, suffix=suffix))


@routes.on("POST", "/admin/{school}/contacts/{id}/files")
def files(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Have the files made again: they live a day. Codes stay the same."""
    seen = admin(request, system(), school)
    only(request.fields, ("whom",))
    whom = request.fields.get("whom")
    chosen = parse_whom(whom) if whom else get_contacts(system(), school, id).whom
    made = make_files(system(), school, seen.person, id, chosen)
    return Answer(data=contacts_json(made), status=202, location=f"/admin/{school}/contacts/{id}")


@routes.on("POST", "/admin/{school}/contacts/{id}/slips")
def slips(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Start slips with parent codes for those who have no address."""
    seen = admin(request, system(), school)
    only(request.fields, ("idempotency_key",))
    started = start_slips(system(), seen.school, seen.person, id, parse_key(request.fields.get("idempotency_key")))
    path = f"/admin/{school}/exports/{started.run.id}"
    return Answer(data={"export": started.run.id, "path": path}, status=202, location=path)


@routes.on("POST", "/admin/{school}/contacts/{id}/invite", form="sends/nobody_chosen.html")
def ask_to_invite(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Whom a send of invitations to these parents would reach, and whom not and why or the send.

    A browser's form that does not confirm it begins a draft, and goes there.
    """
    seen = admin(request, system(), school)
    request.context["back"] = f"/admin/{school}/contacts/{id}"
    only(request.fields, ("dry_run", "confirm", "idempotency_key"))
    selection = invited_of(system(), school, id)
    if request.is_trial():
        if request.wants_page:
            draft = begin_draft(system(), seen.school, seen.person, "parent_invitation", selection)
            return Answer(status=303, location=f"/admin/{school}/sends/drafts/{draft.id}")
        found = try_out(system(), seen.school, selection, "parent_invitation")
        return Answer(data=dry_run_json(found, seen, selection, kind="parent_invitation"))
    started = invite(system(), seen.school, seen.person, id, parse_key(request.fields.get("idempotency_key")))
    return Answer(data=send_json(started.run, seen.school), status=202, location=f"/admin/{school}/sends/{started.run.id}")


def contacts_json(run: Run) -> dict[str, Any]:
    """An upload as the API shows it."""
    ready = run.files_end is not None and run.files_end > system().now() and run.state == "finished"
    return {
        "id": run.id,
        "state": run.state,
        "step": run.step,
        "progress": {"done": run.done, "total": run.total},
        "filename": run.filename,
        "shape": run.shape,
        "shape_text": SHAPES[run.shape] if run.shape else None,
        "whom": run.whom,
        **{name: run.of(name) for name in COUNTS},
        "stated": list(run.stated),
        "warnings": list(run.warnings),
        "columns": _columns(run) if run.step == "columns" else None,
        "reason": run.reason,
        "replaced": run.state == "finished" and not run.kept,
        "kept_until": rfc3339(run.kept_until) if run.kept else None,
        "files": [*ROWS, *LISTS] if ready else [],
        "files_until": rfc3339(run.files_end) if ready else None,
        "created_at": rfc3339(run.created_at),
        "created_by": run.created_by,
        "finished_at": rfc3339(run.finished_at),
    }


def seen_json(seen: Seen, school: School) -> dict[str, Any]:
    """An upload with the first rows of its lists."""
    students = {each: school.known_as(student) for each, student in seen.students.items()}
    return {**contacts_json(seen.run), "lists": {name: _listed(name, rows, students) for name, rows in seen.lists.items()}}


def _listed(name: ListName, rows: list[Listed], students: Any) -> list[dict[str, Any]]:
    return [_row(name, row, students.get(row.student)) for row in rows]


def _row(name: ListName, row: Listed, student: Person | None) -> dict[str, Any]:
    shown = {"id": student.id, "name": student.name, "label": student_label(student)} if student else None
    if name == "unmatched_contacts":
        return {
            "line": row.line,
            "student_in_file": row.name,
            "contact": row.contact,
            "reason": row.reason,
            "looks_like": shown,
        }
    return {"student": shown, **({"contact": row.contact} if name == "not_invited" else {}), "reason": row.reason}


def _columns(run: Run) -> dict[str, Any]:
    return {
        "header": list(run.header),
        "found": {field: place + 1 for field, place in run.found.items()},
        "fields": [{"name": name, "text": text} for name, text in LABELS.items()],
    }


def _page_context(run: Run) -> dict[str, Any]:
    return {"key": new_id(system().now()), "whom": WHOM, "stops": run.state == "paused"}
