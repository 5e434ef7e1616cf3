"""Look at what all schools share: the mail service, the sender's DNS, and whether anybody reads the alarms.

Five calls and one second of DNS at most; what does not answer in its time is kept as not seen. Nothing here raises for it.
"""

from latchkey.preflight.model.facts import Dns, Seen, Site, Texts, Unseen
from latchkey.preflight.model.records import dmarc_names
from latchkey.preflight.site_needs import SiteSystem
from latchkey.shared.stores.dns import Answers


def look_at_site(system: SiteSystem) -> Site:
    """What is found; it is kept for pages."""
    settings, mail = system.settings, system.mail_service
    identity = mail.identity(settings["MAIL_IDENTITY"])
    envelope, tokens = ("", ()) if isinstance(identity, Unseen) else (identity.mail_from, identity.tokens)
    name = settings["MAIL_IDENTITY"]
    hosts = tuple(f"{token}._domainkey.{name}" for token in tokens)
    site = Site(
        at=system.now(),
        sender=settings["MAIL_FROM"],
        identity_name=name,
        account=mail.account(),
        identity=identity,
        configuration=mail.configuration(settings["CONFIGURATION_SET"]),
        alarms=system.alarm_topic.subscriptions() if settings["ALARM_TOPIC"] else Unseen("unset"),
        dns=_dns(system, settings["MAIL_FROM"].rpartition("@")[2], envelope, hosts),
    )
    system.kept_looks.put_site(site)
    return site


def _dns(system: SiteSystem, domain: str, envelope: str, dkim: tuple[str, ...]) -> Dns:
    """All records at once."""
    names = dmarc_names(domain) if domain else ()
    found = system.dns.ask(
        [
            *((name, "TXT") for name in names),
            *(((envelope, "TXT"),) if envelope else ()),
            *((name, "CNAME") for name in dkim),
        ]
    )
    return Dns(
        spf=_seen(found[envelope, "TXT"]) if envelope else Unseen("unset"),
        dmarc={name: _seen(found[name, "TXT"]) for name in names},
        dkim={name: _seen(found[name, "CNAME"]) for name in dkim},
    )


def _seen(answers: Answers) -> Seen[Texts]:
    return Unseen("silent") if answers is None else answers
