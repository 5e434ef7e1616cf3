"""What a verified assertion says about somebody, as a ``Proof``: attributes as RM Unify, Glow and the UK federation send them."""

from collections.abc import Mapping, Sequence
from typing import Final

from latchkey.people.model.person import ROLES, Role
from latchkey.sso.model.connection import Connection
from latchkey.sso.model.proof import Proof
from latchkey.sso.saml.assertion import Said
from latchkey.sso.saml.refusals import Refused

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "mail": (
        "urn:oid:0.9.2342.19200300.100.1.3",
        "urn:mace:dir:attribute-def:mail",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        "mail",
        "email",
    ),
    "eduPersonPrincipalName": (
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",
        "urn:mace:dir:attribute-def:eduPersonPrincipalName",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
        "eduPersonPrincipalName",
    ),
    "eduPersonScopedAffiliation": (
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.9",
        "urn:mace:dir:attribute-def:eduPersonScopedAffiliation",
    ),
    "eduPersonTargetedID": (
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.10",
        "urn:mace:dir:attribute-def:eduPersonTargetedID",
        "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",  # RM Unify sends the persistent name as an attribute, too
    ),
    "pairwise-id": ("urn:oasis:names:tc:SAML:attribute:pairwise-id",),
    "subject-id": ("urn:oasis:names:tc:SAML:attribute:subject-id",),
    "uid": (
        "urn:oid:0.9.2342.19200300.100.1.1",
        "urn:mace:dir:attribute-def:uid",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",  # RM Unify's user name
        "uid",
    ),
    "employeeNumber": (
        "urn:oid:2.16.840.1.113730.3.1.3",
        "http://schemas.rm.com/identity/claims/misidentifier",  # RM Unify's id of the MIS, where the school has joined them
        "employeeNumber",
    ),
    "role": ("http://schemas.microsoft.com/ws/2008/06/identity/claims/role",),  # RM Unify's: one of _ROLES
    "givenName": (
        "urn:oid:2.5.4.42",
        "urn:mace:dir:attribute-def:givenName",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
        "givenName",
    ),
    "sn": (
        "urn:oid:2.5.4.4",
        "urn:mace:dir:attribute-def:sn",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
        "sn",
    ),
    "displayName": ("urn:oid:2.16.840.1.113730.3.1.241", "urn:mace:dir:attribute-def:displayName", "displayName"),
}
"""Under which exact names providers send an attribute; the first that an assertion has counts."""
SCOPED: Final = ("eduPersonPrincipalName", "eduPersonScopedAffiliation", "pairwise-id", "subject-id")
STRONG: Final = frozenset(
    {
        "https://refeds.org/profile/mfa",
        "http://schemas.microsoft.com/claims/multipleauthn",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract",
    }
)
"""Authentication contexts that say that a second factor was shown."""
_ROLES: Final[Mapping[str, tuple[Role, ...]]] = {
    "student": ("student",),
    "teachingstaff": ("teacher",),
    "nonteachingstaff": ("staff",),
    "parent": ("parent",),
    "governor": (),
    "other": (),
}
"""RM Unify's words for what somebody is at the school."""
_AFFILIATIONS: Final[Mapping[str, tuple[Role, ...]]] = {
    "student": ("student",),
    "faculty": ("teacher",),
    "staff": ("teacher", "staff"),
    "employee": ("teacher", "staff"),
}
"""Those of eduPersonScopedAffiliation that say it; schools call teachers "staff", too."""
_LONGEST_SUBJECT: Final = 512
_MOST_NAME: Final = 100


def proof_of(said: Said, connection: Connection, school: str, now: int) -> Proof:
    """What is proved about somebody; ``Refused`` where nothing says who it is for good, or it is somebody of another school."""
    one = {name: _first(said.attributes, name) for name in NAMES}
    claims = {"email": "mail", "upn": "eduPersonPrincipalName", "username": "uid", "mis_id": "employeeNumber"}
    chosen: dict[str, str | None] = {name: one[claim] for name, claim in claims.items()}
    if connection.match_claim:
        chosen[connection.match_on] = _first(said.attributes, connection.match_claim) or None
    if not connection.tenant:
        chosen["upn"] = None  # nobody has said whose names these may be
    given, family = one["givenName"], one["sn"]
    return Proof(
        school=school,
        connection=connection.name,
        kind="saml",
        issuer=connection.issuer,
        subject=_subject(said),
        at=now,
        tenant=_scope(said, connection),
        email=chosen["email"] or None,
        username=chosen["username"] or None,
        upn=chosen["upn"] or None,
        mis_id=chosen["mis_id"] or None,
        given_name=given[:_MOST_NAME],
        family_name=family[:_MOST_NAME],
        roles=_roles(said.attributes),
        strong=not STRONG.isdisjoint(said.contexts),
    )


def _first(attributes: Mapping[str, Sequence[str]], name: str) -> str:
    """The value of an attribute under any of its names; "" if there is none, or not one alone: which would it be?"""
    for each in NAMES.get(name, (name,)):
        values = tuple(dict.fromkeys(attributes.get(each, ())))
        if values:
            return values[0] if len(values) == 1 else ""
    return ""


def _roles(attributes: Mapping[str, Sequence[str]]) -> tuple[Role, ...] | None:
    """As what the provider says that somebody is here. Words that contradict each other say nothing."""
    stated = {value for each in NAMES["role"] for value in attributes.get(each, ())}
    if len(stated) == 1 and (word := stated.pop().strip().lower()) in _ROLES:
        return _ROLES[word]
    scoped = {value for each in NAMES["eduPersonScopedAffiliation"] for value in attributes.get(each, ())}
    words = {value.partition("@")[0].strip().lower() for value in scoped}
    found = [set(_AFFILIATIONS[word]) for word in words if word in _AFFILIATIONS]
    if not found:
        return None
    both = set.intersection(*found)
    return tuple(role for role in ROLES if role in both) or None


def _subject(said: Said) -> str:
    """Who it is, for good: a persistent name, or an attribute made for it. A name that may change hands is none of these."""
    found = said.persistent or next(
        (value for name in ("eduPersonTargetedID", "pairwise-id", "subject-id") if (value := _first(said.attributes, name))), ""
    )
    if not found or len(found) > _LONGEST_SUBJECT:
        raise Refused("subject")
    return found


def _scope(said: Said, connection: Connection) -> str:
    """The scope of everything scoped; ``Refused`` where a value is of a scope that is not the school's, or there are several."""
    values = [value for name in SCOPED for each in NAMES[name] for value in said.attributes.get(each, ())]
    scopes = {value.rpartition("@")[2].lower() for value in values if "@" in value}
    pinned = {each.lower() for each in connection.tenant}
    if pinned and not scopes <= pinned:
        raise Refused("scope")
    return min(scopes) if scopes else ""
