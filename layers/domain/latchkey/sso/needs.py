"""What the use cases of single sign-on take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from latchkey.sso.stores.connections import Connections


class System(Protocol):
    """Its stores, keys and clock."""

    def connections(self, school: str) -> Connections: ...
