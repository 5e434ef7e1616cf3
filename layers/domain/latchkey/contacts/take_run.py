"""Take a run for one worker, give it back, and end it where it cannot go on."""

from contextlib import suppress

from latchkey.contacts.model.runs import GIVE_BACK, LEASE, MOST_ATTEMPTS, Run
from latchkey.contacts.needs import System
from latchkey.errors import Changed, TryLater

ENDLESS = "It was begun again too often and did not come to an end. Upload the file again, or a smaller one."


def take(system: System, school: str, run: Run) -> Run | None:
    """The run, for a while; None if it has gone on since it was read. ``TryLater`` while another worker has it."""
    runs, now = system.contacts_runs(school), system.now()
    try:
        return runs.take(run, now, LEASE)
    except Changed:
        found = runs.get(run.id)
    if found is not None and found.state == "running" and found.lease_until > now:
        raise TryLater("Another worker has these contacts.", seconds=found.lease_until - now)
    return None


def give_back(system: System, school: str, run: Run) -> None:
    """Let the next worker have a run; if the table stays busy for long, it has to wait for the end of the lease."""
    with suppress(TryLater):
        system.persist(lambda: system.contacts_runs(school).release(run), GIVE_BACK)


def is_endless(run: Run) -> bool:
    """Whether a run was taken so often that it will not come to an end."""
    return run.attempt - run.begun > MOST_ATTEMPTS


def fail(system: System, school: str, run: Run, reason: str, by: str) -> Run | None:
    """End a run with a reason; None if another worker has it."""
    now = system.now()
    try:
        run = system.contacts_runs(school).fail(run, reason, now)
    except Changed:
        return None
    system.audit(school).record(by, "contacts.refused", now, {"contacts": run.id})
    return run


def delete_upload(system: System, run: Run) -> None:
    """Delete the uploaded file, whether it is there or not: nobody reads it any more."""
    system.uploads().delete(run.key)
