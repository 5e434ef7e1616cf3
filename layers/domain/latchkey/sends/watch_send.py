"""Watch a send: the list of sends, how far one is, and what became of each recipient."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from latchkey.errors import Conflict, Invalid, NotFound
from latchkey.mail.model.account import MailAccount
from latchkey.roll.read_roll import read_roll
from latchkey.sends.model import figures
from latchkey.sends.model.mail_states import MAIL_STATES
from latchkey.sends.model.refusals import shown
from latchkey.sends.model.send import Mail, Send
from latchkey.sends.needs import System
from latchkey.shared.model.folding import begins
from latchkey.shared.model.ids import is_id
from latchkey.shared.model.pages import PAGE, Page, Pager

LONGEST_SEARCH: Final = 100
LONGEST_REASON: Final = 40
_AT_ONCE: Final = 500  # people read in one go
_Place: TypeAlias = tuple[int, int]  # chunk, and index of the account in it
_Step: TypeAlias = tuple[_Place, Mail | None, MailAccount | None]
_GotIn: TypeAlias = Callable[[Sequence[str]], Mapping[str, int | None]]
_RETRIES_READ: Final = 5
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientFilter:
    """Which recipients: in a state, for a reason, and with a name or address in which each word of ``q`` begins a part."""

    state: str = ""
    reason: str = ""
    q: str = ""

    def matches(self, mail: Mail, account: MailAccount) -> bool:
        """Whether a recipient is meant."""
        if (self.state and mail.state != self.state) or (self.reason and self.reason not in {mail.reason, shown(mail.reason)}):
            return False
        return not self.q or begins(self.q, [account.name], [mail.to])


def parse_wanted(query: Mapping[str, str]) -> RecipientFilter:
    """Which recipients a query means; ``Invalid`` where it cannot be used."""
    state, reason, q = query.get("state", ""), query.get("reason", ""), query.get("q", "").strip()
    if state and state not in MAIL_STATES:
        raise Invalid("There is no such state.", fields={"state": f"Choose one of {', '.join(MAIL_STATES)}."})
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        raise Invalid(fields={"reason": "There is no such reason."})
    if len(q) > LONGEST_SEARCH or not q.isprintable():
        raise Invalid(fields={"q": f"Search for a text of at most {LONGEST_SEARCH} characters."})
    return RecipientFilter(state=state, reason=reason, q=q)


def list_sends(system: System, school: str, *, cursor: str | None = None, limit: int = PAGE) -> Page[Send]:
    """One page of the school's sends, newest first."""
    pager = Pager(f"sends|{school}", system.cursor_key(school))
    return pager.page(*system.sends(school).page(after=pager.after(cursor), limit=limit))


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
    missing = [retry for send in sends for retry in send.retries if retry not in known]
    known |= {retry: system.sends(school).get(retry) for retry in missing[:_RETRIES_READ]}
    return sum(figures.still_failed(send, known) for send in sends)


def list_recipients(
    system: System, school: str, send: str, wanted: RecipientFilter, *, cursor: str | None = None, limit: int = PAGE
) -> Page[Recipient]:
    """One page of those of a send's ledger who are wanted. It can be short where few match: ``next`` goes on."""
    found = get_send(system, school, send)
    pager = Pager(f"recipients|{school}|{send}|{wanted.state}|{wanted.reason}|{wanted.q}", system.cursor_key(school))
    chunk, index = (int(part) for part in pager.place(cursor) or (1, 0))
    rows, following = _rows(_walk(system, school, found, (chunk, index)), wanted, limit)
    return pager.page(_recipients(rows, found, _got_in(system, school, found)), following)


def all_recipients(system: System, school: str, send: Send, wanted: RecipientFilter, most: int) -> Iterator[list[Recipient]]:
    """All of a send's ledger who are wanted, some hundreds at a time; ``Conflict`` where there are more than ``most``."""
    place: _Place | None = (1, 0)
    rows: list[tuple[Mail, MailAccount]] = []
    while place is not None:
        more, place = _rows(_walk(system, school, send, place), wanted, most + 1 - len(rows))
        rows += more
        if len(rows) > most:
            raise Conflict(f"More than {most:,} people are too many for one file. Choose one state and download each by itself.")
    got_in = _got_in(system, school, send)
    for start in range(0, len(rows), _AT_ONCE):
        yield _recipients(rows[start : start + _AT_ONCE], send, got_in)


def _recipients(rows: Sequence[tuple[Mail, MailAccount]], send: Send, got_in: _GotIn) -> list[Recipient]:
    found = got_in([account.person for _, account in rows if account.person])
    recipients = []
    for mail, account in rows:
        set_at = found.get(account.person)
        recipients.append(
            Recipient(
                person=account.person,
                name=account.name,
                email=mail.to or None,
                state=mail.state,
                reason=mail.reason,
                at=mail.at,
                password_set_at=set_at if set_at is not None and set_at >= send.created_at else None,
                detail=mail.detail,
            )
        )
    return recipients


def _got_in(system: System, school: str, send: Send) -> _GotIn:
    """When each of some people has set a password, by the roll; or used the invitation."""
    if send.kind == "parent_invitation":
        invitations = system.invitations(school)
        return lambda ids: {each.id: each.used_at for each in invitations.by_ids(ids).values()}
    roll = read_roll(system, school)
    return lambda ids: {each: entry.password_set_at for each in ids if (entry := roll.by_id(each)) is not None}


def _rows(walk: Iterator[_Step], wanted: RecipientFilter, limit: int) -> tuple[list[tuple[Mail, MailAccount]], _Place | None]:
    """The rows that are wanted, and the place of the first one that is not among them."""
    rows: list[tuple[Mail, MailAccount]] = []
    for here, mail, account in walk:
        if mail is None or account is None:
            return rows, here
        if wanted.matches(mail, account):
            if len(rows) == limit:
                return rows, here
            rows.append((mail, account))
    return rows, None


def _walk(system: System, school: str, send: Send, place: _Place) -> Iterator[_Step]:
    """Every account from a place on; ends with a place and no account where one request has read enough."""
    if not send.chunks:
        return  # what stands in the ledger may be a plan that was given up
    first, skip = place
    after = first - 1
    for _ in range(_READS):
        chunks, following = system.ledger(school).chunk_page(send.id, after=after)
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
