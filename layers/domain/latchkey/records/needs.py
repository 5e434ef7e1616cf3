"""What the use cases of records take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.sends import needs as sends
from latchkey.sign_in import needs as sign_in

if TYPE_CHECKING:
    from latchkey.codes.stores.numbers import Numbers
    from latchkey.people.stores.groups import KeptGroups
    from latchkey.records.stores.edits import Edits
    from latchkey.shared.stores.register import Kind


class System(sign_in.System, sends.System, Protocol):
    """Its stores, keys, queues and clock, and what sign in and sends take."""

    def groups(self, school: str) -> KeptGroups: ...

    def numbers(self, school: str) -> Numbers: ...

    def edits(self, school: str) -> Edits: ...

    def register(self) -> tuple[Kind, ...]: ...
