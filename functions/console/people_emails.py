"""Update e-mails: who has no address that works, new addresses for many people, and undoing them."""

from collections.abc import Sequence
from typing import Any, Final

from console.lists import only
from console.people.people import brief
from console.system import system
from latchkey.email_updates.apply_emails import apply_emails
from latchkey.email_updates.check_emails import check_emails
from latchkey.email_updates.count_missing import count_missing, fill_in, to_fill_in
from latchkey.email_updates.model.decisions import STATES, WRITTEN, Decision, counted, seen_of, worth_showing
from latchkey.email_updates.model.file_in_form import file_of
from latchkey.email_updates.model.items import MOST, Item, check_number, parse_items
from latchkey.email_updates.model.pasted import Pasted, items_of, items_of_file
from latchkey.email_updates.model.runs import Row, Run
from latchkey.email_updates.undo_emails import run_of, undo_emails
from latchkey.errors import Conflict, Invalid
from latchkey.people.model.people_filter import parse
from latchkey.people.model.person import ROLES, Person, Role
from latchkey.roll.know_groups import known_groups
from latchkey.schools.model.school import School
from latchkey.schools.name_people import names_of
from latchkey.sends.model.send_request import parse_selection
from latchkey.sends.select_people import of_group, settled
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.request_key import parse_key
from latchkey.sign_in.session import SignedIn
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_FILTER: Final = ("role", "year_group", "registration_group", "reason", "standing")
_FORM: Final = "people/emails.html"


@routes.on("GET", "/admin/{school}/people/emails", page=_FORM)
def emails(request: Request, school: str) -> Answer:
    """Who has no usable address, by role and year; with a role, year or group, the people to fill in."""
    seen = admin(request, system(), school)
    only(request.query, (*_FILTER, "everybody", "selection"))
    if request.query.get("everybody", "true") != "true":
        raise Invalid(fields={"everybody": "This must be true, or left out."})
    selected = request.query.get("selection")
    to_fill = _of_selection(seen, selected) if selected else _to_fill_in(request, seen.school)
    data = _missing_json(school) | to_fill
    return Answer(data=data, context=_choices(school) if request.wants_page else {})


@routes.on("POST", "/admin/{school}/people/emails", page="people/emails_check.html", form=_FORM)
def update(request: Request, school: str) -> Answer:
    """What would become of new addresses (a form asks that first), or the addresses themselves."""
    seen = admin(request, system(), school)
    try:
        asked, key = _asked(request), parse_key(request.fields.get("idempotency_key"))
        if request.flag("dry_run") or (request.is_form and not request.flag("confirm")):
            everything = check_emails(system(), school, asked.items)
            decisions, more = worth_showing(everything)
            data = checked_json(decisions, everything, system().cursor_key(school)) | _unread(asked) | {"more": more}
            return Answer(data=data, context=_shown(decisions))
        run = apply_emails(system(), school, seen.person, asked.items, key)
    except (Invalid, Conflict):
        if request.wants_page:  # the same page again, with what is wrong
            request.context.update(_choices(school), data=_missing_json(school) | {"items": [], "more": False, "filter": {}})
        raise
    data = run_json(run) | {"items": _applied_json(asked.items, run.shown)} | _unread(asked)
    return Answer(data=data, location=f"/admin/{school}/people/emails/{run.id}")


