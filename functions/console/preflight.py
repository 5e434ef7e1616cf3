"""Preflight: what would stop the school's mail or sign-in tonight, and who can mend it how."""

from typing import Any

from console.lists import only
from console.system import system
from latchkey.preflight.look import Look, look_now
from latchkey.preflight.look_again import look_again
from latchkey.preflight.model.checks import Check
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_PAGE = "/admin/{school}/preflight"


@routes.on("GET", _PAGE, page="preflight/preflight.html")
def preflight(request: Request, school: str) -> Answer:
    """Every check, what stops first. The mail service and DNS are not asked here: what was last found of them is read."""
    seen = admin(request, system(), school)
    only(request.query, ("asked",))
    return Answer(data=look_json(look_now(system(), seen.school), school), context={"asked": "asked" in request.query})


@routes.on("POST", _PAGE)
def again(request: Request, school: str) -> Answer:
    """Have the mail service, DNS and alarms looked at now."""
    admin(request, system(), school)
    only(request.fields, ())
    look_again(system(), school)
    return Answer(data={}, status=202, location=f"/admin/{school}/preflight?asked=1")


def look_json(look: Look, school: str) -> dict[str, Any]:
    """A look as the API shows it."""
    return {
        "state": look.kept.state,
        "as_of": rfc3339(look.at),
        "site_as_of": rfc3339(look.site_at),
        "checks": [check_json(check, school) for check in look.checks],
    }


def check_json(check: Check, school: str) -> dict[str, Any]:
    """One check. ``path`` is where in the console its fix begins."""
    return {
        "name": check.name,
        "title": check.title,
        "state": check.state,
        "text": check.text,
        "fix": check.fix,
        "who": check.who,
        "path": f"/admin/{school}{check.path}" if check.path else None,
        "seen": check.seen,
    }
