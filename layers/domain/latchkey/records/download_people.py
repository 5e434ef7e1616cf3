"""Download the people whom a filter means, as CSV or XLSX: built on the click, kept for a day. No code and no UPN is in it.

What it says of each is what the list says. Cells are text, so no spreadsheet takes one for a formula.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from latchkey.errors import Conflict, Invalid
from latchkey.office_files.csv import MARK, block
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import Person
from latchkey.records.needs import System
from latchkey.roll.model.entry import Entry
from latchkey.roll.model.roll import Roll, Sort
from latchkey.roll.model.standing_words import WORDS
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.school import School
from latchkey.shared.model.file_names import file_name
from latchkey.shared.stores.files import URL_LIFE

MOST: Final = 25_000
"""People in one file: what is written well within the time of a request."""
HEADER: Final = ("Name", "Role", "Year group", "Registration group", "E-mail", "Username", "Can log in", "Last login")
_WIDTHS: Final = (28, 12, 12, 18, 34, 20, 34, 18)
_LONDON: Final = ZoneInfo("Europe/London")
_MEDIA: Final[Mapping[str, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_AT_ONCE: Final = 500  # rows that are written together


def download_people(system: System, school: School, admin: Person, wanted: PeopleFilter, *, sort: Sort, form: str) -> str:
    """A URL that gives the file for five minutes; whoever has it can read it. ``Conflict`` for too many people."""
    if form not in _MEDIA:
        raise Invalid(fields={"format": "Choose csv or xlsx."})
    roll, now = read_roll(system, school.slug), system.now()
    people = roll.in_order(wanted, sort)
    if len(people) > MOST:
        raise Conflict(f"These are more than {MOST:,} people. Choose a role or a year first.", code="too_many")
    key = f"recipients/{school.slug}/people/{secrets.token_hex(16)}.{form}"
    with system.export_files().upload(key, _MEDIA[form]) as file:
        (_csv if form == "csv" else _xlsx)(file.write, _rows(people, roll, school))
        file.finish()
    facts: dict[str, str | int] = {"people": len(people), "format": form}
    system.audit(school.slug).record(admin.id, "people.download", now, facts)
    name = file_name(school.slug, ["people", *_whose(wanted)], now, form)
    return system.export_files().url(key, URL_LIFE, name=name, media_type=_MEDIA[form])


def _whose(wanted: PeopleFilter) -> list[str]:
    """Which people, in the file's name; nothing that was searched for."""
    years, groups = "-".join(wanted.year_groups), "-".join(wanted.registration_groups)
    said = PeopleFilter(roles=wanted.roles, year_groups=wanted.year_groups, registration_groups=wanted.registration_groups)
    return [*wanted.roles, f"year {years}" if years else "", groups, "some" if wanted != said else ""]


def _rows(people: Sequence[Entry], roll: Roll, school: School) -> Iterator[list[list[str]]]:
    for start in range(0, len(people), _AT_ONCE):
        yield [_row(each, roll, school) for each in people[start : start + _AT_ONCE]]


def _row(entry: Entry, roll: Roll, school: School) -> list[str]:
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


def _csv(write: Callable[[bytes], None], blocks: Iterator[list[list[str]]]) -> None:
    write(MARK + block([HEADER]))
    for rows in blocks:
        write(block(rows))


def _xlsx(write: Callable[[bytes], None], blocks: Iterator[list[list[str]]]) -> None:
    from latchkey.office_files.xlsx import Workbook  # loaded by the first such download only

    book = Workbook(write)
    book.sheet("People", HEADER, _WIDTHS)
    for rows in blocks:
        book.add(rows)
    book.finish()
