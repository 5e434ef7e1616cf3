"""Look through a roster and decide what becomes of each row; nothing is changed here.

Up to three passes over the file, each in a stream: look (form, school, who may come twice), count those, compare with the
people who are there. Reading again is cheap; remembering a million rows would not be.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

from latchkey.errors import Poison
from latchkey.office_files.model.unusable import Unusable
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import ROLES, Person, Role
from latchkey.people.model.position import Position
from latchkey.rosters.model.bundle import Around, KnownAs
from latchkey.rosters.model.changes import Decision, decide
from latchkey.rosters.model.columns import chosen_from
from latchkey.rosters.model.duplicates import Duplicates
from latchkey.rosters.model.files import Source, open_roster
from latchkey.rosters.model.known import KnownPeople
from latchkey.rosters.model.runs import Batch, Rejection, Row, zero
from latchkey.rosters.needs import System
from latchkey.rosters.stores.notes import TemporaryNotes
from latchkey.rosters.who_is_who import WhoIsWho
from latchkey.schools.model.school import School, Words
from latchkey.shared.model.ids import person_id


@dataclass(frozen=True, slots=True)
class Reading:
    """A roster that has been looked through: ready to be compared with the people who are there.

    ``words``: whose word counts in the school. ``roles``: those of its rows.
    """

    source: Source
    total: int
    duplicates: Duplicates
    notes: TemporaryNotes
    known: KnownPeople
    chosen: Mapping[str, str]
    words: Words
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of some rows; ``size`` rows in all, of which ``merged`` say what another row of the same person says."""

    size: int
    decisions: list[Decision]
    rejected: list[Rejection]
    warned: list[Rejection]
    merged: int


def read(
    system: System,
    school: str,
    file: BinaryIO,
    notes: TemporaryNotes,
    chosen: Mapping[str, str],
    *,
    columns: Mapping[str, Any] | None = None,
) -> Reading:
    """Look through a roster, read as an admin has ``chosen``; ``Unusable`` says why it cannot be used.

    ``columns``: how a table's columns were read before; without it, as the school last confirmed it, or by their words.
    """
    read_before = chosen_from(columns) if columns else None
    remembered = system.roster_columns(school).remembered
    found = _school(system, school)
    around = _around(system, found, chosen)
    source = open_roster(file, around, notes, columns=lambda header: read_before or remembered(header))
    duplicates, people, total, roles = Duplicates(), taken_of(system, school), 0, set[Role]()
    for batch in source.batches():
        duplicates.look(batch.rows)
        people.look(batch.rows)
        notes.link(_links(batch.rows))
        roles |= {row.role for row in batch.rows}
        total += batch.size
    if duplicates.suspects:
        for batch in source.batches():
            duplicates.count(batch.rows)
    if people.is_unusual:
        for batch in source.batches():
            people.claim(duplicates.sort_out(batch.rows, source.names).rows)
    if not total:
        raise Unusable("The file has a header and no rows.")
    return Reading(source, total, duplicates, notes, people, chosen, found.settings.words, frozenset(roles))


def _school(system: System, slug: str) -> School:
    found = system.schools.get(slug)
    if found is None:
        raise Poison("There is no such school.")
    return found


def _around(system: System, found: School, chosen: Mapping[str, str]) -> Around:
    """What a reader knows beside its file."""
    school = found.slug
    directory = system.directory(school)

    def known(ids: Sequence[str]) -> dict[str, KnownAs]:
        people = directory.following(person_id(school, each) for each in ids)
        asked = {each: people[made] for each in ids if (made := person_id(school, each)) in people}
        return {each: KnownAs(person.role, person.given_name, person.family_name) for each, person in asked.items()}

    def students() -> Iterator[list[Person]]:
        for people, _ in directory.pages_from(Position("student"), PeopleFilter(roles=("student",))):
            yield people

    names = frozenset(name.casefold() for name in (found.slug, found.urn, found.settings.laestab) if name)
    return Around(names, datetime.fromtimestamp(system.now(), UTC).date(), found.name, known, students, chosen)


def decisions(system: System, school: str, reading: Reading, done: int = 0) -> Iterator[Decided]:
    """What becomes of each row after the first ``done``, some hundred rows at a time."""
    who = WhoIsWho(system, school, reading.known, reading.duplicates, reading.chosen)
    for batch in reading.source.batches():
        if done >= batch.size:
            done -= batch.size
            continue
        yield _decided(reading, who, batch)


def taken_of(system: System, school: str) -> KnownPeople:
    """Who is in the school now."""
    taken = KnownPeople()
    for people, _ in system.directory(school).pages_from(Position(ROLES[0]), PeopleFilter()):
        taken.add(people)
    taken.close()
    return taken


def newest_key(system: System, school: str) -> bytes:
    """The school's newest look-up key, as it is now: an invocation ends before a rotation that begins meanwhile moves anybody."""
    return system.lookup_key(school, _school(system, school).lookup_epoch)


def _decided(reading: Reading, who: WhoIsWho, batch: Batch) -> Decided:
    names = reading.source.names
    alone = reading.duplicates.sort_out(batch.rows, names)
    rows = alone.rows
    decided = [
        decide(row, found.person, reading.known, names, found=found, chosen=reading.chosen, words=reading.words)
        for row, found in zip(rows, who.of(rows), strict=True)
    ]
    rejected = [each.rejection for each in decided if each.rejection is not None]
    warned = [warning for each in decided for warning in each.warned]
    return Decided(
        batch.size,
        decided,
        sorted([*batch.rejected, *alone.rejected, *rejected]),
        sorted([*batch.warned, *alone.warned, *warned]),
        alone.merged,
    )


def counts_of(decided: Decided) -> dict[str, int]:
    """The counts of some rows; new, changed, unchanged and rejected together are all of them."""
    counts = zero()
    for each in decided.decisions:
        counts[each.kind] += 1
        if each.status is not None:
            counts["leaving" if each.status == "left" else "returning"] += 1
    counts["rejected"] = len(decided.rejected)
    counts["unchanged"] += decided.merged
    counts["warned"] = len({warning.line for warning in decided.warned})
    return counts


def _links(rows: list[Row]) -> list[tuple[str, str, int]]:
    """Child, parent and row. Every adult may have children: a teacher, too."""
    return [
        (row.mis_id, each, row.line) if row.role == "student" else (each, row.mis_id, row.line)
        for row in rows
        for each in row.links
    ]
