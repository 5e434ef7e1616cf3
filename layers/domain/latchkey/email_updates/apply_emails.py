"""Apply new addresses: keep what undoing needs, then write them.

request -> run "applying", with every address before and after, and the event -> queue -> people -> "applied"
             ^                                                                     |
             +-------- the same request again (its key) goes on here <- a crash ---+
"""

from collections.abc import Sequence

from latchkey.email_updates.check_emails import check_emails
from latchkey.email_updates.model.decisions import WRITTEN, Decision, worth_showing
from latchkey.email_updates.model.items import Item, fingerprint
from latchkey.email_updates.model.runs import Row, Run
from latchkey.email_updates.needs import System
from latchkey.email_updates.write_emails import write_emails
from latchkey.errors import Conflict, TryLater
from latchkey.people.model.person import Person
from latchkey.shared.start_run import id_for


def apply_emails(system: System, school: str, by: Person, items: Sequence[Item], key: str | None = None) -> Run:
    """Write the new and changed addresses among these items, at most as many as fit a run; it says what became of each.

    The same key of the same admin writes them once, and goes on with what an earlier request has begun. ``Conflict`` if that
    asked for something else.
    """
    runs, now = system.email_runs(school), system.now()
    asked = fingerprint(system.cursor_key(school), items)
    run_id = id_for(system.claims(school), "emails", by.id, key, now)
    run = runs.get(run_id) if key else None
    if run is None:
        decisions, _ = worth_showing(check_emails(system, school, items))
        rows = tuple(map(_row, decisions))
        run = _made(system, school, Run(id=run_id, state="applying", created_at=now, created_by=by.id, asked=asked, rows=rows))
    if run.asked != asked:
        raise Conflict("This key has changed other addresses already. Nothing was changed now; use a new key.")
    if run.state != "applying":
        return run
    wanted = {row.person: (row.before, row.after) for row in run.rows if row.is_written}
    lost = write_emails(system, school, wanted, run.created_at) if wanted else []
    return runs.note_applied(run, lost)


def _made(system: System, school: str, run: Run) -> Run:
    """The run, written; or the one that another request with the same key has written just now."""
    facts: dict[str, str | int] = {"emails": run.id}
    facts |= {state: number for state, number in run.counts.items() if number}
    if system.email_runs(school).make(run, system.audit(school).record_of(run.created_by, "emails.apply", run.created_at, facts)):
        return run
    found = system.email_runs(school).get(run.id)
    if found is None:
        raise TryLater()
    return found


def _row(decision: Decision) -> Row:
    person = decision.person
    row = Row(person=person.id if person else "", state=decision.state, text=decision.text)
    if person is None or decision.state not in WRITTEN:
        return row
    return Row(person=person.id, state=row.state, text=row.text, before=person.email, after=decision.address)
