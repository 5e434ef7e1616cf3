"""What the use cases of single sign-on take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.second_factors import needs as second_factors

if TYPE_CHECKING:
    from latchkey.codes.stores.numbers import Numbers
    from latchkey.sso.stores.connections import Connections
    from latchkey.sso.stores.links import Links
    from latchkey.sso.stores.saml_attempts import SamlAttempts


class System(second_factors.System, Protocol):
    """Its stores, keys and clock, and what second factors take."""

    def connections(self, school: str) -> Connections: ...

    def sso_links(self, school: str) -> Links: ...

    def numbers(self, school: str) -> Numbers: ...

    def saml_attempts(self, school: str) -> SamlAttempts: ...
