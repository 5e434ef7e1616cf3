"""A connection: one client registration of one school at one provider."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, get_args

from latchkey.people.model.person import Role
from latchkey.schools.model.school import ConnectionKind, PublicConnection, School

Kind: TypeAlias = ConnectionKind
Match = Literal["email", "upn", "mis_id", "username"]
"""By what somebody is found the first time they come: afterwards the provider's immutable subject alone counts."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MATCHES: Final[tuple[Match, ...]] = get_args(Match)
MOST: Final = 4
"""Connections of a school."""
GOOGLE: Final = "https://accounts.google.com"
ENTRA: Final = "https://login.microsoftonline.com/{tenant}/v2.0"
KIND_NAMES: Final[Mapping[Kind, str]] = {
    "google": "Google Workspace",
    "entra": "Microsoft Entra ID",
    "oidc": "OpenID Connect",
    "saml": "SAML 2",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRef:
    """Where the client's secret is kept (the name in Secrets Manager, never the value), and when the provider ends it.

    ``ends_at`` is what the admin has read at the provider (epoch seconds); None: it has no end, or nobody has said.
    """

    name: str
    ends_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One version of a connection. ``name`` is its ``{provider}`` in addresses; ``on``: this version is in force.

    ``issuer`` is exact (SAML: the entity id). ``tenant``: Google's hosted domains (``hd``), Entra's tenant (``tid``), SAML's
    scopes. ``match_claim`` is the claim or attribute that holds what ``match_on`` compares. ``creates``: who gets an account here
    by signing in. ``proves_second_factor``: where the provider says that it asked for a second factor, ours is not asked.
    ``metadata_url``, ``sign_in_url`` and ``certificates`` (PEM without its frame, at most two) are SAML's;
    ``metadata_certificate`` is a federation's, with which its metadata has to be signed, "" where https alone vouches for it.
    """

    name: str
    kind: Kind
    label: str
    roles: tuple[Role, ...]
    on: bool = False
    issuer: str = ""
    client_id: str = ""
    tenant: tuple[str, ...] = ()
    match_on: Match = "email"
    match_claim: str = "email"
    creates: tuple[Role, ...] = ()
    proves_second_factor: bool = False
    metadata_url: str = ""
    sign_in_url: str = ""
    certificates: tuple[str, ...] = ()
    metadata_certificate: str = ""
    secret: SecretRef | None = None
    version: int = 1

    @property
    def public(self) -> PublicConnection:
        """What the school's settings say of it while it is in force."""
        return PublicConnection(
            name=self.name,
            kind=self.kind,
            label=self.label,
            roles=self.roles,
            issuer=self.issuer,
            tenant=self.tenant,
            version=self.version,
        )

    def with_metadata(self, sign_in_url: str, certificates: tuple[str, ...]) -> "Connection":
        """The same with what its metadata says now."""
        return replace(self, sign_in_url=sign_in_url, certificates=certificates)

    @property
    def is_saml(self) -> bool:
        """Whether it speaks SAML 2; all others speak OpenID Connect."""
        return self.kind == "saml"


def marked(connection: Connection, school: School) -> Connection:
    """The connection, saying whether it is in force."""
    public = school.settings.sso.connection(connection.name)
    return replace(connection, on=public is not None and public.version == connection.version)


def source_of(connection: Connection) -> tuple[str, str]:
    """Where SAML's metadata comes from, and who has to have signed it."""
    return connection.metadata_url, connection.metadata_certificate


def callback(origin: str, kind: Kind) -> str:
    """The redirect address (SAML: where assertions are posted) that has to be registered at the provider, byte for byte."""
    return f"{origin}/sso/saml" if kind == "saml" else f"{origin}/sso/callback"
