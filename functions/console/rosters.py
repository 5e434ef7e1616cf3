"""Rosters: start one, see what it would change, apply it."""

from typing import Any
from urllib.parse import urlsplit

from console.lists import only, page_of
from console.rosters_undo import undo_json
from console.system import system
from latchkey.errors import Invalid
from latchkey.rosters.ask_to_undo import undoing_of
from latchkey.rosters.decide_roster import decide_roster, number_to_confirm
from latchkey.rosters.download_rejected import download_missing, download_rejected, rejected_until
from latchkey.rosters.model import warnings
from latchkey.rosters.model.columns import Column
from latchkey.rosters.model.questions import QUESTIONS, option_of
from latchkey.rosters.model.runs import Change, Rejection, Run
from latchkey.rosters.model.shapes import NAMES
from latchkey.rosters.start_roster import start_roster
from latchkey.rosters.watch_roster import Preview, ask_to_apply, list_rosters, roster_of
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.pages import LONGEST_PAGE, PAGE
from latchkey.shared.model.request_key import parse_key
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("GET", "/admin/{school}/rosters", page="rosters/rosters.html")
def rosters(request: Request, school: str) -> Answer:
    """The rosters of the school, newest first."""
    admin(request, system(), school)
    cursor, limit = page_of(request, LONGEST_PAGE, PAGE)
    page = list_rosters(system(), school, cursor=cursor, limit=limit)
    data = {"items": [roster_json(run) for run in page.items], "next": page.next}
    return Answer(data=data, context={"cursor": cursor, "key": new_id(system().now())})


@routes.on("POST", "/admin/{school}/rosters", page="rosters/roster_upload.html")
def start(request: Request, school: str) -> Answer:
    """Start a roster; a browser gets the form that posts the file to S3."""
    seen = admin(request, system(), school)
    only(request.fields, ("filename", "idempotency_key"))
    key = parse_key(request.fields.get("idempotency_key"))
    filename = request.text("filename", longest=200, required=not request.is_form)
    pages = f"/admin/{school}/rosters/"
    then = f"{system().settings['ORIGIN']}{pages}{{id}}" if request.wants_page else None
    run, form = start_roster(system(), school, seen.person, filename, key, then=then)
    if form is None:  # its file has come already
        return Answer(data={"id": run.id, "upload": None}, location=pages + run.id)
    parts = urlsplit(form["url"])
    data = {"id": run.id, "upload": {"url": form["url"], "fields": form["fields"]}}
    location = None if request.wants_page else pages + run.id
    return Answer(data=data, status=201, location=location, form_targets=(f"{parts.scheme}://{parts.netloc}",))


