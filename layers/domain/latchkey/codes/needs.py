"""What the use cases of codes take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.sign_in import needs as sign_in

if TYPE_CHECKING:
    from latchkey.codes.stores.codes import Codes
    from latchkey.codes.stores.numbers import Numbers
    from latchkey.codes.stores.uses import CodeUses
    from latchkey.shared.stores.queues import Queue


class System(sign_in.System, Protocol):
    """Its stores, keys, queues and clock, and what sign in takes."""

    def time(self) -> float: ...

    def queue(self, setting: str) -> Queue: ...

    def codes(self, school: str) -> Codes: ...

    def numbers(self, school: str) -> Numbers: ...

    def code_uses(self, school: str) -> CodeUses: ...

    def code_key(self, school: str, epoch: int) -> bytes: ...
