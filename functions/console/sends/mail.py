"""How mail fares by receiving domain, the text for who looks after one, tests of mailboxes, "the address is right: try again"."""

from typing import Any

from console.lists import only
from console.system import system
from latchkey.errors import NotFound
from latchkey.sends import trust_addresses, try_mailboxes
from latchkey.sends.model.blame import Sender, sender_of
from latchkey.sends.model.domains import OTHER, DomainCounts, in_order
from latchkey.sends.model.mail_systems import NAMES, for_its_manager, system_of
from latchkey.sends.model.mailbox_test import FIELDS
from latchkey.sends.model.trust import Trust, parse_trust
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_DOMAINS = "/admin/{school}/mail/domains"
_TESTS = "/admin/{school}/mail/tests"


@routes.on("GET", _DOMAINS, page="sends/domains.html")
def domains(request: Request, school: str) -> Answer:
    """For each receiving domain what was sent, delivered, used, and refused by whose fault."""
    admin(request, system(), school)
    only(request.query, ())
    return Answer(data=_domains_json(school), context={"sender": sender()})


@routes.on("GET", _DOMAINS + "/{domain}", page="sends/domain.html")
def domain(request: Request, school: str, domain: str) -> Answer:
    """One of them: how it stands, whose mail system it is, and the text for who looks after that."""
    admin(request, system(), school)
    only(request.query, ())
    found, now = system().mail_domains(school).get(), system().now()
    counts = found.counts.get(domain)
    if counts is None or domain == OTHER:
        raise NotFound()
    shown = dict(in_order({domain: counts}))[domain]
    whose = system_of(system().dns.ask([(domain, "MX")])[domain, "MX"])
    data = {
        **_counts_json(domain, shown),
        "silent": domain in dict(found.silent(now)),
        "mail_system": whose,
        "text": for_its_manager(domain, shown, sender(), whose),
    }
    return Answer(data=data, context={"whose": NAMES[whose]})


@routes.on("GET", _TESTS, page="sends/mailbox_tests.html")
def tests(request: Request, school: str) -> Answer:
    """The newest tests of mailboxes, and what became of each mail."""
    admin(request, system(), school)
    only(request.query, ("asked",))
    return Answer(data=_tests_json(school), context={"asked": "asked" in request.query})


@routes.on("POST", _TESTS, form="sends/mailbox_tests.html")
def test_mailboxes(request: Request, school: str) -> Answer:
    """Mail a test, without link or code, to at most three mailboxes."""
    seen = admin(request, system(), school)
    if request.wants_page:
        request.context["data"] = _tests_json(school)
    only(request.fields, ("addresses", *FIELDS))
    test = try_mailboxes.start(system(), seen.school, seen.person, request.fields)
    return Answer(data={"id": test.id}, status=202, location=f"/admin/{school}/mail/tests?asked=1")


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


def _tests_json(school: str) -> dict[str, Any]:
    return {
        "items": [
            {
                "id": test.id,
                "created_at": rfc3339(test.created_at),
                "mails": [
                    {"to": each.to, "state": each.heard, "reason": each.reason, "detail": each.detail, "at": rfc3339(each.at)}
                    for each in mails
                ],
            }
            for test, mails in try_mailboxes.newest(system(), school)
        ],
        "next": None,
    }


def _domains_json(school: str) -> dict[str, Any]:
    found = system().mail_domains(school).get()
    silent = dict(found.silent(system().now()))
    trusts, _ = system().trusts(school).page()
    return {
        "items": [{**_counts_json(domain, counts), "silent": domain in silent} for domain, counts in in_order(found.counts)],
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
