"""Addresses that nobody has confirmed: ask for all of a school again, and end the accounts that were not confirmed in time.

Asking is a run of messages, each of which looks through one page of the list and puts the next: nothing of it is kept. A message
that comes twice makes no second mail, because a person's request has an id of the run's own. Ending is done when a reminder that
was put with the first mail is due; what ends is read again, and one write decides.
"""

from typing import Any, Final

from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import Person
from latchkey.people.model.position import Position
from latchkey.people.model.unconfirmed import is_over
from latchkey.sends import request_mail
from latchkey.sends.needs import System
from latchkey.shared.model.ids import derived_id

_PAGE: Final = 200
"""People of the list that one message looks through."""
WANTED: Final = PeopleFilter(unconfirmed=True)


def ask_all(system: System, school: str, by: Person) -> None:
    """Set a run going that asks everybody of the school for their address who has not confirmed it."""
    now = system.now()
    system.queue("REQUESTS_QUEUE").put({"kind": "ask_unconfirmed", "school": school, "at": now})
    system.audit(school).record(by.id, "address.ask_all", now)


def ask_page(system: System, school: str, at: int, after: str | None, role: str | None) -> int:
    """Ask those of one page of the list, behind a person or from a role on; how many were mailed. The next is another message."""
    directory = system.directory(school)
    last = directory.person(after) if after is not None else None
    first = next((each for each in WANTED.looked_through if each == role), WANTED.looked_through[0])
    start = Position.behind(last) if last is not None else Position(first)
    people, following = next(directory.pages_from(start, WANTED, limit=_PAGE))
    if following is not None:
        message: dict[str, Any] = {"kind": "ask_unconfirmed", "school": school, "at": at}
        where = {"after": following.person} if following.person else {"role": following.role}
        system.queue("PLAN_QUEUE").put({**message, **where})
    mailed = 0
    for person in people:
        if WANTED.matches(person):
            asked = request_mail.Asked(school, derived_id(at, f"confirm/{school}/{person.id}"), at)
            mailed += request_mail.confirm_address(system, asked, person.id) == "planned"
    return mailed


def end_unconfirmed(system: System, school: str, person: str) -> bool:
    """End an account whose address nobody has confirmed in time; whether it was this that ended it.

    It counts as left: it cannot be signed in to, gets no mail, and the school can still find it, bring it back or erase it.
    """
    now, found = system.now(), system.directory(school).person(person)
    if found is None or found.status != "active" or not is_over(found, now):
        return False
    if not system.directory(school).end_unconfirmed(found):
        return False  # confirmed, or changed, just now
    system.audit(school).record("start_due", "account.unconfirmed", now, {"person": person})
    return True
