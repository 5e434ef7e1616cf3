"""Put a notice on a school's pages, with its start and end, or take it down.

It is a change of settings as any other: recorded, and written only if it differs. The same notice twice is one.
"""

from latchkey.errors import Invalid
from latchkey.people.model.person import Person
from latchkey.schools.change_settings import change_settings
from latchkey.schools.model.notice import PageNotice
from latchkey.schools.model.page_rules import TIMES
from latchkey.schools.model.school import School
from latchkey.schools.needs import System
from latchkey.schools.publish_page import Page, publish_page
from latchkey.shared.model.clock import utc


def put_notice(system: System, school: School, admin: Person, notice: PageNotice, page: Page) -> PageNotice:
    """The notice that stands afterwards. ``Invalid`` names the settings that cannot be used; an end that has passed is one."""
    if notice.is_over(system.now()):
        text = f"{TIMES['notice_ends_at']}: this time has passed. Choose a later one."
        raise Invalid("The notice was not put up.", fields={"notice_ends_at": text})
    values = {"notice": notice.text, "notice_starts_at": _said(notice.starts_at), "notice_ends_at": _said(notice.ends_at)}
    found = change_settings(system, school, admin, values)
    publish_page(system, school.slug, page)
    return PageNotice.of(found.settings)


def _said(at: int | None) -> str:
    return "" if at is None else utc(at)
