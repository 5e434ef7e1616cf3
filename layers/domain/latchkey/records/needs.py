"""What the use cases of records take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.contacts import needs as contacts
from latchkey.doubles import needs as doubles
from latchkey.sends import needs as sends

if TYPE_CHECKING:
    from latchkey.codes.stores.numbers import Numbers
    from latchkey.families.stores.objections import Objections
    from latchkey.records.stores.edits import Edits
    from latchkey.records.stores.erasures import Erased, Erasures
    from latchkey.records.stores.leaver_runs import LeaverRuns
    from latchkey.shared.stores.register import Kind
    from latchkey.sso.stores.links import Links


class System(contacts.System, doubles.System, sends.System, Protocol):
    """Its stores, keys, queues and clock, and what contacts, doubles and sends take."""

    def numbers(self, school: str) -> Numbers: ...

    def objections(self, school: str) -> Objections: ...

    def edits(self, school: str) -> Edits: ...

    def register(self) -> tuple[Kind, ...]: ...

    def sso_links(self, school: str) -> Links: ...

    def erased(self, school: str) -> Erased: ...

    def erasures(self, school: str) -> Erasures: ...

    def leaver_runs(self, school: str) -> LeaverRuns: ...
