"""What the use cases of accounts take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.password_links import needs as password_links

if TYPE_CHECKING:
    from latchkey.accounts.stores.own_address import OwnAddress
    from latchkey.accounts.stores.own_choices import OwnChoices


class System(password_links.System, Protocol):
    """Its store, and what password links take."""

    def own_address(self, school: str) -> OwnAddress: ...

    def own_choices(self, school: str) -> OwnChoices: ...
