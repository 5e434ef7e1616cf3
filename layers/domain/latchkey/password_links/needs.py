"""What the use cases of password links take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.sign_in import needs as sign_in

if TYPE_CHECKING:
    from latchkey.shared.stores.queues import Queue
    from latchkey.sign_in.stores.passwords import Passwords


class System(sign_in.System, Protocol):
    """Its stores, keys, queues and clock, and what sign in takes."""

    def queue(self, setting: str) -> Queue: ...

    def passwords(self, school: str) -> Passwords: ...

    def link_key(self, school: str, epoch: int) -> bytes: ...
