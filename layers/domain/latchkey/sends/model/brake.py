"""The brake of a send: too many bounces or complaints stop it before the mail service stops everybody."""

from collections.abc import Mapping
from typing import Final, Literal

from latchkey.sends.model.send import Send

Brake = Literal["brake_bounces", "brake_filter", "brake_ours", "brake_complaints"]
BRAKES: Final[Mapping[Brake, str]] = {
    "brake_bounces": "5 % of the mails came back because the address does not take mail. Check the addresses, then resume it.",
    "brake_filter": (
        "Too many mails came back because a mail filter lets no mail from this site through. The addresses may be right, and "
        "nobody is marked. Have the people who look after the filter allow this site, then resume the message, and send again "
        "to those who were refused."
    ),
    "brake_ours": (
        "Too many mails came back because mail servers do not trust this site as a sender. The addresses may be right, and "
        "nobody is marked. Have the people who run this site mend that, then resume the message, and send again to those who "
        "were refused."
    ),
    "brake_complaints": "One reader in 1,000 called the mail spam. Find out why, then resume it.",
}
"""Why the brake paused a send, as sentences."""

_ENOUGH: Final = 20  # mails before bounces say anything
_BOUNCES: Final = 20  # one in so many: 5 %, where SES looks into an account
_ENOUGH_FOR_COMPLAINTS: Final = 1_000
_COMPLAINTS: Final = 1_000  # one in so many: 0.1 %


def brake_reason(send: Send) -> Brake | None:
    """Why a send has to be paused; counted since it was started, or resumed after its brake had paused it."""
    # Word of a mail can come before its worker has written down that it went: those in hand are out, too.
    out = send.tally.out - send.braked.out + send.counts.get("sending", 0)
    hard = send.tally.hard - send.braked.hard
    complained = send.tally.complained - send.braked.complained
    if complained > 0 and out >= _ENOUGH_FOR_COMPLAINTS and complained * _COMPLAINTS >= out:
        return "brake_complaints"
    if hard > 0 and out >= _ENOUGH and hard * _BOUNCES >= out:
        return "brake_bounces"
    return None
