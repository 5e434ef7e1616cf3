"""Read an uploaded contacts export, join it with the school's students, and keep the parents; then the files are written.

Everything here may be done twice: a parent's id follows from the rows. What one invocation has no time for the next one does: it
reads the file again and goes on behind the parent up to whom was written. The upload is deleted as soon as nobody needs it.
"""

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import BinaryIO, Final, cast

from latchkey.contacts.join_contacts import Found, know_students, remember_parents, students_without, take_rows
from latchkey.contacts.model.contact import ColumnsUnknown, Source
from latchkey.contacts.model.messages import files_message, read_message
from latchkey.contacts.model.runs import LEASE, READ_UNTIL, READER, RESERVE, Run
from latchkey.contacts.model.sources import open_contacts
from latchkey.contacts.model.table_source import AS_WINDOWS
from latchkey.contacts.needs import System
from latchkey.contacts.stores.notes import ReadingNotes
from latchkey.contacts.take_run import ENDLESS, delete_upload, fail, give_back, is_endless, take
from latchkey.errors import Poison
from latchkey.office_files.model.unusable import Unusable, excerpt
from latchkey.shared.stores.pace import Pace
from latchkey.shared.stores.uploads import UploadLost

_SAVE_EVERY: Final = 20  # pages of parents between two saves
_SHOW_EVERY: Final = 5_000  # rows between two writes of the progress
_NEWER: Final = "A newer file was uploaded meanwhile, so this one was not taken."
_TOO_OLD: Final = "The file was uploaded more than a day ago and is not read any more. Upload it again."
_GONE: Final = "The file is gone or was replaced while we read it. Upload it again."
_NO_ORDERS: Final = (
    "The file does not say who has a court order or restricted access. Check the parents before you write to them."
)
_NO_FIRST: Final = "The file says neither priority nor parental responsibility, so everybody in it counts as to be invited."


class _Superseded(Exception):
    """A later upload has come to its end first."""


def read_contacts(
    system: System, school: str, run_id: str, key: str | None = None, left: Callable[[], float] = lambda: inf
) -> Run | None:
    """Read the run's file; ``key`` is the upload's, where a message says that it has come. None if there is nothing (more) to do.

    ``Poison`` if no run waits for it, ``TryLater`` while another worker has the run. ``left``: seconds that the invocation has.
    """
    run = system.contacts_runs(school).get(run_id)
    if run is None or (key is not None and run.key != key):
        raise Poison("No contacts wait for this file.")
    if run.step == "files" or run.state in {"finished", "failed"}:  # put once more into the form, or a message came again
        _pass_on(system, school, run)
        return None
    taken = take(system, school, run) if run.state != "paused" else None
    return _read_taken(system, school, taken, left) if taken is not None else None


def _read_taken(system: System, school: str, run: Run, left: Callable[[], float]) -> Run | None:
    try:
        return _read(system, school, run, left)
    except UploadLost:
        reason = _GONE
    except Unusable as error:
        reason = error.detail
    except _Superseded:
        system.kept_parents(school).forget(run.id)
        reason = _NEWER
    except Exception:  # whatever it was: nobody else should wait for this lease, and the queue tries again
        give_back(system, school, run)
        raise
    return _refuse(system, school, run, reason)


def give_up(system: System, school: str, run_id: str) -> None:
    """After the last try: say that a running run failed, unless a worker has it, and delete its upload."""
    run = system.contacts_runs(school).get(run_id)
    if run is not None and run.state == "running" and run.lease_until <= system.now():
        _refuse(system, school, run, "Something went wrong on our side, several times. Upload the file again.")


def _refuse(system: System, school: str, run: Run, reason: str) -> Run | None:
    failed = fail(system, school, run, reason, READER)
    if failed is not None:
        delete_upload(system, run)
    return failed


