"""Mail one chunk of a send: take it, compute its links, hand the mails to SES at the account's rate, record what became of each.

Nothing here decides what a link says: that was frozen when the send was planned. So whatever is sent twice (a crash between
SES and the ledger, an answer that got lost) is the same mail with the same link.
"""

from collections.abc import Callable, Sequence
from typing import Final

from latchkey.errors import Poison, TryLater
from latchkey.mails import VARIABLES, template
from latchkey.model import links
from latchkey.model.school import School
from latchkey.model.sends import CHUNK_MAILS, Chunk, Mail, with_state
from latchkey.stores.dynamo import ConditionFailed
from latchkey.stores.mailer import Envelope, Refused, Result, Slow, Unsure
from latchkey.stores.sends import SendStopped
from latchkey.wiring import Wiring

_MARGIN: Final = 12.0  # seconds kept for one call of SES that hangs, and for writing the results
_LEASE_MARGIN: Final = 10  # seconds that a lease outlives its function
_URGENT_SHARE: Final = 1 / 7  # of the rate, for people who are waiting: of SES's usual 14 a second, 2
_PAUSES: Final = (1.0, 2.0, 4.0)  # seconds to wait while SES asks to slow down


def deliver_chunk(system: Wiring, school_slug: str, send: str, number: int, time_left: Callable[[], float]) -> None:
    """Mail what is still planned in a chunk. ``time_left`` in seconds; ``TryLater`` hands back what could not go yet."""
    school = system.kept_schools.get(school_slug)
    if school is None:
        raise Poison("a chunk of a school that does not exist")
    sends = system.sends(school_slug)
    try:
        chunk = sends.lease(send, number, system.now(), int(time_left()) + _LEASE_MARGIN)
    except ConditionFailed as taken:
        if taken.item is None:
            raise Poison("a chunk that does not exist") from None
        if taken.item["state"] == "done":
            return
        raise TryLater("Another worker has this chunk.") from None
    except SendStopped:
        return  # whoever lets it run again puts the chunk on the queue again
    delivery = _Delivery(system, school, chunk, time_left)
    try:
        delivery.run()
    finally:
        recorded = sends.record(chunk, delivery.results, system.now())
    if recorded.state != "done":
        raise TryLater("Some mails of this chunk are with another worker.")


class _Delivery:
    """One worker's go at one chunk."""

    def __init__(self, system: Wiring, school: School, chunk: Chunk, time_left: Callable[[], float]) -> None:
        self._system = system
        self._school = school
        self._chunk = chunk
        self._time_left = time_left
        self._mails = list(chunk.mails)
        self._pauses = iter(_PAUSES)
        self._life = chunk.expires_at - min((mail.at for mail in chunk.mails), default=0)
        tags = {"send": chunk.send, "chunk": str(chunk.number)}
        self._envelope = Envelope(school.name, school.settings.reply_to, template(chunk.mail), tags)

    @property
    def results(self) -> list[Mail]:
        """What is known of each mail; ``sending`` where SES was asked and gave no answer."""
        return self._mails

    def run(self) -> None:
        """Send until nothing is planned; ``TryLater`` when SES or the function's time says stop."""
        while waiting := [place for place, mail in enumerate(self._mails) if mail.state == "planned"]:
            if self._chunk.expires_at <= self._system.now():
                self._note(waiting, [Result(failure="expired")] * len(waiting))
                return
            results = self._send(waiting[: self._allowed(len(waiting))])
            if any(result.tomorrow for result in results):
                raise TryLater("The mail account may not send any more for now.")
            if not any(result.sent or result.failure for result in results):
                self._rest()

    def _allowed(self, waiting: int) -> int:
        """How many mails may go now; waits for it."""
        rate = self._system.mailer.rate(self._system.now())
        left = waiting if rate.left is None else min(waiting, rate.left)
        if left <= 0:
            raise TryLater("The mail account's quota for the day is used up.")
        part = 1 - _URGENT_SHARE if self._chunk.listed else _URGENT_SHARE
        share = rate.each_second * part / int(self._system.settings["DELIVER_CONCURRENCY"])
        taken = self._system.pace.take(min(left, CHUNK_MAILS), share, self._time_left() - _MARGIN)
        if not taken:
            raise TryLater("The rest must wait for the next turn.")
        return taken

    def _rest(self) -> None:
        pause = next(self._pauses, None)
        if pause is None or pause > self._time_left() - _MARGIN:
            raise TryLater("The mail service asks to slow down.")
        self._system.pace.rest(pause)

    def _send(self, places: Sequence[int]) -> list[Result]:
        """One call of SES; where it refuses a call of several mails, halves of it, so that one bad address hurts nobody else.

        While SES is asked its mails are ``sending``, and they stay that if nobody learns what became of them.
        """
        for place in places:
            self._mails[place] = with_state(self._mails[place], "sending", None, self._system.now())
        results = [Result()] * len(places)
        try:
            results = self._system.mailer.send(
                self._envelope, [(self._mails[place].to, self._variables(self._mails[place])) for place in places]
            )
        except Refused:
            if len(places) > 1:
                half = len(places) // 2
                self._note(places, results)
                return [*self._send(places[:half]), *self._send(places[half:])]
            results = [Result(failure="refused")]
        except Slow:
            pass
        except Unsure:
            raise
        except TryLater:
            self._note(places, results)
            raise
        self._note(places, results)
        return results

    def _variables(self, mail: Mail) -> dict[str, str]:
        chunk, school = self._chunk, self._school
        if chunk.mail == "password_changed":
            accounts = [(account, "") for account in mail.accounts]
        else:
            key, page = self._system.link_key(school.slug), f"{self._system.settings['ORIGIN']}/set-password#"
            accounts = [
                (
                    account,
                    page
                    + links.token(
                        links.Link(chunk.mail, school.slug, account.person, chunk.expires_at, account.version, account.stamp), key
                    ),
                )
                for account in mail.accounts
            ]
        return VARIABLES[chunk.mail](school, accounts, self._life)

    def _note(self, places: Sequence[int], results: Sequence[Result]) -> None:
        now = self._system.now()
        for place, result in zip(places, results, strict=True):
            if result.sent:
                self._mails[place] = with_state(self._mails[place], "sent", None, now)
            elif result.failure == "expired":
                self._mails[place] = with_state(self._mails[place], "expired", None, now)
            elif result.failure:
                self._mails[place] = with_state(self._mails[place], "failed", result.failure, now)
            else:
                self._mails[place] = self._chunk.mails[place]
