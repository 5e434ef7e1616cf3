"""What the use cases of selections take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.roll import needs as roll

if TYPE_CHECKING:
    from latchkey.selections.stores.selections import Selections


class System(roll.System, Protocol):
    """What the roll takes, and where selections are kept."""

    def selections(self, school: str) -> Selections: ...
