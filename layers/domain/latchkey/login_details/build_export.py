"""Work on a run of login details: give students their codes, then (few students: with that) write the file; or end codes.

What takes long is done in pieces: a worker whose time runs short writes down where it is and hands over by a new message.
A run that stops leaves no half file, and goes on where it was: codes that were given stay the same.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from latchkey.codes.issue_codes import issue_codes
from latchkey.errors import Changed, NotFound, Poison, TryLater
from latchkey.login_details.choose_students import with_noted
from latchkey.login_details.model.meant import is_meant
from latchkey.login_details.model.run_names import facts_of
from latchkey.login_details.model.runs import LEASE, Export, failure
from latchkey.login_details.needs import System
from latchkey.login_details.try_export import cannot_be_in
from latchkey.login_details.void_codes import void_students
from latchkey.login_details.walk_students import Clock, position, walk
from latchkey.login_details.write_file import StopRun, write_file
from latchkey.schools.model.school import School

FOR_A_FILE: Final = 10 * 60  # seconds that a file should find: it is written in one go
GIVE_BACK: Final = 30  # seconds in which a worker that cannot go on tries to give its run back
_AGAIN: Final = 2  # in the same invocation: what went well is not read again
_SHOW_EVERY: Final = 2_500  # students between two writes of the progress


def build_export(
    system: System, school_slug: str, run_id: str, *, last_try: bool = False, left: Callable[[], float] | None = None
) -> Export | None:
    """Work on one run; None if there was nothing to do. The run as it then is: queued if handed over.

    ``TryLater`` if another worker has the run now, ``Poison`` if there is no such run. When the last try fails, so does the
    run. ``left``: the seconds that this invocation still has.
    """
    school = system.schools.get(school_slug)
    if school is None:
        raise Poison()
    exports = system.exports(school_slug)
    try:
        run = exports.lease(run_id, system.now(), LEASE)
    except NotFound as unknown:
        raise Poison() from unknown
    if run.state != "running":
        return None
    clock = Clock(left)
    try:
        run = with_noted(system, school_slug, run)
        worked = _work(system, school, run, clock)
        return _hand_over(system, school_slug, worked) if worked.state == "running" else worked
    except Changed as lost:
        raise TryLater() from lost  # the lease went to another worker, who goes on
    except StopRun as stopped:
        return _fail(system, school_slug, run, stopped.reason)
    except Exception:  # whatever it was: no half file stays, and the queue tries again
        with suppress(Exception):  # the error that led here is the one that counts
            if last_try:
                _fail(system, school_slug, run)
            else:
                system.persist(lambda: exports.give_back(run), GIVE_BACK)
        raise


def _work(system: System, school: School, run: Export, clock: Clock) -> Export:
    """The run after what this invocation could do of it. Where a service is busy for a moment, it goes on where it was."""
    for _ in range(_AGAIN):
        with suppress(TryLater):
            return _step(system, school, run, clock)
        run = with_noted(system, school.slug, system.exports(school.slug).get(run.id) or run)
    return _step(system, school, run, clock)


def _step(system: System, school: School, run: Export, clock: Clock) -> Export:
    if run.kind == "void":
        return void_students(system, school, run, clock)
    if run.stage == "codes":
        run = _give_codes(system, school, run, clock)
        if run.stage == "codes" or clock.left() < FOR_A_FILE:
            return run
    return write_file(system, school, run, clock)


def _give_codes(system: System, school: School, run: Export, clock: Clock) -> Export:
    """Give codes to the students of a run, from where it is. It is in stage ``file`` if that was all, else the time was short."""
    exports, wanted, shown = system.exports(school.slug), run.wanted, 0
    done = run.done
    for people in walk(system.directory(school.slug), wanted.scope, run.position):
        now = system.now()
        meant = [each for each in people if is_meant(wanted, each, school, now, run.created_at)]
        meant = [each for each in meant if cannot_be_in(each, wanted) is None]
        issue_codes(system, school, meant, wanted.kinds, wanted.expiring_within)
        done, shown = done + len(meant), shown + len(people)
        short = clock.is_short()
        if short or shown >= _SHOW_EVERY:
            shown = 0
            total = max(run.total, done) if run.total else 0
            ends = system.now() + LEASE
            run = exports.save_progress(replace(run, done=done, total=total, position=position(people[-1]), lease_until=ends))
        if short:
            return run
    return exports.begin_file(run, done, system.now())


def _hand_over(system: System, school: str, run: Export) -> Export:
    """Give a run back, and let another invocation take it."""
    run = system.exports(school).give_back(run)
    system.queue("EXPORT_QUEUE").put({"school": school, "export": run.id})
    return run


def _fail(system: System, school: str, run: Export, reason: str | None = None) -> Export:
    """Say that a run has failed, and at which step; it can be started again, but does not go on."""
    exports = system.exports(school)
    known = exports.get(run.id) or run
    failed = exports.fail(run, reason or failure(known))
    event = {**facts_of(run), "step": known.stage if known.kind == "file" else "void", "done": known.done}
    system.audit(school).record("build_export", "export.failed", system.now(), event)
    return failed
