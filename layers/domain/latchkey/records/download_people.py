"""Download the people whom a filter means, as CSV or XLSX: built on the click, kept for a day. No code and no UPN is in it.

What it says of each is what the list says. Cells are text, so no spreadsheet takes one for a formula.
"""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from latchkey.errors import Conflict
from latchkey.office_files.save_tables import Sheet, check_form, save_tables, url_of
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import Person
from latchkey.records.needs import System
from latchkey.roll.model.entry import Entry
from latchkey.roll.model.roll import Roll, Sort
from latchkey.roll.model.standing_words import WORDS
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.school import School
from latchkey.shared.model.clock import ZONE
from latchkey.shared.model.file_names import file_name

MOST: Final = 25_000
"""People in one file: what is written well within the time of a request."""
HEADER: Final = ("Name", "Role", "Year group", "Registration group", "E-mail", "Username", "Can log in", "Last login")
_WIDTHS: Final = (28, 12, 12, 18, 34, 20, 34, 18)
_LONDON: Final = ZoneInfo(ZONE)


def download_people(system: System, school: School, admin: Person, wanted: PeopleFilter, *, sort: Sort, form: str) -> str:
    """A URL that gives the file for five minutes; whoever has it can read it. ``Conflict`` for too many people."""
    check_form(form)
    roll, now = read_roll(system, school.slug), system.now()
    people = roll.in_order(wanted, sort)
    if len(people) > MOST:
        raise Conflict(f"These are more than {MOST:,} people. Choose a role or a year first.", code="too_many")
    files, rows = system.export_files(), (row_of(each, roll, school) for each in people)
    key = save_tables(files, f"recipients/{school.slug}/people", form, [Sheet("People", HEADER, rows, _WIDTHS)])
    facts: dict[str, str | int] = {"people": len(people), "format": form}
    system.audit(school.slug).record(admin.id, "people.download", now, facts)
    name = file_name(school.slug, ["people", *_whose(wanted)], now, form)
    return url_of(files, key, name)


def _whose(wanted: PeopleFilter) -> list[str]:
    """Which people, in the file's name; nothing that was searched for."""
    years, groups = "-".join(wanted.year_groups), "-".join(wanted.registration_groups)
    said = PeopleFilter(roles=wanted.roles, year_groups=wanted.year_groups, registration_groups=wanted.registration_groups)
    return [*wanted.roles, f"year {years}" if years else "", groups, "some" if wanted != said else ""]


def row_of(entry: Entry, roll: Roll, school: School) -> list[str]:
    """A person as the file shows them."""
    code = roll.standings.get(entry.id)
    last = (
        datetime.fromtimestamp(entry.last_login_at, UTC).astimezone(_LONDON).strftime("%Y-%m-%d %H:%M")
        if entry.last_login_at
        else ""
    )
    return [
        school.name_of(entry),
        entry.role,
        entry.year_group or "",
        entry.registration_group or "",
        entry.email or "",
        entry.username or "",
        WORDS[code].short if code else "Left the school",
        last,
    ]
