"""What the use cases of single sign-on take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from latchkey.sso.stores.connections import Connections
    from latchkey.sso.stores.saml_attempts import SamlAttempts


class System(Protocol):
    """Its stores, keys and clock."""

    def now(self) -> int: ...

    def connections(self, school: str) -> Connections: ...

    def saml_attempts(self, school: str) -> SamlAttempts: ...
