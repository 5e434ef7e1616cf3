"""Finish the erasure of a person, by the copy that was kept of them: invitations, contacts, and then the ledger. A worker's.

It may be done twice, and is done again from its beginning where something was busy: the copy goes last.
"""

from typing import Any, Final

from latchkey.contacts.forget_person import forget_person
from latchkey.invitations import forget_person as invited
from latchkey.records.needs import System

_LATER: Final = 900
"""Seconds until the ledger is gone through: what is on its way to SES has been settled by then."""


def forget_erased(system: System, school: str, person: str) -> bool:
    """Whether there was a copy; without one nobody was erased, or all is done. ``TryLater`` while somebody else writes."""
    gone, known = system.erased(school).get(person), system.schools.get(school)
    if gone is None or known is None:
        return False
    ids = (gone.id, *gone.merged)
    # Asked for before they are emptied: of one that is empty nobody could say any more whose it was.
    named = dict.fromkeys((*ids, *system.invitations(school).alone_with(ids)))
    _take_out_of_ledger(system, school, named)
    emptied = invited.forget_person(system, known, gone)
    _take_out_of_ledger(system, school, dict.fromkeys(each for each in emptied if each not in named))
    forget_person(system, school, gone)
    system.erased(school).forget(gone.id)
    return True


def _take_out_of_ledger(system: System, school: str, ids: dict[str, None]) -> None:
    for each in ids:
        message: dict[str, Any] = {"kind": "erase", "school": school, "person": each, "origin": "admin"}
        system.queue("PLAN_QUEUE").put(message, delay=_LATER)
