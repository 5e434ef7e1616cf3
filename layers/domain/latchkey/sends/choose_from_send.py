"""Choose people from ledgers of earlier sends: whose mail failed or was refused, who has no password since, who
had changed, who got nothing because it was stopped.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Final

from latchkey.invitations.model.invitation import Invitation
from latchkey.roll.sources import Found, FromDirectory, Source
from latchkey.sends.choose_refused import refused
from latchkey.sends.model.drift import DRIFTED
from latchkey.sends.model.send import Kind, Mail, Pick, Selection, Send
from latchkey.sends.model.send_actions import REACHED, RETRIED
from latchkey.sends.needs import System

_AT_ONCE = 500  # people read in one go


def chosen(system: System, school: str, selection: Selection, source: Source[Found], but: str = "") -> Iterator[Found]:
    """The people whom a selection from another send means, nobody twice. ``but`` is a retry that does not count as one yet."""
    if selection.pick == "refused":
        yield from refused(system, school, selection, source, but)
        return
    send = system.sends(school).get(selection.source) if selection.source else None
    if send is None:
        return
    if selection.pick == "failed":
        yield from _people(_left(system, school, send, _has_failed, but), source)
    elif selection.pick == "changed":
        yield from _people(_left(system, school, send, _had_changed, but), source)
    elif selection.pick == "cancelled":
        yield from _people(_left(system, school, send, _was_cancelled, but), source)
    elif selection.pick == "no_password":
        people = _people(_those(system, school, send, lambda mail: mail.state in REACHED), source)
        yield from (person for person in people if (person.password_set_at or 0) < send.created_at)


def chosen_invitations(system: System, school: str, selection: Selection, but: str = "") -> Iterator[Invitation]:
    """The invitations that a selection from an earlier send of invitations means and that are open, nobody twice."""
    source = system.sends(school).get(selection.source) if selection.source else None
    if source is None:
        return
    if selection.pick == "failed":
        ids = _left(system, school, source, _has_failed, but)
    elif selection.pick == "changed":
        ids = _left(system, school, source, _had_changed, but)
    elif selection.pick == "cancelled":
        ids = _left(system, school, source, _was_cancelled, but)
    elif selection.pick == "no_password":
        ids = _those(system, school, source, lambda mail: mail.state in REACHED)
    else:
        return
    while part := [*islice(ids, _AT_ONCE)]:
        found = system.invitations(school).by_ids(part)
        yield from (found[each] for each in part if each in found and found[each].status == "open" and found[each].children)


def is_anybody_chosen(system: System, school: str, kind: Kind, selection: Selection) -> bool:
    """Whether a selection from earlier sends means anybody."""
    if kind == "parent_invitation":
        return next(chosen_invitations(system, school, selection), None) is not None
    return next(chosen(system, school, selection, FromDirectory(system, school)), None) is not None


def takers_of(source: Send, pick: Pick) -> tuple[str, ...]:
    """The sends that have taken up those whom a pick of a send means."""
    return {"failed": source.retries, "changed": source.replans, "cancelled": source.rests}.get(pick, ())


def _left(system: System, school: str, source: Send, wanted: Callable[[Mail], bool], but: str) -> Iterator[str]:
    """Ids of those whose mail is wanted and whom no taker has taken up; one that was cancelled in a taker is still to do."""
    taken: set[str] = set()
    for taker_id in takers_of(source, _PICKS[wanted]):
        taker = system.sends(school).get(taker_id) if taker_id != but else None
        if taker is not None:
            taken.update(_those(system, school, taker, lambda mail: mail.state != "cancelled"))
    for person in _those(system, school, source, wanted):
        if person not in taken:
            yield person


def _has_failed(mail: Mail) -> bool:
    return mail.state in RETRIED


def _had_changed(mail: Mail) -> bool:
    return mail.state == "skipped" and mail.reason in DRIFTED


def _was_cancelled(mail: Mail) -> bool:
    return mail.state == "cancelled"


_PICKS: Final[Mapping[Callable[[Mail], bool], Pick]] = {
    _has_failed: "failed",
    _had_changed: "changed",
    _was_cancelled: "cancelled",
}


def _those(system: System, school: str, send: Send, wanted: Callable[[Mail], bool]) -> Iterator[str]:
    """Ids of the people of a planned send whose mail is wanted, nobody twice."""
    seen: set[str] = set()
    for chunk in system.ledger(school).chunks(send.id) if send.chunks else ():
        for mail in chunk.mails if chunk.number <= send.chunks else ():
            if wanted(mail):
                fresh = [account.person for account in mail.accounts if account.person not in seen]
                seen.update(fresh)
                yield from fresh


def _people(ids: Iterator[str], source: Source[Found]) -> Iterator[Found]:
    while part := [*islice(ids, _AT_ONCE)]:
        yield from source.by_ids(part)
