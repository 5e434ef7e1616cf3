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
from latchkey.schools.find_school import the_school_with
from latchkey.schools.model.school import School
from latchkey.shared.model.addresses import visitor
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.stores.counters import Budget, Change, Place
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
_PACE: Final = "sign-in-pace-"
_SLOWED: Final = "Many wrong passwords are tried at this school just now, so only a few tries are let through."
_GUESSED: Final = "passwords are being guessed"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a try has cost a visitor's address, in these budgets.

    ``again``: the identifier (``key``) had been tried before, so a right password gives it something back.
    """

    spender: str
    budgets: tuple[Budget, ...]
    now: int
    key: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class SpentOnPerson:
    """What a try of something that only an account's owner has, has cost. ``visitor`` is None where they are signed in."""

    key: str
    visitor: Spent | None
    now: int


def spend(system: System, school: School, key: str, source_ip: str, failures: int) -> Spent:
    """Count a try of an identifier from a visitor's address; ``TooMany`` over budget. Counters are under the newest key.

    ``failures``: the school's wrong passwords within the hour, as ``schools_failures`` of this request says them.
    """
    spent = spend_of_visitor(system, school, source_ip, failures)
    most = _spend_all(system, school.slug, PER_IDENTIFIER, key, spent.now)
    return replace(spent, key=key, again=most > 1)


def spend_of_person(
    system: System, school: School, person: Person, source_ip: str | None = None, failures: int | None = None
) -> SpentOnPerson:
    """Count a try of what only this account's owner has, before it is compared; ``TooMany`` over budget.

    ``source_ip``: of a visitor who is not signed in, whose address and school are counted as for passwords.
    """
    spent = None if source_ip is None else spend_of_visitor(system, school, source_ip, failures)
    key, now = lookup(system.lookup_key(school.slug, school.lookup_epoch), "person", person.id), system.now()
    _spend_all(system, school.slug, PER_PERSON, key, now)
    return SpentOnPerson(key, spent, now)


def given_back_to_person(system: System, slug: str, spent: SpentOnPerson) -> Change:
    """The write by which a right answer gives back what this try has cost its person, and no more.

    Wrong tries stay counted: whoever can answer one question about an account must not have more tries at another by it.
    """
    return system.counters("CREDENTIALS_TABLE", slug).give_back_of(PER_PERSON, spent.key, spent.now)


def give_back_to_person(system: System, slug: str, spent: SpentOnPerson) -> None:
    """The answer was right: what this try has cost comes back, to the person and to the visitor's address."""
    system.counters("CREDENTIALS_TABLE", slug).give_back(PER_PERSON, spent.key, spent.now)
    if spent.visitor is not None:
        give_back(system, slug, spent.visitor)


def schools_failures(system: System, slug: str) -> int:
    """How many wrong passwords a school has had within the hour."""
    return system.counters("CREDENTIALS_TABLE", slug).read(PER_SCHOOL, "all", system.now()).count


def place_of_failures(system: System, slug: str) -> Place:
    """Where ``schools_failures`` reads, to be read in one call with something else."""
    return system.counters("CREDENTIALS_TABLE", slug).place_of(PER_SCHOOL, "all", system.now())


def school_and_failures(system: System, slug: str) -> tuple[School, int]:
    """The school, at most a minute old, and its wrong passwords within the hour: one call. ``NotFound`` if there is none."""
    return the_school_with(system, slug, place_of_failures(system, slug))


def spend_of_visitor(system: System, school: School, source_ip: str, failures: int | None = None) -> Spent:
    """Count a try of a visitor's address, which is slowed with its school; ``TooMany`` over budget.

    ``failures``: the school's wrong passwords within the hour; None: they are read here.
    """
    slug, now = school.slug, system.now()
    spender = visitor(system.lookup_key(slug, school.lookup_epoch), source_ip)
    pace = _pace(schools_failures(system, slug) if failures is None else failures)
    budgets = (PER_ADDRESS,) if pace is None else (pace, PER_ADDRESS)
    _spend_all(system, slug, budgets, spender, now)
    return Spent(spender, budgets, now)


def _spend_all(system: System, slug: str, budgets: tuple[Budget, ...], key: str, now: int) -> int:
    """Count a try against all of them or, where one is spent, none: ``TooMany``. The highest of them as it now is."""
    tries = system.counters("CREDENTIALS_TABLE", slug).spend_all(budgets, key, now)
    if tries.over is not None:
        _refuse(slug, tries.over, now)
    return tries.most


def given_back(system: System, slug: str, spent: Spent) -> list[Change]:
    """The writes by which a right password gives its identifier all of its budgets again.

    None where they hold this try alone, which takes nothing from anybody.
    """
    return [system.counters("CREDENTIALS_TABLE", slug).clear_of(PER_IDENTIFIER, spent.key, spent.now)] if spent.again else []


def give_back(system: System, slug: str, spent: Spent) -> None:
    """What was shown was right: the visitor's address has back what this try has cost it.

    It is no part of any transaction: a whole school may sign in from one address, and would get in each other's way.
    """
    system.counters("CREDENTIALS_TABLE", slug).give_back(spent.budgets, spent.spender, spent.now)


def forgiven(system: System, school: School, person: Person) -> list[Change]:
    """The writes that give a person's address and username their budgets back, whichever epoch the keys in their item are of.

    They stand in the transaction that sets a password.
    """
    counters, now = system.counters("CREDENTIALS_TABLE", school.slug), system.now()
    return [counters.clear_of(PER_IDENTIFIER, each, now) for each in _identifiers(system, school, person)]


def _identifiers(system: System, school: School, person: Person) -> list[str]:
    key = system.lookup_key(school.slug, school.lookup_epoch)
    return sorted({str(each) for each in keys_of(key, person.email, person.username).values()})


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
    return Budget(f"{_PACE}{pause}", AT_A_TIME, pause) if pause else None


def _refuse(slug: str, budget: Budget, now: int) -> NoReturn:
    log.warning("sign-in over budget", extra={"school": slug, "budget": budget.name})
    seconds = budget.window - now % budget.window
    is_pace = budget.name.startswith(_PACE)
    raise TooMany(f"{_SLOWED} Try again in {seconds} seconds." if is_pace else "", retry_after=seconds)
