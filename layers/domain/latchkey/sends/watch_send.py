"""Watch sends: the list of them, how far one is. What became of each recipient says ``list_recipients``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from latchkey.errors import Invalid, NotFound
from latchkey.sends.model import figures, start_time
from latchkey.sends.model.approval import OPEN_FOR
from latchkey.sends.model.in_words import waits_for
from latchkey.sends.model.send import Send
from latchkey.sends.model.send_request import KINDS
from latchkey.sends.needs import System
from latchkey.shared.model.ids import is_id
from latchkey.shared.model.pages import LONGEST_PAGE, PAGE, Page, Pager

_RETRIES_READ: Final = 5
_PAGES_READ: Final = 8
LISTED_STATES: Final = ("queued", "running", "paused", "finished", "cancelled", "failed")


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
