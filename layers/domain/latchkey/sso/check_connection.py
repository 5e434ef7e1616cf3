"""Look at a connection, and try it: what is wrong is named before a child meets it.

What can be seen from outside ``federate`` or ``saml`` looks at; what only a round trip shows (tenant, consent, clock, e-mail
claim) comes from an admin's own try, if it was of this version.
"""

from dataclasses import dataclass
from typing import Final

from latchkey.errors import NotFound, TooMany
from latchkey.people.model.person import Person
from latchkey.schools.model.school import DAY, School
from latchkey.shared.model.ids import new_id
from latchkey.shared.stores.counters import Budget
from latchkey.sso.model.connection import Connection
from latchkey.sso.model.findings import CHECKS, Check, Finding, from_values
from latchkey.sso.model.look import Look
from latchkey.sso.model.trial import Trial
from latchkey.sso.needs import Changes
from latchkey.sso.read_connections import to_try
from latchkey.sso.stores.connection_looks import Shelf

EACH_SCHOOL: Final = Budget("sso-check", limit=60, window=3_600)
ENDS_SOON: Final = 30 * DAY
ROUND_TRIP: Final[tuple[Check, ...]] = ("tenant", "consent", "clock", "email_claim", "account")
"""What only an admin's own try shows."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a connection's newest version: every check once, in order; when it was looked at; the newest try of it."""

    findings: tuple[Finding, ...]
    looked_at: int | None
    trial: Trial | None


def check_connection(system: Changes, school: School, name: str) -> Look:
    """Have the newest version looked at now, and keep what was found; ``TooMany`` above 60 an hour for a school."""
    connection = to_try(system, school, name)
    if connection is None:
        raise NotFound()
    now = system.now()
    if not system.counters("ACTIVITY_TABLE", school.slug).spend(EACH_SCHOOL, "all", now):
        wait = EACH_SCHOOL.window - now % EACH_SCHOOL.window
        raise TooMany("It was checked often enough within the hour.", retry_after=wait)
    setting = "SAML_FUNCTION" if connection.is_saml else "FEDERATE_FUNCTION"
    asked = {"school": school.slug, "connection": name, "version": connection.version}
    found = from_values(system.doorway(setting).ask({"check": asked}).get("findings") or ())
    look = Look(connection=name, version=connection.version, at=now, findings=found)
    system.sso_looks(school.slug).put(look)
    return look


def begin_try(system: Changes, school: School, admin: Person, name: str) -> str:
    """Begin an admin's own try of the newest version: the address at which it goes on."""
    connection = to_try(system, school, name)
    if connection is None:
        raise NotFound()
    now = system.now()
    trial = Trial(id=new_id(now), connection=name, version=connection.version, by=admin.id, at=now)
    system.sso_looks(school.slug).begin(trial)
    return f"/schools/{school.slug}/sso/{name}?try={trial.id}"


def known(shelf: Shelf, connection: Connection, now: int) -> Known:
    """What is known: the last look and the newest try, if they were of this version, and when the secret ends."""
    look, trial = shelf.looks.get(connection.name), shelf.trials.get(connection.name)
    trial = trial if trial is not None and trial.version == connection.version else None
    look = look if look is not None and look.version == connection.version else None
    return Known(findings_of(connection, look, trial, now), look.at if look else None, trial)


def findings_of(connection: Connection, look: Look | None, trial: Trial | None, now: int) -> tuple[Finding, ...]:
    """Every check once: as the try saw it, else the look; the secret's end by what the admin has said of it."""
    found = {each.check: each for each in (look.findings if look else ())}
    if trial is not None and trial.ended_at:
        found |= {each.check: each for each in trial.findings}
    secret, seen = secret_end(connection, now), found.get("secret")
    if secret is not None and (seen is None or seen.state != "stop"):
        found["secret"] = secret
    for check in ROUND_TRIP:
        found.setdefault(check, Finding(check=check, state="unknown", why="not_tried"))
    return tuple(found[check] for check in CHECKS if check in found)


def secret_end(connection: Connection, now: int) -> Finding | None:
    """Whether the secret has ended, or will within 30 days; None: neither."""
    if connection.is_saml:
        return None
    if connection.secret is None:
        return Finding(check="secret", state="stop", why="missing")
    ends_at = connection.secret.ends_at
    if ends_at is None or ends_at > now + ENDS_SOON:
        return None
    ended = ends_at <= now
    return Finding(check="secret", state="stop" if ended else "warn", why="expired" if ended else "ends_soon")
