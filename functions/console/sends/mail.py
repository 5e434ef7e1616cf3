"""How mail fares by receiving domain, and "the address is right: try again"."""

from typing import Any

from console.lists import only
from console.system import system
from latchkey.sends import trust_addresses
from latchkey.sends.model.blame import Sender, sender_of
from latchkey.sends.model.domains import OTHER, DomainCounts, in_order
from latchkey.sends.model.trust import Trust, parse_trust
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_DOMAINS = "/admin/{school}/mail/domains"


@routes.on("GET", _DOMAINS, page="sends/domains.html")
def domains(request: Request, school: str) -> Answer:
    """For each receiving domain what was sent, delivered, used, and refused by whose fault."""
    admin(request, system(), school)
    only(request.query, ())
    return Answer(data=_domains_json(school), context={"sender": sender()})


@routes.on("POST", "/admin/{school}/mail/trust", form="sends/domains.html")
def trust(request: Request, school: str) -> Answer:
    """Take the mark from a person, or from everybody of a domain."""
    seen = admin(request, system(), school)
    if request.wants_page:
        request.context.update(data=_domains_json(school), sender=sender())
    only(request.fields, ("domain", "person"))
    domain, person = parse_trust(request.fields)
    if person is not None:
        taken = trust_addresses.trust_person(system(), school, seen.person, person)
        return Answer(data={"person": person, "taken": taken}, location=f"/admin/{school}/people/{person}")
    assert domain is not None  # noqa: S101 - for the type checker
    found = trust_addresses.trust_domain(system(), school, seen.person, domain)
    status = 202 if found.new else 200
    return Answer(data=_trust_json(found.trust), status=status, location=f"/admin/{school}/mail/domains")


def sender() -> Sender:
    """How mails of this site introduce themselves."""
    settings = system().settings
    return sender_of(settings["MAIL_FROM"], settings["MAIL_IDENTITY"], settings["MAIL_FROM_DOMAIN"])


def _domains_json(school: str) -> dict[str, Any]:
    found = system().mail_domains(school).get()
    trusts, _ = system().trusts(school).page()
    return {
        "items": [_counts_json(domain, counts) for domain, counts in in_order(found.counts)],
        "next": None,
        "since": rfc3339(found.since or None),
        "trusts": [_trust_json(each) for each in trusts],
    }


def _counts_json(domain: str, counts: DomainCounts) -> dict[str, Any]:
    return {
        "domain": domain,
        "is_other": domain == OTHER,
        "sent": counts.sent,
        "delivered": counts.delivered,
        "used": counts.used,
        "refused_by_us": counts.refused_by_us,
        "refused_by_filter": counts.refused_by_filter,
        "dead": counts.dead,
    }


def _trust_json(trust: Trust) -> dict[str, Any]:
    return {
        "id": trust.id,
        "domain": trust.domain,
        "state": trust.state,
        "taken": trust.taken,
        "created_at": rfc3339(trust.created_at),
        "created_by": trust.created_by,
    }
