"""Pages of lists: some items, and a sealed cursor for the next ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from latchkey.shared.model import cursors

PAGE: Final = 50
LONGEST_PAGE: Final = 100
ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Page(Generic[ItemT]):
    """Some items of a list in its order; ``next`` is the cursor of the next page (None: there is none)."""

    items: list[ItemT]
    next: str | None


@dataclass(frozen=True, slots=True)
class Pager:
    """One list. ``context`` names it and everything that decides what is in it; ``key`` seals its cursors."""

    context: str
    key: bytes

    def place(self, cursor: str | None) -> list[str | int]:
        """Where the page of a cursor begins, empty for the first page; ``Invalid`` for a cursor of another list."""
        return cursors.unseal(cursor, self.context, self.key) if cursor else []

    def after(self, cursor: str | None) -> str | None:
        """The id after which the page of a cursor begins, in a list that is in the order of ids; None for the first page."""
        place = self.place(cursor)
        return str(place[0]) if place else None

    def page(self, items: list[ItemT], following: str | Sequence[str | int] | None) -> Page[ItemT]:
        """A page, and where the next one begins: the id to go on after, or a place (None: nothing follows)."""
        if following is None:
            return Page(items, None)
        place: list[str | int] = [following] if isinstance(following, str) else [*following]
        return Page(items, cursors.seal(place, self.context, self.key))
