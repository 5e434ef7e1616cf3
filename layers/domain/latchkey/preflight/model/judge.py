"""All checks of a look, what stops first."""

from typing import Final

from latchkey.preflight.model.checks import Check, in_order, unseen
from latchkey.preflight.model.dns_rules import dns_checks
from latchkey.preflight.model.facts import SchoolFacts, Site, Unseen
from latchkey.preflight.model.mail_rules import account_checks, alarm_checks, configuration_checks, identity_checks
from latchkey.preflight.model.school_rules import capacity_checks, school_checks
from latchkey.preflight.model.sso_rules import sso_checks

STALE: Final = 3_600
"""Seconds after which a look at the site says nothing of tonight: it is done every five minutes."""


def site_checks(site: Site | None, now: int) -> list[Check]:
    """The site's: the mail service, the sender's DNS, the alarms."""
    if site is None or now - site.at > STALE:
        return [unseen("site", "The mail service and DNS", Unseen("silent"), "The mail service and the sender’s DNS")]
    found = [
        *account_checks(site),
        *identity_checks(site),
        *configuration_checks(site),
        *dns_checks(site),
        *alarm_checks(site),
    ]
    return in_order(found)


def own_checks(site: Site | None, school: SchoolFacts, now: int) -> list[Check]:
    """The school's: its own facts, and whether the account is enough for its people."""
    account = Unseen("silent") if site is None or now - site.at > STALE else site.account
    own = [*capacity_checks(account, school.people, now), *school_checks(school, now), *sso_checks(school.providers)]
    return in_order(own)
