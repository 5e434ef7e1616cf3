"""What the use cases of records take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.sign_in import needs as sign_in

if TYPE_CHECKING:
    from latchkey.codes.stores.numbers import Numbers
    from latchkey.people.stores.groups import KeptGroups
    from latchkey.records.stores.edits import Edits
    from latchkey.shared.stores.queues import Queue


class System(sign_in.System, Protocol):
    """Its stores, keys, queues and clock, and what sign in takes."""

    def queue(self, setting: str) -> Queue: ...

    def groups(self, school: str) -> KeptGroups: ...

    def numbers(self, school: str) -> Numbers: ...

    def edits(self, school: str) -> Edits: ...
