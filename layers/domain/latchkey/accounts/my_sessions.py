"""Where I am signed in, and ending what I do not know or no longer need."""

from dataclasses import dataclass
from typing import Final

from latchkey.accounts.needs import System
from latchkey.errors import NotFound
from latchkey.sign_in.session import SignedIn, is_open
from latchkey.sign_in.stores.sessions import Session

_NAMED_BY: Final = 20
"""Signs of a session's hash by which its owner names it: they open nothing, and 80 bits tell all of them apart."""
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Place:
    """A session as its owner sees it; times are epoch seconds. ``browser`` is empty where nothing is known."""

    id: str
    since: int
    used_at: int
    browser: str
    is_this: bool


def places(system: System, me: SignedIn) -> list[Place]:
    """Where I am signed in now: this one first, then what was used last; at most ``SHOWN`` of them."""
    found = [_place(me, each) for each in _open(system, me)]
    return sorted(found, key=lambda each: (not each.is_this, -each.used_at, each.id))[:SHOWN]


def end_place(system: System, me: SignedIn, place: str) -> None:
    """End one of my sessions, also this one; ``NotFound`` if I have none of this name."""
    ended = [each.hash for each in _open(system, me) if each.hash[:_NAMED_BY] == place]
    if not ended:
        raise NotFound()
    _end(system, me, ended)


def end_others(system: System, me: SignedIn) -> int:
    """End all of my sessions but this one; how many there were."""
    known = system.sessions(me.school.slug).all_of(me.person.id)
    others = [each for each in known if each.hash != me.session.hash]
    _end(system, me, [each.hash for each in others])
    return sum(is_open(system, me.school, me.person, each) for each in others)


def _end(system: System, me: SignedIn, hashes: list[str]) -> None:
    """The event first: what is ended is never ended unseen."""
    if hashes:
        slug, person = me.school.slug, me.person.id
        system.audit(slug).record(person, "sessions.end_own", system.now(), {"person": person, "sessions": len(hashes)})
        system.sessions(slug).end_these(person, hashes)


def _open(system: System, me: SignedIn) -> list[Session]:
    known = system.sessions(me.school.slug).some_of(me.person.id)
    return [each for each in known if is_open(system, me.school, me.person, each)]


def _place(me: SignedIn, session: Session) -> Place:
    is_this = session.hash == me.session.hash
    return Place(session.hash[:_NAMED_BY], session.created_at, session.seen_at, session.browser, is_this)
