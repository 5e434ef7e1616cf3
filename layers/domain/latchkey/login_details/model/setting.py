"""What a format is given to make a file, and what it has to offer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.model.runs import ExportRequest
from latchkey.schools.model.logo import Logo
from latchkey.schools.model.school import School


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all of one file shares. ``origin`` is where the product is reached (``https://host``); ``now`` in epoch seconds."""

    school: School
    wanted: ExportRequest
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
