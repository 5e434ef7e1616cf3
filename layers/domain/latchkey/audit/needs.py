"""What the use cases of audit take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from latchkey.audit.stores.audit import Audit


class System(Protocol):
    """Its stores, keys, queues and clock."""

    def audit(self, school: str) -> Audit: ...

    def cursor_key(self, school: str) -> bytes: ...
