"""The newest password link of each person, from the ledgers of the last weeks' sends."""

from typing import Final

from latchkey.roll.model.entry import LinkFact
from latchkey.sends.model.links import links_of
from latchkey.sends.needs import System

LOOKED_AT: Final = 60 * 86_400
"""Seconds: older sends say nothing of who can sign in tomorrow. The longest link lives 14 days."""


def newest_links(system: System, school: str) -> dict[str, LinkFact]:
    """By the person's id. One call for each megabyte of the list of sends and of the ledgers that can matter."""
    since, ledger = system.now() - LOOKED_AT, system.ledger(school)
    found: dict[str, LinkFact] = {}
    for send in system.sends(school).all():
        if send.created_at < since:
            break
        if send.kind == "password_link" and send.chunks:
            of_this = (each for chunk in ledger.chunks(send.id) if chunk.number <= send.chunks for each in links_of(chunk))
            found = dict(of_this) | found  # the newest send comes first
    return found
