"""Tables for an MIS, which knows a student by the UPN: CSV in ASCII, a row for each student who has one."""

from abc import abstractmethod
from collections.abc import Sequence

from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.model.setting import Setting, Write, Writer
from latchkey.office_files.csv import block


class ByUpn(Writer):
    """Writes the rows; what stands in them is the format's. Nothing but ASCII, so no byte order mark trips an import."""

    def __init__(self, setting: Setting, write: Write, header: Sequence[str], codes: tuple[str, str]) -> None:
        """``codes``: how the columns of PIN and parent code are called."""
        self.left_out = 0
        self._audience = setting.wanted.audience
        self._write = write
        write(block([[*header, *self._meant(*codes)]]))

    def add(self, students: Sequence[LoginDetails]) -> None:
        """Write the rows of those who have a UPN."""
        rows = [self._row(each.student.upn, each) for each in students if each.student.upn]
        self.left_out += len(students) - len(rows)
        self._write(block(rows))

    def finish(self) -> None:
        """Nothing is left to write."""

    @abstractmethod
    def _row(self, upn: str, details: LoginDetails) -> list[str]: ...

    def _meant(self, pin: str, parent_code: str) -> list[str]:
        """What is for those whose codes are in the file."""
        return {"students": [pin], "parents": [parent_code], "both": [pin, parent_code]}[self._audience]
