"""The password links that a chunk has mailed, as the roll knows them."""

from collections.abc import Iterator
from typing import Final, cast

from latchkey.roll.model.entry import LinkFact, LinkState
from latchkey.sends.model.mail_states import OPEN, OUT
from latchkey.sends.model.refusals import fault_of
from latchkey.sends.model.send import Chunk

_WITH_LINKS: Final = frozenset({"welcome", "reset"})


def links_of(chunk: Chunk) -> Iterator[tuple[str, LinkFact | None]]:
    """The ids of the people of an admin's chunk, each with the link that was mailed to them or is to be; None: it will not be."""
    if chunk.origin != "admin" or chunk.test or chunk.mail not in _WITH_LINKS:
        return
    for mail in chunk.mails:
        if mail.state not in OUT and mail.state not in OPEN:
            yield from ((account.person, None) for account in mail.accounts)
            continue
        state = cast("LinkState", mail.state)  # the states of both
        fault = fault_of(mail.reason) if state == "bounced" else None
        for account in mail.accounts:
            yield account.person, LinkFact(chunk.send, mail.to, mail.at, chunk.expires_at, state, account.version, fault)
