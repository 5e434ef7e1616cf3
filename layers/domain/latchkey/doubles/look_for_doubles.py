"""Look for doubles: a worker goes through everybody of a school.

    asked ──▶ queued ──▶ running: students ──▶ running: adults ──▶ finished
                ▲             │ a crash: its message comes again and begins the piece anew
                └─────────────┘ nobody takes it for 5 minutes, or ends it within 30: failed, and can be asked for again

A piece is walked through within one invocation: reading 100,000 people and comparing those who share a key takes well under a
minute of its five. Memory holds what is compared of each person, some 600 bytes. Between the pieces the work is handed over.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from latchkey.doubles.model.looks import LEASE, Look
from latchkey.doubles.model.pairs import PIECES, Finder, Piece
from latchkey.doubles.needs import System
from latchkey.errors import Changed, Poison, TryLater
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import Person, Role
from latchkey.people.model.position import Position
from latchkey.shared.model.ids import new_id

_SAVED_EVERY: Final = 10  # pages
_ROLES: Final[dict[Piece, tuple[Role, ...]]] = {"students": ("student",), "adults": ("teacher", "staff", "parent")}


@dataclass(frozen=True, slots=True)
class Asked:
    """The look that was asked for; one that is under way is not ``new``."""

    look: Look
    new: bool


def start_look(system: System, school: str, by: Person) -> Asked:
    """Have a school looked through. While that is under way, asking again begins no other."""
    now, looks = system.now(), system.looks(school)
    for each in looks.latest():
        if each.is_under_way(now):
            if each.state == "queued":  # its message may never have left; a second one does no harm
                _put(system, school, each)
            return Asked(each, new=False)
    return Asked(begin_look(system, school, by), new=True)


def begin_look(system: System, school: str, by: Person) -> Look:
    """A new look of a school, on the queue."""
    now = system.now()
    look = Look(id=new_id(system.time()), state="queued", created_at=now, created_by=by.id)
    system.looks(school).make(look)
    system.audit(school).record(by.id, "doubles.look", now, {"look": look.id})
    _put(system, school, look)
    return look


def look_through(system: System, school: str, look_id: str) -> Look:
    """One piece of a look; a worker's. ``Poison`` if there is no such look, ``TryLater`` while another worker has it."""
    looks, now = system.looks(school), system.now()
    look = looks.get(look_id)
    if look is None:
        raise Poison("a look that does not exist")
    if look.state in {"finished", "failed"}:
        return look
    try:
        look = looks.take(look, now, now + LEASE)
    except Changed:
        raise TryLater() from None
    try:
        return _piece(system, school, look)
    except Changed:  # it took so long that another worker has it
        raise TryLater() from None
    except Exception:  # whatever it was: nobody else should wait for this lease, and the queue tries again
        looks.give_back(look)
        raise


def _piece(system: System, school: str, look: Look) -> Look:
    looks, finder, looked, pages = system.looks(school), Finder(), look.looked, 0
    for role in _ROLES[PIECES[look.piece]]:
        for people, _ in system.directory(school).pages_from(Position(role), PeopleFilter(roles=(role,))):
            finder.add(people)
            looked, pages = looked + len(people), pages + 1
            if pages % _SAVED_EVERY == 0:
                looks.note(look, looked)
    apart = looks.parted()
    pairs = [pair for pair in finder.pairs() if pair.ids not in apart]
    looks.keep(look, pairs)
    after = replace(look, piece=look.piece + 1, looked=looked, found=look.found + len(pairs))
    if after.piece == len(PIECES):
        return looks.finish_piece(look, replace(after, state="finished", finished_at=system.now()))
    after = looks.finish_piece(look, after)
    _put(system, school, after)
    return after


def _put(system: System, school: str, look: Look) -> None:
    message: dict[str, Any] = {"kind": "doubles", "school": school, "look": look.id}
    system.queue("PLAN_QUEUE").put(message)
