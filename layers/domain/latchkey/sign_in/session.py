"""Sessions: who is it that asks?

A session token is ``<school>.<person>.<secret>``: opaque to its holder, 256 random bits, hashed at rest (ASVS 7.2.3). Besides
its own limits a session dies with the person's credential version and stamp: one write ends all of them. So does the school's
switch of who signs in how: a session that a password has opened ends where passwords end, and one that a provider has opened ends
with its connection (``School.ends_session``). The school is read with every request, in the same call, never kept.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from typing import Any, Final

from latchkey.errors import Changed, NotSignedIn
from latchkey.people.model.person import Person
from latchkey.people.model.unconfirmed import is_over
from latchkey.schools.model.school import School
from latchkey.shared.model.ids import is_id, is_slug
from latchkey.shared.model.texts import said
from latchkey.sign_in.needs import System
from latchkey.sign_in.stamps import bears
from latchkey.sign_in.stores.sessions import PASSWORD_ALONE, Session

ABSOLUTE: Final = 12 * 3600
IDLE: Final = {"student": 3600, "parent": 1800, "teacher": 1800, "staff": 1800}
_SEEN_EVERY: Final = 300  # seconds: a write for each request would cost more than it tells


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a session, as they are now. ``beside``: somebody of the same school whom this request is about."""

    school: School
    person: Person
    session: Session
    beside: Person | None = None


def open_session(system: System, school: str, person: Person, **facts: Any) -> tuple[str, Session]:
    """``(token, session)`` of a new session for the person in the state in which they were checked; as ``new_session``."""
    token, session = new_session(system, school, person, **facts)
    system.sessions(school).put(session)
    return token, session


def new_session(
    system: System,
    school: str,
    person: Person,
    *,
    ways: tuple[str, ...] = PASSWORD_ALONE,
    proved_at: int | None = None,
    browser: str = "",
    by: str = "",
) -> tuple[str, Session]:
    """The same, which is still to be written.

    ``ways`` and ``proved_at``: what they have shown, ``browser``: with what, ``by``: at which provider; see ``Session``.
    """
    now = system.now()
    secret = secrets.token_urlsafe(32)
    session = Session(
        person=person.id,
        hash=_hash(secret),
        version=person.version,
        stamp=person.stamp,
        created_at=now,
        seen_at=now,
        expires_at=now + ABSOLUTE,
        proved_at=proved_at,
        ways=ways,
        browser=browser,
        by=by,
    )
    return f"{school}.{person.id}.{secret}", session


def who(system: System, token: str | None, *, active: bool = True, beside: str | None = None) -> SignedIn:
    """The person who holds this token; ``NotSignedIn`` for a token that is none, has ended or is out of date.

    ``active``: a person asks. What a page asks by itself, while nobody may sit before it, does not keep its session alive.
    ``beside``: the id of somebody who is read in the same call.
    """
    school, person_id, secret = _parts(token)
    now = system.now()
    bearer = system.bearers(school).get(person_id, _hash(secret), beside)
    if bearer is None:
        raise NotSignedIn()
    found, person, session, other = bearer
    if session.expires_at <= now or person.status != "active" or person.version != session.version or is_over(person, now):
        raise NotSignedIn()
    if _is_idle(person, session, now):
        raise NotSignedIn(said("You were away for a while, so we signed you out. Sign in to go on."))
    if not _counts(system, found, person, session):
        raise NotSignedIn()
    if active and now - session.seen_at > _SEEN_EVERY:
        try:
            system.sessions(school).seen(session, now)
        except Changed:
            raise NotSignedIn() from None
    return SignedIn(found, person, session, other)


def is_open(system: System, school: School, person: Person, session: Session) -> bool:
    """Whether a session of this person, as they are now, still opens something."""
    now = system.now()
    if session.expires_at <= now or person.status != "active" or _is_idle(person, session, now):
        return False
    return person.version == session.version and _counts(system, school, person, session)


def successor(system: System, signed_in: SignedIn, version: int) -> tuple[str, Session]:
    """``(token, session)`` for somebody who goes on with another secret once their credential version is this one.

    It is the same sign-in: it ends when the old one would have ended, and has what was shown for that. Nothing is written.
    """
    old, secret = signed_in.session, secrets.token_urlsafe(32)
    session = replace(
        old, hash=_hash(secret), version=version, stamp=signed_in.person.stamp, seen_at=max(old.seen_at, system.now())
    )
    return f"{signed_in.school.slug}.{signed_in.person.id}.{secret}", session


def close_session(system: System, token: str | None) -> None:
    """End the session of this token; a token that is none is no error."""
    try:
        school, person, secret = _parts(token)
    except NotSignedIn:
        return
    system.sessions(school).end(person, _hash(secret))


def named_in(token: str | None) -> tuple[str, str, str] | None:
    """School, person and hash of the session that a token names, whether there is one or not; None if it is no token."""
    try:
        school, person, secret = _parts(token)
    except NotSignedIn:
        return None
    return school, person, _hash(secret)


def provider_of(system: System, token: str | None) -> tuple[str, str] | None:
    """``(school, connection)`` that opened the session of this token, whether it still counts or not; None of any other."""
    try:
        school, person, secret = _parts(token)
    except NotSignedIn:
        return None
    bearer = system.bearers(school).get(person, _hash(secret))
    return (school, bearer[2].by) if bearer is not None and bearer[2].by else None


def _is_idle(person: Person, session: Session, now: int) -> bool:
    return now - session.seen_at > IDLE[person.role]


def _counts(system: System, school: School, person: Person, session: Session) -> bool:
    """Whether nothing about the account or its school has ended what was opened then."""
    return bears(system, school, person, session.stamp) and not school.ends_session(person, session.created_at, session.by)


def _parts(token: str | None) -> tuple[str, str, str]:
    school, _, rest = (token or "").partition(".")
    person, _, secret = rest.partition(".")
    if not (is_slug(school) and is_id(person) and 20 <= len(secret) <= 64 and secret.isascii()):
        raise NotSignedIn()
    return school, person, secret


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
