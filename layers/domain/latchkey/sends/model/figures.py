"""The figures of a send that people read. Pages, lists, files and answers take them from here, so that they agree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from latchkey.sends.model.mail_states import OPEN, OUT
from latchkey.sends.model.send import Send
from latchkey.sends.model.send_actions import RETRIED

_KEPT_BACK: Final = frozenset({"skipped", "cancelled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """People, not mails. Together they are everybody whom the send means, each once."""

    went_out: int
    to_go: int
    did_not_go: int
    kept_back: int


def went_out(counts: Mapping[str, int]) -> int:
    """To how many people a link has left us: sent, delayed, delivered, and also bounced and complained.

    A mail that came back or was called spam went out as well: the mail service took it, it counts against the quota, and its link
    may have been read. What came of it is another figure. Failed, expired, cancelled and skipped mails never left.
    """
    return _sum(counts, OUT)


def figures(counts: Mapping[str, int]) -> Figures:
    """The figures of one send, from its ``counts``: people by the state of their mail."""
    return Figures(
        went_out=went_out(counts), to_go=_sum(counts, OPEN), did_not_go=_sum(counts, RETRIED), kept_back=_sum(counts, _KEPT_BACK)
    )


def still_failed(send: Send, known: Mapping[str, Send | None]) -> int:
    """How many of a send's people still wait for a mail that did not go: those whom a retry has taken up count in the retry only.

    ``known`` are its retries by id, None for one that was never made.
    """
    return _still(figures(send.counts).did_not_go, send.retries, known)


def got_nothing(send: Send, known: Mapping[str, Send | None]) -> int:
    """How many got nothing because the send was stopped, and have been taken up by no other since. ``known`` as above."""
    return _still(send.counts.get("cancelled", 0), send.rests, known)


def _still(left: int, takers: Iterable[str], known: Mapping[str, Send | None]) -> int:
    return max(0, left - sum(_taken(known.get(taker), left) for taker in takers))


def _taken(taker: Send | None, left: int) -> int:
    """How many people another send has taken up: all, until it is planned; those whom it cancelled are to do again."""
    if taker is None:
        return 0
    if taker.chunks:
        return sum(taker.counts.values()) - taker.counts.get("cancelled", 0)
    return 0 if taker.state in {"failed", "cancelled"} else left


def _sum(counts: Mapping[str, int], states: Iterable[str]) -> int:
    return sum(counts.get(state, 0) for state in states)
