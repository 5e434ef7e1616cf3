"""What grades and reasons are called: in a list, of one person, and of many ("108 have no e-mail address")."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from latchkey.people.model.standings import Code


@dataclass(frozen=True, slots=True)
class Words:
    """``short``: in a list of people. ``one`` and ``many``: what follows a name or a number."""

    short: str
    one: str
    many: str

    def of(self, count: int) -> str:
        """What follows this number."""
        return self.one if count == 1 else self.many


WORDS: Final[Mapping[Code, Words]] = {
    "signed_in_outside": Words(
        "Ready: logged in from outside",
        "has logged in from outside the school within 30 days",
        "have logged in from outside the school within 30 days",
    ),
    "signed_in": Words("Ready: has logged in", "has logged in", "have logged in"),
    "sso": Words("Ready: school sign-in", "uses the school’s own sign-in", "use the school’s own sign-in"),
    "password_unused": Words(
        "Ready: password not used yet", "has a password and has not used it yet", "have a password and have not used it yet"
    ),
    "sso_unused": Words(
        "Ready: school sign-in, not used yet",
        "uses the school’s own sign-in and has not come with it yet",
        "use the school’s own sign-in and have not come with it yet",
    ),
    "disabled": Words("Account switched off", "has an account that is switched off", "have an account that is switched off"),
    "locked": Words(
        "Locked: too many wrong passwords",
        "is locked out after too many wrong passwords",
        "are locked out after too many wrong passwords",
    ),
    "duplicate": Words(
        "Probably a second account",
        "probably has another account here",
        "probably have another account here",
    ),
    "link_unused": Words("Link not used yet", "was sent a link and has not used it", "were sent a link and have not used it"),
    "code_unused": Words("Code not used yet", "was given a code and has not used it", "were given a code and have not used it"),
    "complained": Words("Called our mail spam", "called mail from the school spam", "called mail from the school spam"),
    "dead_address": Words("Address takes no mail", "has an address that takes no mail", "have an address that takes no mail"),
    "school_filter": Words(
        "Mail filter refused it", "has a mail filter that refused the mail", "have a mail filter that refused the mail"
    ),
    "our_fault": Words(
        "Mail refused: our sender",
        "got no mail because our sender was not trusted",
        "got no mail because our sender was not trusted",
    ),
    "unconfirmed": Words(
        "Address not confirmed",
        "typed an address that nobody has confirmed",
        "typed an address that nobody has confirmed",
    ),
    "link_expired": Words(
        "Link no longer works", "was sent a link that no longer works", "were sent a link that no longer works"
    ),
    "never_sent": Words(
        "Never sent a link", "has an address and was never sent a link", "have an address and were never sent a link"
    ),
    "code_expired": Words(
        "Code no longer works",
        "has no address and a code that no longer works",
        "have no address and a code that no longer works",
    ),
    "no_address_parent": Words(
        "No address; a parent can help",
        "has no e-mail address, but a parent who can help",
        "have no e-mail address, but a parent who can help",
    ),
    "no_address": Words("No e-mail address", "has no e-mail address", "have no e-mail address"),
}
