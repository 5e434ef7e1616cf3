"""Doubles: who may have two accounts, merging two, telling them apart, and undoing a merge."""

from collections.abc import Iterable
from typing import Any

from console.lists import only, page_of
from console.people.people import person_json
from console.system import system
from latchkey.doubles.keep_apart import keep_apart
from latchkey.doubles.list_doubles import LONGEST, PAGE, Double, Doubles, list_doubles
from latchkey.doubles.list_merges import list_merges
from latchkey.doubles.look_for_doubles import start_look
from latchkey.doubles.merge_people import merge_people
from latchkey.doubles.model.looks import Look
from latchkey.doubles.model.merges import Merge
from latchkey.doubles.undo_merge import undo_merge
from latchkey.errors import Invalid
from latchkey.people.model.person import Person
from latchkey.roll.model.entry import Entry
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.school import School
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_PAGE = "people/doubles.html"
_UNCONFIRMED = "{name} typed an e-mail address beside a code, and nobody has confirmed it. Be sure who this is before you merge."
_SHOWN = 10  # merges beside the doubles of a page
_ON_A_PAGE = 15  # pairs: some 40 kB


@routes.on("GET", "/admin/{school}/people/duplicates", page=_PAGE)
def duplicates(request: Request, school: str) -> Answer:
    """Pairs of accounts that may be one person's, the certain first."""
    seen = admin(request, system(), school)
    cursor, limit = page_of(request, LONGEST, _ON_A_PAGE if request.wants_page else PAGE, "saved")
    found = list_doubles(system(), school, seen.person, cursor=cursor, limit=limit)
    context: dict[str, Any] = {}
    if request.wants_page:
        merges = list_merges(system(), school, limit=_SHOWN)
        context = {"merges": _merges_json(school, merges.items), "more_merges": merges.next is not None, "cursor": cursor}
        context |= {"saved": request.query.get("saved", "")}
    return Answer(data=_doubles_json(found, seen.school), context=context)


@routes.on("POST", "/admin/{school}/people/duplicates")
def look(request: Request, school: str) -> Answer:
    """Have the school looked through, unless it is already."""
    seen = admin(request, system(), school)
    only(request.fields, ())
    asked = start_look(system(), school, seen.person)
    data = _state_json(asked.look)
    return Answer(data=data, status=202 if asked.new else 200, location=f"/admin/{school}/people/duplicates")


@routes.on("POST", "/admin/{school}/people/duplicates/apart")
def apart(request: Request, school: str) -> Answer:
    """Remember that two accounts are two people's."""
    seen = admin(request, system(), school)
    keep_apart(system(), school, seen.person, *_two(request))
    return Answer(status=204, location=f"/admin/{school}/people/duplicates?saved=apart")


@routes.on("POST", "/admin/{school}/people/merge")
def merge(request: Request, school: str) -> Answer:
    """Merge one account into another."""
    seen = admin(request, system(), school)
    only(request.fields, ("keep", "remove"))
    keep, remove = request.text("keep", longest=26), request.text("remove", longest=26)
    done = merge_people(system(), seen.school, seen.person, keep, remove)
    (data,) = _merges_json(school, [done])
    return Answer(data=data, location=f"/admin/{school}/people/duplicates?saved=merged")


@routes.on("GET", "/admin/{school}/people/merge", page="people/merges.html")
def merges(request: Request, school: str) -> Answer:
    """The merges of the last 30 days, newest first."""
    admin(request, system(), school)
    cursor, limit = page_of(request, LONGEST, PAGE, "saved")
    found = list_merges(system(), school, cursor=cursor, limit=limit)
    data = {"items": _merges_json(school, found.items), "next": found.next}
    return Answer(data=data, context={"cursor": cursor, "saved": request.query.get("saved", "")})


@routes.on("POST", "/admin/{school}/people/merge/{id}/undo")
def undo(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Take two merged accounts apart again."""
    seen = admin(request, system(), school)
    only(request.fields, ())
    undone = undo_merge(system(), seen.school, seen.person, id)
    (data,) = _merges_json(school, [undone])
    return Answer(data=data, location=f"/admin/{school}/people/merge?saved=undone")


def _two(request: Request) -> tuple[str, str]:
    """The two people of a request: a list, or the fields of a form."""
    if request.is_form:
        only(request.fields, ("one", "other"))
        return request.text("one", longest=26), request.text("other", longest=26)
    only(request.fields, ("people",))
    people = request.fields.get("people")
    if not isinstance(people, list) or len(people) != 2 or not all(isinstance(each, str) for each in people):
        raise Invalid("Nothing was changed.", fields={"people": "This must be a list of two ids."})
    return people[0], people[1]


def _doubles_json(found: Doubles, school: School) -> dict[str, Any]:
    items = [_double_json(each, school) for each in found.page.items]
    looked_at = found.source.finished_at if found.source is not None else None
    return {"items": items, "next": found.page.next, **_state_json(found.look, looked_at, found.everybody)}


def _state_json(look: Look, looked_at: int | None = None, everybody: int | None = None) -> dict[str, Any]:
    """How far a look is, and when the last one was finished."""
    state = look.shown(system().now())
    total = look.looked if state == "finished" else everybody
    if total is not None:
        total = max(total, look.looked)  # somebody may have left meanwhile
    return {
        "state": state,
        "progress": {"done": look.looked, "total": total},
        "looked_at": rfc3339(looked_at),
    }


def _double_json(found: Double, school: School) -> dict[str, Any]:
    return {
        "people": [person_json(each, school) for each in found.people],
        "why": list(found.alike.why),
        "certain": found.alike.certain,
        "advice": found.alike.advice,
        "cautions": [_UNCONFIRMED.format(name=school.name_of(each)) for each in found.people if each.address_is_unconfirmed],
    }


def _merges_json(school: str, found: Iterable[Merge]) -> list[dict[str, Any]]:
    """Merges as the API shows them; of one that was undone the names are those of the people as they are now."""
    merges = list(found)
    undone = sorted({each for merge in merges if merge.state == "undone" for each in (merge.keep.id, merge.remove.id)})
    roll = read_roll(system(), school) if undone else None
    names = {each: entry for each in undone if roll is not None and (entry := roll.by_id(each)) is not None}
    now = system().now()
    return [
        {
            "id": merge.id,
            "state": merge.state,
            "at": rfc3339(merge.at),
            "by": merge.by,
            "keep": _named(names.get(merge.keep.id, merge.keep)),
            "remove": _named(names.get(merge.remove.id, merge.remove)),
            "undo_until": rfc3339(merge.undo_until),
            "can_be_undone": merge.can_be_undone(now),
            "undone_at": rfc3339(merge.undone_at),
            "stayed": list(merge.stayed),
        }
        for merge in merges
    ]


def _named(person: Person | Entry) -> dict[str, Any]:
    return {name: getattr(person, name) for name in ("id", "role", "given_name", "family_name")}
