"""What SES says of the account, the sender and the alarms, judged: may mail go, and does anybody hear when it does not?"""

from typing import Final

from latchkey.preflight.model.checks import Check, unseen
from latchkey.preflight.model.facts import Account, Alarms, Configuration, Identity, Site, Unseen

TOLD: Final = ("DELIVERY", "BOUNCE", "COMPLAINT", "REJECT")
"""What SES has to tell of each mail, or Latchkey never learns what became of it."""
_FOR_EXAMPLES: Final = frozenset({"example", "invalid", "localhost", "test"})
"""Names that nobody can have (RFC 2606): a stack on a laptop mails from one. No real domain is without DKIM's records in SES."""
_CONSOLE: Final = "In the AWS console, Amazon SES"


def account_checks(site: Site) -> list[Check]:
    """Whether SES takes mail at all: out of its sandbox, and not paused."""
    account = site.account
    if isinstance(account, Unseen):
        return [
            unseen("mail_sandbox", "The mail service’s sandbox", account, "Whether the mail service sends to everybody"),
            unseen("mail_paused", "The mail service is on", account, "Whether the mail service sends at all"),
        ]
    return [_sandbox(account), _paused(account)]


def _sandbox(account: Account) -> Check:
    name, title = "mail_sandbox", "The mail service’s sandbox"
    if account.production:
        return Check(name=name, title=title, state="ok", text="The mail service sends to everybody: it is out of its sandbox.")
    return Check(
        name=name,
        title=title,
        state="stop",
        text="The mail service is in its sandbox: it mails a few verified addresses only. Every message to people waits.",
        fix=f"{_CONSOLE}, Account dashboard, press Request production access; docs/deploy.md, Before day one, says how. "
        "AWS takes about a day.",
    )


def _paused(account: Account) -> Check:
    name, title = "mail_paused", "The mail service is on"
    if not account.enabled or account.enforcement == "SHUTDOWN":
        return Check(
            name=name,
            title=title,
            state="stop",
            text="Amazon has paused this account’s mail. Every message waits.",
            fix=f"{_CONSOLE}, Reputation metrics, read why it was paused, mend that, and answer the case that AWS has opened.",
        )
    if account.enforcement not in {"", "HEALTHY"}:
        return Check(
            name=name,
            title=title,
            state="warn",
            text="Amazon is reviewing this account, because too much of its mail came back or was called spam. It may pause it.",
            fix=f"{_CONSOLE}, Reputation metrics, read what AWS asks for. Until it is settled, mail only addresses that are "
            "known to work.",
        )
    return Check(name=name, title=title, state="ok", text="The mail service is on, and Amazon has nothing against this account.")


def identity_checks(site: Site) -> list[Check]:
    """Whether SES lets mail go from the sender's address, signed, from an envelope of its own."""
    identity, name = site.identity, site.identity_name
    if isinstance(identity, Unseen):
        what = f"What the mail service knows of {name}"
        titles = {"sender": "The sender", "dkim": "DKIM: signed mail", "mail_from": "MAIL FROM: the return path"}
        return [unseen(each, title, identity, what) for each, title in titles.items()]
    return [_sender(site, identity), _dkim(site, identity), _mail_from(site, identity)]


def _sender(site: Site, identity: Identity) -> Check:
    name, title = "sender", "The sender"
    if identity.verified:
        return Check(name=name, title=title, state="ok", text=f"The mail service lets mail go from {site.sender}.")
    text = "knows nothing of" if not identity.known else "has not verified"
    return Check(
        name=name,
        title=title,
        state="stop",
        text=f"The mail service {text} {site.identity_name}, so no mail from {site.sender} goes out.",
        fix=f"Run make verify: it prints the DNS records that {site.identity_name} needs. Give them to who looks after that "
        "domain’s DNS; the mail service sees them within hours.",
    )


def _dkim(site: Site, identity: Identity) -> Check:
    name, title = "dkim", "DKIM: signed mail"
    if "@" in site.identity_name:
        return Check(
            name=name,
            title=title,
            state="warn",
            text=f"Only the address {site.identity_name} is verified, so mail is signed by Amazon and not by {site.domain}. "
            "Google and Microsoft put much of such mail into spam.",
            fix=f"Verify the domain: set MailIdentity to {site.domain}, deploy, and put the records that make verify "
            "prints into DNS.",
        )
    if identity.signs and identity.dkim == "SUCCESS":
        return Check(name=name, title=title, state="ok", text=f"Mail is signed by {site.identity_name} (DKIM).")
    if not identity.tokens and site.identity_name.rpartition(".")[2] in _FOR_EXAMPLES:
        return Check(
            name=name,
            title=title,
            state="warn",
            text=f"{site.identity_name} is a name for examples: it cannot sign mail, and its mail goes nowhere but this machine.",
            fix="Before real people are mailed, set MailFrom to an address of a domain of yours and deploy.",
        )
    records = "; ".join(f"{each}._domainkey.{site.identity_name} CNAME {each}.dkim.amazonses.com" for each in identity.tokens)
    off = identity.dkim == "SUCCESS"
    return Check(
        name=name,
        title=title,
        state="stop",
        text=f"Mail is not signed by {site.identity_name} (DKIM): "
        + ("signing is switched off." if off else "its records are not in DNS, or are wrong.")
        + " Google and Microsoft refuse it or put it into spam.",
        fix=f"{_CONSOLE}, Identities, {site.identity_name}, Authentication, switch DKIM signatures on."
        if off
        else "Put these records into DNS: " + (records or "make verify prints them") + ". They are seen within hours.",
        who="operator" if off else "it",
    )


