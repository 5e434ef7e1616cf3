"""Download what became of a send's recipients, as CSV or XLSX: built on the click, kept for a day."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from latchkey.errors import Conflict, Invalid
from latchkey.office_files.csv import MARK, block
from latchkey.people.model.person import Person
from latchkey.sends.model.refusals import shown
from latchkey.sends.model.send import Send
from latchkey.sends.model.send_names import facts_of, file_part
from latchkey.sends.model.start_time import ZONE
from latchkey.sends.needs import System
from latchkey.sends.watch_send import Recipient, RecipientFilter, all_recipients, get_send
from latchkey.shared.model.file_names import file_name
from latchkey.shared.stores.files import URL_LIFE

MOST: Final = 25_000  # people in one file: what is built well within the function's time
HEADER: Final = ("Name", "E-mail", "State", "Reason", "Since (UTC)", "Password set since (UTC)", "Person", "Mail server said")
_INVITED: Final = {"Password set since (UTC)": "Account made (UTC)", "Person": "Invitation"}
_MEDIA: Final[Mapping[str, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_Rows = Iterable[list[list[str]]]


def download_recipients(system: System, school: str, admin: Person, send_id: str, wanted: RecipientFilter, *, form: str) -> str:
    """A URL that gives the file for five minutes; whoever has it can read it."""
    if form not in _MEDIA:
        raise Invalid(fields={"format": "Choose csv or xlsx."})
    send, now = get_send(system, school, send_id), system.now()
    if not send.chunks:
        raise Conflict("This send has not been planned yet, so there is nothing to download.")
    count = 0

    def rows() -> _Rows:
        nonlocal count
        for some in all_recipients(system, school, send, wanted, MOST):
            count += len(some)
            yield [_row(each) for each in some]

    key = f"recipients/{school}/{send.id}/{secrets.token_hex(16)}.{form}"
    with system.export_files().upload(key, _MEDIA[form]) as file:
        _WRITE[form](file.write, header_of(send), rows())
        file.finish()
    system.audit(school).record(admin.id, "send.download", now, {**facts_of(send), "rows": count, "format": form})
    name = file_name(school, [file_part(send), _part(wanted)], _started(send), form)
    return system.export_files().url(key, URL_LIFE, name=name, media_type=_MEDIA[form])


def header_of(send: Send) -> tuple[str, ...]:
    """The headings of the file: who is invited makes an account in place of setting a password."""
    if send.kind != "parent_invitation":
        return HEADER
    return tuple(_INVITED.get(name, name) for name in HEADER)


def _part(wanted: RecipientFilter) -> str:
    """Which of them, in the file's name; nothing that was searched for."""
    return wanted.state or ("some" if wanted.reason or wanted.q else "")


def _started(send: Send) -> str:
    """When a send was started, by the school's clock and to the second: two of one minute make two names."""
    return datetime.fromtimestamp(send.created_at, ZoneInfo(ZONE)).strftime("%Y-%m-%d-%H%M%S")


def _row(each: Recipient) -> list[str]:
    why = (shown(each.reason) or "").replace("_", " ")
    times = _time(each.at), _time(each.password_set_at)
    return [each.name, each.email or "", each.state, why, *times, each.person, each.detail]


def _time(seconds: int | None) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M") if seconds else ""


def _csv(write: Callable[[bytes], None], header: Sequence[str], blocks: _Rows) -> None:
    write(MARK + block([header]))
    for rows in blocks:
        write(block(rows))


def _xlsx(write: Callable[[bytes], None], header: Sequence[str], blocks: _Rows) -> None:
    from latchkey.office_files.xlsx import Workbook  # loaded by the first such download only

    book = Workbook(write)
    book.sheet("Recipients", header, [24] * len(header))
    for rows in blocks:
        book.add(rows)
    book.finish()


_WRITE: Final[Mapping[str, Callable[[Callable[[bytes], None], Sequence[str], _Rows], None]]] = {"csv": _csv, "xlsx": _xlsx}