@routes.on("GET", "/admin/{school}/people/emails/{id}", page="people/emails_run.html")
def run(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """What became of an update."""
    seen = admin(request, system(), school)
    found = run_of(system(), school, id)
    data = run_json(found) | {"items": [_row_json(row) for row in found.shown]}
    return Answer(data=data, context=_named(seen.school, found) if request.wants_page else {})


@routes.on("POST", "/admin/{school}/people/emails/{id}/undo")
def undo(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Put the addresses back, of everybody whose address nobody has changed since."""
    seen = admin(request, system(), school)
    if not request.is_form:
        only(request.fields, ())
    undone = undo_emails(system(), school, seen.person, id)
    return Answer(data=run_json(undone), location=f"/admin/{school}/people/emails/{id}")


def _asked(request: Request) -> Pasted:
    """The items of a request: a list, a text of two columns, a file, or the fields of a form."""
    if not request.is_form:
        only(request.fields, ("items", "text", "file", "dry_run", "idempotency_key"))
        given = [name for name in ("items", "text", "file") if name in request.fields]
        if len(given) > 1:
            raise Invalid("Nothing was changed.", fields={given[1]: "Give items, a text or a file, not several of them."})
        if "file" in request.fields:
            return items_of_file(file_of(request.fields["file"]))
        if "text" not in request.fields:
            return Pasted(parse_items(request.fields.get("items")), 0)
        text = request.fields["text"]
        if not isinstance(text, str):
            raise Invalid("Nothing was changed.", fields={"text": "This must be a text."})
        return items_of(text)
    typed = _typed(request)
    if request.fields.get("file") and str(request.fields.get("text", "")).strip():
        raise Invalid("Nothing was changed.", fields={"file": "Choose a file or paste a text, not both."})
    if request.fields.get("file"):
        return items_of_file(file_of(request.fields["file"]))
    text = str(request.fields.get("text", ""))
    pasted = items_of(text) if text.strip() else Pasted([], 0)
    items = [*typed, *pasted.items]
    if not items and not pasted.without:
        raise Invalid("Nothing was changed.", fields={"text": "Type an address for somebody, or paste two columns."})
    check_number(len(items), "text")
    return pasted._replace(items=items)


def _unread(asked: Pasted) -> dict[str, Any]:
    """What of a text or file was not read."""
    return {"left_out": asked.without, "warnings": list(asked.warnings)}


def _typed(request: Request) -> list[Item]:
    """The items of the fields ``email.<id>``; an empty one leaves the person alone."""
    fields = request.fields
    return [
        Item(
            keys=(("id", person),),
            email=value.strip(),
            confirm=fields.get(f"sure.{person}") == "on",
            seen=fields.get(f"seen.{person}") or None,
            given={"id": person, "email": value.strip()},
        )
        for name, value in fields.items()
        if name.startswith("email.") and value.strip() and (person := name.removeprefix("email."))
    ]


def checked_json(decisions: Sequence[Decision], everything: Sequence[Decision], key: bytes) -> dict[str, Any]:
    """A preview as the API shows it: some decisions, and the counts of all."""
    return {
        "items": [_decision_json(each, key) for each in decisions],
        "counts": counted(each.state for each in everything),
    }


def _decision_json(decision: Decision, key: bytes) -> dict[str, Any]:
    person = decision.person
    return {
        **decision.item.given,
        "person": person.id if person else None,
        "address": decision.address,
        "state": decision.state,
        "text": decision.text,
        "seen": seen_of(person, key) if person else None,
    }


def run_json(run: Run) -> dict[str, Any]:
    """An update as the API shows it, without its items."""
    return {
        "id": run.id,
        "state": run.state,
        "created_at": rfc3339(run.created_at),
        "created_by": run.created_by,
        "undo_until": rfc3339(run.undo_until),
        "can_be_undone": run.can_be_undone(system().now()),
        "counts": run.counts,
        "undone_at": rfc3339(run.undone_at),
        "restored": len(run.written) - len(run.kept) if run.state == "undone" else 0,
        "kept": list(run.kept),
    }


def _applied_json(items: Sequence[Item], rows: Sequence[Row]) -> list[dict[str, Any]]:
    if len(items) != len(rows):  # of a large file a run keeps what it writes, and some of the rest
        return [_row_json(row) for row in rows]
    return [{**item.given, **_row_json(row)} for item, row in zip(items, rows, strict=True)]


def _row_json(row: Row) -> dict[str, Any]:
    return {"person": row.person or None, "address": row.after, "state": row.state, "text": row.text}


def _missing_json(school: str) -> dict[str, Any]:
    """People without a usable address, those first whose mail came back, then by how many have none."""
    found = count_missing(system(), school)
    rows = [
        {"role": role, "year_group": year or None, "people": each.people, "missing": each.missing, "bounced": each.bounced}
        for (role, year), each in found.items()
    ]
    return {"missing": rows, "complete": True}  # as of old: everybody is counted


def _to_fill_in(request: Request, school: School) -> dict[str, Any]:
    chosen = {name: value for name, value in request.asked(_FILTER).items() if "".join(value).strip()}
    if not chosen:
        return {"items": [], "more": False, "filter": {}}
    wanted = parse(chosen)
    everybody = request.query.get("everybody") == "true"
    people, more = to_fill_in(system(), school.slug, wanted, everybody=everybody)
    shown = wanted.as_mapping() | ({"everybody": "true"} if everybody else {})
    return {"items": [_person_json(person, school) for person in people], "more": more, "filter": shown}


def _of_selection(seen: SignedIn, selection: str) -> dict[str, Any]:
    """Those whom an admin has chosen in the list of people, whatever address they have."""
    slug = seen.school.slug
    chosen = settled(system(), slug, seen.person, parse_selection({"selection": selection}))
    group = of_group(system(), slug, chosen)
    people, more = fill_in(group if group is not None else system().directory(slug).by_ids(chosen.ids), everybody=True)
    shown = {"selection": selection, "everybody": "true"}
    return {"items": [_person_json(person, seen.school) for person in people], "more": more, "filter": shown}


def _person_json(person: Person, school: School) -> dict[str, Any]:
    return {
        **brief(person, school),
        "email": person.email,
        "mail_problem": person.problem,
        "seen": seen_of(person, system().cursor_key(school.slug)),
    }


def _choices(school: str) -> dict[str, Any]:
    """What the page lets people choose from."""
    roles: tuple[Role, ...] = ROLES
    return {"groups": known_groups(system(), school), "roles": roles, "most": MOST}


def _shown(decisions: Sequence[Decision]) -> dict[str, Any]:
    """What the page of a preview shows: its rows by state, and a text of those that can be put right."""
    again = "\n".join(
        f"{_who(each)}\t{each.item.email}"
        for each in decisions
        if (each.person is None or each.state == "unusable") and _who(each)
    )
    return {
        "decisions": {state: [each for each in decisions if each.state == state] for state in STATES},
        "written": WRITTEN,
        "again": again,
        "key": new_id(system().now()),
    }


def _who(decision: Decision) -> str:
    return next((value for _, value in decision.item.keys), "")


def _named(school: School, run: Run) -> dict[str, Any]:
    return {"names": names_of(system(), school, (row.person for row in run.rows if row.person))}
