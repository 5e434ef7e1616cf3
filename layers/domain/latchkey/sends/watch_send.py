"""Watch a send: the list of sends, how far one is, and what became of each recipient."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

from latchkey.errors import Conflict, Invalid, NotFound
from latchkey.mail.model.account import MailAccount
from latchkey.roll.model.roll import Roll
from latchkey.roll.read_roll import read_roll
from latchkey.sends.count_used import SetAt, is_used, used_at
from latchkey.sends.model import figures, start_time
from latchkey.sends.model.approval import OPEN_FOR
from latchkey.sends.model.in_words import waits_for
from latchkey.sends.model.mail_states import MAIL_STATES
from latchkey.sends.model.refusals import shown
from latchkey.sends.model.send import Mail, Send
from latchkey.sends.model.send_request import KINDS
from latchkey.sends.model.views import STATES, USED, VIEWS, View
from latchkey.sends.needs import System
from latchkey.shared.model.folding import begins
from latchkey.shared.model.ids import is_id
from latchkey.shared.model.pages import LONGEST_PAGE, PAGE, Page, Pager

LONGEST_SEARCH: Final = 100
LONGEST_REASON: Final = 40
_AT_ONCE: Final = 500  # people read in one go
_Place: TypeAlias = tuple[int, int]  # chunk, and index of the account in it
_Row: TypeAlias = tuple[Mail, MailAccount]
_Step: TypeAlias = tuple[_Place, Mail | None, MailAccount | None]
_RETRIES_READ: Final = 5
_PAGES_READ: Final = 8
LISTED_STATES: Final = ("queued", "running", "paused", "finished", "cancelled", "failed")
_READS: Final = 12  # what one request may cost: this many reads of ten chunks (6,000 mails)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientFilter:
    """Which recipients: of a figure (``show``), in a state, for a reason, and with a name or address in which each word of ``q``
    begins a part.
    """

    state: str = ""
    reason: str = ""
    q: str = ""
    show: View = "all"

    @property
    def used(self) -> bool | None:
        """Whether they have to have used it, or must not; None: either."""
        return USED.get(self.show)

    def matches(self, mail: Mail, account: MailAccount) -> bool:
        """Whether a recipient is meant, as far as the ledger knows."""
        if self.show != "all" and mail.state not in STATES[self.show]:
            return False
        if (self.state and mail.state != self.state) or (self.reason and self.reason not in {mail.reason, shown(mail.reason)}):
            return False
        return not self.q or begins(self.q, [account.name], [mail.to])


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SendFilter:
    """Which sends: in a state, of a kind; empty: all."""

    state: str = ""
    kind: str = ""

    def matches(self, send: Send) -> bool:
        """Whether a send is meant."""
        return (not self.state or send.state == self.state) and (not self.kind or send.kind == self.kind)


def parse_sends(query: Mapping[str, str]) -> SendFilter:
    """Which sends a query means; ``Invalid`` where it cannot be used."""
    state, kind = query.get("state", ""), query.get("kind", "")
    if state and state not in LISTED_STATES:
        raise Invalid("There is no such state.", fields={"state": f"Choose one of {', '.join(LISTED_STATES)}."})
    if kind and kind not in KINDS:
        raise Invalid("There is no such kind.", fields={"kind": f"Choose one of {', '.join(KINDS)}."})
    return SendFilter(state=state, kind=kind)


ALL_SENDS: Final = SendFilter()


def list_sends(
    system: System, school: str, *, cursor: str | None = None, limit: int = PAGE, wanted: SendFilter = ALL_SENDS
) -> Page[Send]:
    """One page of the school's sends, newest first. It can be short where few of very many match: ``next`` goes on."""
    which = "" if wanted == ALL_SENDS else f"|{wanted.state}|{wanted.kind}"
    pager = Pager(f"sends|{school}{which}", system.cursor_key(school))
    after = pager.after(cursor)
    if wanted == ALL_SENDS:
        return pager.page(*system.sends(school).page(after=after, limit=limit))
    found: list[Send] = []
    for _ in range(_PAGES_READ):
        some, after = system.sends(school).page(after=after, limit=LONGEST_PAGE)
        for send in some:
            if wanted.matches(send):
                if len(found) == limit:
                    return pager.page(found, found[-1].id)
                found.append(send)
        if after is None:
            break
    return pager.page(found, after)


def upcoming(system: System, school: str) -> list[Send]:
    """The sends that wait for their time or for an approval, the next one first: made within the longest time ahead."""
    since = system.now() - start_time.LATEST - OPEN_FOR
    found = (send for send in system.sends(school).since(since) if waits_for(send, system.now()) is not None)
    return sorted(found, key=lambda send: (send.start_at or 0, send.id))


def get_send(system: System, school: str, send: str) -> Send:
    """The send with this id; ``NotFound`` where this school has none."""
    found = system.sends(school).get(send) if is_id(send) else None
    if found is None:
        raise NotFound()
    return found


def still_failed(system: System, school: str, sends: Sequence[Send]) -> int:
    """To how many people of these sends nothing went, with nobody counted in a send and in its retry.

    Retries stand near their send in a list; one that is not among these is read, some at most: behind a page's edge.
    """
    known: dict[str, Send | None] = {send.id: send for send in sends}
    known |= _takers(system, school, [retry for send in sends for retry in send.retries if retry not in known])
    return sum(figures.still_failed(send, known) for send in sends)


