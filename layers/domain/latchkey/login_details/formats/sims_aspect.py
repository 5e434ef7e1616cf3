"""Results for Comment aspects of SIMS, keyed by UPN, with their result set and date (docs/mis.md)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.model.mail_merge import AT_SCHOOL
from latchkey.login_details.model.setting import Setting, Write, Writer
from latchkey.office_files.csv import block

RESULT_SET: Final = "Login details"
PIN: Final = "Latchkey PIN"
PARENT_CODE: Final = "Latchkey parent code"
_ASPECTS: Final = {"students": [PIN], "parents": [PARENT_CODE], "both": [PIN, PARENT_CODE]}


class SimsAspect(Writer):
    """One row for each student with a UPN, one column for each aspect: the code and its last day, far below 1,000 characters."""

    def __init__(self, setting: Setting, write: Write) -> None:
        self.left_out = 0
        self._audience = setting.wanted.audience
        self._today = _day(setting.now)
        self._write = write
        write(block([["UPN", "ResultSet", "ResultDate", *_ASPECTS[self._audience]]]))

    def add(self, students: Sequence[LoginDetails]) -> None:
        """Write the rows of those who have a UPN."""
        rows = [self._row(each) for each in students if each.student.upn]
        self.left_out += len(students) - len(rows)
        self._write(block(rows))

    def finish(self) -> None:
        """Nothing is left to write."""

    def _row(self, details: LoginDetails) -> list[str]:
        pin = [AT_SCHOOL if details.elsewhere else _until(details.pin, details.pin_ends)] if self._audience != "parents" else []
        parent = [_until(details.parent_code, details.parent_code_ends)] if self._audience != "students" else []
        return [details.student.upn or "", RESULT_SET, self._today, *pin, *parent]


def _until(code: str, ends: int | None) -> str:
    return f"{code} until {_day(ends - 1)}" if code and ends is not None else ""


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%d/%m/%Y")


make = SimsAspect
