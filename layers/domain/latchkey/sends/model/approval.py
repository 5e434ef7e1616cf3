"""Whether a send needs a second admin: above a number of people, or wherever teachers or staff are among them.

People are counted who get a mail; who is skipped is not. The sends of one admin within 24 hours add up (``allowance``).
"""

from typing import Final

from latchkey.people.model.person import ADULTS
from latchkey.schools.model.school import DAY, ApprovalRule
from latchkey.sends.model.planning import DryRun
from latchkey.sends.model.send import Chunk, Need, Send

OPEN_FOR: Final = 7 * DAY
_CLOCKS: Final = 5  # seconds
NEEDS: Final[dict[Need, str]] = {
    "people": "it goes to more people than one admin may send to alone",
    "staff": "teachers or staff are among its recipients",
    "day": "together with what the same admin sends within 24 hours it goes to more people than one admin may send to alone",
}


def need(rule: ApprovalRule, people: int, adults: int) -> Need | None:
    """Why a send to so many people, so many of them teachers and staff, waits for a second admin; None if it does not."""
    if rule.above is not None and people > rule.above:
        return "people"
    return "staff" if rule.staff and adults else None


def need_of(rule: ApprovalRule, tried: DryRun) -> Need | None:
    """The same for a send that was tried out."""
    return need(rule, tried.to_send, tried.adults)


def adults_of(chunk: Chunk) -> int:
    """Teachers and staff who get a mail by a chunk that was just planned."""
    return sum(account.role in ADULTS for mail in chunk.mails if mail.state == "planned" for account in mail.accounts)


def waits(send: Send) -> bool:
    """Whether a send waits for a second admin."""
    return send.approval == "needed" and send.state in {"queued", "paused"}


def holds(send: Send, now: int) -> bool:
    """Whether a queued send must not be planned yet. Clocks differ: whoever is told to start it may be a little early."""
    return send.approval == "needed" or (send.start_at or 0) > now + _CLOCKS
