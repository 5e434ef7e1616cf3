"""Mail chunks of a send: take one, compute its links, hand the mails to SES at the account's rate, record what became of each.

Nothing here decides what a link says: that was frozen when the send was planned. So whatever is sent twice (a crash between
SES and the ledger, an answer that got lost) is the same mail with the same link.
"""

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Final, Self, cast

from latchkey.errors import MustWait, NotFound, Poison, TryLater
from latchkey.mail.messages.template import VARIABLES, notice, template
from latchkey.mail.model.account import CONFIRMS, NOTICES, MailAccount
from latchkey.mail.model.mail_html import as_test
from latchkey.mail.model.pace import Slot
from latchkey.mail.stores.mailer import Envelope, Refused, Result, Slow, Unsure
from latchkey.mail.stores.rate import AHEAD, STRETCH, Wait
from latchkey.password_links.model import links
from latchkey.sends import queue_chunks
from latchkey.sends.check_people import Check
from latchkey.sends.model.ledger import grace_of
from latchkey.sends.model.send import WAITS, Chunk, Mail, lane_of, with_state
from latchkey.sends.needs import System
from latchkey.sends.stores.ledger import SendStopped
from latchkey.sends.whose_children import names_of_children
from latchkey.shared.model.messages import Message

_MARGIN: Final = 12.0  # seconds kept for one call of SES that hangs, and for writing the results
_LAST_CALL: Final = 4.0  # seconds in which the last call of all should be answered
_LEASE_MARGIN: Final = 10  # seconds that a lease outlives its function
_PAUSES: Final = (1.0, 2.0, 4.0)  # seconds to wait while SES asks to slow down
_PAGES: Final[Mapping[links.Purpose, str]] = {"confirm": "confirm", "invitation": "join"}
_LATER: Final = 900  # seconds until a chunk comes again that waits for the account
_SOON: Final = 60  # ... or for SES to take more


@dataclass(frozen=True, slots=True)
class Work:
    """Which chunks a message is about: so many, from ``number`` on.

    ``waited``: their send says that it waits. ``last``: see queue_chunks.
    """

    school: str
    send: str
    number: int
    waited: bool = False
    last: int = 0
    chunks: int = 1

    @classmethod
    def of(cls, message: Message) -> Self:
        """The work that a message asks for."""
        return cls(
            message.slug(),
            message.id("send"),
            message.number("chunk"),
            message.flag("waited"),
            message.optional_number("last"),
            message.optional_number("chunks", queue_chunks.TOGETHER) or 1,
        )


@dataclass(slots=True)
class Outcome:
    """What became of a message: mails by the state that they came to, and why chunks have to wait."""

    mails: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)


def deliver_chunks(system: System, work: Work, time_left: Callable[[], float], outcome: Outcome | None = None) -> None:
    """Mail what is still planned in a message's chunks. ``time_left`` in seconds. ``outcome`` is told as it comes.

    What has to wait goes back to the queue as a new message, so that no wait ever counts as a failure; ``TryLater`` is for the
    rest: the same message comes again.
    """
    numbers = range(work.number, work.number + work.chunks)
    check = Check(system, work.school, work.send, numbers)
    later: TryLater | None = None
    outcome = outcome or Outcome()
    for number in numbers:
        try:
            check.renew(range(number, numbers.stop))
            _deliver(system, check, replace(work, number=number), time_left, outcome)
        except SendStopped:
            return  # whoever lets the send go on puts its chunks again
        except TryLater as error:
            later = error
    if later is not None:
        raise later


