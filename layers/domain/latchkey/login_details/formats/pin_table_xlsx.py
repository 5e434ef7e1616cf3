"""The table of PINs for form tutors as an Excel workbook: a sheet for each registration group. It shows no UPN."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from latchkey.codes.model.audience import Audience
from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.model.mail_merge import AT_SCHOOL, last_day
from latchkey.login_details.model.setting import Setting, Write, Writer
from latchkey.office_files.xlsx import Workbook
from latchkey.people.model.person import Person


class _Column(NamedTuple):
    title: str
    width: int
    cell: Callable[[LoginDetails], str]


_NAME: Final = (
    _Column("Surname", 20, lambda details: details.student.family_name),
    _Column("Forename", 18, lambda details: details.student.given_name),
    _Column("Username", 18, lambda details: details.student.username or ""),
)
_PIN: Final = (
    _Column("PIN", 17, lambda details: AT_SCHOOL if details.uses_sso else details.pin),
    _Column("PIN works until", 15, lambda details: last_day(details.pin_ends)),
)
_PARENT_CODE: Final = (
    _Column("Parent code", 22, lambda details: details.parent_code),
    _Column("Code works until", 16, lambda details: last_day(details.parent_code_ends)),
)
_COLUMNS: Final = {"students": _NAME + _PIN, "parents": _NAME + _PARENT_CODE, "both": _NAME + _PIN + _PARENT_CODE}


class PinTableXlsx(Writer):
    """Students come sorted by year and registration group, so each sheet is written once, in a stream."""

    def __init__(self, setting: Setting, write: Write) -> None:
        self._columns = _COLUMNS[setting.wanted.audience]
        self._heading = f"{setting.school.name} · {setting.school_url}"
        self._book = Workbook(write)
        self._group: tuple[str | None, str | None] | None = None

    def add(self, students: Sequence[LoginDetails]) -> None:
        """Write these students, each group on its own sheet."""
        for group, members in groupby(students, key=lambda details: _group(details.student)):
            if group != self._group:
                self._begin(group)
            self._book.add([[column.cell(details) for column in self._columns] for details in members])

    def finish(self) -> None:
        """End the workbook; it needs a sheet even if nobody is in it."""
        if self._group is None:
            self._begin((None, None))
        self._book.finish()

    def _begin(self, group: tuple[str | None, str | None]) -> None:
        self._group = group
        year, name = group
        title = name or (f"Year {year}, no group" if year else "No group")
        self._book.sheet(
            title, [column.title for column in self._columns], [column.width for column in self._columns], self._heading
        )


def table(audience: Audience, students: Sequence[LoginDetails]) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of some students, as they stand in a sheet."""
    columns = _COLUMNS[audience]
    return [column.title for column in columns], [[column.cell(each) for column in columns] for each in students]


def _group(student: Person) -> tuple[str | None, str | None]:
    return student.year_group, student.registration_group


make = PinTableXlsx
