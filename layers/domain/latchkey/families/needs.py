"""What the use cases of families take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.codes import needs as codes
from latchkey.password_links import needs as password_links

if TYPE_CHECKING:
    from latchkey.families.stores.confirmations import Confirmations


class System(codes.System, password_links.System, Protocol):
    """What codes and password links take, and where confirmed addresses are written."""

    def confirmations(self, school: str) -> Confirmations: ...
