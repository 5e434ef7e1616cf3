"""Undo an applied roster: whatever it changed is as before, but for what has become of people since.

The notes of the run are worked on from the last one to the first, so that a person is unlinked before they are removed, and the
oldest note has the last word. Everything may be done twice: who is as before already is counted and not written again. What takes
longer than one invocation is handed over to the next one; the school stays locked for it.

    note items  000  001  ...  017  018  019          place: the last item that is done
                                ◄────┤
                              place, counts: saved after each few
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import TYPE_CHECKING, Any, Final

from latchkey.errors import Changed, Poison, TryLater
from latchkey.people.model.change import PersonChange
from latchkey.people.model.edited import with_marks
from latchkey.people.model.new_email import SETTLES, former_email, is_told, notices
from latchkey.people.model.person import Person
from latchkey.people.model.person_keys import keys_of, with_keys
from latchkey.rosters.look_through import newest_key, taken_of
from latchkey.rosters.model.runs import GIVE_BACK, LEASE, READER, RESERVE, added
from latchkey.rosters.model.undo import Kept, Note, Undo, back, linked_back, why_kept
from latchkey.rosters.needs import System
from latchkey.shared.stores.pace import Pace

if TYPE_CHECKING:
    from latchkey.rosters.model.known import KnownPeople

_AT_ONCE: Final = 10  # items of notes, between two saves
_ROUNDS: Final = 5
_UNIQUE: Final = ("username", "upn")


def undo_roster(system: System, school: str, roster: str, left: Callable[[], float] = lambda: inf) -> Undo | None:
    """Undo the run, or what one invocation can do of it. None if there is nothing (more) to do.

    ``left``: the seconds that this invocation still has. ``TryLater`` while another worker has it.
    """
    store = system.undo_notes(school)
    undo = store.get(roster)
    if undo is None:
        raise Poison("There is no such undoing.")
    if undo.state != "running":
        return None
    try:
        undo = store.take(undo, system.now(), LEASE)
    except Changed:
        found = store.get(roster)
        if found is not None and found.state == "running" and found.lease_until > system.now():
            raise TryLater("Another worker undoes this roster.", seconds=found.lease_until - system.now()) from None
        return None
    try:
        undo = _Undoing(system, school, undo, left).work()
    except Exception:  # whatever it was: nobody else should wait for this lease, and the queue tries again
        system.persist(lambda: store.release(undo), GIVE_BACK)
        raise
    if undo.state == "running":
        store.release(undo)
        system.queue("ROSTER_QUEUE").put({"kind": "undo", "school": school, "roster": roster})
    else:
        system.rosters(school).unlock(roster)
    return undo


def give_up_undoing(system: System, school: str, roster: str) -> None:
    """After the last try: say that it stopped, so that an admin can go on with it; unless a worker has it."""
    store = system.undo_notes(school)
    undo = store.get(roster)
    if undo is not None and undo.state == "running" and undo.lease_until <= system.now():
        store.end(undo, "failed", system.now())
        system.rosters(school).unlock(roster)


@dataclass(slots=True)
class _Done:
    """What became of the notes of some people."""

    people: int = 0
    restored: int = 0
    removed: int = 0
    links: int = 0
    linked: int = 0
    kept: list[Kept] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        kept = len({each.person for each in self.kept})
        return {"restored": self.restored, "removed": self.removed, "links": self.links, "linked": self.linked, "kept": kept}


class _Undoing:
    """One invocation's part of an undoing."""

    def __init__(self, system: System, school: str, undo: Undo, left: Callable[[], float]) -> None:
        self._system = system
        self._school = school
        self._undo = undo
        self._left = left
        self._pace = Pace(left)
        self._key = newest_key(system, school)
        self._taken: KnownPeople | None = None
        self._given_back: set[str] = set()
        self._again = undo.attempt > 1  # a worker before this one may have died with these items in hand

    def work(self) -> Undo:
        """The undoing as it then is: still running if the time was short."""
        system, store = self._system, self._system.undo_notes(self._school)
        while items := store.before(self._undo.run, self._undo.place, _AT_ONCE):
            if not system.rosters(self._school).keep_lock(self._undo.run, system.now(), LEASE):
                raise TryLater()
            done, counts = self._undo.done, self._undo.counts
            for place, notes in items:
                found = self._take_back(notes)
                store.write_kept(self._undo.run, place, found.kept)
                done, counts = done + found.people, added(counts, found.counts)
            done = min(done, self._undo.total)
            self._undo = store.save(replace(self._undo, done=done, counts=counts, place=items[-1][0]), system.now() + LEASE)
            self._again = False
            if self._left() < RESERVE:
                return self._undo
        now = system.now()
        system.rolls(self._school).note_change(now)
        undo = store.end(replace(self._undo, done=self._undo.total), "finished", now)
        numbers = {name: number for name, number in undo.counts.items() if number}
        system.audit(self._school).record(READER, "roster.undone", now, {"roster": undo.run, **numbers})
        return undo

    def _take_back(self, notes: Sequence[Note]) -> _Done:
        for _ in range(_ROUNDS):
            done = _Done(people=len(notes))
            if self._tried(notes, done):
                return done
        raise TryLater()  # people sign in or are changed all the time: a moment later

    def _tried(self, notes: Sequence[Note], done: _Done) -> bool:
        """Put back what these notes say; False if somebody changed meanwhile, so that all are to be looked at again."""
        directory = self._system.directory(self._school)
        linked = {each for note in notes for each in note.removed}
        people = {person.id: person for person in directory.by_ids([*(note.person for note in notes), *linked])}
        removals: list[Person] = []
        changes: list[PersonChange] = []
        self._given_back = set()
        for note in sorted(notes, key=_gave_up_a_name):  # last, when it is known who gives the name back
            person = people.get(note.person)
            if note.made is not None:
                self._unmake(person, note.made, removals, done)
            elif person is not None:
                after = self._before(person, note, frozenset(people), done)
                if after != person:
                    changes.append(PersonChange(person, after))
                if person.username is not None and person.username != after.username:
                    self._given_back.add(person.username)
            self._given_back |= {each.username for each in removals if each.username is not None}
        directory.lead_no_more({each: note.person for note in notes for each in note.leads})
        self._tell([each.after for each in changes], people.values())
        writes = self._system.undo_people(self._school)
        complete = writes.put_back(changes, self._pace)
        return writes.remove(removals, self._pace) and complete

    def _unmake(self, person: Person | None, made: str, removals: list[Person], done: _Done) -> None:
        why = why_kept(person, made) if person is not None else None
        if person is not None and why is not None:
            done.kept.append(Kept(person.id, why))
            return
        if person is not None:
            removals.append(person)
        done.removed += person is not None or self._again

    def _before(self, person: Person, note: Note, there: frozenset[str], done: _Done) -> Person:
        """Somebody as they were before the run, but for what has become of them since."""
        found = back(person, note, self._taken_by_others(person, note) if note.was else {})
        done.kept += found.kept
        done.restored += not {*note.was} <= {name for each in found.kept for name in each.fields}
        after = _with_facts(person, found.facts, self._key, self._system.now(), typed=note.typed)
        others = {name for each in found.kept for name in each.fields}
        if marks := [name for name in note.settled if name not in others]:
            after = with_marks(after, [*after.edited, *marks])
        if note.added or note.removed:
            of_parent = person.role != "student"
            ids = person.children if of_parent else person.parents
            linked = linked_back(ids, note, there)
            if not of_parent:  # the same links the other way
                done.links += len(note.added)
                done.linked += len(note.removed)
            after = replace(after, children=linked) if of_parent else replace(after, parents=linked)
        return after

    def _taken_by_others(self, person: Person, note: Note) -> Mapping[str, str]:
        """Usernames and UPNs of before that somebody else has by now."""
        wanted = {name: before for name in _UNIQUE if (before := note.was.get(name)) and before != getattr(person, name)}
        if not wanted:
            return {}
        if self._taken is None:
            self._taken = taken_of(self._system, self._school)
        suspect = self._taken.conflicts(wanted)
        if wanted.get("username") in self._given_back:
            suspect.pop("username", None)
        if "username" in suspect and not self._has_username(wanted["username"]):
            del suspect["username"]  # whoever had it when this invocation began has lost it to this very undoing
        return suspect

    def _has_username(self, username: str) -> bool:
        found = self._system.schools.get(self._school)
        epochs = found.lookup_epochs if found is not None else ()
        keys = [keys_of(self._system.lookup_key(self._school, epoch), None, username)["username_key"] for epoch in epochs]
        return any(each.username == username for each in self._system.directory(self._school).by_username_key(*keys))

    def _tell(self, changed: Sequence[Person], there: Iterable[Person]) -> None:
        """Let those be told who get their old address back, also where an earlier try has given it to them.

        The messages go first and are looked at minutes later: of somebody who is not written after all they make no mail.
        """
        told = {*_told(changed, self._undo.at), *_told(there, self._undo.at)}
        self._system.queue("REQUESTS_QUEUE").put_many(notices(self._school, told), delay=SETTLES)


def _gave_up_a_name(note: Note) -> bool:
    return "username" in note.now and note.now["username"] is None


def _told(people: Iterable[Person], since: int) -> Iterator[tuple[int, str]]:
    """``(when, id)`` of those who have a password and whose address was replaced since the undoing began."""
    for person in people:
        former = person.former_email
        if person.password_set_at is not None and former is not None and former.at >= since:
            yield former.at, person.id


def _with_facts(person: Person, facts: dict[str, Any], key: bytes, now: int, *, typed: bool) -> Person:
    """The person with these facts and the newest look-up keys of theirs."""
    if not facts:
        return person
    after = replace(with_keys(person, key), **facts)
    for name in ("email", "username"):
        if name in facts:
            other: dict[str, Any] = {f"{name}_key": keys_of(key, after.email, after.username).get(f"{name}_key")}
            after = replace(after, **other)
    if "email" in facts and is_told(person, facts["email"]):
        after = replace(after, former_email=former_email(person, now))
    return replace(after, email_typed=after.email_key) if typed and "email" in facts else after
