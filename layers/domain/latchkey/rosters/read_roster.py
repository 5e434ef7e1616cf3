"""Read an uploaded roster and say what it would change; nothing is changed yet."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, BinaryIO, Final, cast

from latchkey.errors import Poison
from latchkey.office_files.model.unusable import Unusable, excerpt
from latchkey.rosters.fail_roster import fail
from latchkey.rosters.gone import ask_about_gone, gone_of
from latchkey.rosters.look_through import Decided, counts_of, decisions, read
from latchkey.rosters.missing import ask_about_missing, note_reached
from latchkey.rosters.model.files import Source
from latchkey.rosters.model.plain_csv import ColumnsMissing, PlainCsv
from latchkey.rosters.model.questions import Asked, remembered
from latchkey.rosters.model.runs import READER, SHOWN_REJECTED, SHOWN_SAMPLES, SHOWN_WARNED, Change, Rejection, Run, zero
from latchkey.rosters.needs import System
from latchkey.rosters.stores.notes import TemporaryNotes
from latchkey.rosters.take_run import give_back, take
from latchkey.rosters.write_to_mend import note_to_mend, with_names, write_to_mend
from latchkey.shared.model.ids import person_id
from latchkey.shared.stores.uploads import UploadLost

_SAVE_EVERY: Final = 2048  # rows
_LOOKED_UP_AT_ONCE: Final = 100  # people


def read_again(system: System, school: str, roster: str) -> Run | None:
    """Preview a run anew, because an admin has answered what to read otherwise. As ``preview_roster``."""
    run = system.rosters(school).get(roster)
    if run is None:
        raise Poison("There is no such roster.")
    return preview_roster(system, school, roster, run.key) if run.state == "running" else None


def preview_roster(system: System, school: str, roster: str, key: str) -> Run | None:
    """Preview the run that waits for this file. None if there is nothing (more) to do; ``Poison`` if no run waits for it.

    ``TryLater`` while another worker has the run.
    """
    run = system.rosters(school).get(roster)
    if run is None or run.key != key:
        raise Poison("No roster waits for this file.")
    if run.state not in {"queued", "running"} or run.step == "apply":
        return None
    run = take(system, school, run)
    if run is None:
        return None
    try:
        return _preview(system, school, run)
    except UploadLost:
        return fail(system, school, run, "The file is gone or was replaced while we read it. Upload it again.")
    except Unusable as error:
        return fail(system, school, run, error.detail)
    except Exception:  # whatever it was: nobody else should wait for this lease, and the queue tries again
        give_back(system, school, run)
        raise


def _preview(system: System, school: str, run: Run) -> Run:
    rosters = system.rosters(school)
    upload = system.uploads().open(run.key, run.etag)
    asked = Asked({**remembered(rosters.remembered()), **run.chosen})
    with TemporaryNotes() as notes:
        try:
            reading = read(system, school, cast("BinaryIO", upload), notes, asked.chosen, columns=run.reading)
        except ColumnsMissing as error:
            run = rosters.note_file(run, total=0, etag=upload.etag, size=upload.size)
            return _ask_for_columns(system, school, run, error.table, asked)
        run = rosters.note_file(run, total=reading.total, etag=upload.etag, size=upload.size)
        notes.miss_linked()
        counts, rejected, warned, done, saved = zero(), list[Rejection](), list[Rejection](), 0, 0
        samples: dict[str, list[Change]] = {"new": [], "changed": []}
        for decided in map(with_names, decisions(system, school, reading)):
            counts = _sum(counts, counts_of(decided))
            note_to_mend(notes, [*decided.rejected, *decided.warned])
            rejected += decided.rejected[: SHOWN_REJECTED - len(rejected)]
            warned += decided.warned[: SHOWN_WARNED - len(warned)]
            _take_samples(samples, decided)
            notes.seen([each.row.mis_id for each in decided.decisions])
            asked.add(ask for each in decided.decisions for ask in each.asks)
            asked.add(ask_about_gone(gone_of(system, school, reading, notes, decided)))
            note_reached(school, notes, decided)
            done += decided.size
            if done - saved >= _SAVE_EVERY:
                run, saved = rosters.note_read(run, done), done
        counts["links"] = notes.links
        counts["links_to_nobody"], lost = _links_to_nobody(system, school, notes, reading.source.names.get("links", "links"))
        warned += lost[: SHOWN_WARNED - len(warned)]
        asked.add(reading.source.asks)
        missing, by_role = ask_about_missing(system, school, run, reading, notes)
        asked.add([missing])
        counts |= by_role
        note_to_mend(notes, lost)
        counts["to_mend"] = write_to_mend(system, school, run, reading.source, notes)
    pages = rosters.write_preview(
        run.id, system.now(), rejected, samples, warned=warned, concerned=asked.people, before=run.pages
    )
    columns = _keep_columns(system, school, run, reading.source)
    run = rosters.finish_preview(run, counts, done, reading.source, asked=asked, pages=pages, reading=columns)
    numbers = {name: counts[name] for name in ("new", "changed", "unchanged", "rejected")}
    system.audit(school).record(READER, "roster.preview", system.now(), {"roster": run.id, **numbers})
    return run


def _ask_for_columns(system: System, school: str, run: Run, table: PlainCsv, asked: Asked) -> Run:
    """A preview that shows only the columns: nobody can be read before an admin says which are which."""
    rosters = system.rosters(school)
    pages = rosters.write_preview(run.id, system.now(), [], {}, before=run.pages)
    columns = _keep_columns(system, school, run, table)
    run = rosters.finish_preview(run, zero(), 0, table, asked=asked, pages=pages, reading=columns)
    system.audit(school).record(READER, "roster.preview", system.now(), {"roster": run.id, "columns": len(table.header)})
    return run


def _keep_columns(system: System, school: str, run: Run, source: Source) -> dict[str, Any] | None:
    """Keep what the preview shows of a table's columns; how they were read."""
    if not isinstance(source, PlainCsv):
        return None
    system.roster_columns(school).write(run.id, source.columns(), system.now())
    return source.reading


def _links_to_nobody(system: System, school: str, notes: TemporaryNotes, column: str) -> tuple[int, list[Rejection]]:
    """How many links name somebody who is in no row and not in Latchkey, and the first of these links."""
    missing = notes.missing()
    while some := {person_id(school, each): each for each in islice(missing, _LOOKED_UP_AT_ONCE)}:
        notes.seen([some[each] for each in system.directory(school).following(some)])
    count, first = notes.links_to_nobody(SHOWN_WARNED)
    reason = "names somebody who is in no row and not in Latchkey: there is no link"
    return count, [Rejection(line, column, reason, excerpt(who)) for line, who in first]


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one[name] + other[name] for name in one}


def _take_samples(samples: dict[str, list[Change]], decided: Decided) -> None:
    for each in decided.decisions:
        found = samples.get(each.kind)
        if found is not None and len(found) < SHOWN_SAMPLES:
            facts = tuple(each.facts) if each.kind == "changed" else ()
            status = (each.status,) if each.status else ()
            name = f"{each.row.given_name} {each.row.family_name}".strip()
            found.append(Change(each.row.line, name, each.row.role, each.row.registration_group or "", facts + status))
