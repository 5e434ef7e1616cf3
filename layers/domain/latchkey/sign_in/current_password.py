"""Whether somebody who is signed in knows the password of their account.

A session may have been left open on a desk, so what it asks for is guessed at like a sign-in: each try counts for the person
before it is compared, in the budget that all answers of an account's owner share, and in the row of wrong passwords after which
none works. Where there is no password the same work is done, and it is never right.
"""

from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sign_in import hashing
from latchkey.sign_in.budgets import IN_A_ROW, given_back_to_person, spend_of_person
from latchkey.sign_in.needs import System
from latchkey.sign_in.sign_in import renew_hash, row_of, tell_of_row
from latchkey.sign_in.stores.sessions import Owed


def is_current_password(system: System, school: School, person: Person, typed: str) -> bool:
    """Whether this is the person's password; ``TooMany`` once they have had too many wrong answers."""
    owed = current_password(system, school, person, typed)
    if owed is not None:
        system.sessions(school.slug).write_all(owed)
    return owed is not None


def current_password(system: System, school: School, person: Person, typed: str) -> tuple[Owed, ...] | None:
    """The same, with what a right answer gives back, to stand in the transaction of what it was asked for; None: it is wrong."""
    spent, now = spend_of_person(system, school, person), system.now()
    failures, row = system.failures(school.slug), row_of(system, school, person)
    tally = failures.count(row, now)
    kept = system.credentials(school.slug).password_hash(person.password_holder)
    if hashing.verify(kept, typed) and kept is not None and tally.count <= IN_A_ROW:
        if hashing.is_dated(kept):
            renew_hash(system, school.slug, person, kept, typed)
        return failures.clear_of(row, now), given_back_to_person(system, school.slug, spent)
    system.audit(school.slug).tally(person.id, "password.not_current", now, {"person": person.id})
    if tally.count >= IN_A_ROW and not tally.told and failures.tell(row, now):
        tell_of_row(system, school.slug, person, now)
    return None
