"""What the use cases of doubles take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.roll import needs as roll
from latchkey.sign_in import needs as sign_in

if TYPE_CHECKING:
    from latchkey.doubles.stores.looks import Looks
    from latchkey.doubles.stores.merges import Merges
    from latchkey.shared.stores.queues import Queue


class System(sign_in.System, roll.System, Protocol):
    """Its stores, keys, queues and clock, and what sign in and the roll take."""

    def time(self) -> float: ...

    def queue(self, setting: str) -> Queue: ...

    def looks(self, school: str) -> Looks: ...

    def merges(self, school: str) -> Merges: ...
