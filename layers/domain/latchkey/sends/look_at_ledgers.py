"""Look up what earlier messages say of their people: in the ledgers for who decides, for a page in the outlines of large ones.

a worker ──▶ every chunk, as it is now
a page ──▶ small messages: their chunks, of all of them together
       └─▶ large ones: their outlines, as of the last minute. Where one is not made yet, it is asked for, and the page says so
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from latchkey.errors import TryLater
from latchkey.sends.model.outline import Known, is_large
from latchkey.sends.model.send import Chunk, Send
from latchkey.sends.needs import System

if TYPE_CHECKING:
    from latchkey.sends.read_outline import Outlined


class Ledgers:
    """What the messages of a school say. ``decides``: by their ledgers, whatever that costs.

    ``sure``: for who says that there is nobody, and then asks ``check``; small ledgers are read as of this second.
    A function that cannot read outlines decides.
    """

    def __init__(self, system: System, school: str, *, decides: bool, sure: bool = False) -> None:
        self.system = system
        self.school = school
        self.decides = decides or not system.outlines(school).can_read
        self._sure = sure
        self._chunks: dict[str, list[Chunk]] = {}
        self._outlined: dict[str, tuple[Send, Outlined]] = {}

    def sends(self, ids: Sequence[str]) -> list[Send]:
        """Those of these messages that there are; a worker reads them one by one, and may do no other."""
        store = self.system.sends(self.school)
        found = [store.get(each) for each in ids] if self.decides else [*store.some(ids).values()] if ids else []
        return [each for each in found if each is not None]

    def read(self, sends: Iterable[Send]) -> None:
        """Read what a page goes by, of these messages together. ``TryLater`` where the outline of one is not made yet."""
        new = [] if self.decides else [send for send in sends if send.chunks and not self._has(send)]
        large = [send for send in new if is_large(send)]
        small = [send for send in new if not is_large(send)]
        if small:
            places = ((send.id, number) for send in small for number in range(1, send.chunks + 1))
            found = self.system.ledger(self.school).all_chunks(places, eventual=not self._sure)
            self._chunks |= {send.id: sorted(found.get(send.id, ()), key=lambda chunk: chunk.number) for send in small}
        if large:
            self._read_outlines(large)

    def _read_outlines(self, large: Sequence[Send]) -> None:
        from latchkey.sends.read_outline import read_outlines  # workers decide, and do not load it

        found = read_outlines(self.system, self.school, large)
        self._outlined |= {send.id: (send, found[send.id]) for send in large if send.id in found}
        if len(found) < len(large):
            raise _later()

    def outlined(self, send: Send) -> "Outlined | None":
        """What a page goes by of a large message; None of a small one, and for who decides."""
        self.read([send])
        return self._outlined[send.id][1] if send.id in self._outlined else None

    def chunks(self, send: Send) -> Iterator[Chunk]:
        """The chunks of a planned message that is small, or of any for who decides."""
        self.read([send])
        if send.id in self._chunks:
            yield from self._chunks[send.id]
        elif send.chunks:
            chunks = self.system.ledger(self.school).chunks(send.id)
            yield from (chunk for chunk in chunks if chunk.number <= send.chunks)

    def facts(
        self,
        send: Send,
        wanted: Callable[[Known], bool],
        *,
        among: Container[str] | None = None,
        to: Callable[[str], bool] | None = None,
    ) -> Iterator[tuple[str, Known]]:
        """Those of a message's people whose mail is wanted, ``among`` these, with its state and reason.

        ``to``: to which addresses it went, as far as that is known: an outline has none.
        """
        outlined = self.outlined(send)
        if outlined is not None:
            yield from outlined.facts(wanted, among)
            return
        for chunk in self.chunks(send):
            for mail in chunk.mails:
                known = mail.state, mail.reason
                if wanted(known) and (to is None or to(mail.to)):
                    yield from ((each.person, known) for each in mail.accounts if among is None or each.person in among)

    def check(self, source: Send) -> None:
        """``TryLater`` where an outline that was read is older than what its message counts, which moves with every chunk. Of the
        ``source`` all counts must be alike; of those that have taken people up, how many were cancelled there. What is behind is
        asked for anew, so that this ends even if the stream has lost something.
        """
        behind = []
        for send, known in self._outlined.values():
            counts, cancelled = known.outline.counts(), send.counts.get("cancelled", 0)
            is_alike = counts == _counted(send) if send.id == source.id else counts["cancelled"] == cancelled
            behind += [] if is_alike else [send]
        for send in behind:
            self.system.outlines(self.school).want(send, self.system.now())
        if behind:
            raise _later()

    def _has(self, send: Send) -> bool:
        return send.id in self._chunks or send.id in self._outlined


def _counted(send: Send) -> dict[str, int]:
    return {state: people for state, people in send.counts.items() if people}


def _later() -> TryLater:
    return TryLater("What became of the mails of a large message is being counted. Nothing was sent; try again in a minute.")
