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
    failed = figures(send.counts).did_not_go
    return max(0, failed - sum(_taken(known.get(retry), failed) for retry in send.retries))


def _taken(retry: Send | None, failed: int) -> int:
    """How many people a retry has taken up: all, until it is planned; those whom it cancelled are to do again."""
    if retry is None:
        return 0
    if retry.chunks:
        return sum(retry.counts.values()) - retry.counts.get("cancelled", 0)
    return 0 if retry.state in {"failed", "cancelled"} else failed


def _sum(counts: Mapping[str, int], states: Iterable[str]) -> int:
    return sum(counts.get(state, 0) for state in states)
