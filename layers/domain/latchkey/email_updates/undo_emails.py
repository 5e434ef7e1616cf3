"""Put back the addresses of a run, of everybody whose address nobody has changed since."""

from latchkey.email_updates.model.runs import Run
from latchkey.email_updates.needs import System
from latchkey.email_updates.write_emails import write_emails
from latchkey.errors import Conflict, NotFound
from latchkey.people.model.person import Person
from latchkey.shared.model.ids import is_id


def run_of(system: System, school: str, run: str) -> Run:
    """The run; ``NotFound`` where this school has no such run (any more)."""
    found = system.email_runs(school).get(run) if is_id(run) else None
    if found is None:
        raise NotFound()
    return found


def undo_emails(system: System, school: str, by: Person, run_id: str) -> Run:
    """Undo a run; undoing it again changes nothing. ``Conflict`` once its time is over, or while it is still applied."""
    run, now = run_of(system, school, run_id), system.now()
    if run.state == "undone":
        return run
    if not run.can_be_undone(now):
        raise Conflict(_why_not(run, now))
    runs = system.email_runs(school)
    if run.state != "undoing":
        facts: dict[str, str | int] = {"emails": run.id, "people": len(run.written)}
        run = runs.note_undoing(run, system.audit(school).record_of(by.id, "emails.undo", now, facts), now)
    if run.state != "undoing":
        return run
    wanted = {row.person: (row.after, row.before) for row in run.written}
    kept = write_emails(system, school, wanted, run.undone_at or now)
    return runs.note_undone(run, kept)


def _why_not(run: Run, now: int) -> str:
    if now >= run.undo_until:
        return "This can be undone for seven days, which are over. Nothing was changed."
    if not run.written:
        return "No address was changed, so there is nothing to undo."
    return "The addresses are still being written. Try again in two minutes."
