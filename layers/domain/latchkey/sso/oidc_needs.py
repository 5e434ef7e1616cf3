"""What OpenID Connect takes from outside, beside what all single sign-on takes: ``federate`` alone has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.sso import needs

if TYPE_CHECKING:
    from latchkey.sso.oidc.providers import Providers
    from latchkey.sso.stores.connection_looks import ConnectionLooks
    from latchkey.sso.stores.kept_secrets import KeptSecrets
    from latchkey.sso.stores.oidc_answers import OidcAnswers


class OidcSystem(needs.System, Protocol):
    """Its stores, keys and clock, and the providers that it has met."""

    @property
    def providers(self) -> Providers: ...

    @property
    def kept_secrets(self) -> KeptSecrets: ...

    @property
    def sso_attempt_key(self) -> bytes: ...

    def oidc_answers(self, school: str) -> OidcAnswers: ...

    def sso_looks(self, school: str) -> ConnectionLooks: ...
