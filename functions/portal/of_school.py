"""The school that an address names, and what its pages say of it at this moment."""

from typing import Any

from latchkey.schools.find_school import the_school
from latchkey.schools.model.notice import fresh_until
from latchkey.schools.model.school import School
from portal.system import system
from web.request import Request
from web.school_page import facts


def of_school(request: Request, slug: str) -> tuple[School, dict[str, Any]]:
    """The school and what anybody may know of it, also for the page, which nobody keeps beyond the start or end of a notice."""
    found, now = the_school(system(), slug), system().now()
    turns = fresh_until(found.settings, now)
    request.keep_for = None if turns is None else turns - now
    data = facts(found, now)
    request.context.update(school=found, data=data)
    return found, data
