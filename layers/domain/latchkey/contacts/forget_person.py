"""What is kept of parents' contacts forgets somebody who is erased: their ties, the rows that name them, the parent they are."""

from latchkey.contacts.model.forgetting import Forgotten
from latchkey.contacts.model.runs import Run
from latchkey.contacts.needs import System
from latchkey.contacts.stores.runs import ContactsRuns
from latchkey.errors import Changed, TryLater
from latchkey.people.model.person import Person


def forget_person(system: System, school: str, person: Person) -> None:
    """Take a person out of all uploads. It may be done twice; ``TryLater`` if somebody else keeps changing the same.

    A step that runs is done again from its beginning: its worker has read what names them, and would write it behind this.
    What a file says that is read later is said anew, as if it had been uploaded afterwards. Files that were made go in a day.
    """
    gone, now = Forgotten(person), system.now()
    runs, kept = system.contacts_runs(school), system.kept_parents(school)
    for run in runs.all():
        _unwarn(runs, run, gone)
        if run.state == "running":
            runs.begin_again(run)
        if run.kept_until > now:
            kept.amend(
                run.id,
                parent=gone.without,
                keeps_row=lambda row: not gone.is_in(row),
                keeps_student=lambda student: student not in gone.ids,
            )


def _unwarn(runs: ContactsRuns, run: Run, gone: Forgotten) -> None:
    """Take away what was noted with their name, to show whether an old encoding was read rightly."""
    stays = [text for text in run.warnings if not gone.is_in_text(text)]
    if len(stays) < len(run.warnings):
        try:
            runs.warn(run, stays)
        except Changed:
            raise TryLater() from None
