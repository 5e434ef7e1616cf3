"""Choose people from ledgers of earlier sends: whose mail failed or was refused, who has no password since, who
had changed, who got nothing because it was stopped.

What is decided is looked up in the ledgers; what is only counted, and whether there is anybody, in the outlines of large sends
(``look_at_ledgers``).
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Final

from latchkey.invitations.model.invitation import Invitation
from latchkey.roll.sources import Found, FromDirectory, FromRoll, Source
from latchkey.sends.look_at_ledgers import Ledgers
from latchkey.sends.model.drift import DRIFTED
from latchkey.sends.model.outline import Known, is_large
from latchkey.sends.model.send import Pick, Selection, Send
from latchkey.sends.model.send_actions import REACHED, RETRIED
from latchkey.sends.needs import System

_AT_ONCE: Final = 500  # people read in one go
_LOOKED_AT: Final = 30  # invitations of a large send that are read to find out whether one is open


def chosen(
    system: System,
    school: str,
    selection: Selection,
    source: Source[Found],
    but: str = "",
    *,
    known: Send | None = None,
    ledgers: Ledgers | None = None,
) -> Iterator[Found]:
    """The people whom a selection from another send means, nobody twice. ``but`` is a retry that does not count as one yet.

    ``known``, ``ledgers``: the other send, and what was read of sends, where somebody has it.
    """
    if selection.pick == "refused":
        from latchkey.sends.choose_refused import refused  # few sends mean these

        yield from refused(system, school, selection, source, but)
        return
    send = known or (system.sends(school).get(selection.source) if selection.source else None)
    if send is None:
        return
    ledgers = ledgers or Ledgers(system, school, decides=source.decides)
    people = _people(_picked(ledgers, send, selection.pick, but), source)
    if selection.pick == "no_password":
        people = (person for person in people if (person.password_set_at or 0) < send.created_at)
    yield from people


def chosen_invitations(
    system: System, school: str, selection: Selection, people: Source[Found], but: str = ""
) -> Iterator[Invitation]:
    """The invitations that a selection from an earlier send of invitations means and that are open, nobody twice.

    ``people`` says whether something is decided by it, and has the roll.
    """
    source = system.sends(school).get(selection.source) if selection.source else None
    if source is None:
        return
    ids = _picked(Ledgers(system, school, decides=people.decides), source, selection.pick, but)
    if not people.decides:
        ids = _unused(ids, source, selection, people)
    while part := [*islice(ids, _AT_ONCE)]:
        found = system.invitations(school).by_ids(part)
        yield from (found[each] for each in part if each in found and _is_open(found[each]))


def is_anybody_chosen(system: System, school: str, source: Send, selection: Selection) -> bool:
    """Whether a selection from this send means anybody.

    Of a large send its outline says so, by the roll. Where these know nobody, the outline has to be as the send counts by now:
    ``TryLater`` while it is not.
    """
    ledgers = Ledgers(system, school, decides=False, sure=True)
    if source.kind == "parent_invitation":
        ids = _picked(ledgers, source, selection.pick)
        found = _is_one_open(system, school, ids, source, selection)
    elif is_large(source):
        found = _is_one(chosen(system, school, selection, FromRoll(system, school), known=source, ledgers=ledgers))
    else:
        found = _is_one(chosen(system, school, selection, FromDirectory(system, school), known=source, ledgers=ledgers))
    if not found:
        ledgers.check(source)
    return found


def takers_of(source: Send, pick: Pick) -> tuple[str, ...]:
    """The sends that have taken up those whom a pick of a send means."""
    return {"failed": source.retries, "changed": source.replans, "cancelled": source.rests}.get(pick, ())


def _is_one(found: Iterator[object]) -> bool:
    return next(found, None) is not None


def _is_one_open(system: System, school: str, ids: Iterator[str], source: Send, selection: Selection) -> bool:
    """Whether one of these invitations is open. Of a large send some are read; where none of them is, there may be one, and the
    worker who plans looks at all.
    """
    if is_large(source):
        ids = _unused(ids, source, selection, FromRoll(system, school))
    while part := [*islice(ids, _LOOKED_AT if is_large(source) else _AT_ONCE)]:
        if any(map(_is_open, system.invitations(school).by_ids(part).values())):
            return True
        if is_large(source) and len(part) == _LOOKED_AT:
            return True
    return False


def _is_open(invitation: Invitation) -> bool:
    return invitation.status == "open" and bool(invitation.children)


def _unused(ids: Iterator[str], source: Send, selection: Selection, people: Source[Found]) -> Iterator[str]:
    """These invitations; where those are meant who have not used them, without those that the roll knows to be used."""
    if selection.pick != "no_password":
        return ids
    from latchkey.sends.count_used import used_since  # workers decide, and do not load it

    used = used_since(people.roll, source)
    return (each for each in ids if each not in used)


def _picked(ledgers: Ledgers, source: Send, pick: Pick | None, but: str = "") -> Iterator[str]:
    """Ids of those whom a pick means, nobody twice; of some picks those whom no taker has taken up, and one that was cancelled in
    a taker is still to do.
    """
    if pick is None or pick not in _WANTED:
        return
    takers = ledgers.sends([each for each in takers_of(source, pick) if each != but])
    ledgers.read([source, *takers])
    seen = {person for taker in takers for person, _ in ledgers.facts(taker, lambda known: known[0] != "cancelled")}
    for person, _ in ledgers.facts(source, _WANTED[pick]):
        if person not in seen:
            seen.add(person)
            yield person


_WANTED: Final[Mapping[Pick, Callable[[Known], bool]]] = {
    "failed": lambda known: known[0] in RETRIED,
    "changed": lambda known: known[0] == "skipped" and known[1] in DRIFTED,
    "cancelled": lambda known: known[0] == "cancelled",
    "no_password": lambda known: known[0] in REACHED,
}
"""Of whose mail a pick is, by its state and reason."""


def _people(ids: Iterator[str], source: Source[Found]) -> Iterator[Found]:
    while part := [*islice(ids, _AT_ONCE)]:
        yield from source.by_ids(part)
