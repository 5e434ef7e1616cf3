"""Printing by registration group: each begins on a new page, so that a form tutor's pages can be taken off the pile."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.paper.document import Element, Page
from latchkey.login_details.paper.sheet import Sheet


@dataclass(slots=True)
class Group:
    """A registration group whose pages are being made; ``parts`` are what is open in the document, the innermost first."""

    name: str
    parts: tuple[Element, ...]
    page: Page


G = TypeVar("G", bound=Group)


class Grouped(ABC, Generic[G]):
    """Goes through the students, group by group; what is drawn is the format's."""

    left_out = 0

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._group: G | None = None

    @property
    def unprintable(self) -> int:
        """Students whose names could not be drawn whole."""
        return self._sheet.unprintable

    def add(self, students: Sequence[LoginDetails]) -> None:
        """Draw what these students get."""
        for details in students:
            called = details.student.registration_group or ""
            if self._group is None or self._group.name != called:
                self._end()
                self._group = self._begin(called)
            self._draw(self._group, details)

    def finish(self) -> None:
        """End the last page and the file."""
        self._end()
        self._sheet.finish()

    @abstractmethod
    def _begin(self, called: str) -> G:
        """Begin a group on a new page."""

    @abstractmethod
    def _draw(self, group: G, details: LoginDetails) -> None:
        """Draw what one student gets, on this page or the next."""

    def _turn(self, group: G) -> None:
        """Go on with a group on a new page."""
        self._sheet.document.end(group.page)
        group.page = self._sheet.document.page()

    def _end(self) -> None:
        if self._group is not None:
            self._sheet.document.end(self._group.page)
            for part in self._group.parts:
                self._sheet.document.close(part)
            self._group = None
