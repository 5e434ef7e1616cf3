"""Mail one chunk that a worker has taken: compute its links, hand the mails to SES in the account's slots, note how each went."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final, cast

from latchkey.errors import MustWait, TryLater
from latchkey.mail.messages.template import OF_ONE, VARIABLES, notice, of_one, template
from latchkey.mail.model.account import CONFIRMS, NOTICES, MailAccount
from latchkey.mail.model.mail_html import as_test
from latchkey.mail.stores.mailer import Envelope, Refused, Result, Slow, Unsure
from latchkey.password_links.model import links
from latchkey.sends.check_people import Check
from latchkey.sends.model.ledger import grace_of
from latchkey.sends.model.send import Chunk, Mail, with_state
from latchkey.sends.needs import System
from latchkey.sends.take_slots import MARGIN, Slots
from latchkey.sends.whose_children import names_of_children

_PAUSES: Final = (1.0, 2.0, 4.0)  # seconds to wait while SES asks to slow down
_PAGES: Final[Mapping[links.Purpose, str]] = {"confirm": "confirm", "invitation": "join"}
_LATER: Final = 900  # seconds until a chunk comes again that waits for the account
_SOON: Final = 60  # ... or for SES to take more


class ChunkMailer:
    """One worker's attempt at one chunk; ``mails`` is what it knows of them."""

    def __init__(self, system: System, check: Check, chunk: Chunk, slots: Slots, time_left: Callable[[], float]) -> None:
        self._system = system
        school = self._school = check.school
        self._slots = slots
        self._chunk = chunk
        self._time_left = time_left
        self.mails = list(chunk.mails)
        self._pauses = iter(_PAUSES)
        self._life = chunk.expires_at - min((mail.at for mail in chunk.mails), default=0)
        # Where SES's events of it go: what one person asked for is sent again after a minute without an event (``grace_of``).
        tags = {"send": chunk.send, "chunk": str(chunk.number), "school": school.slug, "origin": chunk.origin}
        logo = system.logo(school.slug, school.settings.logo)
        self._of_one = chunk.mail in OF_ONE and all(
            len(mail.accounts) == 1 and not mail.accounts[0].unconfirmed for mail in chunk.mails
        )
        parts = template(chunk.mail, chunk.language, logo, of_one=self._of_one)
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
            slot = self._slots.next(len(part), self._chunk)
            places, rest = part[: slot.mails], part[slot.mails :]
            mails = [(self.mails[place].to, self._variables(self.mails[place])) for place in places]
            if not self._system.rate.wait_for(slot):
                parts.appendleft(part)  # the slot has passed by
                continue
            try:
                rest += self._send(places, mails)
            except Refused:  # by halves, so that one bad address hurts nobody else
                parts.extend((places[: len(places) // 2], places[len(places) // 2 :]))
            except Unsure:
                unsure += 1
                if unsure > 1:
                    raise MustWait("unsure", seconds=grace_of(self._chunk)) from None
            if rest:
                parts.appendleft(rest)
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

    def _rest(self) -> None:
        pause = next(self._pauses, None)
        if pause is None or pause > self._time_left() - MARGIN:
            raise MustWait("throttled", seconds=_SOON)
        self._system.rate.rest(pause)

    def _variables(self, mail: Mail) -> dict[str, str]:
        chunk, school = self._chunk, self._school
        if chunk.notice is not None:
            console = f"{self._system.settings['ORIGIN']}/admin/{school.slug}"
            return notice(school, chunk.mail, chunk.notice, console, chunk.language)
        if self._of_one:
            (account,) = mail.accounts
            return of_one(school, account, self._link(account), self._life, chunk.language)
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
