"""The operator deletes a school: everything under its name, in tables and buckets, a piece at a time.

    count, call by call ──▶ confirmed: the school's own item goes first ──▶ the rest, call by call ──▶ again till nothing is found

With its own item gone no page, sign-in or worker finds the school any more, a minute later at the latest (``kept_schools``); what
was written in that minute is found by another round. Whatever crashes, the same command begins anew and finds what is left.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from latchkey.errors import Conflict, Invalid, NotFound
from latchkey.operator.needs import System
from latchkey.shared.model.ids import is_slug
from latchkey.sso.save_connections import forget_secrets

TABLES: Final = ("directory", "credentials", "sessions", "activity")
_BUCKETS: Final[tuple[tuple[str, str, str], ...]] = (
    ("EXPORTS_BUCKET", "exports/{}/", "files of login details"),
    ("EXPORTS_BUCKET", "recipients/{}/", "files of recipients"),
    ("EXPORTS_BUCKET", "schools/{}/", "files of exported schools"),
    ("UPLOADS_BUCKET", "rosters/{}/", "uploaded files"),
    ("UPLOADS_BUCKET", "contacts/{}/", "uploaded files"),
    ("PAGES_BUCKET", "schools/{}", "copies of pages"),
    ("ROLLS_BUCKET", "rolls/{}/", "rolls"),
    ("ROLLS_BUCKET", "messages/{}/", "outlines of messages"),
)
PLACES: Final = len(TABLES) + len(_BUCKETS)
_RESERVE: Final = 15.0  # seconds kept for the piece in hand
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Piece:
    """What one call has found or deleted, by kind; how many of the places are done; and where to go on (None: all are done)."""

    kinds: Counter[str]
    places: int
    next: Mapping[str, Any] | None


def delete_school(system: System, school: object, confirm: object, cursor: object, time_left: Callable[[], float]) -> Piece:
    """Count what there is; with the school's slug as ``confirm``, delete it. ``Conflict`` while a send is not over."""
    if not isinstance(school, str) or not is_slug(school):
        raise NotFound("There is no such school.")
    sure = confirm == school
    if confirm is not None and not sure:
        raise Invalid("What you typed is not the school's short name, so nothing was deleted.")
    _check(system, school)
    place, start = _place(cursor)
    if sure:
        system.schools.end(school, system.now())  # its own item first, whichever piece this is
        forget_secrets(system, school)  # while their names are still there
    kinds: Counter[str] = Counter()
    while place < PLACES and time_left() > _RESERVE:
        if place < len(TABLES):
            name = TABLES[place]
            remains = system.remains(name, school)
            found = (remains.delete if sure else remains.count)(start)
            kinds.update(found.kinds)
            start = found.next
            place += start is None
        else:
            place += not _bucket(system, school, _BUCKETS[place - len(TABLES)], kinds, sure=sure)
    if sure:  # the school's own audit trail goes with it: this line and the item that Schools.end leaves are what stays
        log.warning("school deleted", extra={"school": school, "places": place, "counts": dict(kinds)})
    return Piece(kinds, place, {"place": place, "start": start} if place < PLACES else None)


def _check(system: System, school: str) -> None:
    """Refuse where there was never such a school, or where something still works on it."""
    if system.schools.get(school) is None:
        if not system.schools.has_ended(school):
            raise NotFound("There is no such school.")
        return
    if any(send.state in {"queued", "running"} for send in system.sends(school).all()):
        raise Conflict("A send of this school is queued or running. Cancel it, or wait until it is over; nothing was deleted.")


def _bucket(system: System, school: str, where: tuple[str, str, str], kinds: Counter[str], *, sure: bool) -> bool:
    """Count or delete up to 1,000 files of the school; whether there may be more to delete."""
    setting, pattern, kind = where
    files, prefix = system.files(setting), pattern.format(school)
    keys = [key for key in files.keys(prefix) if prefix.endswith("/") or key == prefix]
    kinds.update({kind: len(keys)} if keys else {})
    if sure and keys:
        files.delete(keys)
    return sure and bool(keys)


def _place(cursor: object) -> tuple[int, Any]:
    if cursor is None:
        return 0, None
    if not isinstance(cursor, Mapping) or not isinstance(cursor.get("place"), int) or not 0 <= cursor["place"] < PLACES:
        raise Invalid("This is not where an earlier call has stopped.")
    return cursor["place"], cursor.get("start")
