"""The proof that checked claims make: each kind of provider says who somebody is in its own way."""

import re
from collections.abc import Mapping
from typing import Any, Final

from latchkey.sso.model.claims import Claims, Rejected
from latchkey.sso.model.connection import Connection
from latchkey.sso.model.proof import Proof

_LONGEST: Final = 320
_LONGEST_NAME: Final = 100
_EMAIL: Final = "email"
_DOMAIN_VERIFIED: Final = "xms_edov"
"""Entra's word, where the school asks for it, whether the tenant owns the domain of the e-mail address."""
_NOT: Final = (False, 0, "0", "false")
_OF_A_GUEST: Final = "#ext#"
_OBJECT_ID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def needs_more(connection: Connection, claims: Claims) -> bool:
    """Whether the ID token lacks what this connection matches by, so that the provider's userinfo is asked for it."""
    return connection.kind != "entra" and _text(claims, connection.match_claim) is None


def with_userinfo(claims: Claims, said: Mapping[str, Any]) -> Claims:
    """The claims with what userinfo adds: about the same subject, and never in place of what was signed."""
    if said.get("sub") != claims["sub"]:
        raise Rejected("malformed")
    return {**said, **claims}


def proof_of(connection: Connection, school: str, claims: Claims, now: int) -> Proof:
    """The proof; ``Rejected`` where Google's or Entra's own claims are missing or of a foreign tenant."""
    tenant, subject = _whose(connection, claims)
    email = _text(claims, _EMAIL) if claims.get(_DOMAIN_VERIFIED) not in _NOT else None
    found = {"username": _text(claims, "preferred_username"), "upn": None, "mis_id": None, "email": email}
    if connection.kind == "entra":
        found["upn"] = _text(claims, "upn") or found["username"]
    own = email if connection.match_claim == _EMAIL else _text(claims, connection.match_claim)
    if own is not None and connection.match_on in found:
        found[connection.match_on] = own
    named = found["email"] is not None and found["email"] == _text(claims, _EMAIL)
    return Proof(
        school=school,
        connection=connection.name,
        kind=connection.kind,
        issuer=connection.issuer,
        tenant=tenant,
        subject=subject,
        pairwise=claims["sub"] if connection.kind == "entra" else "",
        email=found["email"],
        email_verified=named and claims.get("email_verified") is True,
        username=found["username"],
        upn=found["upn"],
        mis_id=found["mis_id"],
        given_name=_text(claims, "given_name", _LONGEST_NAME) or "",
        family_name=_text(claims, "family_name", _LONGEST_NAME) or "",
        strong=_is_strong(claims),
        guest=connection.kind == "entra" and _is_guest(claims, tenant),
        at=now,
    )


def _whose(connection: Connection, claims: Claims) -> tuple[str, str]:
    """``(tenant, subject)``: the provider's customer, which has to be one of the school's, and what never changes."""
    pinned = {each.lower() for each in connection.tenant}
    if connection.kind == "google":
        domain = _text(claims, "hd") or ""
        if domain.lower() not in pinned:
            raise Rejected("tenant")
        return domain.lower(), claims["sub"]
    if connection.kind == "entra":
        tenant, person = _text(claims, "tid") or "", _text(claims, "oid") or ""
        if tenant.lower() not in pinned or not _OBJECT_ID.fullmatch(person):
            raise Rejected("tenant")
        return tenant.lower(), f"{tenant.lower()}.{person.lower()}"
    return "", claims["sub"]


def _is_guest(claims: Claims, tenant: str) -> bool:
    """Entra's word for an account of another tenant: ``acct`` 1, an ``idp`` that is not this tenant, or a name with #EXT#."""
    home = claims.get("idp")
    names = (_text(claims, name) or "" for name in ("upn", "preferred_username", "unique_name"))
    invited = claims.get("acct") in (1, "1") or any(_OF_A_GUEST in name.lower() for name in names)
    return invited or (home is not None and tenant not in str(home).lower())


def _is_strong(claims: Claims) -> bool:
    methods = claims.get("amr")
    return isinstance(methods, list) and "mfa" in methods


def _text(claims: Claims, name: str, longest: int = _LONGEST) -> str | None:
    """A claim that is a text of printable characters; None for any other."""
    value = claims.get(name) if name else None
    if not isinstance(value, str):
        return None
    text = value.strip()
    return text if 0 < len(text) <= longest and text.isprintable() else None
