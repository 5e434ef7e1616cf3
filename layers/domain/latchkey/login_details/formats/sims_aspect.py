"""Results for Comment aspects of SIMS, keyed by UPN, with their result set and date (docs/mis.md)."""

from datetime import UTC, datetime
from typing import Final

from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.formats.by_upn import ByUpn
from latchkey.login_details.model.mail_merge import AT_SCHOOL
from latchkey.login_details.model.setting import Setting, Write

RESULT_SET: Final = "Login details"
PIN: Final = "Latchkey PIN"
PARENT_CODE: Final = "Latchkey parent code"


class SimsAspect(ByUpn):
    """One column for each aspect: the code and its last day, far below 1,000 characters."""

    def __init__(self, setting: Setting, write: Write) -> None:
        super().__init__(setting, write, ("UPN", "ResultSet", "ResultDate"), (PIN, PARENT_CODE))
        self._today = _day(setting.now)

    def _row(self, upn: str, details: LoginDetails) -> list[str]:
        pin = AT_SCHOOL if details.uses_sso else _until(details.pin, details.pin_ends)
        return [upn, RESULT_SET, self._today, *self._meant(pin, _until(details.parent_code, details.parent_code_ends))]


def _until(code: str, ends: int | None) -> str:
    return f"{code} until {_day(ends - 1)}" if code and ends is not None else ""


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%d/%m/%Y")


make = SimsAspect
