"""Find out whom a school's sends have mailed within some minutes, from their ledgers."""

from functools import partial

from latchkey.sends.look_at_ledgers import Ledgers
from latchkey.sends.model.recent import is_or_may_be_mailed, mailed, may_have_sent
from latchkey.sends.needs import System


def recent_sends(system: System, school: str, minutes: int, now: int, but: str = "", *, decides: bool = False) -> frozenset[str]:
    """Ids of the people who were sent a link less than so many minutes ago, or are about to be, by a send other than ``but``.

    No call if ``minutes`` is 0; else one for each megabyte of the list of sends, and of the ledgers of those that can matter.
    What people asked for themselves ("Forgot password") does not count. ``decides``: by every ledger; else of a large send that
    moved within that time by its outline, which does not say when: whoever it reached counts as sent a link since then.
    """
    if not minutes:
        return frozenset()
    since, ledgers = now - 60 * minutes, Ledgers(system, school, decides=decides)
    relevant = [send for send in system.sends(school).all() if send.id != but and may_have_sent(send, since)]
    ledgers.read(relevant)
    found = set[str]()
    for send in relevant:
        outlined = ledgers.outlined(send)
        if outlined is not None:
            found.update(person for person, _ in outlined.facts(partial(is_or_may_be_mailed, send)))
        else:
            found.update(person for chunk in ledgers.chunks(send) for person in mailed(send, chunk, since, now))
    return frozenset(found)
