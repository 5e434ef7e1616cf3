"""Take a person who was erased out of the ledger: name, login and address go, id, state and time stay, so that counts add up."""

from dataclasses import replace
from typing import Any, Final

from latchkey.records.needs import System
from latchkey.sends.model.mail_states import OPEN, Fact
from latchkey.sends.model.send import Chunk, Mail, Origin

_AT_ONCE: Final = 10  # sends a message


def erase_mails(system: System, school: str, person: str, origin: Origin, after: str | None = None) -> int:
    """Go through the next sends of an origin, and put a message for those that follow; how many chunks were changed.

    It may be done twice. A mail that waits is cancelled; one that is on its way to SES in this moment keeps its name until the
    ledger's own end.
    """
    now, changed = system.now(), 0
    sends, following = system.sends(school).page(after=after, limit=_AT_ONCE, origin=origin)
    ledger = system.ledger(school)
    for send in sends:
        for chunk in ledger.chunks(send.id) if send.chunks else ():
            if without(chunk, person, now).mails != chunk.mails:
                ledger.amend(send.id, chunk.number, lambda found: without(found, person, now), now)
                changed += 1
    message: dict[str, Any] = {"kind": "erase", "school": school, "person": person}
    if following is not None:
        system.queue("PLAN_QUEUE").put({**message, "origin": origin, "after": following})
    elif origin == "admin":
        system.queue("PLAN_QUEUE").put({**message, "origin": "person"})
    return changed


def without(chunk: Chunk, person: str, now: int) -> Chunk:
    """The chunk without what a person is called and reached by."""
    return replace(chunk, mails=tuple(_without(mail, person, now) for mail in chunk.mails))


def _without(mail: Mail, person: str, now: int) -> Mail:
    if all(account.person != person for account in mail.accounts):
        return mail
    alone = all(account.person == person for account in mail.accounts)
    if mail.state == "planned" and alone:
        mail = mail.with_fact(Fact("cancelled", None, now))
    if mail.state in OPEN:
        return mail
    accounts = tuple(replace(account, name="", login="") if account.person == person else account for account in mail.accounts)
    return replace(mail, to="" if alone else mail.to, detail="" if alone else mail.detail, accounts=accounts)