def left_over(system: System, school: str, send: Send) -> dict[str, int]:
    """How many of a send's people a retry, a new plan and a send of the rest would take up now, by what is done."""
    known = _takers(system, school, [*send.retries, *send.rests])
    return {"retry": figures.still_failed(send, known), "rest": figures.got_nothing(send, known)}


def _takers(system: System, school: str, ids: Sequence[str]) -> dict[str, Send | None]:
    return system.sends(school).some(ids[:_RETRIES_READ]) if ids else {}


def list_recipients(
    system: System,
    school: str,
    send: Send,
    wanted: RecipientFilter,
    *,
    cursor: str | None = None,
    limit: int = PAGE,
    known: Roll | None = None,
) -> Page[Recipient]:
    """One page of those of a send's ledger who are wanted. It can be short where few match: ``next`` goes on.

    ``known``: the roll, where somebody has it.
    """
    shown = "" if wanted.show == "all" else f"|{wanted.show}"
    pager = Pager(f"recipients|{school}|{send.id}|{wanted.state}|{wanted.reason}|{wanted.q}{shown}", system.cursor_key(school))
    chunk, index = (int(part) for part in pager.place(cursor) or (1, 0))
    look = _Look(system, school, send, wanted, known)
    rows, following = look.rows((chunk, index), limit)
    return pager.page(look.recipients(rows), following)


def all_recipients(system: System, school: str, send: Send, wanted: RecipientFilter, most: int) -> Iterator[list[Recipient]]:
    """All of a send's ledger who are wanted, some hundreds at a time; ``Conflict`` where there are more than ``most``."""
    place: _Place | None = (1, 0)
    rows: list[_Row] = []
    look = _Look(system, school, send, wanted)
    while place is not None:
        more, place = look.rows(place, most + 1 - len(rows))
        rows += more
        if len(rows) > most:
            raise Conflict(f"More than {most:,} people are too many for one file. Choose one state and download each by itself.")
    for start in range(0, len(rows), _AT_ONCE):
        yield look.recipients(rows[start : start + _AT_ONCE])


class _Look:
    """One look at a send's ledger. Who has used it is looked up for some hundreds of people together."""

    def __init__(self, system: System, school: str, send: Send, wanted: RecipientFilter, known: Roll | None = None) -> None:
        self._system = system
        self._known = known
        self._school = school
        self._send = send
        self._wanted = wanted
        self._used: dict[str, int | None] = {}

    def rows(self, place: _Place, limit: int) -> tuple[list[_Row], _Place | None]:
        """The rows that are wanted, and the place of the first one that is not among them."""
        rows: list[_Row] = []
        wanted = self._wanted
        for here, mail, account in _walk(self._system, self._school, self._send, place, self._seen):
            if mail is None or account is None:
                return rows, here
            if not wanted.matches(mail, account):
                continue
            if wanted.used is None or is_used(self._send, self._used.get(account.person)) == wanted.used:
                if len(rows) == limit:
                    return rows, here
                rows.append((mail, account))
        return rows, None

    def recipients(self, rows: Sequence[_Row]) -> list[Recipient]:
        """The rows as they are shown."""
        ids = [account.person for _, account in rows if account.person]
        self._look_up(ids)
        entries = {} if self._send.kind == "parent_invitation" else {each: self._roll.by_id(each) for each in ids}
        recipients = []
        for mail, account in rows:
            set_at, entry = self._used.get(account.person), entries.get(account.person)
            recipients.append(
                Recipient(
                    person=account.person,
                    name=account.name,
                    email=mail.to or None,
                    state=mail.state,
                    reason=mail.reason,
                    at=mail.at,
                    password_set_at=set_at if is_used(self._send, set_at) else None,
                    detail=mail.detail,
                    year_group=(entry.year_group or "") if entry is not None else "",
                    registration_group=(entry.registration_group or "") if entry is not None else "",
                )
            )
        return recipients

    def _seen(self, accounts: Sequence[MailAccount]) -> None:
        if self._wanted.used is not None:
            self._look_up([account.person for account in accounts if account.person])

    def _look_up(self, ids: Sequence[str]) -> None:
        unknown = [each for each in dict.fromkeys(ids) if each not in self._used]
        if unknown:
            self._used |= self._used_at(unknown)

    @cached_property
    def _used_at(self) -> SetAt:
        return used_at(self._system, self._school, self._send, self._roll if self._send.kind != "parent_invitation" else None)

    @cached_property
    def _roll(self) -> Roll:
        return self._known or read_roll(self._system, self._school)


def _walk(
    system: System, school: str, send: Send, place: _Place, seen: Callable[[Sequence[MailAccount]], None]
) -> Iterator[_Step]:
    """Every account from a place on; ends with a place and no account where one request has read enough.

    ``seen`` is told of the people of ten chunks before they come.
    """
    if not send.chunks:
        return  # what stands in the ledger may be a plan that was given up
    first, skip = place
    after = first - 1
    for _ in range(_READS):
        chunks, following = system.ledger(school).chunk_page(send.id, after=after)
        seen([account for chunk in chunks for mail in chunk.mails for account in mail.accounts])
        for chunk in chunks:
            if chunk.number > send.chunks:
                return
            accounts = [(mail, account) for mail in chunk.mails for account in mail.accounts]
            for index, (mail, account) in enumerate(accounts):
                if chunk.number > first or index >= skip:
                    yield (chunk.number, index), mail, account
        if following is None:
            return
        after = following
    yield (after + 1, 0), None, None
