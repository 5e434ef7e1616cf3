"""Let the people whose e-mail address a roster has changed be told, at the old address and the new one.

The roster puts ids on a queue and goes on; plan_send makes mails of them. Messages are put after the people are written. If a
worker dies in between, the next one finds these people as the file says: of the rows that it had in hand, everybody who was given
an address within the last day is named, perhaps again, which makes no second mail.
"""

from collections.abc import Iterable

from latchkey.people.model.new_email import SETTLES, former_email, is_told, notices
from latchkey.rosters.model.changes import Decision
from latchkey.rosters.needs import System
from latchkey.schools.model.school import DAY


def tell_new_emails(system: System, school: str, decided: Iterable[Decision], now: int, *, again: bool) -> None:
    """Name everybody among these whose address was changed at ``now``; ``again``: or shortly before, by a worker that died."""
    changed = {found for each in decided if (found := _changed(each, now, again)) is not None}
    system.queue("REQUESTS_QUEUE").put_many(notices(school, changed), delay=SETTLES)


def _changed(decision: Decision, now: int, again: bool) -> tuple[int, str] | None:
    """``(when, id)`` of somebody who is to be told that they have another address."""
    person = decision.existing
    if person is None or person.password_set_at is None:
        return None
    if decision.kind == "changed" and "email" in decision.facts and is_told(person, decision.facts["email"]):
        return former_email(person, now).at, person.id
    before = person.former_email
    if again and before is not None and before.at > now - DAY and person.password_set_at < before.at:
        return before.at, person.id
    return None
