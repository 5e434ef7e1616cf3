"""Read an uploaded roster and say what it would change; nothing is changed yet.

Up to three passes over the file, each in a stream: look (form, school, who may come twice), count those, compare with the
people who are there. Reading again is cheap; remembering a million rows would not be.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final, cast

from latchkey.errors import Poison
from latchkey.people.model.person import ROLES
from latchkey.rosters.model.changes import Decision, Taken, decide
from latchkey.rosters.model.duplicates import Duplicates
from latchkey.rosters.model.files import Source, open_roster
from latchkey.rosters.model.runs import SHOWN_REJECTED, SHOWN_SAMPLES, Batch, Change, Rejection, Row, Run, Unusable, zero
from latchkey.rosters.needs import System
from latchkey.rosters.stores.notes import TemporaryNotes
from latchkey.shared.model.ids import person_id
from latchkey.shared.stores.dynamo import ConditionFailed, Value
from latchkey.shared.stores.uploads import UploadLost

LEASE: Final = 960  # seconds: Lambda's 900 and some
_SAVE_EVERY: Final = 2048  # rows
READER: Final = "read_roster"


@dataclass(frozen=True, slots=True)
class Reading:
    """A roster that has been looked through: ready to be compared with the people who are there."""

    source: Source
    total: int
    duplicates: Duplicates
    notes: TemporaryNotes


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of some rows; ``size`` rows in all."""

    size: int
    decisions: list[Decision]
    rejected: list[Rejection]


def preview_roster(system: System, school: str, roster: str, key: str) -> Run | None:
    """Preview the run that waits for this file. None if there is nothing (more) to do; ``Poison`` if no run waits for it."""
    rosters = system.rosters(school)
    run = rosters.get(roster)
    if run is None or run.key != key:
        raise Poison("No roster waits for this file.")
    if run.state not in {"queued", "running"} or run.step == "apply":
        return None
    try:
        run = rosters.take(run, system.now(), LEASE)
    except ConditionFailed:
        return None  # another worker has it
    try:
        return _preview(system, school, run)
    except UploadLost:
        return fail(system, school, run, "The file is gone or was replaced while we read it. Upload it again.")
    except Unusable as error:
        return fail(system, school, run, error.detail)
    except Exception:  # whatever it was: nobody else should wait for this lease, and the queue tries again
        release(system, school, run)
        raise


def fail(system: System, school: str, run: Run, reason: str) -> Run | None:
    """End a run with a reason."""
    now = system.now()
    try:
        run = system.rosters(school).save(run, {"state": "failed", "reason": reason, "finished_at": now, "lease_until": 0})
    except ConditionFailed:
        return None
    system.audit(school).record(READER, "roster.refused", now, {"roster": run.id})
    return run


def release(system: System, school: str, run: Run) -> None:
    """Let the next worker have a run that this one could not finish."""
    try:
        system.rosters(school).save(run, {"lease_until": 0})
    except ConditionFailed:
        return


def read(system: System, school: str, file: BinaryIO, notes: TemporaryNotes) -> Reading:
    """Look through a roster; ``Unusable`` says why it cannot be used."""
    known = system.schools.get(school)
    if known is None:
        raise Poison("There is no such school.")
    ours = frozenset(name.casefold() for name in (known.slug, known.urn) if name)
    source = open_roster(file, ours, notes)
    duplicates, total = Duplicates(), 0
    for batch in source.batches():
        duplicates.look(batch.rows)
        notes.link(_links(batch.rows))
        total += batch.size
    if duplicates.suspects:
        for batch in source.batches():
            duplicates.count(batch.rows)
    if not total:
        raise Unusable("The file has a header and no rows.")
    return Reading(source, total, duplicates, notes)


def decisions(system: System, school: str, reading: Reading, done: int = 0) -> Iterator[Decided]:
    """What becomes of each row after the first ``done``, some hundred rows at a time."""
    taken = taken_of(system, school)
    for batch in reading.source.batches():
        if done >= batch.size:
            done -= batch.size
            continue
        yield _decided(system, school, reading, taken, batch)


def taken_of(system: System, school: str) -> Taken:
    """The usernames, UPNs and admins' addresses of the school as they are now."""
    taken, directory = Taken(), system.directory(school)
    for role in ROLES:
        people, following = directory.page(role)
        taken.add(people)
        while following is not None:
            people, following = directory.page(role, after=following)
            taken.add(people)
    taken.close()
    return taken


def _decided(system: System, school: str, reading: Reading, taken: Taken, batch: Batch) -> Decided:
    names = reading.source.names
    rows, doubles = reading.duplicates.sort_out(batch.rows, names)
    ids = [person_id(school, row.mis_id) for row in rows]
    existing = {person.id: person for person in system.directory(school).by_ids(ids)}
    decided = [decide(row, existing.get(each), taken, names) for row, each in zip(rows, ids, strict=True)]
    rejected = [each.rejection for each in decided if each.rejection is not None]
    return Decided(batch.size, decided, sorted([*batch.rejected, *doubles, *rejected]))


def counts_of(decided: Decided) -> dict[str, int]:
    """The counts of some rows; new, changed, unchanged and rejected together are all of them."""
    counts = zero()
    for each in decided.decisions:
        counts[each.kind] += 1
        if each.status is not None:
            counts["leaving" if each.status == "left" else "returning"] += 1
    counts["rejected"] = len(decided.rejected)
    return counts


def _preview(system: System, school: str, run: Run) -> Run:
    rosters = system.rosters(school)
    upload = system.uploads().open(run.key)
    with TemporaryNotes() as notes:
        reading = read(system, school, cast("BinaryIO", upload), notes)
        run = rosters.save(run, {"total": reading.total, "etag": upload.etag, "size": upload.size})
        counts, rejected, done, saved = zero(), list[Rejection](), 0, 0
        samples: dict[str, list[Change]] = {"new": [], "changed": []}
        for decided in decisions(system, school, reading):
            counts = _sum(counts, counts_of(decided))
            rejected += decided.rejected[: SHOWN_REJECTED - len(rejected)]
            _take_samples(samples, decided)
            done += decided.size
            if done - saved >= _SAVE_EVERY:
                run, saved = rosters.save(run, {"done": done}), done
        counts["links"] = notes.links
    rosters.write_preview(run.id, rejected, samples)
    source = reading.source
    facts: dict[str, Value] = {"previewed": {**counts}, "done": done, "format": source.format, "warnings": [*source.warnings]}
    run = rosters.save(run, {**facts, "state": "previewed", "lease_until": 0})
    numbers = {name: counts[name] for name in ("new", "changed", "unchanged", "rejected")}
    system.audit(school).record(READER, "roster.preview", system.now(), {"roster": run.id, **numbers})
    return run


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one[name] + other[name] for name in one}


def _links(rows: list[Row]) -> list[tuple[str, str]]:
    return [(each, row.mis_id) if row.role == "parent" else (row.mis_id, each) for row in rows for each in row.links]


def _take_samples(samples: dict[str, list[Change]], decided: Decided) -> None:
    for each in decided.decisions:
        found = samples.get(each.kind)
        if found is not None and len(found) < SHOWN_SAMPLES:
            facts = tuple(each.facts) if each.kind == "changed" else ()
            status = (each.status,) if each.status else ()
            name = f"{each.row.given_name} {each.row.family_name}"
            found.append(Change(each.row.line, name, each.row.role, each.row.registration_group or "", facts + status))
