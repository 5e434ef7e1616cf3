"""Download what became of a send's recipients, as CSV or XLSX: built on the click, kept for a day."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from latchkey.errors import Conflict, Invalid
from latchkey.office_files.save_tables import Sheet, check_form, save_tables, url_of
from latchkey.people.model.groups import group_key, year_key
from latchkey.people.model.person import Person
from latchkey.sends.list_recipients import Recipient, RecipientFilter, all_recipients
from latchkey.sends.model.in_words import REASONS
from latchkey.sends.model.refusals import shown
from latchkey.sends.model.send import Send
from latchkey.sends.model.send_names import facts_of, file_part
from latchkey.sends.model.start_time import ZONE
from latchkey.sends.needs import System
from latchkey.sends.watch_send import get_send
from latchkey.shared.model.file_names import file_name

MOST: Final = 25_000  # people in one file: what is built well within the function's time
HEADER: Final = (
    "Name",
    "E-mail",
    "State",
    "Reason",
    "Since (UTC)",
    "Password set since (UTC)",
    "Person",
    "Mail server said",
    "Year",
    "Group",
)
BY_GROUP: Final = ("Group", "Name", "E-mail", "State", "Reason", "Password set")
"""The headings of the file for tutors, a part for each registration group."""
_NO_GROUP: Final = "No group"
_INVITED: Final = {"Password set since (UTC)": "Account made (UTC)", "Person": "Invitation"}


def download_recipients(
    system: System, school: str, admin: Person, send_id: str, wanted: RecipientFilter, *, form: str, by: str = ""
) -> str:
    """A URL that gives the file for five minutes; whoever has it can read it.

    ``by`` ``group``: sorted by registration group, each on a sheet of its own, to hand to tutors.
    """
    check_form(form)
    if by not in {"", "group"}:
        raise Invalid(fields={"by": "Choose group, or nothing."})
    send, now = get_send(system, school, send_id), system.now()
    if not send.chunks:
        raise Conflict("This send has not been planned yet, so there is nothing to download.")
    count = 0

    def recipients() -> Iterator[Recipient]:
        nonlocal count
        for some in all_recipients(system, school, send, wanted, MOST):
            count += len(some)
            yield from some

    files = system.export_files()
    sheets = _by_group(recipients()) if by else [Sheet("Recipients", header_of(send), map(_row, recipients()))]
    key = save_tables(files, f"recipients/{school}/{send.id}", form, sheets)
    system.audit(school).record(admin.id, "send.download", now, {**facts_of(send), "rows": count, "format": form})
    parts = [file_part(send), _part(wanted), "by-group" if by else ""]
    name = file_name(school, parts, _started(send), form)
    return url_of(files, key, name)


def _by_group(people: Iterable[Recipient]) -> list[Sheet]:
    """A sheet for each registration group in list order; those without one last."""
    ordered = sorted(people, key=_place)
    return [
        Sheet(group, BY_GROUP, [_tutors_row(each, group) for each in sorted(theirs, key=lambda one: one.name)])
        for group, theirs in groupby(ordered, key=lambda each: each.registration_group or _NO_GROUP)
    ]


def _place(each: Recipient) -> tuple[bool, str, str]:
    group = each.registration_group
    return not group, year_key(each.year_group), group_key(group)


def _tutors_row(each: Recipient, group: str) -> list[str]:
    why = REASONS.get(shown(each.reason) or "", "")
    return [group, each.name, each.email or "", each.state, why, _day(each.password_set_at)]


def _day(seconds: int | None) -> str:
    if not seconds:
        return ""
    moment = datetime.fromtimestamp(seconds, ZoneInfo(ZONE))
    return f"{moment.day} {moment:%B %Y}"


def header_of(send: Send) -> tuple[str, ...]:
    """The headings of the file: who is invited makes an account in place of setting a password."""
    if send.kind != "parent_invitation":
        return HEADER
    return tuple(_INVITED.get(name, name) for name in HEADER)


def _part(wanted: RecipientFilter) -> str:
    """Which of them, in the file's name; nothing that was searched for."""
    if wanted.show != "all":
        return wanted.show.replace("_", "-")
    return wanted.state or ("some" if wanted.reason or wanted.q else "")


def _started(send: Send) -> str:
    """When a send was started, by the school's clock and to the second: two of one minute make two names."""
    return datetime.fromtimestamp(send.created_at, ZoneInfo(ZONE)).strftime("%Y-%m-%d-%H%M%S")


def _row(each: Recipient) -> list[str]:
    why = (shown(each.reason) or "").replace("_", " ")
    times = _time(each.at), _time(each.password_set_at)
    return [
        each.name,
        each.email or "",
        each.state,
        why,
        *times,
        each.person,
        each.detail,
        each.year_group,
        each.registration_group,
    ]


def _time(seconds: int | None) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M") if seconds else ""
