"""Whose mail system a domain's mail goes to, by its MX records, and the text for who looks after it, in that system's words.

Google: "Customize spam filter settings", "Restrict messages to authorized addresses", "Find messages with Email Log Search".
Microsoft: "Create safe sender lists in EOP", "Mail flow rules in Exchange Online", "Message trace", "Manage quarantine".
"""

from collections.abc import Sequence
from typing import Final, Literal

from latchkey.sends.model.blame import Sender
from latchkey.sends.model.domains import DomainCounts, is_silent

MailSystem = Literal["google", "microsoft", "other", "none", "unknown"]
"""``none``: the domain takes no mail by DNS; ``unknown``: DNS did not answer."""
NAMES: Final[dict[MailSystem, str]] = {
    "google": "Google Workspace",
    "microsoft": "Microsoft 365",
    "other": "another mail system",
    "none": "nobody: the domain has no mail server",
    "unknown": "we could not find out who",
}
_GOOGLE: Final = ("google.com", "googlemail.com", "psmtp.com")
_MICROSOFT: Final = ("outlook.com", "office365.us", "microsoft.com", "mx.microsoft")


def system_of(servers: Sequence[str] | None) -> MailSystem:
    """By the names of the mail servers, as DNS has them; None: it did not answer."""
    if servers is None:
        return "unknown"
    hosts = [server.rstrip(".").lower() for server in servers]
    if not any(hosts):
        return "none"
    for system, ends in (("google", _GOOGLE), ("microsoft", _MICROSOFT)):
        if any(host == end or host.endswith(f".{end}") for host in hosts for end in ends):
            return "google" if system == "google" else "microsoft"
    return "other"


def for_its_manager(domain: str, counts: DomainCounts, sender: Sender, system: MailSystem) -> str | None:
    """The text for who looks after a domain's mail; None where nothing is wrong with how it takes ours."""
    if is_silent(domain, counts):
        begin = _SILENT.format(delivered=_people(counts.delivered), domain=domain)
    elif counts.refused_by_filter:
        begin = _REFUSED.format(refused=_people(counts.refused_by_filter), domain=domain)
    else:
        return None
    steps = _STEPS.get(system, "\n\n".join(_STEPS.values()))
    return _TEXT.format(begin=begin, sender=sender, steps=steps)


def _people(count: int) -> str:
    return "one person" if count == 1 else f"{count:,} people"


_SILENT: Final = """\
Please look where our password mails are put at {domain}.

Your mail system has taken our mail to {delivered}, and none of them has used the link in it. Such mail is as a rule in a
quarantine or among spam, where its readers do not see it, or a rule deletes it."""
_REFUSED: Final = """\
Please let our password mails through the mail filter of {domain}.

Your mail system has refused our mail to {refused} (SMTP 5.7.x: a rule of yours)."""
_TEXT: Final = """\
{begin}

We send people of our school links with which they set a password. Please allow mail from outside, for pupils as well, that has

- this From address: {sender.address}
- or any address of this domain: {sender.domain}
- a DKIM signature of: {sender.dkim}
- this return path (MAIL FROM) domain: {sender.mail_from}

The mail comes through Amazon SES. Please do not allow it by IP address: SES sends from many, and shares them with others. Go
by the From address with its DKIM signature.

{steps}

If links in mails are opened by a scanner first, that does no harm: opening one changes nothing.

Please tell us when it is done: then we try it with a test mail and send again to those who did not get in.
"""
_STEPS: Final[dict[MailSystem, str]] = {
    "google": """\
In Google Workspace (admin.google.com):
1. Reporting, Email log search: search for our From address. It says where the mail went.
2. Apps, Google Workspace, Gmail, Spam, phishing and malware, Spam: add our domain to an approved senders list, with
   "require sender authentication", and let it bypass the spam filter and the quarantine.
3. Apps, Google Workspace, Gmail, Compliance, Restrict delivery: add our domain to the addresses that pupils may get mail
   from.
4. Let out what is in the quarantine (Apps, Google Workspace, Gmail, Manage quarantines). A change can take 24 hours.""",
    "microsoft": """\
In Microsoft 365:
1. Exchange admin center, Mail flow, Message trace: search for our From address. It says where the mail went.
2. Exchange admin center, Mail flow, Rules: add our domain as an exception to every rule that rejects, deletes or redirects
   mail from outside; or make a rule that sets the spam confidence level to -1 for our domain where DKIM passes.
3. Microsoft Defender (security.microsoft.com), Policies & rules, Threat policies, Tenant Allow/Block Lists: see that our
   domain is not blocked.
4. Let out what is in the quarantine (Microsoft Defender, Review, Quarantine).""",
    "other": """\
In other mail systems: look for our From address in the log or the quarantine, and add the address or its domain to the list of
allowed senders, for pupils as well.""",
}
