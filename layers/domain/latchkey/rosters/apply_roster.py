"""Apply a previewed roster: new people, changed people, then the links between parents and children.

Everything here may be done twice. A person's id comes from the row, so a second try writes the same people; rows about to be
written are counted before (``ahead``), so a crash between writing and counting counts nobody twice and nobody never.

What takes longer than one invocation is handed over to the next one: a large roster, or a table that takes people slowly.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from math import inf
from typing import Any, BinaryIO, Final, cast

from latchkey.errors import Poison, TryLater
from latchkey.office_files.model.unusable import Unusable
from latchkey.people.model.change import PersonChange
from latchkey.people.model.edited import without_marks
from latchkey.people.model.new_email import former_email, is_told
from latchkey.people.model.person import Person
from latchkey.people.model.person_keys import keys_of, with_keys
from latchkey.rosters.fail_roster import fail
from latchkey.rosters.look_through import Decided, counts_of, decisions, newest_key, read
from latchkey.rosters.model.changes import Decision
from latchkey.rosters.model.questions import unasked
from latchkey.rosters.model.runs import LEASE, READER, RESERVE, Kind, Run, added, zero
from latchkey.rosters.needs import System
from latchkey.rosters.note_before import NotesBefore, notes_of_links, notes_of_rows
from latchkey.rosters.stores.notes import TemporaryNotes
from latchkey.rosters.take_gone import take_gone, take_missing
from latchkey.rosters.take_run import give_back, take
from latchkey.rosters.tell_new_emails import tell_new_emails
from latchkey.shared.model.ids import person_id
from latchkey.shared.stores.pace import Pace
from latchkey.shared.stores.uploads import UploadLost

_AT_ONCE: Final = 4  # batches: about a thousand rows between two saves
_LINKED_AT_ONCE: Final = 100  # people
_MOST_LINKS: Final = 20


def apply_roster(system: System, school: str, roster: str, left: Callable[[], float] = lambda: inf) -> Run | None:
    """Apply the run, or what one invocation can do of it. None if there is nothing (more) to do.

    ``left``: the seconds that this invocation still has. ``TryLater`` while another worker has the run.
    """
    rosters = system.rosters(school)
    run = rosters.get(roster)
    if run is None:
        raise Poison("There is no such roster.")
    if run.state != "running" or run.step != "apply":
        return None
    run = take(system, school, run)
    return _work(system, school, run, left) if run is not None else None


def _work(system: System, school: str, run: Run, left: Callable[[], float]) -> Run | None:
    rosters = system.rosters(school)
    try:
        if not rosters.keep_lock(run.id, system.now(), LEASE):
            return fail(system, school, run, "It stopped half way, and another roster was applied meanwhile. Upload it again.")
        applied = _apply(system, school, run, left)
        if applied.state == "running":
            return _hand_over(system, school, applied)
    except UploadLost:
        return _give_up(system, school, run, "The file is gone or is not the one of the preview. Upload it again.")
    except Unusable as error:
        return _give_up(system, school, run, error.detail)
    except Exception as error:  # whatever it was: nobody else should wait for this lease
        if isinstance(error, TryLater) and left() < RESERVE and _has_moved(system, school, run):
            return _hand_over(system, school, run)
        give_back(system, school, run)
        raise  # and the queue tries again
    rosters.unlock(run.id)
    return applied


def _give_up(system: System, school: str, run: Run, reason: str) -> Run | None:
    failed = fail(system, school, run, reason)
    system.rosters(school).unlock(run.id)
    return failed


def _has_moved(system: System, school: str, taken: Run) -> bool:
    """Whether some rows have been written since a run was taken. If not, the tries of its message should come to an end."""
    run = system.rosters(school).get(taken.id)
    return run is not None and run.done > taken.done


def _hand_over(system: System, school: str, run: Run) -> Run:
    """Let the next invocation go on with a run; the school stays locked for it."""
    system.rosters(school).release(run)
    system.queue("ROSTER_QUEUE").put({"kind": "apply", "school": school, "roster": run.id})
    return run


def _apply(system: System, school: str, run: Run, left: Callable[[], float]) -> Run:
    """The run as it then is: still running if the time was short."""
    rosters, pace = system.rosters(school), Pace(left)
    before = NotesBefore(system, school, run, pace)
    key = newest_key(system, school)
    upload = system.uploads().open(run.key, run.etag)
    with TemporaryNotes() as notes:
        chosen = unasked(run.asked, run.chosen)
        reading = read(system, school, cast("BinaryIO", upload), notes, chosen, columns=run.reading)
        decided = decisions(system, school, reading, run.done)
        while part := list(islice(decided, _AT_ONCE)):
            now = system.now()
            if not rosters.keep_lock(run.id, now, LEASE):
                raise TryLater()
            # What a crashed worker had counted stays counted: to us its new people look unchanged.
            again, ahead = bool(run.ahead), run.ahead or _counts(part)
            run = rosters.note_ahead(run, ahead, now + LEASE)
            before.write(notes_of_rows(school, part))
            before.take_written()  # they are counted with the rows
            lost = _write(system, school, key, part, pace, now=now)
            tell_new_emails(system, school, (each for some in part for each in some.decisions), now, again=again)
            gone = take_gone(system, school, key, run, part=part, reading=reading, undo=before)
            counts = added(added(run.counts or zero(), ahead), gone)
            counts["changed"] -= lost
            counts["rejected"] += lost
            done = run.done + sum(each.size for each in part)
            run = rosters.note_written(run, counts, done, slow=pace.is_slow)
            if left() < RESERVE:
                return run
        links, complete = _link(system, school, notes, before, left)
        counts = added(run.counts or zero(), {"links": links, "noted": before.take_written()})
        if complete:
            missing, complete = take_missing(system, school, run, reading=reading, undo=before, left=left)
            counts = added(counts, missing)
    now = system.now()
    if not complete:
        return rosters.note_written(run, counts, run.done, slow=pace.is_slow)
    system.rolls(school).note_change(now)
    run = rosters.finish(run, counts, now)
    numbers = {name: counts[name] for name in ("new", "changed", "unchanged", "rejected", "leaving", "returning", "links")}
    system.audit(school).record(READER, "roster.applied", now, {"roster": run.id, **numbers})
    return run


def _counts(part: Sequence[Decided]) -> dict[str, int]:
    counts = zero()
    for decided in part:
        counts = added(counts, counts_of(decided))
    marks = sum(each.kind == "unchanged" and bool(each.settled) for some in part for each in some.decisions)
    return {**counts, "noted": counts["new"] + counts["changed"] + marks}


def _write(system: System, school: str, key: bytes, part: Sequence[Decided], pace: Pace, *, now: int) -> int:
    """Write what these rows change at ``now``; how many people were changed by somebody else meanwhile and were left alone."""
    decided = [each for some in part for each in some.decisions]
    directory = system.directory(school)
    # Ids first: whoever goes on after a crash finds these people by them, and makes nobody twice.
    further = {person_id(school, each.row.mis_id): each.id for each in decided if each.is_further_id}
    directory.lead(further, pace)
    _give_up_names(system, school, decided, pace)
    new = [each for each in decided if each.kind == "new"]
    if new:
        students = sum(each.row.role == "student" for each in new)
        numbers = iter(system.numbers(school).reserve(students) if students else ())
        directory.put_new((_person(school, each, key, numbers) for each in new), pace)
    directory.take_over(_changes(decided, "unchanged", key, now), pace)  # only marks; who is too late keeps theirs
    return directory.take_over(_changes(decided, "changed", key, now), pace)


def _changes(decided: Sequence[Decision], kind: Kind, key: bytes, now: int) -> Iterator[PersonChange]:
    """What to write of those who exist: ``changed``, or ``unchanged`` but for marks of fields that were edited here."""
    for each in decided:
        if each.kind == kind and each.existing is not None and (kind == "changed" or each.settled):
            yield PersonChange(each.existing, _after(each, each.existing, key, now))


def _give_up_names(system: System, school: str, decided: Sequence[Decision], pace: Pace) -> None:
    """Take usernames from people who have left, before others get them."""
    directory = system.directory(school)
    names = {person: each.row.username for each in decided for person in each.frees}
    changes = [
        PersonChange(person, replace(person, username=None, username_key=None))
        for person in directory.by_ids(names)
        if person.status == "left" and person.username is not None and person.username == names[person.id]
    ]
    if directory.take_over(changes, pace):
        raise TryLater()


def _person(school: str, decision: Decision, key: bytes, numbers: Iterator[int]) -> Person:
    row = decision.row
    return Person(
        id=decision.id,
        role=row.role,
        given_name=row.given_name,
        family_name=row.family_name,
        preferred_given_name=row.preferred_given_name,
        preferred_family_name=row.preferred_family_name,
        email=row.email,
        username=row.username,
        upn=row.upn,
        mis_id=row.mis_id,
        year_group=row.year_group,
        registration_group=row.registration_group,
        language=row.language,
        number=next(numbers) if row.role == "student" else None,
        **keys_of(key, row.email, row.username),
    )


def _after(decision: Decision, person: Person, key: bytes, now: int) -> Person:
    """A changed person as they are to be.

    Their look-up keys are the newest, changed or not: while these are replaced, nobody may get past that by moving in the list.
    """
    facts: dict[str, Any] = {**decision.facts}
    changed = keys_of(key, facts.get("email"), facts.get("username"))
    if "email" in facts and is_told(person, facts["email"]):
        facts["former_email"] = former_email(person, now)
    after = replace(with_keys(person, key), **facts, **changed, status=decision.status or person.status)
    return without_marks(after, decision.settled)


def _link(system: System, school: str, notes: TemporaryNotes, undo: NotesBefore, left: Callable[[], float]) -> tuple[int, bool]:
    """Link parents and children who both exist, both ways; links are added, never taken away.

    How many links were new, and whether the time was enough for all.
    """
    links = 0
    for groups, of_students in ((notes.children_of_parents(), False), (notes.parents_of_children(), True)):
        while some := list(islice(groups, _LINKED_AT_ONCE)):
            new = _linked(system, school, some, undo, of_students=of_students)
            links += new if of_students else 0  # the same links the other way
            if left() < RESERVE:
                return links, False
    return links, True


def _linked(system: System, school: str, some: list[tuple[str, list[str]]], undo: NotesBefore, *, of_students: bool) -> int:
    """Link some students to their parents, or some parents to their children: a parent is an adult of any role."""
    directory, count = system.directory(school), 0
    wanted = {person_id(school, one): [person_id(school, each) for each in others] for one, others in some}
    found = directory.following([*wanted, *(each for ids in wanted.values() for each in ids)])
    links: dict[str, tuple[Person, list[str]]] = {}  # two ids may be one person's by now
    for one, ids in wanted.items():
        person = found.get(one)
        if person is not None and (person.role == "student") == of_students:
            meant = [found[each].id for each in ids if each in found and (found[each].role == "student") != of_students]
            links.setdefault(person.id, (person, []))[1].extend(meant)
    changes = []
    for person, ids in links.values():
        after, new = _with_links(person, list(dict.fromkeys(ids)))
        if new > 0:
            count += new
            changes.append(PersonChange(person, after))
    undo.write(notes_of_links(changes))
    if directory.link(changes, undo.pace):
        raise TryLater()
    return count


def _with_links(person: Person, ids: Sequence[str]) -> tuple[Person, int]:
    """A parent with these children or a student with these parents as well, and how many of them are new."""
    before = person.parents if person.role == "student" else person.children
    after = (*before, *(each for each in ids if each not in before))[:_MOST_LINKS]
    with_them = replace(person, parents=after) if person.role == "student" else replace(person, children=after)
    return with_them, len(after) - len(before)
