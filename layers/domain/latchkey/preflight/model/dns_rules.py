"""The DNS of the sender's domain, judged: would Google and Microsoft believe that a mail is from the school?"""

from latchkey.preflight.model.checks import Check, unseen
from latchkey.preflight.model.facts import Identity, Seen, Site, Texts, Unseen
from latchkey.preflight.model.records import Dmarc, dmarc_names, dmarc_of, is_aligned, lets_ses_send, spf_of

_SPF = "v=spf1 include:amazonses.com ~all"
_DMARC = "v=DMARC1; p=none;"


def dns_checks(site: Site) -> list[Check]:
    """SPF of the return path, DKIM's records, DMARC, and whether what signs belongs to the sender (alignment)."""
    found = [_spf(site), _dmarc(site), _alignment(site)]
    records = _dkim_records(site)
    return [records, *found] if records else found


def _spf(site: Site) -> Check:
    name, title, envelope = "spf", "SPF: who may send", site.envelope
    if not envelope:
        return Check(name=name, title=title, state="ok", text="The return path is Amazon’s, which has its own SPF record.")
    texts = site.dns.spf
    if isinstance(texts, Unseen):
        return unseen(name, title, texts, f"The TXT records of {envelope} (SPF)", who="it")
    records = spf_of(texts)
    if len(records) == 1 and lets_ses_send(records[0]):
        return Check(name=name, title=title, state="ok", text=f"{envelope} lets the mail service send (SPF).")
    if len(records) > 1:
        return Check(
            name=name,
            title=title,
            state="warn",
            text=f"{envelope} has {len(records)} SPF records. Mail servers then read none of them.",
            fix=f"Leave one TXT record that begins with v=spf1 at {envelope}: {_SPF}",
            who="it",
        )
    there = f"The SPF record of {envelope} does not name the mail service" if records else f"{envelope} has no SPF record"
    return Check(
        name=name,
        title=title,
        state="warn",
        text=f"{there}, so mail servers do not know that it may send for the school.",
        fix=f"{'Change the' if records else 'Add a'} TXT record at {envelope} to: {_SPF}",
        who="it",
    )


def _dkim_records(site: Site) -> Check | None:
    """Whether DNS has what SES signs with; nothing to say where SES itself says that it has not seen it."""
    identity, name, title = site.identity, "dkim_records", "DKIM’s records in DNS"
    if isinstance(identity, Unseen) or identity.dkim != "SUCCESS" or not site.dns.dkim:
        return None
    silent = next((found for found in site.dns.dkim.values() if isinstance(found, Unseen)), None)
    gone = [host for host, found in site.dns.dkim.items() if found == ()]
    if gone:
        records = "; ".join(f"{host} CNAME {host.partition('.')[0]}.dkim.amazonses.com" for host in gone)
        return Check(
            name=name,
            title=title,
            state="warn",
            text=f"{len(gone)} of {len(site.dns.dkim)} DKIM records are no longer in DNS. Mail servers cannot check who signed.",
            fix=f"Put them back: {records}",
            who="it",
        )
    if silent is not None:
        return unseen(name, title, silent, f"The DKIM records of {site.identity_name}", who="it")
    return Check(name=name, title=title, state="ok", text="DKIM’s records are in DNS.")


def _dmarc(site: Site) -> Check:
    name, title = "dmarc", "DMARC: what receivers are asked for"
    found = _policies(site)
    if isinstance(found, Unseen):
        return unseen(name, title, found, f"The TXT records of {dmarc_names(site.domain)[0]} (DMARC)", who="it")
    if len(found) == 1:
        return Check(name=name, title=title, state="ok", text=f"{site.domain} has a DMARC record (policy {found[0].policy}).")
    host = dmarc_names(site.domain)[0]
    text, fix = (
        (f"{site.domain} has no DMARC record. Google and Yahoo want to see one.", f"Add a TXT record at {host}: {_DMARC}")
        if not found
        else (
            f"{site.domain} has {len(found)} DMARC records. Mail servers then read none of them.",
            f"Leave one TXT record that begins with v=DMARC1 at {host}",
        )
    )
    return Check(name=name, title=title, state="warn", text=text, fix=fix, who="it")


def _alignment(site: Site) -> Check:
    """DMARC believes a mail whose signature or return path is of the sender's own domain."""
    name, title, identity = "alignment", "The sender is believed", site.identity
    if isinstance(identity, Unseen):
        return unseen(name, title, identity, "Whether signature and return path belong to the sender")
    found = _policies(site)
    policy = found[0] if not isinstance(found, Unseen) and len(found) == 1 else Dmarc("none")
    if _signature_is_aligned(site, identity, policy) or _path_is_aligned(site, identity, policy):
        if isinstance(found, Unseen):
            return unseen(name, title, found, "What the sender’s DMARC record asks for", who="it")
        return Check(name=name, title=title, state="ok", text=f"Mail from {site.sender} proves that it is from {site.domain}.")
    asked = {"none": "put much of it into spam", "quarantine": "put it into spam", "reject": "refuse it"}[policy.policy]
    return Check(
        name=name,
        title=title,
        state="warn" if policy.policy == "none" else "stop",
        text=f"Neither the signature nor the return path of our mail is of {site.domain}, so mail servers do not believe the "
        f"sender and {asked}.",
        fix=f"Have {site.domain} verified in SES with its DKIM records (make verify prints them), or set MailFromDomain to a "
        f"subdomain of {site.domain} and deploy.",
    )


def _signature_is_aligned(site: Site, identity: Identity, policy: Dmarc) -> bool:
    signs = identity.signs and identity.dkim == "SUCCESS" and "@" not in site.identity_name
    return signs and is_aligned(site.domain, site.identity_name, strict=policy.strict_dkim)


def _path_is_aligned(site: Site, identity: Identity, policy: Dmarc) -> bool:
    texts = site.dns.spf
    passes = not isinstance(texts, Unseen) and len(spf_of(texts)) == 1 and lets_ses_send(spf_of(texts)[0])
    return (
        identity.mail_from_status == "SUCCESS"
        and passes
        and is_aligned(site.domain, identity.mail_from, strict=policy.strict_spf)
    )


def _policies(site: Site) -> list[Dmarc] | Unseen:
    """The records that count: the domain's own, else its organisation's."""
    seen: Seen[Texts] = Unseen("unset")
    for host in dmarc_names(site.domain):
        seen = site.dns.dmarc.get(host, Unseen("unset"))
        if isinstance(seen, Unseen):
            return seen
        if found := dmarc_of(seen, below=host != f"_dmarc.{site.domain}"):
            return found
    return []
