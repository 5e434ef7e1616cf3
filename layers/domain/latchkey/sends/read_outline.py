"""Read the outline of a message's ledger, where it is too large to be read for a page; one that is not there is asked for."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from latchkey.sends.model.outline import Known, Members, Outline, is_large
from latchkey.sends.model.send import Send
from latchkey.sends.needs import System

if TYPE_CHECKING:
    from latchkey.sends.stores.outlines import State

_ASKED_AGAIN: Final = 120  # seconds after which an outline is asked for again that nobody has made


@dataclass(frozen=True, slots=True)
class Outlined:
    """What is known of a large message's ledger without reading it."""

    outline: Outline
    members: Members

    def facts(self, wanted: Callable[[Known], bool], among: Container[str] | None = None) -> Iterator[tuple[str, Known]]:
        """Its people whose mail is wanted, ``among`` these, with the state and reason of it."""
        meanings = self.outline.meanings(wanted)
        for marks, ids in zip(self.outline.marks, self.members, strict=True):
            if not meanings.keys().isdisjoint(marks):
                for mark, person in zip(marks, ids.split(), strict=True):
                    if mark in meanings and (among is None or person in among):
                        yield person, meanings[mark]


def read_outline(system: System, school: str, send: Send) -> Outlined | None:
    """The outline as of the last minute; None of a message that is small, or whose outline is not made yet."""
    return read_outlines(system, school, [send]).get(send.id)


def read_outlines(system: System, school: str, sends: Sequence[Send]) -> dict[str, Outlined]:
    """The same of several, by id: one call for the items, and one for each object that the container does not remember."""
    outlines, large = system.outlines(school), [send for send in sends if is_large(send)]
    if not large or not outlines.can_read:
        return {}
    states = outlines.some(send.id for send in large)
    found: dict[str, Outlined] = {}
    for send in large:
        state = states.get(send.id)
        known = _known(system, school, send, state) if state is not None else None
        if known is not None:
            found[send.id] = known
        elif state is None or state.wanted <= system.now() - _ASKED_AGAIN:
            outlines.want(send, system.now())
    return found


def _known(system: System, school: str, send: Send, state: "State") -> Outlined | None:
    if state.outline is None or len(state.outline.marks) != send.chunks:
        return None
    members = system.outlines(school).members(state.members)
    return Outlined(state.outline, members) if members is not None and len(members) == send.chunks else None
