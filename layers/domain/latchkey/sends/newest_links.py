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
    out: dict[str, LinkFact] = {}
    to_be: dict[str, LinkFact] = {}
    for send in system.sends(school).all():
        if send.created_at < since:
            break
        if send.kind != "password_link":
            continue
        for chunk in ledger.chunks(send.id):
            for person, link in links_of(chunk) if chunk.number <= send.chunks else ():
                if link is not None:
                    (to_be if link.is_to_be else out).setdefault(person, link)  # the newest send comes first
    return to_be | out
