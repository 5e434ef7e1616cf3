"""What SAML takes from outside, beside what all single sign-on takes: ``saml`` alone has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.sso import needs

if TYPE_CHECKING:
    from latchkey.sso.saml.source import Source
    from latchkey.sso.stores.connection_looks import ConnectionLooks
    from latchkey.sso.stores.saml_readings import SamlReadings


class SamlSystem(needs.System, Protocol):
    """Its stores, keys and clock, and where metadata comes from."""

    @property
    def metadata(self) -> Source: ...

    def saml_readings(self, school: str) -> SamlReadings: ...

    def sso_looks(self, school: str) -> ConnectionLooks: ...
