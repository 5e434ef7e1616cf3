"""How often an identifier, and one visitor's address, may be tried: spent before anything is looked up, given back on proof."""

import logging
from typing import Final

from latchkey.errors import TooMany
from latchkey.people.model.person import Person
from latchkey.people.model.person_keys import keys_of
from latchkey.schools.model.school import School
from latchkey.shared.model.addresses import visitor
from latchkey.shared.stores.counters import Budget
from latchkey.sign_in.needs import System

PER_ADDRESS: Final = Budget("sign-in-from", 1_000, 900)
PER_IDENTIFIER: Final = (Budget("sign-in", 10, 900), Budget("sign-in-day", 100, 86_400))
log = logging.getLogger(__name__)


def forgive(system: System, slug: str, key: str) -> None:
    """Give an identifier its budgets back: its owner has proved who they are."""
    counters, now = system.counters("CREDENTIALS_TABLE", slug), system.now()
    for budget in PER_IDENTIFIER:
        counters.clear(budget, key, now)


def forgive_person(system: System, school: School, person: Person) -> None:
    """Give a person's address and username their budgets back, whichever epoch the keys in their item are of."""
    key = system.lookup_key(school.slug, school.lookup_epoch)
    for each in keys_of(key, person.email, person.username).values():
        forgive(system, school.slug, str(each))


def spend(system: System, school: School, key: str, source_ip: str) -> None:
    """Count a try of an identifier from a visitor's address; ``TooMany`` over budget. Counters are under the newest key."""
    slug = school.slug
    counters, now = system.counters("CREDENTIALS_TABLE", slug), system.now()
    spender = visitor(system.lookup_key(slug, school.lookup_epoch), source_ip)
    for budget, who in ((PER_ADDRESS, spender), *((budget, key) for budget in PER_IDENTIFIER)):
        if not counters.spend(budget, who, now):
            log.warning("sign-in over budget", extra={"school": slug, "budget": budget.name})
            raise TooMany(retry_after=budget.window - now % budget.window)
