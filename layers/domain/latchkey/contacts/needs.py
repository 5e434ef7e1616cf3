"""What the use cases of contacts take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.login_details import needs as login_details
from latchkey.sends import needs as sends

if TYPE_CHECKING:
    from latchkey.contacts.stores.kept import KeptParents
    from latchkey.contacts.stores.runs import ContactsRuns
    from latchkey.shared.stores.uploads import Uploads


class System(login_details.System, sends.System, Protocol):
    """Its stores, keys, queues and clock, and what login details and sends take."""

    def contacts_runs(self, school: str) -> ContactsRuns: ...

    def kept_parents(self, school: str) -> KeptParents: ...

    def uploads(self) -> Uploads: ...
