"""Read a SAML provider's metadata again: its certificates change without anybody telling us.

Every hour those are read whose last reading is a day old; and an answer that no kept certificate has signed has it read at once,
but not more often than every five minutes, for anybody can post an answer. What cannot be read now leaves what was kept.
"""

import logging
from collections.abc import Callable
from typing import Final

from latchkey.errors import Changed
from latchkey.sso.model.connection import Connection
from latchkey.sso.read_connections import in_force
from latchkey.sso.saml.metadata import Provider
from latchkey.sso.saml.source import Unread
from latchkey.sso.saml_needs import SamlSystem

OFTEN: Final = 300
"""Seconds between two readings, whoever asks for one."""
DAILY: Final = 20 * 3_600
"""Seconds after which metadata is read again."""
AGAIN: Final = 3_000
"""Seconds after which a reading that failed is tried again: with the next hour."""
log = logging.getLogger(__name__)


def reread(system: SamlSystem, school: str, connection: Connection, *, every: int = OFTEN) -> Connection | None:
    """The connection with what its metadata says now; None where it is not read, or cannot be. ``every``: at most, in seconds."""
    readings, now = system.saml_readings(school), system.now()
    if not connection.metadata_url or not readings.begin(connection.name, now, not_since=now - every):
        return None
    try:
        found = system.metadata.provider(connection.metadata_url, connection.issuer, connection.metadata_certificate)
    except Unread as error:
        readings.failed(connection.name, error.why)
        log.warning("metadata could not be read", extra={"school": school, "connection": connection.name, "reason": error.why})
        return None
    return keep(system, school, connection, found)


def keep(system: SamlSystem, school: str, connection: Connection, found: Provider) -> Connection | None:
    """Keep what was read; None where this version has gone meanwhile."""
    try:
        system.connections(school).set_metadata(
            connection.name, connection.version, sign_in_url=found.sign_in_url, certificates=found.certificates
        )
    except Changed:
        return None
    until = found.valid_until or 0
    system.saml_readings(school).took(connection.name, system.now(), until=until, more=found.more, scopes=found.scopes)
    return connection.with_metadata(found.sign_in_url, found.certificates)


def reread_all(system: SamlSystem, has_time: Callable[[], bool]) -> int:
    """Read what is due of all schools, while there is time; how many. The next hour goes on."""
    done = 0
    for each in system.schools.all():
        if not has_time():
            break
        done += _of_school(system, each["slug"])
    return done


def _of_school(system: SamlSystem, slug: str) -> int:
    school = system.schools.get(slug)
    names = [each.name for each in school.settings.sso.connections if each.kind == "saml"] if school is not None else []
    done = 0
    for name in names:
        reading, now = system.saml_readings(slug).get(name), system.now()
        if now - reading.read_at < DAILY or now - reading.tried_at < AGAIN:
            continue
        connection = in_force(system, school, name) if school is not None else None
        if connection is not None:
            reread(system, slug, connection)
            done += 1
    return done
