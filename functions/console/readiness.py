"""The first page of the console: can everyone get in tomorrow?"""

import re
from typing import Any, Final
from urllib.parse import urlencode

from console.lists import only
from console.login_details.exports import export_json
from console.people.address_changes import finished
from console.people.address_changes import waiting_json as addresses_json
from console.people.lost_factors import resets_json
from console.readiness_json import by_group, by_year, count_of, people_at, role_json, roles_json
from console.rosters import roster_json
from console.sends.sends import sends_json
from console.settings.settings import waiting_json
from console.system import system
from latchkey.audit.model import in_words
from latchkey.errors import Invalid, TryLater
from latchkey.people.model.person import ROLES, Role
from latchkey.preflight.look import kept_look
from latchkey.readiness.model.readiness import Readiness
from latchkey.readiness.overview import Overview, look
from latchkey.readiness.overview import overview as first_page
from latchkey.roll.model.numbers import Numbers
from latchkey.schools.model.guard import waiting_now
from latchkey.sign_in.session import SignedIn
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_ROLE: Final = "role"
_GROUPS: Final = "groups"
GROUPS: Final = 25
"""Registration groups that the page shows at once: a row weighs half a kilobyte."""
_TABS: Final[tuple[Role, ...]] = ("student", "parent", "teacher", "staff")


@routes.on("GET", "/admin/{school}", page="readiness/overview.html")
def overview(request: Request, school: str) -> Answer:
    """What waits for this admin, then who could log in and what helps the others, then what happened last."""
    seen = admin(request, system(), school)
    only(request.query, (_ROLE, _GROUPS))
    chosen, part = _role(request), _part(request)
    found = first_page(system(), seen.school, files=not request.wants_page)
    sends = {send.id: send for send in (*found.approvals_of(seen.person.id), *found.under_way, *found.sends)}
    shown = {each["id"]: each for each in sends_json([*sends.values()], seen.school)}
    data: dict[str, Any] = {
        "school": {"slug": seen.school.slug, "name": seen.school.name},
        "people": {role: _numbers(numbers) for role, numbers in found.people.items()},
        "complete": True,
        "unconfirmed": found.unconfirmed,
        "sends": [shown[send.id] for send in found.sends],
        "under_way": [shown[send.id] for send in found.under_way],
        "exports": [export_json(export, school) for export in found.exports],
        "rosters": [roster_json(run) for run in found.rosters],
        "next": found.next,
        "approvals": [shown[send.id] for send in found.approvals_of(seen.person.id)],
        "address_changes": addresses_json(finished(seen)),
        "factor_resets": resets_json(seen.school),
        "waiting": waiting_json(system(), waiting_now(seen.school, system().now())),
        "readiness": roles_json(found.readiness, school),
        "as_of": rfc3339(found.readiness.as_of),
    }
    return Answer(data=data, context=_page(seen, found, chosen, part) if request.wants_page else {})


@routes.on("GET", "/admin/{school}/readiness")
def readiness(request: Request, school: str) -> Answer:
    """Who could log in tomorrow, of everybody or of one role; for each reason why not its people and what helps them."""
    seen = admin(request, system(), school)
    only(request.query, (_ROLE,))
    chosen = _role(request)
    if request.wants_page:  # the page is the first one
        query = f"?{urlencode({_ROLE: chosen})}" if chosen else ""
        return Answer(status=303, location=f"/admin/{school}{query}")
    return Answer(data=readiness_json(look(system(), school), seen.school.slug, chosen))


def readiness_json(found: Readiness, school: str, role: Role | None = None) -> dict[str, Any]:
    """Readiness as the API shows it: of a role, or of everybody."""
    counts = found.everybody() if role is None else found.roles[role]
    students = role in {None, "student"}
    return {
        "as_of": rfc3339(found.as_of),
        "role": role,
        **role_json(found, school, role),
        "total": counts.total,
        "ready": counts.ready,
        "by_role": roles_json(found, school),
        "by_year_group": by_year(found, school) if students else [],
        "by_registration_group": by_group(found, school) if students else [],
    }


def _role(request: Request) -> Role | None:
    """The role that is asked for; ``Invalid`` for a word that is none."""
    asked = request.query.get(_ROLE)
    if not asked:
        return None
    found = next((role for role in ROLES if role == asked), None)
    if found is None:
        raise Invalid(fields={_ROLE: "Choose student, teacher, staff or parent."})
    return found


def _part(request: Request) -> int | None:
    """The part of the registration groups that is asked for, from 1; ``Invalid`` for what is no such number."""
    asked = request.query.get(_GROUPS)
    if not asked:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,3}", asked):
        raise Invalid(fields={_GROUPS: "Say which part, from 1."})
    return int(asked)


def _page(seen: SignedIn, found: Overview, chosen: Role | None, part: int | None) -> dict[str, Any]:
    """What the page shows of one role: the chosen one, else the first of which there is anybody."""
    readiness, school = found.readiness, seen.school.slug
    with_people = [each for each in _TABS if readiness.roles[each].total]
    role = chosen or (with_people or [*_TABS])[0]
    students = role == "student"
    return {
        "role": role,
        "tabs": [(each, count_of(readiness.roles[each])) for each in _TABS],
        "shown": role_json(found.readiness, school, role),
        "years": by_year(readiness, school) if students else [],
        "groups": _groups(by_group(readiness, school), part) if students else None,
        "cannot": people_at(school, {"role": role, "standing": "not_ready"}),
        "knows_outside": bool(seen.school.settings.address_ranges),
        "activity": found.activity,
        "in_words": in_words,
        "stops": _stops(school),
    }


def _groups(rows: list[dict[str, Any]], part: int | None) -> dict[str, Any] | None:
    """A page of the registration groups: as they stand in lists where they fit, else those first in which most cannot log in."""
    if not any(each["registration_group"] for each in rows):
        return None
    pages = -(-len(rows) // GROUPS)
    if pages > 1:
        rows = sorted(rows, key=lambda each: -each["not_ready"])
    at = min(part or 1, pages)
    shown = rows[(at - 1) * GROUPS : at * GROUPS]
    return {
        "rows": shown,
        "total": len(rows),
        "first": (at - 1) * GROUPS + 1,
        "at": at,
        "pages": pages,
        "asked": part is not None,
    }


def _stops(school: str) -> int:
    """How many checks of the last preflight stop tonight's mail or sign-in; one read, without which the page is as good."""
    try:
        found = kept_look(system(), school)
    except TryLater:
        return 0
    return len(found.stops) if found is not None else 0


def _numbers(numbers: Numbers) -> dict[str, int]:
    return {
        "total": numbers.people,
        "left": numbers.left,
        "missing_email": numbers.missing_email,
        "never_logged_in": numbers.never_logged_in,
        "not_mine": numbers.not_mine,
        "unconfirmed": numbers.unconfirmed,
    }
