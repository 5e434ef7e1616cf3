"""Choose people whose mail was refused though their address may be right: by a filter, by our fault, or trusted since.

The newest result of each person counts: who was refused on Monday and reached on Tuesday is not meant on Wednesday. Who has set a
password since is not meant either. People with a dead address are, once nothing marks it as dead any more.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from latchkey.people.model.matched import Member
from latchkey.roll.sources import Found, Source
from latchkey.sends.look_at_ledgers import Ledgers
from latchkey.sends.model.domains import domain_of
from latchkey.sends.model.outline import Known
from latchkey.sends.model.refusals import Fault, fault_of
from latchkey.sends.model.send import Selection, Send
from latchkey.sends.needs import System

RECENT: Final = 14 * 86_400
"""How far back a domain's refused are looked for, in seconds."""
_AT_ONCE: Final = 500  # people read in one go
_SAYS_NOTHING: Final = frozenset({"skipped", "cancelled", "failed", "expired"})


def refused(system: System, school: str, selection: Selection, source: Source[Found], but: str = "") -> Iterator[Found]:
    """The people of a selection that picks ``refused``, nobody twice. ``but``: a send that does not count, being planned.

    Of large sends who counts goes by their outlines, in which no address is: there the domain is that of the address that people
    have now.
    """
    ledgers = Ledgers(system, school, decides=source.decides)
    of = _of_a_send if selection.source else _of_a_domain
    found = of(ledgers, selection, but)
    while some := dict(islice(found, _AT_ONCE)):
        for person in source.by_ids(some):
            send, fault = some[person.id]
            if _is_meant(person, send, fault, selection.domain):
                yield person


_Refused = Iterator[tuple[str, tuple[Send, Fault]]]


def _of_a_send(ledgers: Ledgers, selection: Selection, but: str) -> _Refused:
    """Those of one send, unless a later send to refused people says better of them."""
    sends = _down_to(selection.source or "", ledgers.system.sends(ledgers.school).all())
    source = next((send for send in sends if send.id == selection.source), None)
    if source is None:
        return
    others = (send for send in sends if send.id not in {but, source.id})
    later = sorted((send for send in others if send.selection.pick == "refused"), key=_made, reverse=True)
    ledgers.read([source, *later])
    found: dict[str, Fault] = {}
    for person, known in ledgers.facts(source, _is_refused, to=_at(selection.domain)):
        fault = _fault(known)
        if fault is not None:
            found.setdefault(person, fault)
    newest: dict[str, Known] = {}
    for send in later:
        for person, known in ledgers.facts(send, _says, among=found):
            newest.setdefault(person, known)
    for person, fault in found.items():
        if person not in newest or _is_refused(newest[person]):
            yield person, (source, fault)


def _down_to(source: str, newest_first: Iterable[Send]) -> list[Send]:
    """The sends that are no older than this one; all where there is none."""
    found, since = list[Send](), 0
    for send in newest_first:
        if send.created_at < since:
            break
        found.append(send)
        since = send.created_at if send.id == source else since
    return found


def _of_a_domain(ledgers: Ledgers, selection: Selection, but: str) -> _Refused:
    """Those of all sends of the last weeks."""
    system = ledgers.system
    sends = [send for send in system.sends(ledgers.school).since(system.now() - RECENT) if send.id != but]
    sends.sort(key=_made, reverse=True)
    while sends and not sends[-1].counts.get("bounced"):
        sends.pop()  # older than the oldest refusal
    ledgers.read(sends)
    to, among = _at(selection.domain), None
    if not ledgers.decides:  # who was never refused need not be looked at
        among = {person for send in sends for person, _ in ledgers.facts(send, _is_refused, to=to)}
    seen: set[str] = set()
    for send in sends:
        for person, known in ledgers.facts(send, _says, among=among, to=to):
            if person not in seen:
                seen.add(person)
                fault = _fault(known)
                if fault is not None:
                    yield person, (send, fault)


def _at(domain: str | None) -> Callable[[str], bool] | None:
    return None if domain is None else lambda to: domain_of(to) == domain


def _says(known: Known) -> bool:
    """Whether what is known of a mail says something of its address."""
    return known[0] not in _SAYS_NOTHING


def _is_refused(known: Known) -> bool:
    return _fault(known) is not None


def _fault(known: Known) -> Fault | None:
    """Whose fault it is that a mail was refused; None where it was not."""
    state, reason = known
    return fault_of(reason) if state == "bounced" else None


def _made(send: Send) -> int:
    return send.created_at


def _is_meant(person: Member, send: Send, fault: Fault, domain: str | None) -> bool:
    if (person.password_set_at or 0) >= send.created_at:
        return False
    if fault == "dead_address" and person.marked is not None:
        return False
    return domain is None or domain_of(person.email or "") == domain
