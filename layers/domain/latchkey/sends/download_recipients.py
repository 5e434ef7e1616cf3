"""Download what became of a send's recipients, as CSV or XLSX: built on the click, a long one by a worker; kept for a day."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from latchkey.errors import Conflict, Invalid, NotFound, TryLater
from latchkey.office_files.save_tables import Sheet, check_form, save_tables, url_of
from latchkey.people.model.groups import group_key, year_key
from latchkey.people.model.person import Person
from latchkey.roll.model.roll import Roll
from latchkey.roll.read_roll import read_kept_roll
from latchkey.sends.list_recipients import ForFile, Recipient
from latchkey.sends.model import outline
from latchkey.sends.model.in_words import REASONS
from latchkey.sends.model.people_file import PeopleFile
from latchkey.sends.model.recipient_filter import RecipientFilter
from latchkey.sends.model.refusals import shown
from latchkey.sends.model.send import Send
from latchkey.sends.model.send_names import facts_of, file_part
from latchkey.sends.model.start_time import ZONE
from latchkey.sends.needs import System
from latchkey.sends.watch_send import get_send
from latchkey.shared.model.file_names import file_name
from latchkey.shared.model.ids import is_id, new_id

MOST: Final = 250_000
"""People in one file, which are as many as a roll can have."""
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
) -> str | PeopleFile:
    """A URL that gives the file for five minutes; whoever has it can read it. The file that a worker makes, where it is long.

    ``by`` ``group``: sorted by registration group, each on a sheet of its own, to hand to tutors.
    """
    check_form(form)
    if by not in {"", "group"}:
        raise Invalid(fields={"by": "Choose group, or nothing."})
    send, now = get_send(system, school, send_id), system.now()
    if not send.chunks:
        raise Conflict("This send has not been planned yet, so there is nothing to download.")
    file = PeopleFile(
        id=new_id(system.time()), send=send.id, wanted=wanted, form=form, by=by, created_at=now, created_by=admin.id
    )
    found = ForFile(system, school, send, wanted)
    if not found.takes_more_than(outline.FEW):  # what does, a worker makes
        key, rows = _write(system, school, send, file, found)
        return _handed_out(system, school, admin, send, replace(file, key=key, rows=rows))
    system.people_files(school).make(file)
    system.queue("EXPORT_QUEUE").put({"school": school, "people_file": file.id})
    return file


def make_file(system: System, school: str, file_id: str, *, last_try: bool = False) -> PeopleFile | None:
    """Make a file that was asked for; None if there is nothing to do. ``TryLater`` while the roll or the outline is not there.

    When the last try fails, so has the file.
    """
    files, now = system.people_files(school), system.now()
    file = files.get(file_id, now)
    if file is None or file.state_at(now) != "queued":
        return None
    try:
        send = get_send(system, school, file.send)
        key, rows = _write(system, school, send, file, ForFile(system, school, send, file.wanted, _roll(system, school)))
    except (Conflict, NotFound):  # too many people, or the message is gone: another try changes nothing
        files.fail(file, now)
        return None
    except Exception:  # whatever it was: who waits for it is told
        if last_try:
            files.fail(file, now)
        raise
    files.finish(file, key, rows, system.now())
    return replace(file, state="finished", key=key, rows=rows)


def _roll(system: System, school: str) -> Roll:
    roll = read_kept_roll(system, school)
    if roll is None:  # it is being built
        raise TryLater()
    return roll


def see_file(system: System, school: str, send_id: str, file_id: str) -> tuple[PeopleFile, Send]:
    """A file that a worker makes, and its message; ``NotFound`` after its day."""
    file = system.people_files(school).get(file_id, system.now()) if is_id(file_id) else None
    if file is None or file.send != send_id:
        raise NotFound()
    return file, get_send(system, school, send_id)


def url_of_made(system: System, school: str, admin: Person, send_id: str, file_id: str) -> str:
    """A URL that gives such a file for five minutes; ``Conflict`` while there is none."""
    file, send = see_file(system, school, send_id, file_id)
    if file.state != "finished":
        raise Conflict("The file is not there yet. Wait until it is, or ask for it again.", code="not_ready")
    return _handed_out(system, school, admin, send, file)


def _write(system: System, school: str, send: Send, file: PeopleFile, found: ForFile) -> tuple[str, int]:
    """Where the file lies, and how many people are in it."""
    count = 0

    def recipients() -> Iterator[Recipient]:
        nonlocal count
        for some in found.recipients(MOST):
            count += len(some)
            yield from some

    sheets = _by_group(recipients()) if file.by else [Sheet("Recipients", header_of(send), map(_row, recipients()))]
    key = save_tables(system.export_files(), f"recipients/{school}/{send.id}", file.form, sheets)
    return key, count


def _handed_out(system: System, school: str, admin: Person, send: Send, file: PeopleFile) -> str:
    """The URL of a file, with the event that says who has it now."""
    facts: dict[str, str | int] = {**facts_of(send), "rows": file.rows, "format": file.form}
    system.audit(school).record(admin.id, "send.download", system.now(), facts)
    parts = [file_part(send), _part(file.wanted), "by-group" if file.by else ""]
    return url_of(system.export_files(), file.key, file_name(school, parts, _started(send), file.form))


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