def _deliver(system: System, check: Check, work: Work, time_left: Callable[[], float], outcome: Outcome) -> None:
    ledger = system.ledger(work.school)
    seconds = int(time_left()) + _LEASE_MARGIN
    try:
        seen = check.seen(work.number)
        chunk = ledger.lease(work.send, work.number, system.now(), seconds, seen=seen, changed=check.changed)
    except NotFound:
        raise Poison("a chunk that does not exist") from None
    if chunk.state == "done":
        return
    delivery = _Delivery(system, check, chunk, time_left)
    wait: MustWait | None = None
    try:
        queue_chunks.go_on(system, work.school, work.send, work.number, work.last)
        delivery.run()
    except MustWait as must:
        wait = must
    finally:
        # Until it is written down, what SES has taken looks lost, and would be sent again after the grace period.
        record = partial(ledger.record, chunk, delivery.mails, system.now())
        recorded = system.persist(record, time_left() - _LAST_CALL)
    if wait is None and recorded.state != "done":
        wait = MustWait("unsure", seconds=grace_of(chunk))  # another worker has or had some of its mails
    changed = zip(chunk.mails, delivery.mails, strict=True)
    outcome.mails.update(after.state for before, after in changed if after.state != before.state)
    if wait is not None:
        outcome.waits[wait.reason] += 1
    _tell(system, work, chunk, wait)


def _tell(system: System, work: Work, chunk: Chunk, wait: MustWait | None) -> None:
    """Write down that the send waits, or no longer does; put back what has to come again."""
    sends = system.sends(work.school)
    if wait is None:
        if work.waited:
            sends.set_waiting(work.send, None, system.now(), origin=chunk.origin)
        return
    says = wait.reason in WAITS
    if says:
        sends.set_waiting(work.send, wait.reason, system.now(), origin=chunk.origin)
    queue_chunks.put_again(
        system, work.school, work.send, work.number, origin=lane_of(chunk), waits=says or work.waited, delay=wait.seconds
    )


