"""What the use cases of invitations take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.password_links import needs as password_links

if TYPE_CHECKING:
    from latchkey.invitations.stores.invitations import Invitations
    from latchkey.invitations.stores.joins import Joins


class System(password_links.System, Protocol):
    """Its stores, keys, queues and clock, and what password links take."""

    def time(self) -> float: ...

    def invitations(self, school: str) -> Invitations: ...

    def joins(self, school: str) -> Joins: ...
