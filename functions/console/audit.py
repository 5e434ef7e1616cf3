"""The activity of a school (its audit trail): who did what, and when; filtered, page by page, and as a file."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from console.lists import only, page_of
from console.system import system
from latchkey.audit.model import in_words
from latchkey.audit.model.event_filter import SUBJECT_NAMES, SUBJECTS, EventFilter
from latchkey.audit.model.in_words import KINDS, Kind, people_in
from latchkey.audit.read_audit import read_audit
from latchkey.errors import Invalid
from latchkey.records.download_activity import download_activity
from latchkey.roll.model.roll import Roll
from latchkey.roll.name_people import names_in
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.school import School
from latchkey.shared.model.clock import ZONE
from latchkey.shared.model.ids import is_id
from latchkey.shared.model.pages import LONGEST_PAGE, PAGE, Page
from web.answer import Answer, problem_of
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_LONDON: Final = ZoneInfo(ZONE)
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
FIELDS: Final = ("kind", "about", "person", "from", "to")
_WORKERS: Final = ("portal", "operator")
"""What is no person and may be asked for all the same."""


@routes.on("GET", "/admin/{school}/audit", page="audit/audit.html")
def audit(request: Request, school: str) -> Answer:
    """Events, newest first. A page shows what people did, unless something else is asked for."""
    seen = admin(request, system(), school)
    cursor, limit = page_of(request, LONGEST_PAGE, PAGE, *FIELDS)
    try:
        kind, wanted = _wanted(request)
    except Invalid as wrong:
        if not request.wants_page:
            raise
        shown = _for_page(request, seen.school, "deeds", Page([], None))
        shown["problem"] = {"fields": {}, **problem_of(422, wrong)}
        return Answer(status=422, data={"items": [], "next": None}, context=shown)
    found = read_audit(system(), school, kind=kind, wanted=wanted, cursor=cursor, limit=limit)
    items = [{"visitor": None, **event, "at": rfc3339(event["at"])} for event in found.items]
    context = {"cursor": cursor, **_for_page(request, seen.school, kind, found)} if request.wants_page else {}
    return Answer(data={"items": items, "next": found.next}, context=context)


@routes.on("GET", "/admin/{school}/audit/download")
def download(request: Request, school: str) -> Answer:
    """The way to a file of them."""
    seen = admin(request, system(), school)
    only(request.query, (*FIELDS, "format"))
    kind, wanted = _wanted(request)
    form = request.query.get("format", "csv")
    return Answer(status=303, location=download_activity(system(), seen.school, seen.person, wanted, kind=kind, form=form))


def _wanted(request: Request) -> tuple[Kind, EventFilter]:
    """What is asked for; ``Invalid`` names every field that cannot be used."""
    query, wrong = request.query, dict[str, str]()
    about = next((each for each in SUBJECTS if each == query.get("about")), None)
    if query.get("about") and about is None:
        wrong["about"] = f"Choose one of {', '.join(SUBJECTS)}."
    person = query.get("person", "")
    if person and not is_id(person) and person not in _WORKERS:
        wrong["person"] = "Choose a person."
    since, until = _days(query, wrong)
    wanted = EventFilter(about=about, person=person, since=since, until=until)
    usual: Kind = "deeds" if request.wants_page and not (about or person) else "all"
    kind = next((each for each in KINDS if each == (query.get("kind") or usual)), None)
    if kind is None:
        wrong["kind"] = f"Choose one of {', '.join(KINDS)}."
    if wrong or kind is None:
        raise Invalid(fields=wrong)
    return kind, wanted


def _days(query: Any, wrong: dict[str, str]) -> tuple[int | None, int | None]:
    """From when and until when, in epoch seconds: both days count."""
    first, last = _day(query, "from", wrong), _day(query, "to", wrong)
    if first is not None and last is not None and last < first:
        wrong["to"] = "The last day is before the first one."
    return _midnight(first), _midnight(last + timedelta(days=1) if last else None)


def _day(query: Any, name: str, wrong: dict[str, str]) -> date | None:
    text = query.get(name, "")
    try:
        found = date.fromisoformat(text if _DAY.fullmatch(text) else "no day") if text else None
    except ValueError:
        found = date.max
    if found is not None and not 2000 <= found.year < 2200:
        wrong[name] = "Give a day, like 2026-11-26."
        return None
    return found


def _midnight(day: date | None) -> int | None:
    """When a day of the school begins, in epoch seconds."""
    return int(datetime.combine(day, time(), _LONDON).astimezone(UTC).timestamp()) if day else None


def _for_page(request: Request, school: School, kind: Kind, found: Page[dict[str, Any]]) -> dict[str, Any]:
    roll = read_roll(system(), school.slug)
    asked = {name: value for name in FIELDS if (value := request.query.get(name, "").strip())}
    names = names_in(roll, school, people_in(found.items) | ({asked["person"]} if "person" in asked else set()))
    return {
        "names": names,
        "kind": kind,
        "in_words": in_words,
        "typed": asked,
        "query": {**asked, "kind": kind},
        "subjects": SUBJECT_NAMES,
        "choices": _people(roll, school, asked.get("person", ""), names),
        "narrowed": any(name in asked for name in FIELDS if name != "kind"),
    }


def _people(roll: Roll, school: School, chosen: str, names: dict[str, str]) -> list[tuple[str, str]]:
    """Whose deeds can be chosen: the admins, visitors and the operator, and who is chosen now."""
    admins = {entry.id: school.name_of(entry) for entry in roll.admins}
    found = sorted(admins.items(), key=lambda each: each[1].casefold())
    if chosen and chosen not in admins and chosen not in _WORKERS:
        found.append((chosen, names.get(chosen, in_words.GONE)))
    return [*found, ("portal", "Visitors"), ("operator", "The operator")]
