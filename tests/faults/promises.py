"""What must hold of a send and its ledger, in every state of the small world."""

from typing import NamedTuple

from latchkey.sends.model.send import Chunk, Send


class Broken(Exception):
    """A promise that does not hold."""


class Taken(NamedTuple):
    """What SES has of a mail: how often, when last (quarters), with which link, and whether nobody may know of it."""

    times: int
    quarter: int
    link: str
    unsure: bool


def adds_up(send: Send, chunks: list[Chunk], opened: int) -> None:
    """The numbers of a send, of which ``opened`` mails are open, are those of its chunks."""
    counted: dict[str, int] = {}
    people: list[str] = []
    for chunk in chunks:
        people += [account.person for mail in chunk.mails for account in mail.accounts]
        for state, count in chunk.counts().items():
            counted[state] = counted.get(state, 0) + count
    name = f"send {send.id[-1]}"
    if {state: count for state, count in send.counts.items() if count} != counted or sum(counted.values()) != send.total:
        raise Broken(f"the numbers of {name} do not add up: {dict(send.counts)}, and its ledger {counted}")
    if len(set(people)) != len(people):
        raise Broken(f"somebody stands twice in {name}")
    left = counted.get("planned", 0) + counted.get("sending", 0)
    if opened != left:
        raise Broken(f"{name} counts {opened} open, and its ledger {left}")
    if send.changed != sum(
        len(mail.accounts) for chunk in chunks for mail in chunk.mails if (mail.reason or "").startswith("changed")
    ):
        raise Broken(f"{name} does not know how many had changed")
    if send.state == "finished" and left:
        raise Broken(f"{name} is finished with {left} mails open")
    if not left and (send.state == "running" or send.was_braked):
        raise Broken(f"{name} is {send.state} with nothing left to do")


def is_true(send: str, state: str, reason: str | None, to: str, taken: Taken | None) -> None:
    """Whether what the ledger says of a mail can be true."""
    if state in {"sent", "delivered", "bounced", "delayed", "complained"} and taken is None:
        raise Broken(f"{to} of send {send[-1]} is {state}, and SES never took it")
    if state in {"planned", "failed", "cancelled", "expired", "skipped"} and taken is not None and not taken.unsure:
        if (state, reason) == ("cancelled", "in_hand"):
            return  # it says so itself
        raise Broken(f"{to} of send {send[-1]} is {state}, and it is known that SES took it")
