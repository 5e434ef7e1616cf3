"""What helps somebody who cannot log in, in a few words: for files, where no button can stand."""

from collections.abc import Mapping
from typing import Final

from latchkey.people.model.standings import Reason

HELPS: Final[Mapping[Reason, str]] = {
    "disabled": "Switch the account on, if it is to be used",
    "locked": "Send a new password link; it unlocks",
    "duplicate": "Look at the pair, and merge the two accounts",
    "link_unused": "Remind them of the link, or print a slip",
    "code_unused": "Remind them of the code, or print it again",
    "complained": "Ask for another address, or print a slip",
    "dead_address": "Correct the address, or print a slip",
    "school_filter": "Have the school's mail filter let our mail in; the mail doctor has the text",
    "our_fault": "Tell the people who run this site; the mail doctor says why",
    "unconfirmed": "Ask again to confirm the address, or correct it",
    "link_expired": "Send a new password link",
    "never_sent": "Send a password link",
    "code_expired": "Print a new code, or add an address",
    "no_address_parent": "Ask the parent, who sees the PIN; or print a slip, or add an address",
    "no_address": "Print a slip, or add an address",
}
