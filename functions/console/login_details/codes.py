"""Codes: show one student's on the screen, and end codes before their time."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from console.lists import only
from console.login_details.exports import codes_json, export_json
from console.login_details.whom import by_the_names_of_the_form, choices, scope_fields, scope_in, scope_of
from console.system import system
from latchkey.codes.model import codes
from latchkey.codes.reveal_codes import Revealed, reveal_codes
from latchkey.errors import Invalid
from latchkey.login_details import void_codes
from latchkey.login_details.choose_students import with_people
from latchkey.login_details.model.mail_merge import last_day
from latchkey.login_details.model.request import CODES, parse_codes, parse_scope
from latchkey.login_details.model.run_names import whose
from latchkey.login_details.model.runs import ExportRequest
from latchkey.schools.model.school import School
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.request_key import parse_key
from web.answer import Answer, problem_of
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("POST", "/admin/{school}/people/{id}/codes", page="login_details/codes.html")
def reveal(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """One student's codes, made where none works."""
    seen = admin(request, system(), school)
    if not request.is_form:
        only(request.fields, ())
    revealed = reveal_codes(system(), seen.school, seen.person, id)
    details = revealed.details
    days = {"pin": last_day(details.pin_ends), "parent": last_day(details.parent_code_ends)}
    place = codes.redeem_url(system().settings["ORIGIN"], school)
    keys = {each: new_id(system().now()) for each in ("slips", "letters")}  # a double click makes one file
    context = {"student": details.student, "days": days, "place": place, "keys": keys}
    return Answer(data=_revealed_json(revealed), context=context)


@routes.on("GET", "/admin/{school}/exports/void", page="login_details/void_form.html")
def void_form(request: Request, school: str) -> Answer:
    """The form that begins to void codes."""
    seen = admin(request, system(), school)
    return Answer(data={}, context=_form_context(request, seen.school, request.query))


@routes.on("GET", "/admin/{school}/exports/void/check", page="login_details/void_check.html")
def void_check(request: Request, school: str) -> Answer:
    """How many codes would end: a page with an address of its own, which changes nothing."""
    seen = admin(request, system(), school)
    try:
        with by_the_names_of_the_form(request):
            wanted = with_people(system(), school, _wanted(request.query, scope_in(request.query)), seen.person.id)
            return Answer(**_counted(seen.school, wanted))
    except Invalid as wrong:
        if not request.wants_page:
            raise
        problem = {"fields": {}, **problem_of(422, wrong)}
        context = {**_form_context(request, seen.school, request.query), "problem": problem}
        return Answer(status=422, data={}, page=_FORM, context=context)


@routes.on("POST", "/admin/{school}/codes/void", page="login_details/void_check.html", form="login_details/void_check.html")
def void(request: Request, school: str) -> Answer:
    """How many codes would end (a form is led to the page that says so), or the run that ends them."""
    seen = admin(request, system(), school)
    if not request.is_form:
        only(request.fields, ("scope", "kind", "dry_run", "codes", "confirm", "idempotency_key"))
    elif request.wants_page:
        request.context.update(_form_context(request, seen.school, request.fields))
    with by_the_names_of_the_form(request):
        wanted = with_people(system(), school, _wanted(request.fields, scope_of(request)), seen.person.id)
        key = parse_key(request.fields.get("idempotency_key"))
        if request.is_trial():
            there = f"/admin/{school}/exports/void/check?{urlencode(_fields(wanted))}" if request.wants_page else None
            return Answer(status=303, location=there) if there else Answer(**_counted(seen.school, wanted))
        number = _number(request, "codes", "Give the number of codes that you were shown.")
        typed = _typed(request, seen.school, wanted, number)
        seen_number = number if typed is None else typed
        started = void_codes.start_void(system(), seen.school, seen.person, wanted, key, seen=seen_number)
    return Answer(data=export_json(started.run, school), status=202, location=f"/admin/{school}/exports/{started.run.id}")


_FORM: Final = "login_details/void_form.html"
_MANY: Final = 50
"""More codes than these end only for somebody who types how many they are; so do those of more than one group."""


def _wanted(fields: Mapping[str, Any], scope: object) -> ExportRequest:
    return ExportRequest(scope=parse_scope(scope), audience=parse_codes(fields.get("kind")))


def _fields(wanted: ExportRequest) -> dict[str, str]:
    return {**scope_fields(wanted.scope), "kind": next(word for word, audience in CODES.items() if audience == wanted.audience)}


def _form_context(request: Request, school: School, typed: Any) -> dict[str, Any]:
    return {"typed": dict(typed), **choices(request, school, typed)} if request.wants_page else {}


def _counted(school: School, wanted: ExportRequest) -> dict[str, Any]:
    """How many codes would end, as ``data``, with what the page needs."""
    found = void_codes.count_codes(system(), school, wanted)
    total = found.total()
    if not total:
        raise void_codes.nothing()
    context = {
        "whose": void_codes.whose(system(), school, wanted) or whose(with_people(system(), school.slug, wanted).scope),
        "wanted": wanted,
        "form": _fields(wanted),
        "key": new_id(system().now()),
        "type_it": _has_to_type(wanted, total),
        "change": f"/admin/{school.slug}/exports/void?{urlencode(_fields(wanted))}",
    }
    return {"data": {"codes": total, "by_kind": codes_json(found), "complete": True}, "context": context}


def _has_to_type(wanted: ExportRequest, codes: int) -> bool:
    return wanted.scope.is_wide or codes > _MANY


def _typed(request: Request, school: School, wanted: ExportRequest, shown: int | None) -> int | None:
    """The number of codes that was typed to confirm it: a form has to where they are many; a script may."""
    text = "Type the number of codes that will be voided, as it stands above."
    if not request.is_form:
        typed = _number(request, "confirm", text)
        if typed is not None and shown is not None and typed != shown:
            raise Invalid("Nothing was voided.", fields={"confirm": f"{typed:,} and {shown:,} codes: say one number."})
        return typed
    if not _has_to_type(wanted, shown or 0):
        return None
    given = re.sub(r"[\s,.]", "", str(request.fields.get("confirm_codes", "")))
    typed = int(given) if re.fullmatch("[0-9]{1,9}", given) else None
    if typed is None or typed != (shown if shown is not None else typed):
        if request.wants_page:  # the same question again
            found = _counted(school, wanted)
            request.context.update(found["context"], data=found["data"])
        raise Invalid("Nothing was voided.", fields={"confirm_codes": text})
    return typed


def _number(request: Request, name: str, text: str) -> int | None:
    """A number of codes, if the request gives one in this field."""
    given: Any = request.fields.get(name)
    if given is None:
        return None
    number = int(given) if request.is_form and isinstance(given, str) and given.isascii() and given.isdecimal() else given
    if isinstance(number, bool) or not isinstance(number, int):
        raise Invalid(fields={name: text})
    return number


def _revealed_json(revealed: Revealed) -> dict[str, Any]:
    details = revealed.details
    return {
        "person": details.student.id,
        "pin": details.pin or None,
        "pin_expires_at": rfc3339(details.pin_ends),
        "parent_code": details.parent_code or None,
        "parent_code_expires_at": rfc3339(details.parent_code_ends),
        "places": details.places,
        "elsewhere": details.uses_sso,
        "new": revealed.new,
    }
