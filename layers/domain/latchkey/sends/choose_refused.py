"""Choose people whose mail was refused though their address may be right: by a filter, by our fault, or trusted since.

The newest result of each person counts: who was refused on Monday and reached on Tuesday is not meant on Wednesday. Who has set a
password since is not meant either. People with a dead address are, once nothing marks it as dead any more.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from latchkey.people.model.matched import Member
from latchkey.roll.sources import Found, Source
from latchkey.sends.model.domains import domain_of
from latchkey.sends.model.refusals import Fault, fault_of
from latchkey.sends.model.send import Mail, Selection, Send
from latchkey.sends.needs import System

RECENT: Final = 14 * 86_400
"""How far back a domain's refused are looked for, in seconds."""
_AT_ONCE: Final = 500  # people read in one go
_SAYS_NOTHING: Final = frozenset({"skipped", "cancelled", "failed", "expired"})


def refused(system: System, school: str, selection: Selection, source: Source[Found], but: str = "") -> Iterator[Found]:
    """The people of a selection that picks ``refused``, nobody twice. ``but``: a send that does not count, being planned."""
    found = _of_a_send(system, school, selection, but) if selection.source else _of_a_domain(system, school, selection, but)
    while some := dict(islice(found, _AT_ONCE)):
        for person in source.by_ids(some):
            send, fault = some[person.id]
            if _is_meant(person, send, fault, selection.domain):
                yield person


_Refused = Iterator[tuple[str, tuple[Send, Fault]]]


def _of_a_send(system: System, school: str, selection: Selection, but: str) -> _Refused:
    """Those of one send, unless a later send to refused people says better of them."""
    source = system.sends(school).get(selection.source or "")
    if source is None:
        return
    newest: dict[str, Fault | None] = {}
    later = [send for send in system.sends(school).all() if send.selection.pick == "refused" and send.id not in {but, source.id}]
    for send in sorted(later, key=_made, reverse=True):
        for person, fault in _words(system, school, send, None) if send.created_at >= source.created_at else ():
            newest.setdefault(person, fault)
    seen: set[str] = set()
    for person, fault in _words(system, school, source, selection.domain):
        if fault is not None and person not in seen and newest.get(person, fault) is not None:
            seen.add(person)
            yield person, (source, fault)


def _of_a_domain(system: System, school: str, selection: Selection, but: str) -> _Refused:
    """Those of all sends of the last weeks."""
    since, sends = system.now() - RECENT, list[Send]()
    for send in system.sends(school).all():
        if send.created_at < since:
            break
        if send.id != but:
            sends.append(send)
    sends.sort(key=_made, reverse=True)
    while sends and not sends[-1].counts.get("bounced"):
        sends.pop()  # older than the oldest refusal
    seen: set[str] = set()
    for send in sends:
        for person, fault in _words(system, school, send, selection.domain):
            if person not in seen:
                seen.add(person)
                if fault is not None:
                    yield person, (send, fault)


def _words(system: System, school: str, send: Send, domain: str | None) -> Iterator[tuple[str, Fault | None]]:
    """Each person of a planned send whose mail says something, and whose fault its refusal is (None: not refused)."""
    for chunk in system.ledger(school).chunks(send.id) if send.chunks else ():
        for mail in chunk.mails if chunk.number <= send.chunks else ():
            if mail.state not in _SAYS_NOTHING and (domain is None or domain_of(mail.to) == domain):
                fault = _fault(mail)
                for account in mail.accounts:
                    yield account.person, fault


def _made(send: Send) -> int:
    return send.created_at


def _fault(mail: Mail) -> Fault | None:
    return fault_of(mail.reason) if mail.state == "bounced" else None


def _is_meant(person: Member, send: Send, fault: Fault, domain: str | None) -> bool:
    if (person.password_set_at or 0) >= send.created_at:
        return False
    if fault == "dead_address" and person.marked is not None:
        return False
    return domain is None or domain_of(person.email or "") == domain
