"""Readiness over time, without names; and as files, with names for admins."""

from typing import Any, Final

from console.lists import only
from console.system import system
from latchkey.people.model.people_filter import FIELDS
from latchkey.people.model.person import ROLES
from latchkey.readiness import download_readiness
from latchkey.readiness.model.over_time import SPANS, OverTime, Part
from latchkey.readiness.read_figures import EVERYBODY, read_figures
from latchkey.readiness.weekly_mail import want_weekly
from latchkey.roll.model.standing_words import WORDS
from web.answer import Answer
from web.chart import chart_of
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
PATH: Final = "/admin/{school}/readiness/figures"
_ASKED: Final = ("role", "year_group", "days")
_SPANS: Final = dict(zip(SPANS, ("30 days", "three months", "a year", "two years"), strict=True))


@routes.on("GET", PATH, page="readiness/figures.html")
def figures(request: Request, school: str) -> Answer:
    """How many could log in, day by day and by year group; nothing of anybody alone."""
    admin(request, system(), school)
    only(request.query, _ASKED)
    found, asked = _read(request, school)
    context: dict[str, Any] = {}
    if request.wants_page:
        context = {
            "asked": asked,
            "roles": (*ROLES, EVERYBODY),
            "spans": _SPANS,
            "chart": chart_of(found.days),
            "years": found.years,
            "found": found,
        }
    return Answer(data=_json(found, asked), context=context)


@routes.on("GET", f"{PATH}/download")
def download_figures(request: Request, school: str) -> Answer:
    """The way to a file of the same."""
    seen = admin(request, system(), school)
    only(request.query, (*_ASKED, "format"))
    found, _ = _read(request, school)
    form = request.query.get("format", "csv")
    return Answer(status=303, location=download_readiness.download_figures(system(), seen.school, found, form))


@routes.on("GET", "/admin/{school}/readiness/download")
def download_people(request: Request, school: str) -> Answer:
    """The way to a file of those who cannot log in, with names, why, and what helps; a filter names others."""
    seen = admin(request, system(), school)
    only(request.query, (*FIELDS, "format"))
    wanted = request.asked(FIELDS)
    form = request.query.get("format", "csv")
    url = download_readiness.download_people(system(), seen.school, seen.person, wanted, form)
    return Answer(status=303, location=url)


_WEEKLY: Final = "/admin/{school}/readiness/weekly"


@routes.on("GET", _WEEKLY, page="readiness/weekly.html")
def weekly(request: Request, school: str) -> Answer:
    """Whether who asks gets the weekly mail."""
    seen = admin(request, system(), school)
    only(request.query, ("saved",))
    wanted = system().weekly(school).wants(seen.person.id)
    return Answer(data={"wanted": wanted}, context={"saved": "saved" in request.query})


@routes.on("POST", _WEEKLY)
def choose_weekly(request: Request, school: str) -> Answer:
    """Begin or end it."""
    seen = admin(request, system(), school)
    only(request.fields, ("wanted",))
    wanted = request.flag("wanted")
    want_weekly(system(), school, seen.person, wanted=wanted)
    return Answer(data={"wanted": wanted}, location=f"/admin/{school}/readiness/weekly?saved=1")


def _read(request: Request, school: str) -> tuple[OverTime, dict[str, str]]:
    asked = {
        "role": request.query.get("role") or "student",
        "year_group": request.query.get("year_group", ""),
        "days": request.query.get("days") or str(SPANS[1]),
    }
    return read_figures(system(), school, asked["role"], asked["year_group"], asked["days"]), asked


def _json(found: OverTime, asked: dict[str, str]) -> dict[str, Any]:
    reasons = None
    if found.reasons is not None:
        reasons = [{"reason": code, "text": WORDS[code].of(count), "count": count} for code, count in found.reasons]
    return {
        "as_of": rfc3339(system().now()),
        "role": asked["role"],
        "year_group": found.year,
        "total": found.now.total,
        "ready": found.now.ready,
        "days": [{"day": part.name, **_counts(part)} for part in found.days],
        "by_year_group": [{"year_group": part.name or None, **_counts(part)} for part in found.years],
        "reasons": reasons,
    }


def _counts(part: Part) -> dict[str, int | None]:
    return {"total": part.total, "ready": part.ready}
