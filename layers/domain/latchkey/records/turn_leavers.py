"""Turn the people of a run that marks many as left, or brings them back: a worker's.

Each is read, and gets the status only if they still have the other one; so what is done twice is done once. One worker at a time
has a run. If it is to be undone meanwhile, that worker sees it before it goes on, and the one after it goes the other way.
"""

from dataclasses import replace
from typing import Final

from latchkey.errors import Changed, TryLater
from latchkey.people.model.change import PersonChange
from latchkey.records.model.leaving import LEASE, LeaverRun, can_get
from latchkey.records.needs import System

_AT_ONCE: Final = 100


def turn_leavers(system: System, school: str, run_id: str) -> LeaverRun | None:
    """The run with everybody through; None if it is kept no more. ``TryLater`` while another worker has it."""
    runs, now = system.leaver_runs(school), system.now()
    run = runs.get(run_id)
    if run is None or not run.is_moving:
        return run
    if run.lease_until > now:
        raise TryLater()
    try:
        run = runs.take(run, now + LEASE)
    except Changed:
        raise TryLater() from None
    try:
        return _turn(system, school, run)
    except Changed:  # it is to go the other way now, or took so long that another worker has it
        runs.give_back(run)
        raise TryLater() from None
    except Exception:  # whatever it was: nobody else should wait for this lease, and the queue tries again
        runs.give_back(run)
        raise


def _turn(system: System, school: str, run: LeaverRun) -> LeaverRun:
    runs, directory, status = system.leaver_runs(school), system.directory(school), run.gives
    for start in range(run.done, len(run.people), _AT_ONCE):
        some = run.people[start : start + _AT_ONCE]
        people = [person for person in directory.by_ids(some) if can_get(person, status)]
        directory.take_over(PersonChange(person, replace(person, status=status)) for person in people)
        run = runs.note(run, start + len(some))
    return runs.finish(run)
