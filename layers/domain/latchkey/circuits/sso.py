"""The stores of single sign-on."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from latchkey.circuits.base import Base

if TYPE_CHECKING:
    from latchkey.sso.oidc.providers import Providers
    from latchkey.sso.saml.source import Source
    from latchkey.sso.stores.client_secrets import ClientSecrets
    from latchkey.sso.stores.connection_looks import ConnectionLooks, Shelf
    from latchkey.sso.stores.connections import Connections
    from latchkey.sso.stores.doorways import Doorway
    from latchkey.sso.stores.kept_secrets import KeptSecrets
    from latchkey.sso.stores.links import Links
    from latchkey.sso.stores.oidc_answers import OidcAnswers
    from latchkey.sso.stores.saml_attempts import SamlAttempts
    from latchkey.sso.stores.saml_readings import SamlReadings


class OfSso(Base):
    """Stores of single sign-on."""

    def connections(self, school: str) -> Connections:
        """A school's connections to providers."""
        from latchkey.sso.stores.connections import Connections

        return Connections(self.table("DIRECTORY_TABLE"), school)

    def sso_links(self, school: str) -> Links:
        """Which accounts at providers are whose."""
        from latchkey.sso.stores.links import Links

        return Links(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), self.table("CREDENTIALS_TABLE"), school)

    def saml_attempts(self, school: str) -> SamlAttempts:
        """A school's attempts to sign in by SAML."""
        from latchkey.sso.stores.saml_attempts import SamlAttempts

        return SamlAttempts(self.client("dynamodb"), self.table("SESSIONS_TABLE"), school)

    def saml_readings(self, school: str) -> SamlReadings:
        """How a school's SAML providers' metadata was last read."""
        from latchkey.sso.stores.saml_readings import SamlReadings

        return SamlReadings(self._plain_table("DIRECTORY_TABLE"), school)

    def sso_looks(self, school: str) -> ConnectionLooks:
        """What looks at a school's connections have found, and admins' tries of them."""
        from latchkey.sso.stores.connection_looks import ConnectionLooks

        return ConnectionLooks(self.table("DIRECTORY_TABLE"), school)

    def sso_shelf(self, school: str) -> Shelf:
        """All that a school has of single sign-on, as one read finds it."""
        from latchkey.sso.stores.connection_looks import read_shelf

        return read_shelf(self.table("DIRECTORY_TABLE"), school)

    @cached_property
    def client_secrets(self) -> ClientSecrets:
        """The secrets of schools' registrations at providers."""
        from latchkey.sso.stores.client_secrets import ClientSecrets

        return ClientSecrets(self.client("secretsmanager"), self.settings.get("SSO_SECRETS"))

    @cached_property
    def kept_secrets(self) -> KeptSecrets:
        """The same, kept for some minutes: for signing in."""
        from latchkey.sso.stores.kept_secrets import KeptSecrets

        return KeptSecrets(self.client_secrets, self.now)

    def oidc_answers(self, school: str) -> OidcAnswers:
        """Which answers of OpenID providers were used."""
        from latchkey.sso.stores.oidc_answers import OidcAnswers

        return OidcAnswers(self.table("SESSIONS_TABLE"), school)

    @cached_property
    def metadata(self) -> Source:
        """Where SAML providers' metadata comes from."""
        from latchkey.sso.model.web_addresses import local_origins
        from latchkey.sso.oidc.fetch import fetch
        from latchkey.sso.saml.source import Source

        return Source(fetch, self.now, local_origins(self.settings.get("SSO_LOCAL_ORIGINS")))

    @cached_property
    def providers(self) -> Providers:
        """The OpenID providers that this container meets."""
        from latchkey.sso.model.web_addresses import local_origins
        from latchkey.sso.oidc.fetch import fetch
        from latchkey.sso.oidc.providers import Providers

        return Providers(fetch, self.now, local_origins(self.settings.get("SSO_LOCAL_ORIGINS")))

    @property
    def sso_attempt_key(self) -> bytes:
        """The key that seals what a browser keeps while it is at a provider: nothing that is stored is under it."""
        return self._keyring("LOOKUP_KEY").key("sso-attempt/v1")

    def doorway(self, setting: str) -> Doorway:
        """The function that meets providers whose name a setting holds."""
        from latchkey.sso.stores.doorways import Doorway

        return Doorway(self.client("lambda"), self.settings.get(setting))