class _Delivery:
    """One worker's attempt at one chunk; ``mails`` is what it knows of them."""

    def __init__(self, system: System, check: Check, chunk: Chunk, time_left: Callable[[], float]) -> None:
        self._system = system
        self._check = check
        school = self._school = check.school
        self._chunk = chunk
        self._time_left = time_left
        self.mails = list(chunk.mails)
        self._pauses = iter(_PAUSES)
        self._life = chunk.expires_at - min((mail.at for mail in chunk.mails), default=0)
        tags = {"send": chunk.send, "chunk": str(chunk.number), "school": school.slug}
        logo = system.logo(school.slug, school.settings.logo)
        parts = template(chunk.mail, chunk.language, logo)
        if chunk.test:
            parts = as_test(parts)
        self._envelope = Envelope(school.name, school.settings.reply_to, parts, tags, logo)

    def run(self) -> None:
        """Send until nothing is planned; ``MustWait`` when SES, its rate or the function's time says stop."""
        planned = [place for place, mail in enumerate(self.mails) if mail.state == "planned"]
        parts, unsure = deque([planned] if planned else []), 0
        while parts:
            part = parts.popleft()
            if self._chunk.expires_at <= self._system.now():
                self._note(part, [Result(failure="expired")] * len(part))
                continue
            for slot in self._slots(len(part)):
                places, part = part[: slot.mails], part[slot.mails :]
                mails = [(self.mails[place].to, self._variables(self.mails[place])) for place in places]
                if not self._system.rate.wait_for(slot):
                    part += places  # the slot has passed by
                    continue
                try:
                    part += self._send(places, mails)
                except Refused:  # by halves, so that one bad address hurts nobody else
                    parts.extend((places[: len(places) // 2], places[len(places) // 2 :]))
                except Unsure:
                    unsure += 1
                    if unsure > 1:
                        raise MustWait("unsure", seconds=grace_of(self._chunk)) from None
            if part:
                parts.appendleft(part)
        if unsure:
            raise MustWait("unsure", seconds=grace_of(self._chunk))

    def _send(self, places: list[int], mails: Sequence[tuple[str, dict[str, str]]]) -> list[int]:
        """One call of SES; the places to try again. Its mails are ``sending`` until an answer tells what became of them."""
        before = self.mails[:]
        for place in places:
            self.mails[place] = with_state(before[place], "sending", None, self._system.now())
        try:
            results = self._system.mailer.send(self._envelope, mails)
        except Unsure:
            raise
        except (Slow, Refused, TryLater) as error:
            self.mails = before
            if isinstance(error, TryLater) or (isinstance(error, Refused) and len(places) > 1):
                raise
            results = [Result(failure="refused") if isinstance(error, Refused) else Result()] * len(places)
        self.mails = before
        self._note(places, results)
        waits = next((result.waits for result in results if result.waits), None)
        if waits:
            self._system.mailer.forget()
            raise MustWait(waits, seconds=_LATER)
        again = [place for place, result in zip(places, results, strict=True) if result.again]
        if len(again) == len(places):
            self._rest()
        return again

    def _slots(self, mails: int) -> list[Slot]:
        """When some of the mails may go."""
        account = self._system.mailer.account(self._system.now(), bulk=self._chunk.origin == "admin")
        while True:
            if self._time_left() < _MARGIN + STRETCH or self._system.time() + AHEAD + STRETCH > self._check.until:
                raise MustWait("busy")  # who comes next looks again who has changed
            taken = self._system.rate.take(min(mails, account.left), account.each_second, urgent=lane_of(self._chunk) == "person")
            if not isinstance(taken, Wait):
                late = taken[-1].at - self._system.time() > self._time_left() - _MARGIN
                if late or taken[-1].at > self._check.until:
                    raise MustWait("busy")
                return taken
            if taken.seconds > self._time_left() - _MARGIN:
                raise MustWait("busy")
            self._system.rate.rest(taken.seconds)

    def _rest(self) -> None:
        pause = next(self._pauses, None)
        if pause is None or pause > self._time_left() - _MARGIN:
            raise MustWait("throttled", seconds=_SOON)
        self._system.rate.rest(pause)

    def _variables(self, mail: Mail) -> dict[str, str]:
        chunk, school = self._chunk, self._school
        if chunk.notice is not None:
            console = f"{self._system.settings['ORIGIN']}/admin/{school.slug}"
            return notice(school, chunk.mail, chunk.notice, console, chunk.language)
        accounts = [(self._named(account), self._link(account)) for account in mail.accounts]
        return VARIABLES[chunk.mail](school, accounts, self._life, chunk.language)

    def _link(self, account: MailAccount) -> str:
        """The link of an account in a mail; empty in one that only tells what has happened."""
        chunk, origin = self._chunk, self._system.settings["ORIGIN"]
        if chunk.mail in NOTICES:
            return ""
        if chunk.test:
            return f"{origin}/{'join' if chunk.mail == 'parent_invitation' else 'set-password'}#{links.DUMMY}"
        if chunk.mail == "parent_invitation":
            purpose: links.Purpose = "invitation"
        else:
            purpose = "confirm" if chunk.mail in CONFIRMS else cast("links.Purpose", chunk.mail)
        link = links.Link(purpose, self._school.slug, account.person, chunk.expires_at, account.version, account.stamp)
        return f"{origin}/{_PAGES.get(purpose, 'set-password')}#{links.token(link, self._key)}"

    def _named(self, account: MailAccount) -> MailAccount:
        children = self._children.get(account.person)
        return replace(account, children=children) if children else account

    @cached_property
    def _children(self) -> Mapping[str, tuple[str, ...]]:
        return names_of_children(self._system, self._school, self._chunk)

    @cached_property
    def _key(self) -> bytes:
        return self._system.link_key(self._school.slug, self._school.link_epoch)

    def _note(self, places: Sequence[int], results: Sequence[Result]) -> None:
        now = self._system.now()
        for place, result in zip(places, results, strict=True):
            if result.sent:
                self.mails[place] = with_state(self.mails[place], "sent", None, now)
            elif result.failure == "expired":
                self.mails[place] = with_state(self.mails[place], "expired", None, now)
            elif result.failure:
                self.mails[place] = with_state(self.mails[place], "failed", result.failure, now)
            elif result.unsure:
                self.mails[place] = with_state(self.mails[place], "sending", None, now)
