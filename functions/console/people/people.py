"""People: the list, and one person."""

from typing import Any

from console.lists import only, page_of
from console.people.address_changes import address_json, finished
from console.people.asking import ASKED, asked_for
from console.people.history import history_json, names_in
from console.people.list_page import for_page
from console.people.lost_factors import factors_json
from console.people.standing_words import standing_in_words
from console.system import system
from latchkey.codes.model import codes
from latchkey.codes.model.codes import Kind
from latchkey.errors import Invalid
from latchkey.people.model.person import CodeState, Person, SsoLink
from latchkey.people.the_family import Family, family
from latchkey.records.download_people import download_people
from latchkey.records.history import history as look
from latchkey.records.model.fields import revision
from latchkey.roll.model.entry import Entry
from latchkey.roll.model.roll import SORTS, Sort
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.school import School
from latchkey.sends.model.send import SKIP_REASONS, skip_reason
from latchkey.shared.model.pages import LONGEST_PAGE, PAGE
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("GET", "/admin/{school}/people", page="people/people.html")
def people(request: Request, school: str) -> Answer:
    """The people whom a filter means, in list order or another."""
    seen = admin(request, system(), school)
    cursor, limit = page_of(request, LONGEST_PAGE, PAGE, *ASKED, "sort", "page", "asked")
    wanted, sort = asked_for(request, school), sort_of(request)
    roll = read_roll(system(), school)
    if request.wants_page:
        return Answer(data={}, context=for_page(request, seen.school, roll, wanted, sort))
    found = roll.page(wanted, cursor, limit, sort)
    return Answer(data={"items": [person_json(each, seen.school) for each in found.items], "next": found.next})


@routes.on("GET", "/admin/{school}/people/download")
def download(request: Request, school: str) -> Answer:
    """The way to a file of them, without codes."""
    seen = admin(request, system(), school)
    only(request.query, (*ASKED, "sort", "format"))
    wanted, sort, form = asked_for(request, school), sort_of(request), request.query.get("format", "csv")
    return Answer(status=303, location=download_people(system(), seen.school, seen.person, wanted, sort=sort, form=form))


def sort_of(request: Request) -> Sort:
    """The order that is asked for."""
    asked = request.query.get("sort") or "list"
    found = next((each for each in SORTS if each == asked), None)
    if found is None:
        raise Invalid(fields={"sort": f"Choose one of {', '.join(SORTS)}."})
    return found


@routes.on("GET", "/admin/{school}/people/{id}", page="people/person.html")
def person(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """One person, their way in and their family."""
    seen = admin(request, system(), school, beside=id)
    waiting = [each for each in finished(seen).admin_emails if each.person == id]
    found = family(system(), school, id, seen.beside)
    data = whole_person(found, seen.school)
    reason = skip_reason(found.person, seen.school)
    data |= {"waiting": address_json(waiting[0])} if waiting else {}
    context: dict[str, Any] = {"no_link": SKIP_REASONS[reason] if reason else "", "saved": request.query.get("saved", "")}
    if request.wants_page:
        roll = read_roll(system(), school, seen.school)
        code = roll.standings.get(id)
        context |= standing_in_words(code, data["role"], can_be_mailed=reason is None)
        shown = history_json(look(system(), seen.school, id, found.person))
        context |= {"history": shown, **names_in(seen.school, id, shown, roll)}
    return Answer(data=data, context=context)


def whole_person(found: Family, school: School) -> dict[str, Any]:
    """A person with family and codes, as the API shows one."""
    return person_json(found.person, school) | {
        "revision": revision(found.person),
        **factors_json(found.person, school),
        "uses_sso": school.uses_sso(found.person),
        "sso": [sso_json(each, school) for each in found.person.sso],
        "password_set_at": rfc3339(found.person.password_set_at),
        "children": [brief(child, school) | _sees_pin(child, found.person) for child in found.children],
        "parents": [brief(parent, school) | _of_parent(found.person, parent) for parent in found.parents],
        "codes": {
            "pin": _code(found.person.pin, "pin", school.code_epoch),
            "parent_code": _code(found.person.parent_code, "parent", school.code_epoch),
        },
    }


def sso_json(link: SsoLink, school: School) -> dict[str, Any]:
    """An account at a provider with which a person comes in: since when, and by which connection; not which account it is."""
    known = school.settings.sso.connection(link.connection)
    return {
        "connection": link.connection,
        "label": known.label if known is not None else link.connection,
        "issuer": link.issuer,
        "linked_at": rfc3339(link.linked_at),
        "made": link.made,
    }


def person_json(person: Person | Entry, school: School) -> dict[str, Any]:
    """What admins see of a person; nothing that a credential is made of."""
    return {
        "id": person.id,
        "role": person.role,
        "name": school.name_of(person),
        "given_name": person.given_name,
        "family_name": person.family_name,
        "preferred_given_name": person.preferred_given_name,
        "preferred_family_name": person.preferred_family_name,
        "email": person.email,
        "username": person.username,
        "upn": person.upn,
        "mis_id": person.mis_id,
        "year_group": person.year_group,
        "registration_group": person.registration_group,
        "language": person.language,
        "is_admin": person.is_admin,
        "last_login_at": rfc3339(person.last_login_at),
        "status": person.status,
        "mail_problem": _problem(person),
    }


def _code(state: CodeState | None, kind: Kind, epoch: int) -> dict[str, Any] | None:
    """What is known of a code; never the code."""
    if state is None:
        return None
    reason = codes.fault(state, kind, system().now(), epoch)
    return {"state": reason or "works", "expires_at": rfc3339(state.expires_at), "uses": state.uses}


def _problem(person: Person | Entry) -> dict[str, Any] | None:
    return {"kind": person.marked, "at": rfc3339(person.marked_at)} if person.marked else None


def _sees_pin(child: Person, parent: Person) -> dict[str, bool]:
    """Whether this parent may see the child's PIN, as far as the school's settings let parents see PINs at all."""
    return {"sees_pin": not child.hides_pin_from(parent.id)}


def _of_parent(child: Person, parent: Person) -> dict[str, bool]:
    """The same, and whether the child says that this is no parent of theirs."""
    return {**_sees_pin(child, parent), "not_mine": parent.id in child.not_mine}


def brief(person: Person | Entry, school: School) -> dict[str, Any]:
    """Who somebody is, and where."""
    return {
        "id": person.id,
        "role": person.role,
        "name": school.name_of(person),
        "given_name": person.given_name,
        "family_name": person.family_name,
        "year_group": person.year_group,
        "registration_group": person.registration_group,
    }
