"""Apply a previewed roster: new people, changed people, then the links between parents and children.

Everything here may be done twice. A person's id comes from the row, so a second try writes the same people; rows about to be
written are counted before (``ahead``), so a crash between writing and counting counts nobody twice and nobody never.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, BinaryIO, Final, cast

from latchkey.errors import Poison, TryLater
from latchkey.people.model.person import Person, sort_key
from latchkey.rosters.model.changes import Decision
from latchkey.rosters.model.runs import Run, Unusable, added, zero
from latchkey.rosters.needs import System
from latchkey.rosters.read_roster import LEASE, READER, Decided, counts_of, decisions, fail, read, release
from latchkey.rosters.stores.notes import TemporaryNotes
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import person_id
from latchkey.shared.stores.dynamo import ConditionFailed, Update, Value
from latchkey.shared.stores.uploads import UploadLost

_AT_ONCE: Final = 4  # batches: about a thousand rows between two saves
_TRANSACTION: Final = 100
_MOST_LINKS: Final = 20


def apply_roster(system: System, school: str, roster: str) -> Run | None:
    """Apply the run. None if there is nothing (more) to do."""
    rosters = system.rosters(school)
    run = rosters.get(roster)
    if run is None:
        raise Poison("There is no such roster.")
    if run.state != "running" or run.step != "apply":
        return None
    now = system.now()
    try:
        run = rosters.take(run, now, LEASE)
    except ConditionFailed:
        return None  # another worker has it
    if not rosters.keep_lock(roster, now, LEASE):
        return fail(system, school, run, "It stopped half way, and another roster was applied meanwhile. Upload it again.")
    try:
        run = _apply(system, school, run)
    except UploadLost:
        return _give_up(system, school, run, "The file is gone or is not the one of the preview. Upload it again.")
    except Unusable as error:
        return _give_up(system, school, run, error.detail)
    except Exception:  # whatever it was: nobody else should wait for this lease, and the queue tries again
        release(system, school, run)
        raise
    rosters.unlock(roster)
    return run


def _give_up(system: System, school: str, run: Run, reason: str) -> Run | None:
    failed = fail(system, school, run, reason)
    system.rosters(school).unlock(run.id)
    return failed


def _apply(system: System, school: str, run: Run) -> Run:
    rosters = system.rosters(school)
    upload = system.uploads().open(run.key, run.etag)
    with TemporaryNotes() as notes:
        reading = read(system, school, cast("BinaryIO", upload), notes)
        decided = decisions(system, school, reading, run.done)
        while part := list(islice(decided, _AT_ONCE)):
            now = system.now()
            if not rosters.keep_lock(run.id, now, LEASE):
                raise TryLater()
            # What a crashed worker had counted stays counted: to us its new people look unchanged.
            ahead = run.ahead or _counts(part)
            run = rosters.save(run, {"ahead": dict(ahead), "lease_until": now + LEASE})
            lost = _write(system, school, part)
            counts = added(run.counts or zero(), ahead)
            counts["changed"] -= lost
            counts["rejected"] += lost
            done = run.done + sum(each.size for each in part)
            run = rosters.save(run, {"counts": {**counts}, "done": done, "ahead": {}})
        links = _link(system, school, notes)
    now = system.now()
    counts = {**(run.counts or zero()), "links": links}
    run = rosters.save(run, {"state": "finished", "counts": {**counts}, "finished_at": now, "lease_until": 0})
    numbers = {name: counts[name] for name in ("new", "changed", "unchanged", "rejected", "leaving", "returning", "links")}
    system.audit(school).record(READER, "roster.applied", now, {"roster": run.id, **numbers})
    return run


def _counts(part: Sequence[Decided]) -> dict[str, int]:
    counts = zero()
    for decided in part:
        counts = added(counts, counts_of(decided))
    return counts


def _write(system: System, school: str, part: Sequence[Decided]) -> int:
    """Write what these rows change; how many people were changed by somebody else meanwhile and were left alone."""
    decided = [each for some in part for each in some.decisions]
    directory = system.directory(school)
    new = [each for each in decided if each.kind == "new"]
    if new:
        students = sum(each.row.role == "student" for each in new)
        numbers = iter(system.numbers(school).reserve(students) if students else ())
        key = system.lookup_key(school)
        directory.put_new(_person(school, each, key, numbers) for each in new)
    changed = [(each, each.existing) for each in decided if each.kind == "changed"]
    return _change(system, school, [_update(system, school, each, person) for each, person in changed if person is not None])


def _person(school: str, decision: Decision, key: bytes, numbers: Iterator[int]) -> Person:
    row = decision.row
    return Person(
        id=person_id(school, row.mis_id),
        role=row.role,
        given_name=row.given_name,
        family_name=row.family_name,
        email=row.email,
        username=row.username,
        upn=row.upn,
        mis_id=row.mis_id,
        year_group=row.year_group,
        registration_group=row.registration_group,
        language=row.language,
        number=next(numbers) if row.role == "student" else None,
        **_keys(key, {"email": row.email, "username": row.username}),
    )


def _keys(key: bytes, facts: Mapping[str, str | None]) -> dict[str, Any]:
    kinds = ("email", "username")
    return {f"{kind}_key": lookup(key, kind, value) for kind in kinds if (value := facts.get(kind)) is not None}


def _update(system: System, school: str, decision: Decision, person: Person) -> Update:
    """The update of a changed person: never a version (but for leavers), password, code or admin right."""
    named: dict[str, Any] = {**decision.facts}
    after = replace(person, **named)
    facts: dict[str, Value] = {**decision.facts, **_keys(system.lookup_key(school), decision.facts), "people_sk": sort_key(after)}
    if decision.status is not None:
        facts["status"] = decision.status
    # As it was when we decided: nobody became an admin, changed the address or left in between.
    same = ("role", "is_admin", "status", "email_key", "username_key")
    when = [(name, "=", getattr(person, name)) for name in same]
    update = system.directory(school).change_of(person.id, facts, when)
    # Leaving ends links and sessions for good: without the version they would come to life again on return.
    return replace(update, add={"version": 1}) if decision.status == "left" else update


def _change(system: System, school: str, updates: Sequence[Update]) -> int:
    """Make these updates; how many found their person changed meanwhile."""
    directory, lost = system.directory(school), 0
    for start in range(0, len(updates), _TRANSACTION):
        some = updates[start : start + _TRANSACTION]
        try:
            directory.change_all(some)
        except ConditionFailed:
            for update in some:
                try:
                    directory.change_all([update])
                except ConditionFailed:
                    lost += 1
    return lost


def _link(system: System, school: str, notes: TemporaryNotes) -> int:
    """Link parents and children who both exist, both ways; links are added, never taken away. How many links were new."""
    _linked(system, school, notes.children_of_parents(), "parent")
    return _linked(system, school, notes.parents_of_children(), "student")


def _linked(system: System, school: str, groups: Iterator[tuple[str, list[str]]], role: str) -> int:
    other, attribute = ("student", "children") if role == "parent" else ("parent", "parents")
    directory, count = system.directory(school), 0
    while some := list(islice(groups, _TRANSACTION)):
        wanted = {person_id(school, one): [person_id(school, each) for each in others] for one, others in some}
        found = {person.id: person for person in directory.by_ids([*wanted, *(each for ids in wanted.values() for each in ids)])}
        updates = []
        for one, ids in wanted.items():
            person = found.get(one)
            if person is None or person.role != role:
                continue
            before: tuple[str, ...] = getattr(person, attribute)
            fitting = [each for each in ids if each in found and found[each].role == other and each not in before]
            after = [*before, *fitting][:_MOST_LINKS]
            if len(after) > len(before):
                count += len(after) - len(before)
                updates.append(directory.change_of(one, {attribute: list(after)}, [(attribute, "=", list(before) or None)]))
        if _change(system, school, updates):
            raise TryLater()
    return count
