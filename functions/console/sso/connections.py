"""All of a school's single sign-on: read and changed by scripts, and the list of providers for browsers."""

from collections.abc import Mapping
from typing import Any, Final

from console.lists import only
from console.settings.settings import waiting_json
from console.sso.shown import SAMPLES, all_json, called
from console.system import system
from latchkey.errors import Invalid
from latchkey.readiness.model.readiness import readiness_of
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.guard import waiting_now
from latchkey.schools.model.school import School
from latchkey.schools.publish_page import publish_page
from latchkey.sign_in.session import SignedIn
from latchkey.sso.check_connection import check_connection
from latchkey.sso.local_admins import able_admins
from latchkey.sso.model.connection_rules import SHOWN, is_name
from latchkey.sso.model.web_addresses import local_origins
from latchkey.sso.save_connections import Saved, save_connections
from latchkey.sso.stores.connection_looks import Shelf
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.school_page import school_page
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
PATH = "/admin/{school}/settings/sso"
_LIST = "settings/sso/list.html"
DERIVED = ("google", "entra", "saml")
"""The kinds whose issuer follows from something else."""
_BACK_FOR: Final = 60 * 86_400
"""Seconds for which the page says who has no way in since a switch back to passwords."""


@routes.on("GET", PATH, page=_LIST)
def sso(request: Request, school: str) -> Answer:
    """The providers, and what is known of each."""
    seen = admin(request, system(), school)
    only(request.query, ("saved", "waits", "removed"))
    shelf = system().sso_shelf(seen.school.slug)
    _for_page(request, seen.school, shelf)
    said = {name: name in request.query for name in ("saved", "waits", "removed")}
    return Answer(data=with_waiting(seen.school, all_json(seen.school, shelf)), context=said)


@routes.on("PUT", PATH)
def put(request: Request, school: str) -> Answer:
    """Change connections, each by its name and in part; what is not named stays. 202 if something waits for a second admin."""
    seen = admin(request, system(), school)
    saved = change(seen, _without_shown(request.fields), system().sso_shelf(seen.school.slug))
    return answer_to(saved, all_json(saved.school, saved.shelf))


@routes.on("POST", PATH, form=_LIST)
def save(request: Request, school: str) -> Answer:
    """The same for the form of the list, which has what is the same for all providers."""
    seen = admin(request, system(), school)
    shelf = system().sso_shelf(seen.school.slug)
    _for_page(request, seen.school, shelf)
    values = _of_form(request.fields) if request.is_form else request.fields
    saved = change(seen, _without_shown(values), shelf)
    return answer_to(saved, all_json(saved.school, saved.shelf), f"/admin/{school}/settings/sso")


def _of_form(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Ticked boxes (``local_admins.<id>``) are a list."""
    start = "local_admins."
    plain = {name: value for name, value in fields.items() if not name.startswith(start)}
    return plain | {"local_admins": [name.removeprefix(start) for name in fields if name.startswith(start)]}


@routes.on("POST", f"{PATH}/check", form=_LIST)
def check(request: Request, school: str) -> Answer:
    """Look at a connection now (``name``), or at all of them."""
    seen = admin(request, system(), school)
    shelf = system().sso_shelf(seen.school.slug)
    _for_page(request, seen.school, shelf)
    only(request.fields, ("name",))
    name = request.fields.get("name")
    if "name" in request.fields and not is_name(name):
        raise Invalid(fields={"name": "Name a provider of this school, like google."})
    names = [str(name)] if name is not None else sorted({each.name for each in shelf.connections})
    for each in names:
        check_connection(system(), seen.school, each)
    found = [{"connection": each["name"], **one} for each in all_json(seen.school)["connections"] for one in each["checks"]]
    shown = [each for each in found if each["connection"] in names]
    place = f"/admin/{school}/settings/sso/{name}?checked=1" if name is not None else f"/admin/{school}/settings/sso"
    return Answer(data={"checks": shown}, location=place)


def change(seen: SignedIn, values: Mapping[str, Any], shelf: Shelf) -> Saved:
    """Save what an admin says, where the school has so much as they saw."""
    local = local_origins(system().settings.get("SSO_LOCAL_ORIGINS"))
    saved = save_connections(system(), seen.school, seen.person, values, shelf, local=local)
    publish_page(system(), seen.school.slug, school_page, saved.school)
    return saved


def answer_to(saved: Saved, data: dict[str, Any], place: str = "") -> Answer:
    """What is the case now; a browser goes on to ``place``."""
    said = "waits" if saved.outcome.asked else "saved"
    return Answer(
        data=with_waiting(saved.school, data),
        status=202 if saved.outcome.asked else 200,
        location=f"{place}?{said}=1" if place else None,
    )


def with_waiting(school: School, data: dict[str, Any]) -> dict[str, Any]:
    """What waits for a second admin stands beside, where something does."""
    waiting = waiting_now(school, system().now())
    return data | ({"waiting": waiting_json(system(), waiting)} if waiting else {})


def _without_shown(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What was read may be put back: what is only shown is left out."""
    values = {name: value for name, value in fields.items() if name != "waiting"}
    given = values.get("connections")
    if isinstance(given, list):
        values["connections"] = [_bare(each) if isinstance(each, Mapping) else each for each in given]
    return values


def _bare(connection: Mapping[str, Any]) -> dict[str, Any]:
    """Of what is derived from the kind only what an admin may say."""
    derived = {"issuer"} if connection.get("kind") in DERIVED and isinstance(connection.get("issuer"), str) else set()
    return {name: value for name, value in connection.items() if name == "name" or name not in {*SHOWN, *derived}}


def _back_to_passwords(school: School) -> list[dict[str, Any]]:
    """The roles that have passwords again since the last weeks, and how many of them cannot log in: who needs a link or a PIN."""
    since = system().now() - _BACK_FOR
    now_local = {role: at for role, at in school.sso_changed if role not in school.settings.sso.roles and at > since}
    if not now_local:
        return []
    counts = readiness_of(read_roll(system(), school.slug, school)).roles
    missing = {role: counts[role].total - counts[role].ready for role in now_local}
    return [{"role": role, "at": at, "count": missing[role]} for role, at in now_local.items() if missing[role]]


def _for_page(request: Request, school: School, shelf: Shelf) -> None:
    """What the list needs, also if the change is refused."""
    data = with_waiting(school, all_json(school, shelf)) if request.wants_page else {}
    there = {each["name"] for each in data.get("connections", ())}
    request.context.update(
        data=data,
        called={
            each["name"]: called(each["name"], each["kind"], each["label"], each["version"])
            for each in data.get("connections", ())
        },
        able=[(each.id, school.name_of(each)) for each in able_admins(system(), school)] if there else [],
        back=_back_to_passwords(school),
        offered=[(name, label) for name, (_, label) in SAMPLES.items() if name not in there],
        link=school.settings.sso,
        saved=False,
        waits=False,
        removed=False,
    )