def _read(system: System, school: str, run: Run, left: Callable[[], float]) -> Run:
    runs, kept = system.contacts_runs(school), system.kept_parents(school)
    if is_endless(run) or run.created_at + READ_UNTIL <= system.now():
        raise Unusable(ENDLESS if is_endless(run) else _TOO_OLD)
    upload = system.uploads().open(run.key)
    if run.attempt > 1 and not run.position:
        kept.forget(run.id)  # it is begun again: what was written before may not be written now
    with ReadingNotes() as notes:
        try:
            source = open_contacts(cast("BinaryIO", upload), run.columns or None)
        except ColumnsUnknown as unknown:
            return runs.ask_for_columns(run, unknown.header, unknown.found)
        know_students(system, school, notes)
        shown = 0

        def progress(rows: int) -> None:
            nonlocal run, shown
            if rows - shown >= _SHOW_EVERY:
                run, shown = runs.note_progress(run, rows, system.now() + LEASE), rows

        found = take_rows(source, notes, progress)
        parents = remember_parents(school, notes)
        run, complete = _write(system, school, run, notes, left)
        if not complete:
            return _hand_over(system, school, run)
        without, students = students_without(notes)
        matched = notes.matched
    kept.write_lists(run, {"unmatched_students": students, "unmatched_contacts": found.unmatched_contacts})
    if any(each.kept and each.id > run.id for each in runs.all()):
        raise _Superseded()
    counts = {
        "rows": found.rows,
        "joined": found.contacts,
        "matched": matched,
        "parents": parents,
        "unmatched_students": without,
        "unmatched_contacts": found.unmatched,
    }
    run = runs.finish_reading(
        replace(
            run,
            shape=source.shape,
            stated=tuple(sorted(source.stated)),
            warnings=tuple(_warnings(source, found)),
            counts=counts,
            total=matched,
            asked_at=system.now(),
        )
    )
    system.audit(school).record(READER, "contacts.read", system.now(), {"contacts": run.id, **counts})
    _pass_on(system, school, run)
    return run


def _write(system: System, school: str, run: Run, notes: ReadingNotes, left: Callable[[], float]) -> tuple[Run, bool]:
    """Write the parents behind the run's position; whether the time was enough."""
    runs, kept, pace = system.contacts_runs(school), system.kept_parents(school), Pace(left)
    for number, parents in enumerate(notes.parents(run.position), start=1):
        kept.write(run, parents, pace)
        short = left() < RESERVE
        if short or number % _SAVE_EVERY == 0:
            run = runs.note_progress(run, run.done, system.now() + LEASE, position=parents[-1].id)
        if short:
            return run, False
    return run, True


def _hand_over(system: System, school: str, run: Run) -> Run:
    system.contacts_runs(school).release(run)
    system.queue("ROSTER_QUEUE").put(read_message(school, run.id))
    return run


def _pass_on(system: System, school: str, run: Run) -> None:
    """What comes after the reading, as often as it is asked for: no older parents, no upload, and the files."""
    runs, kept = system.contacts_runs(school), system.kept_parents(school)
    if run.kept:
        for older in runs.all():
            if older.id < run.id and older.kept:
                kept.forget(older.id)
                runs.replaced(older)
    delete_upload(system, run)
    if run.state == "running" and run.step == "files" and run.lease_until <= system.now():
        system.queue("EXPORT_QUEUE").put(files_message(school, run.id))


def _warnings(source: Source, found: Found) -> list[str]:
    warnings = [*source.warnings]
    if AS_WINDOWS in warnings and found.odd_names:
        warnings.append(f"Are these names right? {'; '.join(map(excerpt, found.odd_names))}.")
    if found.unusable:
        rows = ", ".join(f"{line:,}" for line in found.unusable_rows)
        warnings.append(f"{found.unusable:,} e-mail cells hold no address that can be used (rows {rows}).")
    if "restricted" not in source.stated:
        warnings.append(_NO_ORDERS)
    if not source.stated & {"priority", "responsibility", "primary"}:
        warnings.append(_NO_FIRST)
    return warnings
