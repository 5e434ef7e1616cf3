"""The first step of signing in: an e-mail address or a username, and the password. What comes then: ``steps``.

Whatever goes wrong, the answer is the same, and so is the work: budgets are spent before anything is looked up, the same
reads are made, and exactly one hash is computed where there is nobody to compare with. So neither the answer nor its time
tells who exists. A budget runs out for what was typed, known or not, and comes back by itself: nobody is locked out for long.

A hundred wrong tries in a row, over any number of days, stop a password: it is compared as before and never accepted, with the
same answer, until its owner sets another by a link or a code. Of a name that nobody has, the same is counted.
"""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from latchkey.errors import Changed, SignInFailed
from latchkey.people.model.person import ADULTS, NOBODY, Person
from latchkey.people.model.unconfirmed import is_over
from latchkey.schools.model.school import School
from latchkey.shared.model.identifiers import lookup, typed_lookups
from latchkey.sign_in import hashing
from latchkey.sign_in.budgets import IN_A_ROW, give_back, given_back, note_failure, note_row, spend
from latchkey.sign_in.needs import System
from latchkey.sign_in.record_sign_in import count_refused
from latchkey.sign_in.steps import Proof
from latchkey.sign_in.stores.credentials import Candidates
from latchkey.sign_in.stores.failures import Row

if TYPE_CHECKING:
    from latchkey.shared.stores.counters import Change, Tally

MOST_ACCOUNTS: Final = 5  # that share an address and are tried with one password
log = logging.getLogger(__name__)


def prove_password(system: System, of: tuple[School, int], identifier: str, password: str, *, source_ip: str) -> Proof:
    """Whose password this is; ``SignInFailed`` or ``TooMany``. It opens nothing: see ``steps.go_on``.

    ``of``: the school and its wrong passwords within the hour, as ``school_and_failures`` gives them.
    """
    school, failures = of
    slug = school.slug
    kind, keys = typed_lookups([system.lookup_key(slug, epoch) for epoch in school.lookup_epochs], identifier)
    spent = spend(system, school, keys[0], source_ip, failures)
    found = system.candidates(slug, system.directory(slug).ids_by(kind, *keys))
    people = _accounts(school, [each for each in found.people if _key_of(each, kind) in keys], system.now())
    tries = _Tries(system, school, people, keys[0])
    right = tries.matching(found, password)
    if not right:
        note_failure(system, slug)
        count_refused(system, slug, people)
        log.info("sign-in refused", extra={"school": slug})
        raise SignInFailed()
    give_back(system, slug, spent)
    owed = (*tries.taken_back, *given_back(system, slug, spent))
    factors = {each.id: found.factors.get(each.id) for each in right if each.id in found.asked}
    return Proof(school=school, person=right[0], at=system.now(), also=tuple(right[1:]), owed=owed, factors=factors)


def _key_of(person: Person, kind: str) -> str | None:
    return person.email_key if kind == "email" else person.username_key


def _accounts(school: School, people: Sequence[Person], now: int) -> list[Person]:
    """Those of these accounts that have a password of ours."""
    able = [
        person
        for person in people
        if person.status == "active"
        and person.password_set_at is not None
        and not school.uses_sso(person)
        and not is_over(person, now)
    ]
    # Whoever can register with any address must not push its owner out of those that are tried: adults of the school come
    # first, then everybody whom the school has entered (their ids are shorter), then who registered with a code.
    return sorted(able, key=lambda person: (person.role not in ADULTS, len(person.id), person.id))[:MOST_ACCOUNTS]


class _Tries:
    """One password tried with some accounts (none: a name that nobody has, ``key``). Each try is counted before it is compared.

    ``taken_back``: the writes by which a right password takes back what its try has cost.
    """

    def __init__(self, system: System, school: School, people: Sequence[Person], key: str) -> None:
        self._system = system
        self._school = school
        self._people = people
        self._key = key
        self.taken_back: list[Change] = []

    def matching(self, of: Candidates, password: str) -> list[Person]:
        """Whose password this is: of accounts that share an address it may be several people's, or one person's several."""
        system, slug, now = self._system, self._school.slug, self._system.now()
        failures = system.failures(slug)
        tried: list[tuple[Row, Tally, Person | None]] = []
        found = list[Person]()
        for person in self._people:
            row = row_of(system, self._school, person)
            tally = failures.count(row, now)
            holder = person.password_holder
            kept = of.hashes.get(holder) if holder in of.asked else system.credentials(slug).password_hash(holder)
            if hashing.verify(kept, password) and kept is not None and tally.count <= IN_A_ROW:
                if hashing.is_dated(kept):
                    renew_hash(system, slug, person, kept, password)
                self.taken_back.append(failures.clear_of(row, now))
                found.append(person)
            else:
                tried.append((row, tally, person))
        if found:
            self.taken_back += [failures.take_back_of(other, now) for other, _, _ in tried]  # it was not theirs that was tried
            return found
        if not self._people:
            row = Row(self._key)
            tried.append((row, failures.count(row, now), None))
            hashing.verify(None, password)
        for row, tally, whose in tried:
            if tally.count >= IN_A_ROW and not tally.told and failures.tell(row, now):
                tell_of_row(system, slug, whose, now)
        return []


def tell_of_row(system: System, slug: str, whose: Person | None, now: int) -> None:
    """Tell once that a row has become so long that its password stops; of a name that nobody has, with the same work."""
    note_row(slug)
    audit, directory = system.audit(slug), system.directory(slug)
    if whose is None:
        audit.record("portal", "name.guessed", now)
        directory.note_locked(NOBODY, 0, now)
    else:
        audit.record("portal", "password.stopped", now, {"person": whose.id})
        directory.note_locked(whose.id, whose.version, now)


def row_of(system: System, school: School, person: Person) -> Row:
    """The tries in a row of an account's present password."""
    return Row(lookup(system.lookup_key(school.slug, school.lookup_epoch), "person", person.id), person.password_set_at or 0)


def renew_hash(system: System, slug: str, person: Person, kept: str, password: str) -> None:
    try:
        system.credentials(slug).rehash(person.password_holder, kept, hashing.hash_of(password))
    except Changed:
        log.info("hash not renewed: the password was changed meanwhile", extra={"school": slug, "person": person.id})
