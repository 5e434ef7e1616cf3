"""Download the activity that a filter means, as CSV or XLSX: built on the click, kept for a day.

Who did it and whom it is about stand by name, as the page has it. Cells are text, so no spreadsheet takes one for a formula.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from latchkey.audit.model.event_filter import EventFilter
from latchkey.audit.model.in_words import WORDS, Kind, actor, facts, people_in
from latchkey.errors import Conflict
from latchkey.office_files.save_tables import Sheet, check_form, save_tables, url_of
from latchkey.people.model.person import Person
from latchkey.records.needs import System
from latchkey.roll.name_people import names_in
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.school import School
from latchkey.shared.model.clock import ZONE
from latchkey.shared.model.file_names import file_name

MOST: Final = 5_000
"""Events of one file: so many are read, named and written well within the time of a request."""
LOOKED_AT: Final = 10_000
"""Events that are looked at for it."""
HEADER: Final = ("When", "Who", "What", "About", "From", "Event", "Person", "Id")
_WIDTHS: Final = (18, 24, 44, 60, 12, 22, 24, 30)
_LONDON: Final = ZoneInfo(ZONE)
TOO_MANY: Final = "These are too many events for one file. Choose fewer days."


def download_activity(system: System, school: School, admin: Person, wanted: EventFilter, *, kind: Kind, form: str) -> str:
    """A URL that gives the file for five minutes. ``Conflict`` where it would hold more than a request can write."""
    check_form(form)
    now = system.now()
    events, more = system.audit(school.slug).search(wanted, limit=MOST, kind=kind, most=LOOKED_AT)
    if more is not None:
        raise Conflict(TOO_MANY, code="too_many")
    names = names_in(read_roll(system, school.slug), school, people_in(events))
    files, rows = system.export_files(), (_row(event, names) for event in events)
    key = save_tables(files, f"activity/{school.slug}", form, [Sheet("Activity", HEADER, rows, _WIDTHS)])
    told: dict[str, str | int] = {"events": len(events), "format": form}
    system.audit(school.slug).record(admin.id, "activity.download", now, told)
    name = file_name(school.slug, ["activity", wanted.about or ""], now, form)
    return url_of(files, key, name)


def _row(event: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    about = "; ".join(f"{fact.name}: {fact.text}" if fact.name else fact.text for fact in facts(event["facts"], names))
    when = datetime.fromtimestamp(event["at"], UTC).astimezone(_LONDON).strftime("%Y-%m-%d %H:%M:%S")
    what = WORDS.get(event["action"], event["action"])
    mark = event.get("visitor") or ""
    return [when, actor(event["actor"], names), what, about, mark, event["action"], event["actor"], event["id"]]
