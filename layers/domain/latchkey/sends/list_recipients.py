"""List what became of each recipient of a send: those of a figure, in a state, for a reason, or by a name.

A small send's ledger is read through. Of a large one the outline says in which chunks somebody is who is wanted, and these are
read; while that is not made, its ledger is read through, so far as one answer may, which says how far that was.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import Final, TypeAlias

from latchkey.errors import Conflict, Invalid, TryLater
from latchkey.mail.model.account import MailAccount
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.roll.model.entry import Entry
from latchkey.roll.model.roll import Roll
from latchkey.roll.read_roll import read_roll
from latchkey.sends.count_used import used_since
from latchkey.sends.model.mail_states import MAIL_STATES
from latchkey.sends.model.outline import Meant, chunks_with, is_large
from latchkey.sends.model.recipient_filter import RecipientFilter
from latchkey.sends.model.send import Chunk, Mail, Send
from latchkey.sends.model.views import VIEWS
from latchkey.sends.needs import System
from latchkey.sends.read_outline import Outlined, read_outline
from latchkey.shared.model.folding import begins
from latchkey.shared.model.pages import PAGE, Page, Pager

LONGEST_SEARCH: Final = 100
LONGEST_REASON: Final = 40
_AT_ONCE: Final = 500  # people shown in one go
_READS: Final = 10, 70  # chunks that one answer reads without an outline, call by call: 4,000 mails, at 30 units or less
_TOGETHER: Final = 30  # chunks that one call reads: half a unit each, or one
_FOR_A_FILE: Final = 100  # the same for a file
_TOGETHERS: Final = 2  # such calls, where what was wanted has changed since the outline was written
_Place: TypeAlias = tuple[int, int]  # chunk, and index of the account in it
_Row: TypeAlias = tuple[Mail, MailAccount]
_Step: TypeAlias = tuple[_Place, Mail | None, MailAccount | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One person's row in a send's ledger. Times in epoch seconds; ``reason`` is a word, ``detail`` what a mail server said.

    ``person``: of an invitation its id, empty where there is none; ``password_set_at`` is then when it was used.
    """

    person: str
    name: str
    email: str | None
    state: str
    reason: str | None
    at: int
    password_set_at: int | None
    detail: str = ""
    year_group: str = ""
    registration_group: str = ""


@dataclass(frozen=True, slots=True)
class Recipients(Page[Recipient]):
    """A page of them. ``looked``: through about how many people's mails it was looked, from the beginning of the send, where the
    page ends before it is full and there may be more; else None.
    """

    looked: int | None = None


def parse_wanted(query: Mapping[str, str]) -> RecipientFilter:
    """Which recipients a query means; ``Invalid`` where it cannot be used."""
    state, reason, q = query.get("state", ""), query.get("reason", ""), query.get("q", "").strip()
    show = next((view for view in VIEWS if view == query.get("show", "all")), None)
    if show is None:
        raise Invalid("There is no such figure.", fields={"show": f"Choose one of {', '.join(VIEWS)}."})
    if state and state not in MAIL_STATES:
        raise Invalid("There is no such state.", fields={"state": f"Choose one of {', '.join(MAIL_STATES)}."})
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        raise Invalid(fields={"reason": "There is no such reason."})
    if len(q) > LONGEST_SEARCH or not q.isprintable():
        raise Invalid(fields={"q": f"Search for a text of at most {LONGEST_SEARCH} characters."})
    return RecipientFilter(state=state, reason=reason, q=q, show=show)


def list_recipients(
    system: System,
    school: str,
    send: Send,
    wanted: RecipientFilter,
    *,
    cursor: str | None = None,
    limit: int = PAGE,
    known: Roll | None = None,
    outlined: Outlined | None = None,
) -> Recipients:
    """One page of those of a send's ledger who are wanted. It can be short, or empty, where few match: then it says how far it
    was looked, and ``next`` goes on.

    ``known``, ``outlined``: the roll and the outline, where somebody has them.
    """
    shown = "" if wanted.show == "all" else f"|{wanted.show}"
    pager = Pager(f"recipients|{school}|{send.id}|{wanted.state}|{wanted.reason}|{wanted.q}{shown}", system.cursor_key(school))
    chunk, index = (int(part) for part in pager.place(cursor) or (1, 0))
    look = _Look(system, school, send, wanted, known=known, outlined=outlined)
    rows, following = look.rows((chunk, index), limit)
    page = pager.page(look.recipients(rows), following)
    looked = round(send.total * (following[0] - 1) / send.chunks) if following and len(rows) < limit else None
    return Recipients(page.items, page.next, looked)


