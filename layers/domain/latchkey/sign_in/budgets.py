"""How often an identifier, a visitor's address and an account may be tried: counted before anything is compared.

What is spent is given back on proof. A school that is guessed at is slowed and never refused: while many passwords are wrong
there, each visitor's address gets a few wrong tries at a time, and right ones cost it none.
"""

import logging
from dataclasses import dataclass, replace
from typing import Final, NoReturn

from latchkey.errors import TooMany
from latchkey.people.model.person import Person
from latchkey.people.model.person_keys import keys_of
from latchkey.schools.model.school import School
from latchkey.shared.model.addresses import visitor
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.stores.counters import Budget
from latchkey.sign_in.needs import System

PER_ADDRESS: Final = Budget("sign-in-from", 1_000, 900)
PER_IDENTIFIER: Final = (Budget("sign-in", 10, 900), Budget("sign-in-day", 100, 86_400))
PER_PERSON: Final = (Budget("person", 10, 900), Budget("person-day", 100, 86_400))
"""Wrong answers to what only its owner has (current password, app's code, recovery code, passkey): one budget for all of them."""
PER_SCHOOL: Final = Budget("sign-in-failed", 300, 3_600)
"""Wrong passwords of a school in an hour, from which on it is slowed."""
ALARM_AT: Final = (PER_SCHOOL.limit, 10 * PER_SCHOOL.limit)
AT_A_TIME: Final = 5
"""Wrong tries that one address has within each pause of a school that is slowed."""
PAUSES: Final = ((8 * PER_SCHOOL.limit, 40), (4 * PER_SCHOOL.limit, 20), (2 * PER_SCHOOL.limit, 10), (PER_SCHOOL.limit, 5))
"""From how many wrong passwords on the pauses are how long, in seconds."""
IN_A_ROW: Final = 100
"""Wrong tries in a row after which a password stops working, over any number of days (NIST SP 800-63B-4, 3.2.2)."""
_GUESSED: Final = "passwords are being guessed"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a try has cost: ``again`` are the budgets of its identifier that had been spent from before."""

    again: tuple[Budget, ...]
    key: str
    spender: str
    pace: Budget | None
    now: int


@dataclass(frozen=True, slots=True)
class SpentOnPerson:
    """What a try of something that only an account's owner has, has cost. ``visitor`` is None where they are signed in."""

    key: str
    visitor: Spent | None
    now: int


def spend(system: System, school: School, key: str, source_ip: str) -> Spent:
    """Count a try of an identifier from a visitor's address; ``TooMany`` over budget. Counters are under the newest key."""
    spent = spend_of_visitor(system, school, source_ip)
    again = [each for each in PER_IDENTIFIER if _count(system, school.slug, each, key, spent.now) > 1]
    return replace(spent, again=tuple(again), key=key)


def spend_of_person(system: System, school: School, person: Person, source_ip: str | None = None) -> SpentOnPerson:
    """Count a try of what only this account's owner has, before it is compared; ``TooMany`` over budget.

    ``source_ip``: of a visitor who is not signed in, whose address and school are counted as for passwords.
    """
    spent = None if source_ip is None else spend_of_visitor(system, school, source_ip)
    key, now = lookup(system.lookup_key(school.slug, school.lookup_epoch), "person", person.id), system.now()
    for budget in PER_PERSON:
        _count(system, school.slug, budget, key, now)
    return SpentOnPerson(key, spent, now)


def give_back_to_person(system: System, slug: str, spent: SpentOnPerson) -> None:
    """The answer was right: what this try has cost comes back, and no more.

    Wrong tries stay counted: whoever can answer one question about an account must not have more tries at another by it.
    """
    counters = system.counters("CREDENTIALS_TABLE", slug)
    for budget in PER_PERSON:
        counters.count(budget, spent.key, spent.now, -1)
    if spent.visitor is not None:
        give_back(system, slug, spent.visitor)


def spend_of_visitor(system: System, school: School, source_ip: str) -> Spent:
    """Count a try of a visitor's address, which is slowed with its school; ``TooMany`` over budget."""
    slug = school.slug
    counters, now = system.counters("CREDENTIALS_TABLE", slug), system.now()
    spender = visitor(system.lookup_key(slug, school.lookup_epoch), source_ip)
    pace = _pace(counters.read(PER_SCHOOL, "all", now).count)
    if pace is not None and not counters.spend(pace, spender, now):
        _refuse(slug, pace, now, "Many wrong passwords are tried at this school just now, so only a few tries are let through.")
    _count(system, slug, PER_ADDRESS, spender, now)
    return Spent((), "", spender, pace, now)


def _count(system: System, slug: str, budget: Budget, key: str, now: int) -> int:
    count = system.counters("CREDENTIALS_TABLE", slug).count(budget, key, now)
    if count > budget.limit:
        _refuse(slug, budget, now)
    return count


def give_back(system: System, slug: str, spent: Spent) -> None:
    """The password was right: the identifier has all of its budgets again, and the address what this try has cost it."""
    counters = system.counters("CREDENTIALS_TABLE", slug)
    for budget in spent.again:  # the others hold this try alone, which takes nothing from anybody
        counters.clear(budget, spent.key, spent.now)
    for each in (PER_ADDRESS, spent.pace):
        if each is not None:
            counters.count(each, spent.spender, spent.now, -1)


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


def note_failure(system: System, slug: str) -> None:
    """Count a wrong password of a school, and tell a mark that it has reached."""
    counters, now = system.counters("CREDENTIALS_TABLE", slug), system.now()
    tally = counters.tally(PER_SCHOOL, "all", now)
    if counters.reached(PER_SCHOOL, "all", now, tally, ALARM_AT):
        log.error(_GUESSED, extra={"school": slug, "failures": tally.count, "metric": "SignInsGuessed"})


def note_row(slug: str) -> None:
    """Tell that an account, or a name that nobody has, was tried as often in a row as a password stands."""
    log.error(_GUESSED, extra={"school": slug, "failures": IN_A_ROW, "metric": "SignInsGuessed"})


def _pace(failures: int) -> Budget | None:
    """The wrong tries that an address has at a time, where a school has had so many failures."""
    pause = next((seconds for at, seconds in PAUSES if failures >= at), 0)
    return Budget(f"sign-in-pace-{pause}", AT_A_TIME, pause) if pause else None


def _refuse(slug: str, budget: Budget, now: int, why: str = "") -> NoReturn:
    log.warning("sign-in over budget", extra={"school": slug, "budget": budget.name})
    seconds = budget.window - now % budget.window
    raise TooMany(f"{why} Try again in {seconds} seconds." if why else "", retry_after=seconds)
