"""What the use cases of closures take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.login_details import needs as login_details
from latchkey.sends import needs as sends

if TYPE_CHECKING:
    from latchkey.closure.stores.closures import Closures


class System(sends.System, login_details.System, Protocol):
    """Its stores, keys, queues and clock, and what sends and login details take."""

    def closures(self, school: str) -> Closures: ...
