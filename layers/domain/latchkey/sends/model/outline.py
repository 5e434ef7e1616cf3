"""The outline of a large message's ledger: in what state each of its people's mail is, chunk by chunk, without a name or address.

    the ledger: 2,000 chunks for 100,000 people, 5 MB
        ──▶ members: the ids of the people of each chunk, an object that stays as it is
        └─▶ marks: one sign for each of them, which stands for a state and a reason; an item of some kilobytes

Mails of a chunk are taken apart and moved while it is delivered, but whose mails they are never changes. So the people of a chunk
stand here in the order of their ids. It is derived, follows the ledger within a minute, and is made anew at will: it says in
which chunks to look, and counts; what a page shows of a person is read from the chunk.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from latchkey.sends.model.send import Chunk, Mail, Send

FEW: Final = 20
"""Chunks that a page reads as they are. A message with more of them has an outline."""
_FIRST: Final = ord("0")
_NOBODY: Final = "-"
Known: TypeAlias = tuple[str, str | None]
"""State and reason of a mail."""
Members: TypeAlias = Sequence[str]
"""The ids of the people of each chunk, with a blank between two."""


@dataclass(frozen=True, slots=True)
class Outline:
    """``facts``: what the signs mean, ``_FIRST`` the first of them. ``marks``: the signs of each chunk, from number 1 on."""

    facts: tuple[Known, ...] = ()
    marks: tuple[str, ...] = ()

    def plus(self, chunks: Iterable[Chunk]) -> "Outline":
        """The outline once these chunks are so; of a chunk that it does not know nothing."""
        signs = {fact: chr(_FIRST + place) for place, fact in enumerate(self.facts)}
        marks = [*self.marks]
        for chunk in chunks:
            if 1 <= chunk.number <= len(marks):
                found = (signs.setdefault(fact, chr(_FIRST + len(signs))) for _, fact in _people(chunk))
                marks[chunk.number - 1] = "".join(found)
        return replace(self, facts=tuple(signs), marks=tuple(marks))

    def signs(self, means: Callable[[Known], bool]) -> frozenset[str]:
        """The signs of what is meant."""
        return frozenset(self.meanings(means))

    def meanings(self, means: Callable[[Known], bool]) -> dict[str, Known]:
        """What is meant, by its sign."""
        return {chr(_FIRST + place): fact for place, fact in enumerate(self.facts) if means(fact)}

    def counts(self) -> Counter[str]:
        """People by the state of their mail."""
        counts, marks = Counter[str](), "".join(self.marks)
        for sign, (state, _) in self.meanings(lambda _: True).items():
            counts[state] += marks.count(sign)
        return +counts


def is_large(send: Send) -> bool:
    """Whether a message has an outline."""
    return send.chunks > FEW


def outline_of(chunks: Iterable[Chunk], count: int) -> tuple[Outline, Members]:
    """The outline of a message's so many chunks, and whose mails they are."""
    members = [""] * count

    def noted() -> Iterator[Chunk]:
        for chunk in chunks:
            if 1 <= chunk.number <= count:
                members[chunk.number - 1] = " ".join(person for person, _ in _people(chunk))
                yield chunk

    return Outline(marks=("",) * count).plus(noted()), members


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom somebody looks for: marked with one of these signs, ``among`` these people, as ``means`` says; None: anybody."""

    signs: AbstractSet[str]
    among: Container[str] | None = None
    means: Callable[[str], bool] | None = None

    def count(self, marks: str, ids: str) -> int:
        """How many of a chunk's people are meant."""
        if self.signs.isdisjoint(marks):
            return 0
        if self.among is None and self.means is None:
            return sum(map(marks.count, self.signs))
        return sum(1 for _ in self.people(marks, ids))

    def people(self, marks: str, ids: str) -> Iterator[str]:
        """The ids of a chunk's people who are meant."""
        signs, among, means = self.signs, self.among, self.means
        for mark, person in zip(marks, ids.split(), strict=True):
            if mark in signs and (among is None or person in among) and (means is None or means(person)):
                yield person


def chunks_with(outline: Outline, members: Members, meant: Meant, first: int) -> Iterator[tuple[int, int]]:
    """The chunks, by number from ``first`` on, in which somebody is meant, and how many are."""
    for number in range(first, len(outline.marks) + 1):
        people = meant.count(outline.marks[number - 1], members[number - 1])
        if people:
            yield number, people


def _people(chunk: Chunk) -> list[tuple[str, Known]]:
    found = [(_plain(account.person), _known(mail)) for mail in chunk.mails for account in mail.accounts]
    return sorted(found, key=lambda each: each[0])


def _known(mail: Mail) -> Known:
    return mail.state, mail.reason


def _plain(person: str) -> str:
    """An id that can stand between blanks; of somebody who was asked for and is nobody it may be any text."""
    return "".join(person.split()) or _NOBODY
