"""What the use cases of records take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.sends import needs as sends
from latchkey.sign_in import needs as sign_in

if TYPE_CHECKING:
    from latchkey.audit.stores.audit import Audit
    from latchkey.codes.stores.numbers import Numbers
    from latchkey.people.stores.groups import KeptGroups
    from latchkey.people.stores.people import Directory
    from latchkey.records.stores.edits import Edits
    from latchkey.sends.stores.sends import Sends
    from latchkey.shared.stores.queues import Queue


class Invites(Protocol):
    """What inviting an admin takes, of the console and of the operator."""

    def now(self) -> int: ...

    def queue(self, setting: str) -> Queue: ...

    def directory(self, school: str) -> Directory: ...

    def sends(self, school: str) -> Sends: ...

    def audit(self, school: str) -> Audit: ...

    def lookup_key(self, school: str) -> bytes: ...


class System(sign_in.System, sends.System, Protocol):
    """Its stores, keys, queues and clock, and what sign in and sends take."""

    def groups(self, school: str) -> KeptGroups: ...

    def numbers(self, school: str) -> Numbers: ...

    def edits(self, school: str) -> Edits: ...
