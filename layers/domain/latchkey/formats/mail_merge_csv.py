"""The mail merge as CSV: what Word, Google Docs and LibreOffice read."""

from collections.abc import Sequence

from latchkey.formats import Setting, Write, Writer
from latchkey.model import mail_merge
from latchkey.model.login_details import LoginDetails


class MailMergeCsv(Writer):
    """One row for each student."""

    def __init__(self, setting: Setting, write: Write) -> None:
        self._sheet = mail_merge.Sheet(audience=setting.wanted.audience, url=setting.school_url)
        self._write = write
        write(mail_merge.HEADER)

    def add(self, students: Sequence[LoginDetails]) -> None:
        """Write the rows of these students."""
        self._write(mail_merge.block([mail_merge.row(student, self._sheet) for student in students]))

    def finish(self) -> None:
        """Nothing is left to write."""


make = MailMergeCsv
