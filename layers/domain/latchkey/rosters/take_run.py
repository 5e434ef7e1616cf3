"""Take a run for one worker, and give it back: two workers never have the same one, and none waits for one that gave up."""

from contextlib import suppress

from latchkey.errors import Changed, TryLater
from latchkey.rosters.model.runs import GIVE_BACK, LEASE, Run
from latchkey.rosters.needs import System


def take(system: System, school: str, run: Run) -> Run | None:
    """The run, for a while; None if it has gone on since it was read. ``TryLater`` while another worker has it.

    That worker may have died: who comes later, once the lease has ended, goes on for it.
    """
    rosters, now = system.rosters(school), system.now()
    try:
        return rosters.take(run, now, LEASE)
    except Changed:
        found = rosters.get(run.id)
    if found is not None and found.state == "running" and found.lease_until > now:
        raise TryLater("Another worker has this roster.", seconds=found.lease_until - now)
    return None


def give_back(system: System, school: str, run: Run) -> None:
    """Let the next worker have a run; if the table stays busy for long, it has to wait for the end of the lease."""
    with suppress(TryLater):
        system.persist(lambda: system.rosters(school).release(run), GIVE_BACK)
