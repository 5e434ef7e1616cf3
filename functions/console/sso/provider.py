"""The pages of one provider: how it stands, its registration, and who signs in with it."""

from collections.abc import Mapping
from typing import Any, Final

from console.lists import only
from console.sso.connections import PATH, answer_to, change, with_waiting
from console.sso.shown import SAMPLES, called, new_json, one_json
from console.system import system
from latchkey.errors import Invalid, NotFound
from latchkey.people.model.person import ROLES
from latchkey.schools.model.school import School
from latchkey.sign_in.session import SignedIn
from latchkey.sso.check_connection import begin_try
from latchkey.sso.model.connection_rules import CREATES, MATCHES_OF
from latchkey.sso.model.trial import OPEN_FOR
from latchkey.sso.save_connections import drafts_of, remove_connection
from latchkey.sso.stores.connection_looks import Shelf
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_ONE: Final = f"{PATH}/{{name}}"
_SHOW, _REGISTRATION, _PEOPLE = "settings/sso/provider.html", "settings/sso/registration.html", "settings/sso/people.html"
REGISTRATION: Final = (
    "label",
    "tenant",
    "issuer",
    "client_id",
    "client_secret",
    "secret_ends_on",
    "metadata_url",
    "metadata_certificate",
)
PEOPLE: Final = ("roles", "match_on", "match_claim", "creates", "proves_second_factor", "on")
_MATCH_WORDS: Final = {
    "email": "e-mail address",
    "upn": "sign-in name (UPN), which is their e-mail address here",
    "username": "username",
    "mis_id": "MIS ID",
}


@routes.on("GET", _ONE, page=_SHOW)
def show(request: Request, school: str, name: str) -> Answer:
    """How a provider stands: what is done, what is wrong, what comes next."""
    seen = admin(request, system(), school)
    only(request.query, ("saved", "waits", "checked", "tried"))
    data = _page(request, seen, name)
    said = {each: each in request.query for each in ("saved", "waits", "checked", "tried")}
    return Answer(data=data, context=said)


@routes.on("GET", f"{_ONE}/registration", page=_REGISTRATION)
def registration(request: Request, school: str, name: str) -> Answer:
    """What to do at the provider, and what to paste where."""
    return Answer(data=_page(request, admin(request, system(), school), name))


@routes.on("POST", f"{_ONE}/registration", form=_REGISTRATION)
def register(request: Request, school: str, name: str) -> Answer:
    """Save the registration."""
    return _save(request, school, name, REGISTRATION)


@routes.on("GET", f"{_ONE}/people", page=_PEOPLE)
def people(request: Request, school: str, name: str) -> Answer:
    """Who signs in with it, and by what they are found."""
    return Answer(data=_page(request, admin(request, system(), school), name))


@routes.on("POST", f"{_ONE}/people", form=_PEOPLE)
def choose(request: Request, school: str, name: str) -> Answer:
    """Save who signs in with it, and whether they do."""
    return _save(request, school, name, PEOPLE)


@routes.on("POST", f"{_ONE}/try")
def begin(request: Request, school: str, name: str) -> Answer:
    """Begin an admin's own try: it links nobody and signs nobody in."""
    seen = admin(request, system(), school)
    only(request.fields, ())
    place = begin_try(system(), seen.school, seen.person, name)
    data = {"address": f"{system().settings['ORIGIN']}{place}", "expires_at": rfc3339(system().now() + OPEN_FOR)}
    return Answer(data=data, status=201, location=place)


@routes.on("DELETE", _ONE)
def remove(request: Request, school: str, name: str) -> Answer:
    """Remove a provider that is switched off."""
    seen = admin(request, system(), school)
    _there(seen.school, name)
    remove_connection(system(), seen.school, seen.person, name)
    return Answer(location=f"/admin/{school}/settings/sso?removed=1")


@routes.on("POST", f"{_ONE}/delete", form=_SHOW)
def remove_by_form(request: Request, school: str, name: str) -> Answer:
    """The same for a form."""
    seen = admin(request, system(), school)
    _page(request, seen, name)
    only(request.fields, ())
    return remove(request, school, name)


def _save(request: Request, school: str, name: str, fields: tuple[str, ...]) -> Answer:
    seen = admin(request, system(), school)
    shelf = system().sso_shelf(seen.school.slug)
    data = _page(request, seen, name, shelf)
    values = _of_form(request.fields, name, fields) if request.is_form else dict(request.fields)
    only(values, fields)
    wanted = {"name": name, **({"kind": data["kind"]} if not data["version"] else {}), **values}
    saved = change(seen, {"connections": [wanted]}, shelf)
    now = one_json(saved.school, name, drafts_of(saved.school, saved.shelf, system().now()))
    return answer_to(saved, now or {}, f"/admin/{school}/settings/sso/{name}")


def _of_form(fields: Mapping[str, str], name: str, known: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a form (``google.client_id``) as values: ticked boxes are roles, a tick or "on" is true."""
    values: dict[str, Any] = {}
    for full, text in fields.items():
        field, _, role = full.removeprefix(f"{name}.").partition(".")
        if not full.startswith(f"{name}.") or field not in known:
            raise Invalid("The form has a field that is not on this page.", fields={full: "It is not on this page."})
        if not role and field not in {"roles", "creates"}:
            values[field] = text == "on" if field in {"on", "proves_second_factor"} else text
    if known == PEOPLE:
        values |= {each: [role for role in ROLES if f"{name}.{each}.{role}" in fields] for each in ("roles", "creates")}
        values.setdefault("proves_second_factor", False)
    return values


def _page(request: Request, seen: SignedIn, name: str, shelf: Shelf | None = None) -> dict[str, Any]:
    """What a page of the provider shows, also if a change is refused."""
    data = with_waiting(seen.school, _there(seen.school, name, shelf))
    kind = data["kind"]
    request.context.update(
        data=data,
        called=called(name, kind, data["label"], data["version"]),
        all_roles=ROLES,
        creates=CREATES,
        matches=[(each, _MATCH_WORDS[each]) for each in MATCHES_OF[kind]],
        domain=seen.school.settings.student_domains.split(" ")[0] or seen.school.settings.staff_domains.split(" ")[0],
        saved=False,
        waits=False,
        checked=False,
        tried=False,
    )
    return data


def _there(school: School, name: str, shelf: Shelf | None = None) -> dict[str, Any]:
    """The provider as it is, or, where it can be added, as it begins."""
    found = one_json(school, name, drafts_of(school, shelf or system().sso_shelf(school.slug), system().now()))
    if found is not None:
        return found
    if name not in SAMPLES:
        raise NotFound()
    return {key: value for key, value in new_json(school, name).items() if key != "called"}
