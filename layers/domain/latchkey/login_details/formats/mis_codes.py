"""Codes for the MIS, keyed by UPN: what Arbor and Bromcom take into user-defined fields (docs/mis.md)."""

from collections.abc import Sequence
from typing import Final

from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.model.mail_merge import AT_SCHOOL
from latchkey.login_details.model.setting import Setting, Write, Writer
from latchkey.office_files.csv import block

_HEADER: Final = {
    "students": ["UPN", "StudentPIN"],
    "parents": ["UPN", "ParentCode"],
    "both": ["UPN", "StudentPIN", "ParentCode"],
}


class MisCodes(Writer):
    """One row for each student with a UPN. Nothing but ASCII is in it, so there is no byte order mark to trip an import.

    Students of the school's own sign-in have those words in place of a PIN: an import that skips empty cells would leave
    an old PIN in the MIS.
    """

    def __init__(self, setting: Setting, write: Write) -> None:
        self.left_out = 0
        self._audience = setting.wanted.audience
        self._write = write
        write(block([_HEADER[self._audience]]))

    def add(self, students: Sequence[LoginDetails]) -> None:
        """Write the rows of those who have a UPN."""
        rows = [self._row(each) for each in students if each.student.upn]
        self.left_out += len(students) - len(rows)
        self._write(block(rows))

    def finish(self) -> None:
        """Nothing is left to write."""

    def _row(self, details: LoginDetails) -> list[str]:
        pin = [AT_SCHOOL if details.elsewhere else details.pin] if self._audience != "parents" else []
        parent = [details.parent_code] if self._audience != "students" else []
        return [details.student.upn or "", *pin, *parent]


make = MisCodes
