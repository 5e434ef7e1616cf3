"""The mail merge as an Excel workbook: the rows of the CSV, in cells that are text."""

from collections.abc import Sequence
from typing import Final

from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.model.mail_merge import Layout
from latchkey.login_details.model.setting import Setting, Write, Writer
from latchkey.office_files.xlsx import Workbook

SHEET: Final = "Login details"
# Widths in characters, by the end of a column's name: so they serve Child1Surname too.
_WIDTHS: Final = {
    "UPN": 15, "Id": 12, "Surname": 18, "Forename": 16, "Year": 6, "RegGroup": 10, "Username": 18, "PIN": 17, "Expires": 12,
    "Code": 22, "Left": 8, "URL": 44, "Method": 15, "Email": 30, "Children": 28, "Parents": 30,
}  # fmt: skip


class MailMergeXlsx(Writer):
    """One sheet with the rows of the mail merge's layout."""

    def __init__(self, setting: Setting, write: Write) -> None:
        self._layout = Layout(setting.wanted, setting.school_url)
        self._book = Workbook(write)
        self._book.sheet(SHEET, self._layout.header, [_width(name) for name in self._layout.header], setting.school.name)

    def add(self, students: Sequence[LoginDetails]) -> None:
        """Write the rows of these students."""
        self._book.add(self._layout.rows(students))

    def finish(self) -> None:
        """End the workbook."""
        self._book.finish()


def _width(name: str) -> int:
    fits = next(width for end, width in _WIDTHS.items() if name.endswith(end))
    return max(fits, len(name) + 2)


make = MailMergeXlsx
