"""The mail merge as CSV: what Word, Google Docs and LibreOffice read."""

from collections.abc import Sequence

from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.model.mail_merge import Layout
from latchkey.login_details.model.setting import Setting, Write, Writer
from latchkey.office_files.csv import MARK, block


class MailMergeCsv(Writer):
    """A header and the rows of the mail merge's layout."""

    def __init__(self, setting: Setting, write: Write) -> None:
        self._layout = Layout(setting.wanted, setting.school_url)
        self._write = write
        write(MARK + block([self._layout.header]))

    def add(self, students: Sequence[LoginDetails]) -> None:
        """Write the rows of these students."""
        self._write(block(self._layout.rows(students)))

    def finish(self) -> None:
        """Nothing is left to write."""


make = MailMergeCsv
