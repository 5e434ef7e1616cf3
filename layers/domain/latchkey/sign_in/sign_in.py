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
from latchkey.schools.find_school import the_school
from latchkey.schools.model.school import School
from latchkey.shared.model.identifiers import lookup, typed_lookups
from latchkey.sign_in import hashing
from latchkey.sign_in.budgets import IN_A_ROW, give_back, note_failure, note_row, spend
from latchkey.sign_in.needs import System
from latchkey.sign_in.record_sign_in import count_refused
from latchkey.sign_in.steps import Proof
from latchkey.sign_in.stores.failures import Row

if TYPE_CHECKING:
    from latchkey.shared.stores.counters import Tally

MOST_ACCOUNTS: Final = 5  # that share an address and are tried with one password
log = logging.getLogger(__name__)


def prove_password(system: System, slug: str, identifier: str, password: str, *, source_ip: str) -> Proof:
    """Whose password this is; ``SignInFailed`` or ``TooMany``. It opens nothing: see ``steps.go_on``."""
    school = the_school(system, slug)
    kind, keys = typed_lookups([system.lookup_key(slug, epoch) for epoch in school.lookup_epochs], identifier)
    spent = spend(system, school, keys[0], source_ip)
    people = _accounts(system, school, kind, keys)
    found = _matching(system, school, people, password, keys[0])
    if not found:
        note_failure(system, slug)
        count_refused(system, slug, people)
        log.info("sign-in refused", extra={"school": slug})
        raise SignInFailed()
    give_back(system, slug, spent)
    return Proof(school=school, person=found[0], at=system.now(), also=tuple(found[1:]))


def _accounts(system: System, school: School, kind: str, keys: Sequence[str]) -> list[Person]:
    """The accounts that this identifier may mean and that have a password of ours."""
    directory = system.directory(school.slug)
    people = directory.by_email_key(*keys) if kind == "email" else directory.by_username_key(*keys)
    if not people:
        directory.by_ids([NOBODY])
    able = [
        person
        for person in people
        if person.status == "active"
        and person.password_set_at is not None
        and not school.uses_sso(person)
        and not is_over(person, system.now())
    ]
    # Whoever can register with any address must not push its owner out of those that are tried: adults of the school come
    # first, then everybody whom the school has entered (their ids are shorter), then who registered with a code.
    return sorted(able, key=lambda person: (person.role not in ADULTS, len(person.id), person.id))[:MOST_ACCOUNTS]


def _matching(system: System, school: School, people: list[Person], password: str, key: str) -> list[Person]:
    """Whose password this is: of accounts that share an address it may be several people's, or one person's several.

    Each try is counted for each account before it is compared; a right password takes back what it has cost.
    """
    credentials, failures, now = system.credentials(school.slug), system.failures(school.slug), system.now()
    tried: list[tuple[Row, Tally, Person | None]] = []
    found = list[Person]()
    for person in people:
        row = row_of(system, school, person)
        tally = failures.count(row, now)
        kept = credentials.password_hash(person.password_holder)
        if hashing.verify(kept, password) and kept is not None and tally.count <= IN_A_ROW:
            if hashing.is_dated(kept):
                renew_hash(system, school.slug, person, kept, password)
            failures.clear(row, now)
            found.append(person)
        else:
            tried.append((row, tally, person))
    if found:
        for other, _, _ in tried:  # it was not theirs that was tried
            failures.count(other, now, -1)
        return found
    if not people:
        row = Row(key)
        tried.append((row, failures.count(row, now), None))
        hashing.verify(credentials.password_hash(NOBODY), password)
    for row, tally, whose in tried:
        if tally.count >= IN_A_ROW and not tally.told and failures.tell(row, now):
            tell_of_row(system, school.slug, whose, now)
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
