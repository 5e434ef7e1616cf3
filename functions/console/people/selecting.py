"""Choose people in the list, over its pages and filters: with boxes and buttons of its form, or as a script.

The whole page is one form, so that what is ticked is kept whatever is pressed: another page, another filter, an action. With a
script each tick is kept at once, and the same form changes nothing more.
"""

from collections.abc import Mapping
from typing import Any, Final

from console.lists import only
from console.people.asking import list_of
from console.picked import change_of_form, current
from console.system import system
from latchkey.errors import Invalid
from latchkey.people.model.people_filter import PeopleFilter, parse
from latchkey.selections.choose import Change, Chosen, change_choice, chosen_so_far
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
PATH: Final = "/admin/{school}/people/selection"
FLAGS: Final = ("missing_email", "never_logged_in", "bounced", "not_mine", "unconfirmed", "left")
_ASKED: Final = ("q", "role", "year_group", "registration_group", *FLAGS)
_GOES: Final = {"details": "/admin/{school}/exports/new?selection={id}", "emails": "/admin/{school}/people/emails?selection={id}"}


@routes.on("GET", PATH)
def selection(request: Request, school: str) -> Answer:
    """What one has chosen so far."""
    seen = admin(request, system(), school)
    only(request.query, ())
    found = chosen_so_far(system(), school, seen.person.id)
    return Answer(data=chosen_json(found), location=f"/admin/{school}/people" if request.wants_page else None)


@routes.on("POST", PATH)
def choose(request: Request, school: str) -> Answer:
    """Choose more or fewer people; a form then shows the list, as it was or as it asks for."""
    seen = admin(request, system(), school)
    if not request.is_form:
        only(request.fields, ("add", "remove", "filter", "clear"))
        return Answer(data=chosen_json(change_choice(system(), school, seen.person.id, _change_of_script(request))))
    found = change_choice(system(), school, seen.person.id, change_of_form(request.fields))
    return Answer(data=chosen_json(found), location=_where(request.fields, school, found))


def chosen_json(found: Chosen) -> dict[str, Any]:
    """A selection as the API shows it; ``id`` is null where nobody is chosen."""
    choice = found.choice
    return {
        "id": choice.id or None,
        "count": found.count,
        "filters": [each.as_mapping() for each in choice.filters],
        "added": len(choice.ids),
        "taken_out": len(choice.without),
        "ends_at": rfc3339(choice.ends_at) if choice.id else None,
    }


def _change_of_script(request: Request) -> Change:
    add, remove = (_ids(request.fields.get(name, []), name) for name in ("add", "remove"))
    wanted = request.fields.get("filter")
    if wanted is not None and not isinstance(wanted, Mapping):
        raise Invalid("This filter cannot be used.", fields={"filter": "The filter must be an object."})
    filters = (parse(wanted),) if wanted is not None else ()
    return Change(clear=request.flag("clear"), filters=filters, shown=remove, ticked=add)


def _ids(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Invalid(fields={name: "This must be a list of ids."})
    return tuple(value)


def asked_in(fields: Mapping[str, Any]) -> PeopleFilter:
    """The filter that somebody has set on the page; ``status`` is ready, not_ready or a reason."""
    given = {name: fields[name] for name in _ASKED if fields.get(name)}
    status = str(fields.get("status", ""))
    if status:
        given["standing" if status in {"ready", "not_ready"} else "reason"] = status
    return parse(given)


def _where(fields: Mapping[str, Any], school: str, found: Chosen) -> str:
    """Where a form leads: its action, the list with the filter that was set, or the list as it was."""
    pressed, sort = fields.get("do"), str(fields.get("sort", ""))
    if pressed in _GOES and found.choice.id:
        return _GOES[pressed].format(school=school, id=found.choice.id)
    if pressed == "show":
        return list_of(asked_in(fields), school, sort=sort) + "#list"
    page = str(fields.get("page") or fields.get("at") or "")
    chosen = "#chosen" if pressed in {"page", "filter"} else "#list"
    return list_of(current(fields), school, sort=sort, page=page if page != "1" else "") + chosen
