"""Whom a form of the list of people means with its selection: what is kept, with the boxes that were not kept yet."""

from collections.abc import Mapping
from typing import Any

from console.system import system
from latchkey.errors import Invalid
from latchkey.people.model.people_filter import PeopleFilter, parse
from latchkey.selections.choose import Change, change_choice
from web.request import Request


def picked(request: Request) -> str:
    """The id of the selection of who asks (``web.who.admin`` has seen them); ``Invalid`` where nobody is chosen.

    A form without boxes names the selection that it means: if that is another by now, nothing is done.
    """
    school, person = request.context["school"], request.context["person"]
    if "page_ids" not in request.fields:
        return str(request.fields.get("selection", ""))
    found = change_choice(system(), school.slug, person.id, change_of_form(request.fields))
    if not found.count:
        raise Invalid("Nobody is selected. Nothing was done.", fields={"select": "Choose at least one person."})
    return found.choice.id


def change_of_form(fields: Mapping[str, Any]) -> Change:
    """What the form of the list changes: its boxes, and all of a page or of a filter where that button was pressed."""
    shown = tuple(str(fields.get("page_ids", "")).split())
    ticked = tuple(name.removeprefix("id.") for name in fields if name.startswith("id."))
    pressed = fields.get("do")
    if pressed == "clear":
        return Change(clear=True)
    if pressed == "page":
        return Change(shown=shown, ticked=shown)
    if pressed == "filter":
        return Change(filters=(current(fields),))
    return Change(shown=shown, ticked=ticked)


def current(fields: Mapping[str, Any]) -> PeopleFilter:
    """The filter of the list as it was shown."""
    names = [name for name in fields if name.startswith("filter.")]
    return parse({name.removeprefix("filter."): fields[name] for name in names})
