"""Whose account a proof opens: the rules, with plain values.

    proof ──▶ unfit: is it of this school's connection, from its pinned tenant? ──▶ no: refused
      │
      ├── the account at the provider is linked ──▶ its person, whatever its address says by now ──▶ shut?
      └── it is not ──▶ sought: what the connection matches by ──▶ chosen: exactly one who may, or refused with the reason

Nothing is guessed. An address counts only where the provider answers for it: Google's and other OpenID providers' must be called
verified; Entra never says so, so there the pinned tenant answers for it, and never for a guest of another tenant. Whoever is
linked with an account of an issuer is never matched with another account of it: a domain that changed hands brings its
addresses, and not its subjects.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from latchkey.people.model.person import ADULTS, Person, Role
from latchkey.people.model.unconfirmed import is_over
from latchkey.schools.model.school import School
from latchkey.shared.model import identifiers, names
from latchkey.sso.model.connection import ENTRA, GOOGLE, Connection
from latchkey.sso.model.proof import Proof

Reason = Literal[
    "off",
    "foreign",
    "guest",
    "unproved",
    "unknown",
    "unnamed",
    "several",
    "other_account",
    "unconfirmed",
    "left",
    "disabled",
    "role",
    "admin",
]
"""Why a proof opens nothing. ``off``: the connection is not in force. ``foreign``: the account is of another tenant, domain or
issuer. ``unproved``: the provider says nothing that could be matched. ``unnamed``: nobody is made without a name. ``role``: their
role does not sign in with this connection. ``admin``: the school's admins sign in with a password.
"""
SHARED_ISSUERS: Final = (
    "https://accounts.google.com",
    "https://login.microsoftonline.com/",
    "https://sts.windows.net/",
    "https://appleid.apple.com",
    "https://login.live.com",
    "https://www.facebook.com",
)
"""Where anybody can have an account: as a connection of its own kind they are pinned, as "another issuer" they never are."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody is looked for by: the kind of identifier, and its values."""

    by: Literal["email", "username", "mis_id"]
    values: tuple[str, ...]


def unfit(school: School, connection: Connection, proof: Proof) -> Reason | None:
    """Why a proof is none of this connection of this school, as the school's settings have it in force now; None if it is."""
    public = school.settings.sso.connection(connection.name)
    if public is None or replace(public, label=connection.label, roles=connection.roles) != connection.public:
        return "off"
    if (proof.school, proof.connection, proof.kind) != (school.slug, connection.name, connection.kind):
        return "foreign"
    if not proof.subject or proof.issuer != connection.issuer:
        return "foreign"
    return None if _is_pinned(connection, proof) else "foreign"


def _is_pinned(connection: Connection, proof: Proof) -> bool:
    tenant, pinned = proof.tenant.lower(), {each.lower() for each in connection.tenant}
    match connection.kind:
        case "google":
            return connection.issuer == GOOGLE and tenant in pinned
        case "entra":
            its_own = proof.issuer == ENTRA.format(tenant=proof.tenant) and proof.subject.startswith(f"{proof.tenant}.")
            return bool(tenant) and tenant in pinned and its_own
        case _:
            is_shared = connection.issuer.startswith(SHARED_ISSUERS)
            return not is_shared and (not pinned or tenant in pinned)


def sought(school: School, connection: Connection, proof: Proof) -> Sought | Reason:
    """By what somebody is looked for who comes for the first time, or why they cannot be."""
    if proof.guest:
        return "guest"
    match connection.match_on:
        case "mis_id":
            found = Sought("mis_id", tuple(filter(None, [mis_id_of(proof)])))
        case "username":
            name = _username(school, connection, proof)
            found = Sought("username", (name,) if name else ())
        case "upn":
            found = Sought("email", _addresses(proof.upn, proof.username))
        case _:
            found = Sought("email", proved_addresses(connection, proof))
    return found if found.values else "unproved"


def mis_id_of(proof: Proof) -> str | None:
    """The id of the school's MIS, if the provider says one that a roster could have."""
    from latchkey.rosters.model.cells import Wrong, mis_id

    try:
        return mis_id((proof.mis_id or "").strip())
    except Wrong:
        return None


