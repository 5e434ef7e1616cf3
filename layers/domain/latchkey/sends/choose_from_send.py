"""Choose people from ledgers of earlier sends: whose mail failed or was refused, who has no password since, who
had changed, who got nothing because it was stopped.

What is decided is looked up in the ledgers; what is only counted, and whether there is anybody, in the outlines of large sends.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from latchkey.invitations.model.invitation import Invitation
from latchkey.roll.sources import Found, FromDirectory, FromRoll, Source
from latchkey.sends.choose_refused import refused
from latchkey.sends.model.drift import DRIFTED
from latchkey.sends.model.outline import Known, Meant, is_large
from latchkey.sends.model.send import Pick, Selection, Send
from latchkey.sends.model.send_actions import REACHED, RETRIED
from latchkey.sends.needs import System

if TYPE_CHECKING:
    from latchkey.sends.read_outline import Outlined

_AT_ONCE = 500  # people read in one go


def chosen(
    system: System, school: str, selection: Selection, source: Source[Found], but: str = "", *, known: Send | None = None
) -> Iterator[Found]:
    """The people whom a selection from another send means, nobody twice. ``but`` is a retry that does not count as one yet.

    ``known``: the other send, where somebody has it.
    """
    if selection.pick == "refused":
        yield from refused(system, school, selection, source, but)
        return
    send = known or (system.sends(school).get(selection.source) if selection.source else None)
    if send is None:
        return
    people = _people(_picked(_Look(system, school, decides=source.decides), send, selection.pick, but), source)
    if selection.pick == "no_password":
        people = (person for person in people if (person.password_set_at or 0) < send.created_at)
    yield from people


def chosen_invitations(
    system: System, school: str, selection: Selection, but: str = "", *, decides: bool = True
) -> Iterator[Invitation]:
    """The invitations that a selection from an earlier send of invitations means and that are open, nobody twice.

    ``decides``: see ``Source``.
    """
    source = system.sends(school).get(selection.source) if selection.source else None
    if source is None:
        return
    ids = _picked(_Look(system, school, decides=decides), source, selection.pick, but)
    while part := [*islice(ids, _AT_ONCE)]:
        found = system.invitations(school).by_ids(part)
        yield from (found[each] for each in part if each in found and found[each].status == "open" and found[each].children)


def is_anybody_chosen(system: System, school: str, source: Send, selection: Selection) -> bool:
    """Whether a selection from this send means anybody.

    Of a large send its outline mostly says so. That may be a minute old, so where it knows nobody the ledger is read.
    """
    for decides in (False, True) if is_large(source) else (True,):
        if source.kind == "parent_invitation":
            found: Iterator[object] = chosen_invitations(system, school, selection, decides=decides)
        elif decides:
            found = chosen(system, school, selection, FromDirectory(system, school), known=source)
        else:
            found = chosen(system, school, selection, FromRoll(system, school), known=source)
        if next(found, None) is not None:
            return True
    return False


def takers_of(source: Send, pick: Pick) -> tuple[str, ...]:
    """The sends that have taken up those whom a pick of a send means."""
    return {"failed": source.retries, "changed": source.replans, "cancelled": source.rests}.get(pick, ())


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at a school's sends; one that decides nothing goes by the outline of a large one, where that is made."""

    system: System
    school: str
    decides: bool

    def those(self, send: Send, wanted: Callable[[Known], bool]) -> Iterator[str]:
        """Ids of the people of a planned send whose mail is wanted, nobody twice."""
        outlined = None if self.decides else self._outlined(send)
        if outlined is None:
            return _once(self._of_the_ledger(send, wanted))
        meant = Meant(outlined.outline.signs(wanted))
        parts = zip(outlined.outline.marks, outlined.members, strict=True)
        return _once(person for marks, ids in parts for person in meant.people(marks, ids))

    def _outlined(self, send: Send) -> "Outlined | None":
        from latchkey.sends.read_outline import read_outline  # workers decide, and do not load it

        return read_outline(self.system, self.school, send)

    def _of_the_ledger(self, send: Send, wanted: Callable[[Known], bool]) -> Iterator[str]:
        for chunk in self.system.ledger(self.school).chunks(send.id) if send.chunks else ():
            for mail in chunk.mails if chunk.number <= send.chunks else ():
                if wanted((mail.state, mail.reason)):
                    yield from (account.person for account in mail.accounts)


def _picked(look: _Look, source: Send, pick: Pick | None, but: str) -> Iterator[str]:
    """Ids of those whom a pick means; of some picks those whom no taker has taken up, and one that was cancelled in a taker is
    still to do.
    """
    if pick is None or pick not in _WANTED:
        return
    taken: set[str] = set()
    for taker_id in takers_of(source, pick):
        taker = look.system.sends(look.school).get(taker_id) if taker_id != but else None
        if taker is not None:
            taken.update(look.those(taker, lambda known: known[0] != "cancelled"))
    yield from (person for person in look.those(source, _WANTED[pick]) if person not in taken)


_WANTED: Final[Mapping[Pick, Callable[[Known], bool]]] = {
    "failed": lambda known: known[0] in RETRIED,
    "changed": lambda known: known[0] == "skipped" and known[1] in DRIFTED,
    "cancelled": lambda known: known[0] == "cancelled",
    "no_password": lambda known: known[0] in REACHED,
}
"""Of whose mail a pick is, by its state and reason."""


def _once(ids: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for each in ids:
        if each not in seen:
            seen.add(each)
            yield each


def _people(ids: Iterator[str], source: Source[Found]) -> Iterator[Found]:
    while part := [*islice(ids, _AT_ONCE)]:
        yield from source.by_ids(part)
