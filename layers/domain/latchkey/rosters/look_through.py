"""Look through a roster and decide what becomes of each row; nothing is changed here.

Up to three passes over the file, each in a stream: look (form, school, who may come twice), count those, compare with the
people who are there. Reading again is cheap; remembering a million rows would not be.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, Final

from latchkey.errors import Poison
from latchkey.office_files.model.unusable import Unusable, excerpt
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import ROLES
from latchkey.people.model.position import Position
from latchkey.rosters.model.changes import Decision, decide
from latchkey.rosters.model.duplicates import Duplicates
from latchkey.rosters.model.files import Source, open_roster
from latchkey.rosters.model.known import KnownPeople
from latchkey.rosters.model.runs import Batch, Rejection, Row, zero
from latchkey.rosters.needs import System
from latchkey.rosters.stores.notes import TemporaryNotes
from latchkey.rosters.who_is_who import WhoIsWho

NOBODY: Final = "names nobody in the file or in the school; there is no such link"


@dataclass(frozen=True, slots=True)
class Reading:
    """A roster that has been looked through: ready to be compared with the people who are there."""

    source: Source
    total: int
    duplicates: Duplicates
    notes: TemporaryNotes
    known: KnownPeople
    chosen: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of some rows; ``size`` rows in all, of which ``merged`` say what another row of the same person says."""

    size: int
    decisions: list[Decision]
    rejected: list[Rejection]
    warned: list[Rejection]
    merged: int


def read(system: System, school: str, file: BinaryIO, notes: TemporaryNotes, chosen: Mapping[str, str]) -> Reading:
    """Look through a roster, read as an admin has ``chosen``; ``Unusable`` says why it cannot be used."""
    known = system.schools.get(school)
    if known is None:
        raise Poison("There is no such school.")
    ours = frozenset(name.casefold() for name in (known.slug, known.urn) if name)
    source = open_roster(file, ours, notes, datetime.fromtimestamp(system.now(), UTC).date(), chosen)
    duplicates, people, total = Duplicates(), taken_of(system, school), 0
    for batch in source.batches():
        duplicates.look(batch.rows)
        people.look(batch.rows)
        notes.link(_links(batch.rows))
        total += batch.size
    if duplicates.suspects:
        for batch in source.batches():
            duplicates.count(batch.rows)
    if people.is_unusual:
        for batch in source.batches():
            people.claim(duplicates.sort_out(batch.rows, source.names).rows)
    if not total:
        raise Unusable("The file has a header and no rows.")
    return Reading(source, total, duplicates, notes, people, chosen)


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


def _decided(reading: Reading, who: WhoIsWho, batch: Batch) -> Decided:
    names = reading.source.names
    alone = reading.duplicates.sort_out(batch.rows, names)
    rows = alone.rows
    decided = [
        decide(row, found.person, reading.known, names, found=found, chosen=reading.chosen)
        for row, found in zip(rows, who.of(rows), strict=True)
    ]
    rejected = [each.rejection for each in decided if each.rejection is not None]
    warned = [warning for each in decided for warning in each.warned]
    return Decided(
        batch.size,
        decided,
        sorted([*batch.rejected, *alone.rejected, *rejected]),
        sorted([*batch.warned, *alone.warned, *warned, *_links_to_nobody(rows, who, names)]),
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
    counts["links_to_nobody"] = sum(warning.reason == NOBODY for warning in decided.warned)
    return counts


def _links_to_nobody(rows: Sequence[Row], who: WhoIsWho, names: Mapping[str, str]) -> list[Rejection]:
    nobody = who.are_nobody([*dict.fromkeys(each for row in rows for each in row.links)])
    column = names.get("links", "links")
    return [Rejection(row.line, column, NOBODY, excerpt(each)) for row in rows for each in row.links if each in nobody]


def _links(rows: list[Row]) -> list[tuple[str, str]]:
    return [(each, row.mis_id) if row.role == "parent" else (row.mis_id, each) for row in rows for each in row.links]
