"""Look for the file of contacts that were started: read it if its event was lost, and end the run if none comes."""

from collections.abc import Callable
from math import inf
from typing import Final

from latchkey.contacts.model.messages import await_message
from latchkey.contacts.model.runs import READER, Run
from latchkey.contacts.needs import System
from latchkey.contacts.read_contacts import read_contacts
from latchkey.shared.await_file import look

_REASON: Final = "No file came within a quarter of an hour, so this upload has ended. Nothing was changed. Start it again."


def look_for_file(system: System, school: str, run_id: str, left: Callable[[], float] = lambda: inf) -> Run | None:
    """What became of a run that waits for its file; None if it waits no more, or waits on. ``left``: as in read_contacts."""
    runs, now = system.contacts_runs(school), system.now()

    def end(run: Run) -> Run:
        ended = runs.abandon(run, _REASON, now)
        system.audit(school).record(READER, "contacts.refused", now, {"contacts": run.id})
        return ended

    return look(
        system.uploads(),
        runs.get(run_id),
        now,
        read=lambda run: read_contacts(system, school, run.id, run.key, left),
        later=lambda seconds: system.queue("ROSTER_QUEUE").put(await_message(school, run_id), delay=seconds),
        end=end,
    )