class ForFile:
    """All of a send's ledger who are wanted. ``TryLater`` while the outline is not made that says where they are.

    ``known``: the roll, where somebody has it.
    """

    def __init__(self, system: System, school: str, send: Send, wanted: RecipientFilter, known: Roll | None = None) -> None:
        self._look = _Look(system, school, send, wanted, known=known)
        self._chunks = iter(self._look.all_chunks())

    def takes_more_than(self, chunks: int) -> bool:
        """Whether more chunks than these have to be read; it looks no further."""
        first = [*islice(self._chunks, chunks + 1)]
        self._chunks = chain(first, self._chunks)
        return len(first) > chunks

    def recipients(self, most: int) -> Iterator[list[Recipient]]:
        """They, some hundreds at a time; ``Conflict`` where there are more than ``most``, or so many would have to be looked
        through.
        """
        if max(self._look.at_least, self._look.looked_through) > most:
            raise _too_many(most)
        rows: list[_Row] = []
        for more in self._look.rows_of(self._chunks):
            rows += more
            if len(rows) > most:
                raise _too_many(most)
        for start in range(0, len(rows), _AT_ONCE):
            yield self._look.recipients(rows[start : start + _AT_ONCE])


def _too_many(most: int) -> Conflict:
    return Conflict(f"More than {most:,} people are too many for one file. Choose one state and download each by itself.")


