"""Whose fault it is that a send was braked, and what to tell whoever can mend it."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Final

from latchkey.sends.model.brake import Brake
from latchkey.sends.model.refusals import Fault
from latchkey.sends.model.send import Send

_BRAKES: Final[Mapping[Fault, Brake]] = {"school_filter": "brake_filter", "our_fault": "brake_ours"}


@dataclass(frozen=True, slots=True)
class Sender:
    """How mails of this site introduce themselves: exactly what is configured.

    ``address``: the From address; ``dkim``: the domain that signs (``d=``); ``mail_from``: the domain of the return path.
    """

    address: str
    dkim: str
    mail_from: str

    @property
    def domain(self) -> str:
        """The domain of the From address."""
        return self.address.rpartition("@")[2]


def sender_of(address: str, identity: str, mail_from: str) -> Sender:
    """The sender of settings. SES signs for a domain that is verified, and as amazonses.com for an address that is.

    Without a return path of its own a mail has one of SES's, in the region's name: amazonses.com itself in us-east-1.
    """
    domain = address.rpartition("@")[2]
    dkim = "amazonses.com" if "@" in identity else identity or domain
    return Sender(address, dkim, "amazonses.com" if mail_from in {"", "us-east-1.amazonses.com"} else mail_from)


def blamed(send: Send) -> Fault:
    """Whose fault most of what came back is, since the send was started or last resumed after its brake had paused it."""
    now, before = send.refused, send.refused_before
    dead, filters, ours = (mine - its for mine, its in zip(astuple(now), astuple(before), strict=True))
    most: dict[Fault, int] = {"dead_address": dead, "school_filter": filters, "our_fault": ours}
    return max(most, key=lambda fault: most[fault])  # of equals the first: addresses can be looked at by the school itself


def braked_for(send: Send, reason: Brake) -> Brake:
    """The brake's reason, with whose fault it is."""
    return _BRAKES.get(blamed(send), reason) if reason == "brake_bounces" else reason


def for_it(send: Send, sender: Sender) -> str | None:
    """A text to send to whoever looks after the filter, or after this site; None where neither has refused anything."""
    if not (send.refused.filter or send.refused.ours):
        return None
    if send.refused.filter >= send.refused.ours:
        return _TO_THE_FILTER.format(people=_people(send.refused.filter), sender=sender)
    return _TO_THE_SITE.format(people=_people(send.refused.ours), sender=sender)


def _people(count: int) -> str:
    return f"{count:,} people" if count != 1 else "one person"


_TO_THE_FILTER: Final = """\
Please let our password mails through the mail filter.

We send people of our school links with which they set a password. The mail filter has refused the mail to {people} (SMTP 5.7.x, a
rule of the receiving mail system). Please allow mail from outside, for pupils as well, that has

- this From address: {sender.address}
- or any address of this domain: {sender.domain}
- a DKIM signature of: {sender.dkim}
- this return path (MAIL FROM) domain: {sender.mail_from}

Please do not allow it by IP address: Amazon SES sends from many, and shares them with others.

Google Workspace: Admin console, Apps, Google Workspace, Gmail, Compliance, "Restrict delivery": add the domain to the list of
addresses that pupils may get mail from. It can take 24 hours to work.
Microsoft 365: Exchange admin center, Mail flow, Rules: add the domain as an exception to the rule that rejects mail from outside.
Other filters: add the From address or its domain to the list of allowed senders.

Please tell us when it is done: then we send the mails again.
"""
_TO_THE_SITE: Final = """\
Please mend the sender of our password mails.

Mail servers have refused the mail to {people} because they do not trust the sender. Please check

- the From address: {sender.address}
- that the DKIM records of {sender.dkim} are in the DNS, and that SES calls the identity verified
- that the SPF and MX records of the return path (MAIL FROM) domain are there: {sender.mail_from}
- that a DMARC record is there: _dmarc.{sender.domain}
- SES's reputation page for a warning about this account

"make verify" looks at these. What each server said stands beside each recipient of the send.

Please tell us when it is done: then we send the mails again.
"""
