"""Keep the outlines of large messages: a worker's, who sees in the table's stream what has changed in their ledgers.

    asked for ──▶ made from the whole ledger, once     chunks changed ──▶ laid over it, where there is one

All of one message comes by one shard, in order, so the last of a chunk is in it in the end, however often a batch comes again.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from latchkey.errors import Changed, TryLater
from latchkey.sends.model.outline import outline_of
from latchkey.sends.needs import System
from latchkey.sends.stores.outlines import Outlines, Said, State, said_in

_TRIES: Final = 20


def outlines_in(records: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Said]]:
    """What a batch of the stream says of messages, by school and message."""
    return said_in(records)


def keep_outlines(system: System, school: str, said: Mapping[str, Said]) -> None:
    """Keep the outlines of a school's messages, of which a batch says this; nothing of those that have none."""
    outlines = system.outlines(school)
    if not outlines.can_read:
        return
    for send, state in outlines.some(said).items():
        _keep(system, outlines, send, state, said[send])


def _keep(system: System, outlines: Outlines, send: str, state: State, said: Said) -> None:
    for _ in range(_TRIES):
        try:
            if state.wanted:
                _make(system, outlines, send, state)
            elif state.outline is not None:
                laid = state.outline.plus(said.chunks())
                if laid != state.outline:
                    outlines.save(send, state, laid, state.members)
        except Changed:
            found = outlines.some([send]).get(send)
            if found is None:  # it has run out, or its school is gone
                return
            state = found
        else:
            return
    raise TryLater()


def _make(system: System, outlines: Outlines, send_id: str, before: State) -> None:
    send = system.sends(outlines.school).some([send_id])[send_id]
    if send is None or not send.chunks:
        return
    outline, members = outline_of(system.ledger(outlines.school).chunks(send_id), send.chunks)
    key = outlines.put_members(members)
    try:
        outlines.save(send_id, before, outline, key)
    except Changed:
        outlines.drop(key)
        raise
    outlines.drop(before.members)