class _Look:
    """One look at a send's ledger."""

    def __init__(
        self,
        system: System,
        school: str,
        send: Send,
        wanted: RecipientFilter,
        *,
        known: Roll | None = None,
        outlined: Outlined | None = None,
    ) -> None:
        self._system = system
        self._known = known
        self._outlined = outlined
        self._school = school
        self._send = send
        self._wanted = wanted

    def rows(self, place: _Place, limit: int) -> tuple[list[_Row], _Place | None]:
        """The rows that are wanted, and the place of the first one that is not among them."""
        rows: list[_Row] = []
        stopped: _Place | None = None
        for here, mail, account in self._steps(place, limit):
            stopped = None
            if mail is None or account is None:
                if rows:
                    return rows, here
                stopped = here
            elif self._is_wanted(mail, account):
                if len(rows) == limit:
                    return rows, here
                rows.append((mail, account))
        return rows, stopped

    @property
    def at_least(self) -> int:
        """How many are wanted, as far as the send's own figures say it."""
        wanted = self._wanted
        if wanted.reason or wanted.q or wanted.used is not None:
            return 0
        return sum(count for state, count in self._send.counts.items() if wanted.means(state, None))

    @property
    def looked_through(self) -> int:
        """How many people's mails are read to find those who are wanted by name, where no outline says in which chunks."""
        return self._send.total if self._wanted.q and self._send.kind == "parent_invitation" else 0

    def all_chunks(self) -> Iterable[int]:
        """The numbers of all chunks in which somebody is who is wanted."""
        found = self._outline()
        if found is not None:
            return (each for each, _ in self._numbers(found, 1))
        if is_large(self._send) and self._wanted != RecipientFilter() and not self.looked_through:
            raise TryLater("What became of the mails of a large message is being counted. Try again in a minute.")
        return range(1, self._send.chunks + 1)

    def rows_of(self, chunks: Iterable[int]) -> Iterator[list[_Row]]:
        """The rows of these chunks that are wanted, those of a hundred at a time."""
        numbers = iter(chunks)
        while part := [*islice(numbers, _FOR_A_FILE)]:
            yield [
                (mail, account)
                for _, mail, account in self._read(part, (1, 0))
                if mail is not None and account is not None and self._is_wanted(mail, account)
            ]

    def recipients(self, rows: Sequence[_Row]) -> list[Recipient]:
        """The rows as they are shown."""
        return [self._recipient(mail, account) for mail, account in rows]

    def _recipient(self, mail: Mail, account: MailAccount) -> Recipient:
        entry = self._entry(account.person)
        return Recipient(
            person=account.person,
            name=account.name,
            email=mail.to or None,
            state=mail.state,
            reason=mail.reason,
            at=mail.at,
            password_set_at=self._used.get(account.person),
            detail=mail.detail,
            year_group=(entry.year_group or "") if entry is not None else "",
            registration_group=(entry.registration_group or "") if entry is not None else "",
        )

    def _entry(self, person: str) -> Entry | None:
        return self._roll.by_id(person) if self._send.kind != "parent_invitation" else None

    def _steps(self, place: _Place, limit: int) -> Iterator[_Step]:
        if not self._send.chunks:
            return iter(())  # what stands in the ledger may be a plan that was given up
        found = self._outline()
        if found is None:
            return self._walk(place)
        return self._among(place, self._numbers(found, place[0]), limit + 1 + place[1])

    def _outline(self) -> Outlined | None:
        """The outline, where it says in which chunks to look; of who is invited the roll knows no name."""
        if self._wanted == RecipientFilter() or (self._wanted.q and self._send.kind == "parent_invitation"):
            return None
        return self._outlined or read_outline(self._system, self._school, self._send)

    def _walk(self, place: _Place) -> Iterator[_Step]:
        """Every account from a place on; ends with a place and no account where one answer has read enough."""
        after, ledger, eventual = place[0] - 1, self._system.ledger(self._school), is_large(self._send)
        for most in _READS:
            chunks, following = ledger.chunk_page(self._send.id, after=after, most=most, eventual=eventual)
            yield from _accounts((chunk for chunk in chunks if chunk.number <= self._send.chunks), place)
            if following is None or following >= self._send.chunks:
                return
            after = following
        yield (after + 1, 0), None, None

    def _among(self, place: _Place, numbers: Iterator[tuple[int, int]], people: int) -> Iterator[_Step]:
        """The same of chunks in which so many are, each with how many; with a place and no account wherever some were read."""
        part = _that_hold(people, numbers)
        for _ in range(_TOGETHERS):
            yield from self._read(part, place)
            part = _that_hold(people, numbers)
            if not part:
                return
            yield (part[0], 0), None, None

    def _read(self, numbers: Sequence[int], place: _Place) -> Iterator[_Step]:
        """The accounts of these chunks from a place on."""
        wanted = ((self._send.id, number) for number in numbers)
        chunks = self._system.ledger(self._school).all_chunks(wanted, eventual=True).get(self._send.id, [])
        return _accounts(sorted(chunks, key=lambda chunk: chunk.number), place)

    def _numbers(self, known: Outlined, first: int) -> Iterator[tuple[int, int]]:
        """The chunks from a number on in which somebody is who is wanted, and how many."""
        wanted = self._wanted
        signs = known.outline.signs(lambda fact: wanted.means(*fact))
        among = self._found if wanted.q else self._used if wanted.used else None
        means = self._means_person if wanted.q or wanted.used is False else None
        return chunks_with(known.outline, known.members, Meant(signs, among, means), first)

    def _means_person(self, person: str) -> bool:
        used = self._wanted.used
        return (used is None or (person in self._used) == used) and (not self._wanted.q or self._is_named(person))

    def _is_wanted(self, mail: Mail, account: MailAccount) -> bool:
        wanted = self._wanted
        if not wanted.means(mail.state, mail.reason):
            return False
        if wanted.used is not None and (account.person in self._used) != wanted.used:
            return False
        return not wanted.q or begins(wanted.q, [account.name], [mail.to]) or self._is_named(account.person)

    @cached_property
    def _used(self) -> Mapping[str, int]:
        return used_since(self._roll, self._send)

    def _is_named(self, person: str) -> bool:
        """Whether somebody is found by what is searched for, by the name and address that they have now."""
        entry = self._found.get(person)
        return entry is not None and begins(self._wanted.q, filter(None, entry.texts[:4]), filter(None, [entry.email]))

    @cached_property
    def _found(self) -> Mapping[str, Entry]:
        """Those of whom anything is what is searched for."""
        if self._send.kind == "parent_invitation":
            return {}
        return {entry.id: entry for entry in self._roll.meant(PeopleFilter(q=self._wanted.q))}

    @cached_property
    def _roll(self) -> Roll:
        return self._known or read_roll(self._system, self._school)


def _that_hold(people: int, numbers: Iterator[tuple[int, int]]) -> list[int]:
    """The next chunks that together hold so many people, or as many chunks as one call reads."""
    part = list[int]()
    for number, count in islice(numbers, _TOGETHER):
        part.append(number)
        people -= count
        if people <= 0:
            break
    return part


def _accounts(chunks: Iterable[Chunk], place: _Place) -> Iterator[_Step]:
    """The accounts of chunks from a place on, each with its place."""
    first, skip = place
    for chunk in chunks:
        accounts = [(mail, account) for mail in chunk.mails for account in mail.accounts]
        for index, (mail, account) in enumerate(accounts):
            if chunk.number > first or index >= skip:
                yield (chunk.number, index), mail, account
