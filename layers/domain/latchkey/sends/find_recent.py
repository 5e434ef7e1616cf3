"""Find out whom a school's sends have mailed within some minutes, from their ledgers."""

from latchkey.sends.model.recent import mailed, may_have_sent
from latchkey.sends.needs import System


def recent_sends(system: System, school: str, minutes: int, now: int, but: str = "") -> frozenset[str]:
    """Ids of the people who were sent a link less than so many minutes ago, or are about to be, by a send other than ``but``.

    No call if ``minutes`` is 0; else one for each megabyte of the list of sends, and of the ledgers of those that can matter.
    What people asked for themselves ("Forgot password") does not count.
    """
    if not minutes:
        return frozenset()
    since, ledger = now - 60 * minutes, system.ledger(school)
    relevant = (send for send in system.sends(school).all() if send.id != but and may_have_sent(send, since))
    return frozenset(
        person for send in relevant for chunk in ledger.chunks(send.id) for person in mailed(send, chunk, since, now)
    )
