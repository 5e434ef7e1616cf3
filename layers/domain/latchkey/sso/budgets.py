"""How often a visitor's address may begin to sign in at a provider, and bring an answer: a whole school may be behind one."""

from typing import Final

from latchkey.errors import TooMany
from latchkey.schools.model.school import School
from latchkey.shared.model.addresses import visitor
from latchkey.shared.stores.counters import Budget
from latchkey.sso.needs import System

STARTS: Final = Budget("sso-start", 3_000, 900)
ANSWERS: Final = Budget("sso-answer", 3_000, 900)


def spend(system: System, school: School, budget: Budget, source_ip: str) -> None:
    """Count it, before the provider is asked anything; ``TooMany`` over budget."""
    spender, now = visitor(system.lookup_key(school.slug, school.lookup_epoch), source_ip), system.now()
    if not system.counters("CREDENTIALS_TABLE", school.slug).spend(budget, spender, now):
        raise TooMany(retry_after=budget.window - now % budget.window)
