"""What a provider said about somebody, and we verified: signature, issuer, audience, time, nonce. Nothing else is ever in it."""

from dataclasses import dataclass

from latchkey.people.model.person import Role
from latchkey.schools.model.school import ConnectionKind as Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One answer of a provider, made by ``federate`` or ``saml`` alone.

    ``school`` and ``connection`` are those of the attempt that the answer belongs to, never of the answer. ``issuer`` is exact
    (of SAML: the entity id). ``tenant``: Google's ``hd``, Entra's ``tid``, of SAML the scope of its scoped attributes; else "".
    ``subject`` never changes and is nobody else's at this issuer: Google's ``sub``, Entra's ``<tid>.<oid>``, of SAML the
    pairwise id. ``pairwise``: Entra's ``sub``, which is another for each client registration.
    ``guest``: Entra's word that the account is of another tenant and was invited into this one (``idp``, ``acct``).
    ``email_verified`` is true only where the provider says so in words. ``username``: ``preferred_username``, or what the
    school's claim of usernames holds. ``upn``: Entra's user principal name, where a claim gives it; no Unique Pupil Number.
    ``roles``: as what the provider says that somebody is here, where it says so (RM Unify's role, or the affiliation); several
    where its word does not tell them apart, none where it names somebody whom a school does not have here. None: it says nothing.
    ``strong``: the answer itself says that a second factor was shown (``amr``, AuthnContext). ``at``: epoch seconds.
    """

    school: str
    connection: str
    kind: Kind
    issuer: str
    subject: str
    at: int
    tenant: str = ""
    pairwise: str = ""
    email: str | None = None
    email_verified: bool = False
    username: str | None = None
    upn: str | None = None
    mis_id: str | None = None
    given_name: str = ""
    family_name: str = ""
    strong: bool = False
    guest: bool = False
    roles: tuple[Role, ...] | None = None

    @property
    def account(self) -> str:
        """What its owner knows this account by, to be shown to them and to nobody else; "" where the provider names nothing."""
        return self.email or self.upn or self.username or ""
