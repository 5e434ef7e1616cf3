"""Readiness as a file: for admins with names, who cannot log in, why, and what helps; and the figures without names.

Built on the click and kept for a day, as what became of a send's recipients is. The roll is in memory by then, so a file of a
hundred thousand rows is a second or two of writing; more than that is asked for in parts.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from latchkey.errors import Invalid
from latchkey.office_files.save_tables import Sheet, check_form, save_tables, url_of
from latchkey.people.model import people_filter
from latchkey.people.model.person import Person
from latchkey.people.model.standings import GRADES, REASONS, Code
from latchkey.readiness.model.figures import day_of
from latchkey.readiness.model.helps import HELPS
from latchkey.readiness.model.over_time import OverTime
from latchkey.readiness.needs import System
from latchkey.roll.model.entry import Entry
from latchkey.roll.model.standing_words import WORDS
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.school import School
from latchkey.shared.model.file_names import file_name

MOST: Final = 25_000  # people in one file: what is built well within the function's time
HEADER: Final = ("Name", "Role", "Year group", "Registration group", "Can log in", "Why", "What helps", "Username", "Person")
FIGURES: Final = ("Day", "People", "Can log in", "Cannot log in", "Per cent")
HIDDEN: Final = "hidden: fewer than 5"


def download_people(system: System, school: School, admin: Person, wanted: Mapping[str, object], form: str) -> str:
    """A URL, good for five minutes, of the people whom a filter means: those who cannot log in, unless it says otherwise."""
    check_form(form)
    asked = people_filter.parse({"standing": "not_ready", **wanted})
    roll = read_roll(system, school.slug)
    meant = roll.meant(asked)
    if len(meant) > MOST:
        raise Invalid(
            f"These are {len(meant):,} people, and a file can have {MOST:,}. Choose a role or a year group.",
            fields={"role": "Choose fewer people."},
        )
    standings = roll.standings  # of who has left: none
    rows = (_row(each, code, school) for each in meant if (code := standings[each.id]) is not None)
    sheets = [Sheet("People", HEADER, rows)]
    parts = ["can-log-in" if asked.standing == "ready" else "cannot-log-in", *asked.roles, *asked.year_groups, *asked.reasons]
    facts: dict[str, str | int] = {"rows": len(meant), "format": form}
    system.audit(school.slug).record(admin.id, "readiness.download", system.now(), facts)
    return _write(system, school.slug, parts, sheets, form)


def download_figures(system: System, school: School, found: OverTime, form: str) -> str:
    """A URL, good for five minutes, of the figures as the page without names shows them."""
    check_form(form)
    sheets = [Sheet("Over time", FIGURES, (_figures(each.name, each.total, each.ready) for each in found.days))]
    if found.years:
        rows = (_figures(each.name or "no year group", each.total, each.ready) for each in found.years)
        sheets.append(Sheet("By year group", ("Year group", *FIGURES[1:]), rows))
    if found.reasons is not None:
        reasons = ((WORDS[reason].short, str(count)) for reason, count in found.reasons)
        sheets.append(Sheet("Why others cannot", ("Why", "People"), reasons))
    return _write(system, school.slug, ["readiness-figures", found.role or "everybody", found.year or ""], sheets, form)


def _row(entry: Entry, code: Code, school: School) -> tuple[str, ...]:
    return (
        school.name_of(entry),
        entry.role,
        entry.year_group or "",
        entry.registration_group or "",
        *_said_of(code),
        entry.username or "",
        entry.id,
    )


@cache
def _said_of(code: Code) -> tuple[str, str, str]:
    """Whether somebody can log in, why, and what helps."""
    reason = next((each for each in REASONS if each == code), None)
    return "yes" if code in GRADES else "no", WORDS[code].short, HELPS[reason] if reason else ""


def _figures(name: str, total: int, ready: int | None) -> tuple[str, ...]:
    if ready is None:
        return (name, str(total), HIDDEN, HIDDEN, HIDDEN)
    return (name, str(total), str(ready), str(total - ready), str(ready * 100 // total) if total else "")


def _write(system: System, school: str, parts: Sequence[str], sheets: Sequence[Sheet], form: str) -> str:
    files = system.export_files()
    key = save_tables(files, f"recipients/{school}/readiness", form, sheets)
    return url_of(files, key, file_name(school, parts, day_of(system.now()), form))
