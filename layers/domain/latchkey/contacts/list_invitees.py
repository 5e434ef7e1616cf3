"""The parents in what is kept of contacts, as candidates for an invitation: for which children, or the one reason why not.

Who may be invited is the rule of the files (``model/invite``): nobody with a court order, nor under such a person's address.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from latchkey.contacts.model.contact import Parent
from latchkey.contacts.model.invite import Why, why_not
from latchkey.contacts.model.runs import Run
from latchkey.contacts.needs import System
from latchkey.sends.model.invitee import Candidate

_FIRST: Final[tuple[Why, ...]] = ("court_order", "shared_address", "not_primary", "not_first")
"""Of several reasons, which is said."""


def invitees(system: System, school: str, run_id: str | None, students: AbstractSet[str] | None) -> Iterator[Candidate]:
    """The parents of an upload, or of the one that the school has now; only those of ``students``, if these are given.

    Memory holds a page of the table.
    """
    now, runs = system.now(), system.contacts_runs(school)
    found = runs.get(run_id) if run_id is not None else next((run for run in runs.all() if is_kept(run, now)), None)
    if found is None or not is_kept(found, now):
        return
    for page in system.kept_parents(school).pages(found.id, now):
        for parent in page:
            if students is None or any(child.student in students for child in parent.children):
                yield candidate(parent, found, students)


def is_kept(run: Run, now: int) -> bool:
    """Whether the parents of an upload are those of the school."""
    return run.kept and run.kept_until > now


def candidate(parent: Parent, run: Run, students: AbstractSet[str] | None = None) -> Candidate:
    """A kept parent with the children for whom they may be invited; ``students``: one of these has to be among them."""
    stated = frozenset(run.stated)
    whys = {child.student: why_not(child, run.whom, stated) for child in parent.children}
    allowed = tuple(student for student, why in whys.items() if why is None)
    meant = [why for student, why in whys.items() if students is None or student in students]
    reason = None if None in meant else next((why for why in _FIRST if why in meant), None)
    return Candidate(
        name=f"{parent.given_name} {parent.family_name}".strip() or parent.name,
        email=parent.email,
        children=allowed,
        given=parent.given_name,
        family=parent.family_name,
        why_not="has_account" if parent.claimed else reason,
        kept=(run.id, parent.id),
    )
