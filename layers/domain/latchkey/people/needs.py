"""What the use cases of people take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from latchkey.people.stores.people import Directory


class System(Protocol):
    """Its stores."""

    def directory(self, school: str) -> Directory: ...