def proved_addresses(connection: Connection, proof: Proof) -> tuple[str, ...]:
    """The addresses for which the provider answers."""
    if connection.kind == "entra":  # never says "verified", and leaves ``email`` out where the domain is not the tenant's
        return _addresses(proof.email, proof.upn, proof.username)
    if connection.kind == "saml":  # has no such word: what the school's own provider signs is what it answers for
        return _addresses(proof.email)
    return _addresses(proof.email) if proof.email_verified else ()


def _addresses(*texts: str | None) -> tuple[str, ...]:
    found = (identifiers.email(text) for text in texts if text)
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _username(school: School, connection: Connection, proof: Proof) -> str | None:
    """The username that is meant: all of it, or what stands before the @ of a domain that is the school's."""
    name, _, domain = (proof.username or proof.upn or "").partition("@")
    if domain and domain.lower() not in _own_domains(school, connection):
        return None
    return identifiers.username(name)


def _own_domains(school: School, connection: Connection) -> set[str]:
    stated = {*school.settings.student_domains.split(), *school.settings.staff_domains.split()}
    pinned = () if connection.kind == "entra" else connection.tenant
    return {each.lower() for each in (*stated, *pinned)}


def may_be(person: Person, proof: Proof) -> bool:
    """Whether the provider's word does not contradict it: MIS ids of students and staff overlap (RM Unify says so).

    Who is a teacher and who is other staff a MIS and a provider often see in two ways; who is a child they do not.
    """
    return not proof.roles or (person.role == "student") == ("student" in proof.roles)


def chosen(people: Sequence[Person], school: School, connection: Connection, key: str, now: int) -> Person | Reason:
    """The one of these people whose account it is, or why it is nobody's. ``key``: of the account at the provider."""
    if not people:
        return "unknown"
    roles = roles_of(school, connection)
    bound = [each for each in people if each.role in roles]
    if not bound:
        return "role"
    able = [each for each in bound if each.status == "active" and not is_over(each, now)]
    if not able:
        return "disabled" if any(each.status == "disabled" for each in bound) else "left"
    if len(able) > 1:
        return "several"
    person = able[0]
    if any(each.issuer == connection.issuer and each.key != key for each in person.sso):
        return "other_account"
    return shut(person, school, connection, now) or ("unconfirmed" if person.address_is_unconfirmed else person)


def shut(person: Person, school: School, connection: Connection, now: int) -> Reason | None:
    """Why this connection does not let this person in now; None if it does."""
    if person.status != "active":
        return "disabled" if person.status == "disabled" else "left"
    if is_over(person, now):
        return "left"
    if person.role not in roles_of(school, connection):
        return "role"
    return "admin" if person.is_admin and school.settings.sso.admins == "no" else None


def roles_of(school: School, connection: Connection) -> Collection[Role]:
    """Whom the connection lets in, as the school's settings say now."""
    public = school.settings.sso.connection(connection.name)
    return public.roles if public is not None else ()


def made_as(school: School, connection: Connection, proof: Proof) -> tuple[Role | None, Reason]:
    """``(role, reason)``: as what somebody is made whom nobody here knows; None, and why they are not.

    The school has to say so for the role. Where the provider says what somebody is, as RM Unify does, that counts, and nothing
    else. Others do not say who is a teacher, so an address says it: teachers and staff are made only with one of a domain that is
    theirs alone, students with one of theirs, where the school has said which that is. Where that leaves several roles, nobody
    is made.
    """
    roles = [each for each in connection.creates if each in roles_of(school, connection)]
    domains = {each.rpartition("@")[2] for each in proved_addresses(connection, proof)}
    if proof.roles is None:
        able = [each for each in roles if _is_of_role(school, each, domains)]
    else:
        able = [each for each in roles if each in proof.roles]
    if len(able) != 1:
        return None, "unknown"
    return (able[0], "unknown") if _has_name(proof) else (None, "unnamed")


def _is_of_role(school: School, role: Role, domains: set[str]) -> bool:
    own = set(school.settings.domains_of(role))
    if role in ADULTS:
        return bool(domains & (own - set(school.settings.domains_of("student"))))
    return not own or bool(domains & own)


def _has_name(proof: Proof) -> bool:
    return all(names.fault(names.name_of(each)) is None for each in (proof.given_name, proof.family_name))
