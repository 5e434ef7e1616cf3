"""The formats of login details: one module for each, loaded when an export asks for it.

A writer is given students in list order, some at a time, and hands bytes on as soon as it has them, so that memory stays flat.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Final, Protocol, cast

from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.model.runs import Format, Wanted
from latchkey.schools.model.logo import Logo
from latchkey.schools.model.school import School


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all of one file shares. ``origin`` is where the product is reached (``https://host``); ``now`` in epoch seconds."""

    school: School
    wanted: Wanted
    origin: str
    now: int
    logo: Logo | None = None

    @property
    def school_url(self) -> str:
        """The school's page, where every way in begins."""
        return f"{self.origin}/schools/{self.school.slug}"


class Writer(Protocol):
    """Makes one file. ``left_out`` counts students whom the format leaves out, ``unprintable`` names not drawn in full."""

    left_out: int = 0
    unprintable: int = 0

    def add(self, students: Sequence[LoginDetails]) -> None:
        """Take the next students."""

    def finish(self) -> None:
        """Hand on what is left; the file is whole."""


Write = Callable[[bytes], object]
Make = Callable[[Setting, Write], Writer]
_MODULES: Final[dict[Format, str]] = {
    "mail_merge_csv": "mail_merge_csv",
    "mail_merge_xlsx": "mail_merge_xlsx",
    "mail_merge_docx": "mail_merge_docx",
    "pin_table_xlsx": "pin_table_xlsx",
    "sims_aspect": "sims_aspect",
    "mis_codes": "mis_codes",
    "slips": "slips",
    "letters": "letters",
    "pin_table": "pin_table",
}


def writer(setting: Setting, write: Write) -> Writer:
    """The writer of the format that is wanted; each module has one, made by ``make``."""
    module = import_module(f"{__name__}.{_MODULES[setting.wanted.format]}")
    return cast("Make", module.make)(setting, write)
