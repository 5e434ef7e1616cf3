"""Look at a SAML connection from outside: its metadata, its certificates, who it says it is. The console shows the findings."""

from collections.abc import Mapping
from typing import Any, Final

from latchkey.schools.find_school import the_school_now
from latchkey.schools.model.school import DAY, School
from latchkey.sso.model.connection import Connection
from latchkey.sso.model.findings import Check, Finding, Why
from latchkey.sso.read_connections import to_try
from latchkey.sso.reread_metadata import keep
from latchkey.sso.saml.metadata import certificate_ends
from latchkey.sso.saml.refusals import Refused
from latchkey.sso.saml.source import Unread
from latchkey.sso.saml_needs import SamlSystem

SOON: Final = 30 * DAY
_CHECKS: Final[Mapping[Why, Check]] = {"missing": "certificates", "refused": "federation", "unsigned": "federation"}
"""What is wrong where metadata was not taken: itself, but for these reasons."""


def look_at_saml(system: SamlSystem, asked: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What is found of ``{school, connection, version}``; of a version that has gone, nothing."""
    school = the_school_now(system, str(asked.get("school")))
    connection = to_try(system, school, str(asked.get("connection")))
    if connection is None or not connection.is_saml or connection.version != asked.get("version"):
        return ()
    found: list[Finding] = []
    connection = _read(system, school, connection, found)
    if not any(each.check == "certificates" for each in found):
        found += _certificates(connection, system.now())
    found.append(_scopes(connection))
    found.append(Finding(check="redirect_address", state="unknown", why="not_tried"))
    return tuple(found)


def _read(system: SamlSystem, school: School, connection: Connection, found: list[Finding]) -> Connection:
    """The connection with its newest metadata; what is found of that is added."""
    if not connection.metadata_url:
        return connection
    system.saml_readings(school.slug).begin(connection.name, system.now(), not_since=system.now())
    try:
        provider = system.metadata.provider(connection.metadata_url, connection.issuer, connection.metadata_certificate)
    except Unread as error:
        system.saml_readings(school.slug).failed(connection.name, error.why)
        found.extend(_unread(error.why, kept=bool(connection.certificates)))
        return connection
    found += [Finding(check="metadata", state="ok"), Finding(check="issuer", state="ok")]
    if connection.metadata_certificate:
        found.append(_federation(connection.metadata_certificate, system.now()))
    return keep(system, school.slug, connection, provider) or connection


def _federation(certificate: str, now: int) -> Finding:
    """The metadata is signed with it; federations let its date go by, so that only warns."""
    why = _pasted(certificate, now)
    if why == "" and certificate_ends(certificate) <= now + SOON:
        why = "ends_soon"
    return Finding(check="federation", state="warn" if why else "ok", why=why)


def _pasted(certificate: str, now: int) -> Why:
    """What is wrong with a federation's certificate by itself; "" if nothing is."""
    try:
        ends = certificate_ends(certificate)
    except Refused:
        return "unusable"
    return "expired" if ends <= now else ""


def _unread(why: Why, *, kept: bool) -> list[Finding]:
    """While the old certificates are kept, people still come in: so it warns, and stops where there are none."""
    check: Check = _CHECKS.get(why, "metadata")
    return [Finding(check=check, state="warn" if kept and why != "other" else "stop", why=why)]


def _certificates(connection: Connection, now: int) -> list[Finding]:
    ends = []
    for each in connection.certificates:
        try:
            ends.append(certificate_ends(each))
        except Refused:
            return [Finding(check="certificates", state="stop", why="unusable")]
    if not ends:
        return [Finding(check="certificates", state="stop", why="missing")]
    if max(ends) <= now:  # it still counts while the provider says so; most then forget to renew it
        return [Finding(check="certificates", state="warn", why="expired")]
    if max(ends) <= now + SOON:
        return [Finding(check="certificates", state="warn", why="ends_soon")]
    return [Finding(check="certificates", state="ok")]


def _scopes(connection: Connection) -> Finding:
    """One provider speaks for many schools where none is pinned."""
    return (
        Finding(check="tenant", state="unknown", why="not_tried")
        if connection.tenant
        else Finding(check="tenant", state="warn", why="missing")
    )


def look_at_metadata(system: SamlSystem, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What stands at ``{url, issuer?, signed_by?}``, for a connection that is being made.

    ``{"wrong": why, "of": check}`` if nothing does, or if it is not signed by whom it should be.
    """
    url, issuer, pinned = (str(asked.get(name) or "") for name in ("url", "issuer", "signed_by"))
    if pinned and (odd := _pasted(pinned, system.now())):
        return {"wrong": odd, "of": "federation"}
    try:
        found = system.metadata.provider(url, issuer, pinned)
    except Unread as error:
        return {"wrong": error.why, "of": _CHECKS.get(error.why, "metadata")}
    return {
        "issuer": found.entity_id,
        "sign_in_url": found.sign_in_url,
        "certificates": list(found.certificates),
        "scopes": list(found.scopes),
    }
