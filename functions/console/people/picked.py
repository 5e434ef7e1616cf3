"""Whom a form of the list of people means with its selection: what is kept, with the boxes that were not kept yet."""

from console.people.selecting import change_of_form
from console.system import system
from latchkey.errors import Invalid
from latchkey.selections.choose import change_choice
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
