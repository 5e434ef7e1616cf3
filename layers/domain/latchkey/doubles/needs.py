"""What the use cases of doubles take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.sign_in import needs as sign_in

if TYPE_CHECKING:
    from latchkey.doubles.stores.looks import Looks
    from latchkey.doubles.stores.merges import Merges
    from latchkey.shared.stores.queues import Queue


class System(sign_in.System, Protocol):
    """Its stores, keys, queues and clock, and what sign in takes."""

    def time(self) -> float: ...

    def queue(self, setting: str) -> Queue: ...

    def looks(self, school: str) -> Looks: ...

    def merges(self, school: str) -> Merges: ...

    def cursor_key(self, school: str) -> bytes: ...