@routes.on("GET", "/admin/{school}/rosters/{id}", page="rosters/roster.html")
def roster(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """What a roster would change or has changed. S3 sends a browser here with the file's key, which the address need not show."""
    admin(request, system(), school)
    found = roster_of(system(), school, id)
    data = preview_json(found) | {"undo": undo_json(undoing_of(system(), school, found.run))}
    clean = f"/admin/{school}/rosters/{id}" if request.wants_page and request.query else None
    return Answer(data=data, location=clean, context={"key": new_id(system().now())})


@routes.on("POST", "/admin/{school}/rosters/{id}/apply")
def apply(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Apply a previewed roster; asking again changes nothing."""
    seen = admin(request, system(), school)
    only(request.fields, ("preview",))
    run, begun = ask_to_apply(system(), school, seen.person, id, _preview_of(request))
    return Answer(data=roster_json(run), status=202 if begun else 200, location=f"/admin/{school}/rosters/{id}")


@routes.on("POST", "/admin/{school}/rosters/{id}/decide")
def decide(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Answer a question of a preview; some answers let the file be read again."""
    seen = admin(request, system(), school)
    only(request.fields, ("name", "option", "confirm"))
    name, option = request.text("name", longest=40), request.text("option", longest=40)
    confirm = str(request.fields.get("confirm", ""))[:20]
    decide_roster(system(), school, seen.person, id, name=name, option=option, confirm=confirm)
    return Answer(data=preview_json(roster_of(system(), school, id)), location=f"/admin/{school}/rosters/{id}")


@routes.on("GET", "/admin/{school}/rosters/{id}/rejected")
def rejected(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """The way to the file of rows that can be mended."""
    seen = admin(request, system(), school)
    return Answer(status=303, location=download_rejected(system(), school, seen.person, id))


def _preview_of(request: Request) -> int | None:
    """The number of the preview that was looked at, if the request says it."""
    given = request.fields.get("preview")
    if given is None:
        return None
    if isinstance(given, str) and given.isascii() and given.isdecimal() and len(given) < 10:
        return int(given)
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    raise Invalid(fields={"preview": "This must be the number that the preview has."})


@routes.on("GET", "/admin/{school}/rosters/{id}/missing")
def missing(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """The way to the list of people who are not in the file."""
    seen = admin(request, system(), school)
    return Answer(status=303, location=download_missing(system(), school, seen.person, id))


def roster_json(run: Run) -> dict[str, Any]:
    """A roster as the API shows it."""
    return {
        "id": run.id,
        "state": run.state,
        "step": run.step,
        "progress": {"done": run.done, "total": run.total},
        "slow": run.state == "running" and bool(run.slow),
        "filename": run.filename,
        "format": run.format,
        "shape": run.shape,
        "counts": run.shown,
        "leaving": run.of("leaving"),
        "returning": run.of("returning"),
        "links": run.of("links"),
        "links_to_nobody": run.links_to_nobody,
        "warnings": [_of_file(text) for text in run.warnings],
        "reason": run.reason,
        "created_at": rfc3339(run.created_at),
        "created_by": run.created_by,
        "finished_at": rfc3339(run.finished_at),
    }


def preview_json(preview: Preview) -> dict[str, Any]:
    """A roster with its rejected rows and samples of the others."""
    shown = roster_json(preview.run)
    return {
        **shown,
        "preview": preview.run.attempt,
        "warnings": [*shown["warnings"], *_by_kind(preview.warned)],
        "warned": preview.run.of("warned"),
        "rejected": [_rejected(each) for each in preview.rejected],
        "to_mend": _to_mend(preview.run),
        "missing": {role: preview.run.previewed.get(f"missing_{role}", 0) for role in ("student", "teacher", "staff")},
        "gone": {name: preview.run.counts.get(name, 0) for name in ("missing_left", "missing_kept", "unlinked", "emptied")},
        "decisions": _decisions(preview),
        "columns": [_column(each) for each in preview.columns],
        "reading": _reading(preview.run),
        "samples": {kind: [_sample(each) for each in changes] for kind, changes in preview.samples.items()},
    }


def _decisions(preview: Preview) -> list[dict[str, Any]]:
    """What the preview asks, in the order of ``QUESTIONS``, with what happens as things stand."""
    run = preview.run
    return [
        {
            "name": name,
            "text": question.text(run.asked[name]),
            "count": run.asked[name],
            "people": [
                {"line": each.line or None, "name": each.name, "text": each.text or None}
                for each in preview.concerned.get(name, [])
            ],
            "options": [{"name": option.name, "text": option.text} for option in question.options],
            "chosen": option_of(run.chosen, name),
            "default": question.default,
            "remembered": question.remembered,
            "rereads": question.rereads,
            "confirm": number_to_confirm(run, name) or None,
        }
        for name, question in QUESTIONS.items()
        if run.asked.get(name)
    ]


def _to_mend(run: Run) -> dict[str, Any] | None:
    """The file of rows that can be mended; null where there is none, or none any more."""
    until = rejected_until(run)
    return {"rows": run.to_mend, "until": rfc3339(until)} if until is not None and until > system().now() else None


def _column(column: Column) -> dict[str, Any]:
    """A column of a table, what it was read as, and some of what it holds."""
    return {
        "column": column.word,
        "place": column.place,
        "field": column.field,
        "why": column.why,
        "samples": list(column.samples),
    }


def _reading(run: Run) -> dict[str, Any] | None:
    """How a table was read; ``missing`` is what an admin has to say before anybody can be."""
    found = run.reading
    if found is None:
        return None
    return {
        "from": found.get("from", "words"),
        "role": found.get("role"),
        "missing": found.get("missing", []),
        "proposed_role": found.get("proposed_role"),
        "looks_like": NAMES.get(found.get("shape", "")),
    }


def _of_file(text: str) -> dict[str, Any]:
    return {"kind": "file", "text": text, "title": text, "done": None, "count": 1, "rows": []}


def _by_kind(warned: list[Rejection]) -> list[dict[str, Any]]:
    """Cells that were left out, grouped by column and kind of reason; the kinds with most cells first."""
    kinds: dict[tuple[str, str], list[Rejection]] = {}
    for each in warned:
        kinds.setdefault(warnings.sort_of(each), []).append(each)
    return [
        {
            "kind": cells[0].column,
            "text": f"{cells[0].column} {cells[0].reason}",
            "title": warnings.title(cells[0], len(cells)),
            "done": warnings.done(cells[0]),
            "count": len(cells),
            "rows": [_cell(each) for each in cells],
        }
        for cells in sorted(kinds.values(), key=lambda cells: -len(cells))
    ]


def _cell(warning: Rejection) -> dict[str, Any]:
    return {"line": warning.line, "name": warning.name or None, "value": warning.value or None, "reason": warning.reason}


def _rejected(row: Rejection) -> dict[str, Any]:
    return {
        "line": row.line,
        "column": row.column or None,
        "reason": row.reason,
        "value": row.value or None,
        "name": row.name or None,
    }


def _sample(change: Change) -> dict[str, Any]:
    facts = [*change.facts]
    return {"line": change.line, "name": change.name, "role": change.role, "registration_group": change.group, "facts": facts}
