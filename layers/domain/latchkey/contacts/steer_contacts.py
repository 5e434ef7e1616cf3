"""What an admin says to a run: which column is which, make the files again, slips for those without an address, invite."""

from typing import Final

from latchkey.contacts.list_invitees import is_kept
from latchkey.contacts.model.columns import parse_choice
from latchkey.contacts.model.invite import Whom
from latchkey.contacts.model.messages import files_message, read_message
from latchkey.contacts.model.runs import MOST_SLIPS, READ_UNTIL, Run
from latchkey.contacts.needs import System
from latchkey.contacts.watch_contacts import get_contacts
from latchkey.errors import Changed, Conflict
from latchkey.login_details.model.runs import Export, ExportRequest
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.start_export import start_export
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sends.model.send import Selection, Send
from latchkey.sends.start_send import start_send
from latchkey.shared.start_run import Started

_MEANWHILE: Final = "Something else has happened to this upload meanwhile. Look at it again."


def name_columns(system: System, school: str, by: Person, run_id: str, columns: object) -> Run:
    """Have a run read again whose columns were not recognised, with what an admin says of them (``{field: column}``)."""
    run, now = get_contacts(system, school, run_id), system.now()
    if (run.state, run.step) != ("paused", "columns"):
        raise Conflict("This upload does not wait for anybody to name its columns.", code="not_waiting")
    if run.created_at + READ_UNTIL <= now:
        raise Conflict("The file was uploaded more than a day ago and is not read any more. Upload it again.", code="too_old")
    try:
        run = system.contacts_runs(school).set_columns(run, parse_choice(columns, run.header))
    except Changed:
        raise Conflict(_MEANWHILE) from None
    system.audit(school).record(by.id, "contacts.columns", now, {"contacts": run.id})
    system.queue("ROSTER_QUEUE").put(read_message(school, run.id))
    return run


def make_files(system: System, school: str, by: Person, run_id: str, whom: Whom) -> Run:
    """Have the files of a run that has ended written again, for this choice of whom to invite. The codes stay the same."""
    run, now = get_contacts(system, school, run_id), system.now()
    if run.state == "running" and run.step == "files" and run.whom == whom:
        system.queue("EXPORT_QUEUE").put(files_message(school, run.id))  # the first message may never have left
        return run
    if run.state not in {"finished", "failed"} or not run.kept or run.kept_until <= now:
        raise Conflict("Of this upload nothing is kept, or it is being worked on. Upload the contacts again.", code="not_kept")
    try:
        run = system.contacts_runs(school).ask_for_files(run, whom, now)
    except Changed:
        raise Conflict(_MEANWHILE) from None
    system.audit(school).record(by.id, "contacts.again", now, {"contacts": run.id, "whom": whom})
    system.queue("EXPORT_QUEUE").put(files_message(school, run.id))
    return run


def start_slips(system: System, school: School, by: Person, run_id: str, key: str | None) -> Started[Export]:
    """Start an export of slips with parent codes for the students none of whose parents to invite has an address."""
    run = get_contacts(system, school.slug, run_id)
    if run.state != "finished" or not run.of("without_address"):
        raise Conflict("There is nobody in this upload who needs a slip, or it has not finished.", code="nobody")
    if run.of("without_address") > MOST_SLIPS:
        raise Conflict(
            f"More than {MOST_SLIPS:,} students need a slip. Make slips for the whole school or year by year, on Login details.",
            code="too_many",
        )
    students = system.kept_parents(school.slug).paper(run.id, system.now())
    if not students:  # all of them were erased since, or it is too long ago
        raise Conflict("There is nobody in this upload who still needs a slip. Upload the contacts again.", code="nobody")
    wanted = ExportRequest(scope=Scope("ids", ids=tuple(students)), format="slips", audience="parents")
    return start_export(system, school, by, wanted, key)


def invite(
    system: System, school: School, by: Person, run_id: str, key: str | None, *, start_at: int | None = None
) -> Started[Send]:
    """Start a send that mails each parent of an upload one invitation for all their children."""
    return start_send(
        system, school, by, invited_of(system, school.slug, run_id), key, start_at=start_at, kind="parent_invitation"
    )


def invited_of(system: System, school: str, run_id: str) -> Selection:
    """Whom an upload of contacts means in a send of invitations; ``Conflict`` while, or once, nothing is kept of its parents."""
    run, now = get_contacts(system, school, run_id), system.now()
    if not is_kept(run, now) or run.step != "files":
        raise Conflict(
            "No parents are kept of this upload, or they are not read yet. Upload the contacts again.", code="not_kept"
        )
    return Selection(contacts=run.id)
