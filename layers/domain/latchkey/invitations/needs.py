"""What the use cases of invitations take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.password_links import needs as password_links
from latchkey.second_factors import needs as second_factors

if TYPE_CHECKING:
    from latchkey.invitations.stores.invitations import Invitations
    from latchkey.invitations.stores.joins import Joins


class System(password_links.System, second_factors.System, Protocol):
    """Its stores, keys, queues and clock, and what password links and second factors take."""

    def time(self) -> float: ...

    def invitations(self, school: str) -> Invitations: ...

    def joins(self, school: str) -> Joins: ...