def _mail_from(site: Site, identity: Identity) -> Check:
    name, title = "mail_from", "MAIL FROM: the return path"
    if not identity.mail_from:
        return Check(
            name=name,
            title=title,
            state="ok",
            text="The return path is Amazon’s own. That is enough while mail is signed by the sender’s domain (DKIM).",
        )
    if identity.mail_from_status == "SUCCESS":
        return Check(name=name, title=title, state="ok", text=f"The return path is {identity.mail_from} (MAIL FROM).")
    return Check(
        name=name,
        title=title,
        state="stop" if identity.needs_mx else "warn",
        text=f"The mail service does not see the MX record of {identity.mail_from} (MAIL FROM), "
        + ("and refuses to send without it." if identity.needs_mx else "and uses a return path of its own until it does."),
        fix=f"Put this record into DNS: {identity.mail_from} MX 10 feedback-smtp.<region>.amazonses.com, with the region of this "
        "site; make verify prints it whole.",
        who="it",
    )


def configuration_checks(site: Site) -> list[Check]:
    """Whether Latchkey hears what becomes of each mail, and whether SES bans addresses behind its back."""
    found, name, title = site.configuration, "mail_events", "News of each mail"
    if isinstance(found, Unseen):
        return [unseen(name, title, found, "Whether Latchkey hears what becomes of each mail")]
    return [_configuration(found, name, title), _suppression(found)]


def _configuration(found: Configuration, name: str, title: str) -> Check:
    again = "Deploy again: make deploy puts SES’s configuration set and its event destination back as template.yaml has them."
    if not found.known or not found.sends:
        text = "is missing" if not found.known else "is switched off"
        return Check(
            name=name,
            title=title,
            state="stop",
            text=f"SES’s configuration set of this site {text}: no mail goes out.",
            fix=again,
        )
    missing = [each.lower() for each in TOLD if each not in found.tells]
    if missing:
        return Check(
            name=name,
            title=title,
            state="stop",
            text=f"SES does not tell Latchkey what becomes of each mail (missing: {', '.join(missing)}). Nobody would see that "
            "mail comes back, and the brake would not stop a message that goes wrong.",
            fix=again,
        )
    return Check(name=name, title=title, state="ok", text="Latchkey hears what becomes of each mail.")


def _suppression(found: Configuration) -> Check:
    name, title = "suppression", "Banned addresses"
    if "BOUNCE" in found.bans:
        return Check(
            name=name,
            title=title,
            state="warn",
            text="SES bans every address whose mail comes back, for ever: once a school’s filter has refused its mail, a mended "
            "filter changes nothing.",
            fix="Deploy again, so that SES’s configuration set suppresses complaints only, and take the school’s addresses off "
            f"the list: {_CONSOLE}, Suppression list.",
        )
    return Check(name=name, title=title, state="ok", text="SES bans only addresses whose owner has called our mail spam.")


def alarm_checks(site: Site) -> list[Check]:
    """Whether anybody reads the alarms."""
    found, name, title = site.alarms, "alarms", "Somebody reads the alarms"
    if isinstance(found, Unseen):
        return [unseen(name, title, found, "Whether anybody reads the alarms")]
    return [_alarms(found, name, title)]


def _alarms(found: Alarms, name: str, title: str) -> Check:
    if found.confirmed:
        who = "One subscription gets" if found.confirmed == 1 else f"{found.confirmed} subscriptions get"
        return Check(name=name, title=title, state="ok", text=f"{who} the alarms.")
    if found.pending:
        return Check(
            name=name,
            title=title,
            state="warn",
            text="Nobody reads the alarms: who was to get them has not confirmed it. If mail stops tonight, nobody is told.",
            fix="Open the mail “AWS Notification - Subscription Confirmation” and follow its link; after three days deploy "
            "again, which sends a new one.",
        )
    return Check(
        name=name,
        title=title,
        state="warn",
        text="Nobody reads the alarms: nobody is to get them. If mail stops tonight, nobody is told.",
        fix="Set AlarmEmail and deploy again; then follow the link in the mail that AWS sends to that address.",
    )
