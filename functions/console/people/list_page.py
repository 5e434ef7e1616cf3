"""The page of the list of people: fifty of them in words, what can be asked for, and whom one has chosen."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any, Final
from zoneinfo import ZoneInfo

from console.people.asking import query_of
from console.people.selecting import FLAGS
from console.system import system
from latchkey.people.model import groups
from latchkey.people.model.choosing import ROLE_NAMES
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import ROLES
from latchkey.people.model.standings import REASONS
from latchkey.roll.find_people import nearly
from latchkey.roll.model.entry import Entry
from latchkey.roll.model.roll import Roll, Sort
from latchkey.roll.model.standing_words import WORDS
from latchkey.schools.model.school import School
from latchkey.selections.choose import chosen_so_far
from latchkey.sends.model.send import Selection
from latchkey.sends.model.send_names import whom
from latchkey.shared.model.clock import ZONE
from latchkey.shared.model.identifiers import readable
from latchkey.shared.model.pages import PAGE
from web.request import Request

_LONDON: Final = ZoneInfo(ZONE)
_LONGEST: Final = 52
"""Bytes of a name or an address that a row has room for, as a page writes them; the person's page has all of it."""
_MOST_GROUPS: Final = 40
"""Registration groups that are offered as boxes; of more, one is typed."""
_ONE: Final = {"student": "student", "teacher": "teacher", "staff": "staff", "parent": "parent"}
FLAG_NAMES: Final[Mapping[str, str]] = {
    "missing_email": "Without e-mail",
    "never_logged_in": "Never logged in",
    "bounced": "Mail came back",
    "unconfirmed": "Address not confirmed",
    "not_mine": "Says “not my parent”",
    "left": "Left the school",
}


def for_page(request: Request, school: School, roll: Roll, wanted: PeopleFilter, sort: Sort) -> dict[str, Any]:
    """What the page shows."""
    meant = roll.in_order(wanted, sort)
    pages = max(1, -(-len(meant) // PAGE))
    at = min(_page(request), pages)
    shown = meant[(at - 1) * PAGE : at * PAGE]
    chosen = chosen_so_far(system(), school.slug, request.context["person"].id, roll)
    return {
        "filter": wanted.as_mapping(),
        "set": len([name for name in wanted.as_mapping() if name != "q"]),
        "query": query_of(wanted, school.slug),
        "sort": sort,
        "whom": whom(Selection(filter=wanted.as_mapping()), f"by “{wanted.q}”"),
        "rows": [_row(each, school, roll) for each in shown],
        "total": len(meant),
        "first": (at - 1) * PAGE + 1,
        "at": at,
        "pages": pages,
        "near": nearly(roll, wanted) if wanted.q and not meant else (),
        "everybody": len(roll.entries),
        "offered": _offered(roll, wanted),
        "status": wanted.standing or next(iter(wanted.reasons), ""),
        "statuses": [("ready", "Can log in"), ("not_ready", "Cannot log in"), *((each, WORDS[each].short) for each in REASONS)],
        "flags": FLAG_NAMES,
        "chosen": chosen,
        "asked": "asked" in request.query,
    }


def _page(request: Request) -> int:
    text = request.query.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) <= 5 else 1


def _row(entry: Entry, school: School, roll: Roll) -> dict[str, Any]:
    code = roll.standings.get(entry.id)
    place = entry.registration_group or entry.year_group if entry.role == "student" else _ONE[entry.role]
    return {
        "id": entry.id,
        "name": _short(school.name_of(entry)),
        "place": _short(place or "student", 20),
        "admin": entry.is_admin,
        "left": entry.status == "left",
        "student": entry.role == "student" and entry.status == "active",
        "email": _short(readable(entry.email), 48) if entry.email else "",
        "problem": {"bounced": "came back", "complained": "called spam"}.get(entry.marked or "", ""),
        "words": WORDS[code].short if code else "",
        "ready": code is not None and code not in REASONS,
        "last": _day(entry.last_login_at),
    }


def _short(text: str, longest: int = _LONGEST) -> str:
    """The text, cut where it would weigh more: fifty rows stay a light page whatever people are called."""
    if len(escape(text).encode()) <= longest:
        return text
    while len(escape(text).encode()) > longest - 3:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _day(at: int | None) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone(_LONDON).strftime("%-d %b %Y") if at else "never"


def _offered(roll: Roll, wanted: PeopleFilter) -> dict[str, Any]:
    """Roles, years and registration groups that the school has; groups of the chosen years only, and none where they are many."""
    active = [each.one for each in roll.alike() if each.one.status != "left"]
    students = [each for each in active if each.role == "student"]
    years = sorted({each.year_group for each in students if each.year_group}, key=groups.year_key)
    classes = _classes(students, wanted)
    return {
        "roles": [(role, ROLE_NAMES[role]) for role in ROLES if any(each.role == role for each in active)],
        "years": [(each, each) for each in years],
        "groups": [(each, each) for each in classes] if len(classes) <= _MOST_GROUPS else [],
        "many_groups": len(classes) > _MOST_GROUPS,
    }


def _classes(students: Sequence[Entry], wanted: PeopleFilter) -> list[str]:
    found = {
        each.registration_group
        for each in students
        if each.registration_group and (not wanted.year_groups or each.year_group in wanted.year_groups)
    }
    return sorted(found | {*wanted.registration_groups}, key=groups.group_key)


__all__ = ["FLAGS", "FLAG_NAMES", "for_page"]
