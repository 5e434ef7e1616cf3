"""The undoing of a roster: what is noted before it changes anything, and what may be put back of a person.

A note says what a run was about to change of some people. It is kept a little longer than a roster can be undone. Whatever has
become of a person since, by themselves, by an admin or by a later roster, stays as it is, and is listed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from latchkey.people.model.person import Person
from latchkey.rosters.model.changes import FACTS, Decision
from latchkey.rosters.model.runs import Row
from latchkey.shared.model.ids import person_id

UNDO_LIFE: Final = 7 * 86_400
"""Seconds for which a roster can be undone after it has ended."""
NOTE_LIFE: Final = 8 * 86_400
"""Seconds for which its notes are kept after they were written: a day more, for an undoing that began late."""
IN_A_NOTE: Final = 100
"""People in an item of notes, as many as a transaction takes: 5 to 40 kB."""
SHOWN_KEPT: Final = 200
"""People who were left as they are, as far as they are shown."""

UndoState = Literal["running", "finished", "failed"]
Why = Literal["in_use", "edited", "linked", "changed", "confirmed", "taken", "admin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a run was about to do with one person; times are epoch seconds.

    ``made``: they were new, and this marks what they were made as. ``was`` and ``now``: facts before and after, by name.
    ``link``: what told the last password link that they had used, where their address was to change. ``typed``: their address of
    before was one that nobody had confirmed. ``added`` and ``removed``: those with whom they were to be linked, or no more.
    ``leads``: the ids that from then on lead to them (decision 38). ``settled``: the fields that were to count as edited here no
    more.
    """

    person: str
    made: str | None = None
    was: Mapping[str, str | None] = field(default_factory=dict)
    now: Mapping[str, str | None] = field(default_factory=dict)
    link: str | None = None
    typed: bool = False
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """Somebody, or some facts of them, that undoing left as they are, and why."""

    person: str
    why: Why
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """The undoing of one run. ``done`` and ``total`` are notes of people; ``place`` is the last item of notes that was worked on.

    ``counts``: restored (people with facts put back), removed (people whom the run had made), links (taken away), linked (links
    that are back), kept.
    """

    run: str
    state: UndoState
    by: str
    at: int
    total: int
    done: int = 0
    place: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    finished_at: int | None = None
    lease_until: int = 0
    attempt: int = 0


COUNTS: Final = ("restored", "removed", "links", "linked", "kept")


def note_of(school: str, decision: Decision) -> Note:
    """What to note of somebody who is about to be made or changed."""
    person = decision.existing
    leads = (person_id(school, decision.row.mis_id),) if decision.is_further_id else ()
    if person is None and decision.kind == "unchanged":
        return Note(person=decision.id, leads=leads)
    if person is None:
        return Note(person=decision.id or person_id(school, decision.row.mis_id), made=mark_of(decision.row))
    now: dict[str, str | None] = {**decision.facts}
    if decision.status is not None:
        now["status"] = decision.status
    was: dict[str, str | None] = {name: getattr(person, name) for name in now}
    changes_email = "email" in now
    return Note(
        person=person.id,
        was=was,
        now=now,
        link=person.used_link if changes_email else None,
        typed=changes_email and person.email_typed is not None and person.email_typed == person.email_key,
        leads=leads,
        settled=decision.settled,
    )


def notes_of_freed(decision: Decision) -> list[Note]:
    """What to note of those who have left and whose username somebody else is about to get."""
    return [Note(person=each, was={"username": decision.row.username}, now={"username": None}) for each in decision.frees]


def mark_of(person: Person | Row) -> str:
    """16 hex digits that change with whatever is known of a person but their status: a leaver of today may be one of before."""
    facts = [person.role, person.mis_id, *(getattr(person, name) for name in FACTS)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def why_kept(person: Person, made: str) -> Why | None:
    """Why somebody whom a run has made is not removed again; None if nothing has happened with them since."""
    codes = (person.pin, person.parent_code)
    if person.is_admin:
        return "admin"
    if person.password_set_at is not None or person.last_login_at is not None or any(code and code.uses for code in codes):
        return "in_use"
    if person.children or person.parents:
        return "linked"
    return "edited" if person.merged or mark_of(person) != made else None


@dataclass(frozen=True, slots=True)
class Back:
    """Which facts of a person go back, and which stay and why."""

    facts: dict[str, Any]
    kept: list[Kept]


def back(person: Person, note: Note, taken: Mapping[str, str]) -> Back:
    """What to put back of somebody whom a run has changed. ``taken``: facts of before that are somebody else's by now."""
    facts: dict[str, Any] = {}
    changed: list[str] = []
    kept: list[Kept] = []
    for name, before in note.was.items():
        present = getattr(person, name)
        if present == before:
            continue
        if present != note.now[name]:
            changed.append(name)
        elif person.is_admin and name in {"email", "username", "status", "role"}:
            kept.append(Kept(person.id, "admin", (name,)))
        elif name == "email" and person.password_set_at is not None and person.used_link != note.link:
            kept.append(Kept(person.id, "confirmed", (name,)))
        elif name in taken:
            kept.append(Kept(person.id, "taken", (name,)))
        else:
            facts[name] = before
    if changed:
        kept.append(Kept(person.id, "changed", tuple(changed)))
    return Back(facts, kept)


def linked_back(ids: tuple[str, ...], note: Note, there: frozenset[str]) -> tuple[str, ...]:
    """Those with whom somebody is linked once their note is taken back; who is not ``there`` any more is left out."""
    left = [each for each in ids if each not in note.added]
    return (*left, *(each for each in note.removed if each not in left and each in there))
