"""Codes for the MIS, keyed by UPN: what Arbor and Bromcom take into user-defined fields (docs/mis.md)."""

from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.formats.by_upn import ByUpn
from latchkey.login_details.model.mail_merge import AT_SCHOOL
from latchkey.login_details.model.setting import Setting, Write


class MisCodes(ByUpn):
    """The codes alone.

    Students of the school's own sign-in have those words in place of a PIN: an import that skips empty cells would leave
    an old PIN in the MIS.
    """

    def __init__(self, setting: Setting, write: Write) -> None:
        super().__init__(setting, write, ("UPN",), ("StudentPIN", "ParentCode"))

    def _row(self, upn: str, details: LoginDetails) -> list[str]:
        return [upn, *self._meant(AT_SCHOOL if details.uses_sso else details.pin, details.parent_code)]


make = MisCodes
