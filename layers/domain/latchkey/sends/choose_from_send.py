"""Choose people from the ledgers of earlier sends: those whose mail failed or was refused, or who have set no password since."""

from collections.abc import Iterator

from latchkey.people.model.person import Person
from latchkey.sends.choose_refused import refused
from latchkey.sends.model.send import Selection, Send
from latchkey.sends.model.send_actions import REACHED, RETRIED
from latchkey.sends.needs import System

_AT_ONCE = 500  # people read in one go


def chosen(system: System, school: str, selection: Selection, but: str = "") -> Iterator[Person]:
    """The people whom a selection from another send means, nobody twice. ``but`` is a retry that does not count as one yet."""
    if selection.pick == "refused":
        yield from refused(system, school, selection, but)
        return
    source = system.sends(school).get(selection.source) if selection.source else None
    if source is None:
        return
    if selection.pick == "failed":
        yield from _people(system, school, _failed(system, school, source, but))
    elif selection.pick == "no_password":
        people = _people(system, school, _in_states(system, school, source, REACHED))
        yield from (person for person in people if (person.password_set_at or 0) < source.created_at)


def _failed(system: System, school: str, source: Send, but: str) -> Iterator[str]:
    """Ids of those whose mail failed and whom no retry has taken up; one that was cancelled in a retry is still to do."""
    taken: set[str] = set()
    for retry_id in source.retries:
        retry = system.sends(school).get(retry_id) if retry_id != but else None
        if retry is not None:
            taken.update(_in_states(system, school, retry, None))
    for person in _in_states(system, school, source, RETRIED):
        if person not in taken:
            yield person


def _in_states(system: System, school: str, send: Send, states: frozenset[str] | None) -> Iterator[str]:
    """Ids of the people of a planned send whose mail is in one of these states (None: any but cancelled), nobody twice."""
    seen: set[str] = set()
    for chunk in system.ledger(school).chunks(send.id) if send.chunks else ():
        for mail in chunk.mails if chunk.number <= send.chunks else ():
            if mail.state in states if states is not None else mail.state != "cancelled":
                fresh = [account.person for account in mail.accounts if account.person not in seen]
                seen.update(fresh)
                yield from fresh


def _people(system: System, school: str, ids: Iterator[str]) -> Iterator[Person]:
    part: list[str] = []
    for each in ids:
        part.append(each)
        if len(part) == _AT_ONCE:
            yield from system.directory(school).by_ids(part)
            part = []
    yield from system.directory(school).by_ids(part)
