"""A student invites their parents by e-mail: up to five addresses at once, and the same answer whoever they are.

What a mail says is the invitation's: the student's first name and the school's, and nothing that was typed. Addresses are written
before they are mailed, so no message holds one. What a student and a school may invite in a day is counted first. However many
they are, they are read in one call, written in one transaction and mailed by one batch of messages. How much one mailbox gets is
counted where mails are made (``sends/request_mail``): here it would say that somebody else invited it.
"""

from collections.abc import Sequence
from typing import Final

from latchkey.errors import Conflict, Invalid, NotFound, TooMany
from latchkey.families.needs import System
from latchkey.invitations.invite import invite_by_student
from latchkey.people.model.person import Person
from latchkey.schools.model.school import DAY, School
from latchkey.shared.model import identifiers
from latchkey.shared.model.texts import Text, said
from latchkey.shared.stores.counters import Budget

MOST: Final = 5
PER_STUDENT: Final = Budget("invite-parents", 10, DAY)
PER_SCHOOL: Final = Budget("invited-school", 2_000, DAY)


def why_not(school: School, student: Person) -> Text | None:
    """Why this student cannot invite anybody, and whom to ask; None if they can."""
    if not school.settings.family.invitations:
        return said("Students at your school do not invite their parents here. Your parents can ask the school’s office.")
    if "parent" in school.settings.sso.roles:
        return said("Parents at your school use the school’s own sign-in, so they need no invitation.")
    return None


def invite_parents(system: System, school: School, student: Person, typed: Sequence[str]) -> None:
    """Invite the mailboxes that were typed, in fields ``email_1`` and so on; empty ones are left out.

    ``Invalid`` names every field that cannot be used, and nobody is invited; ``Conflict`` (``no_invitations``) where the school
    does not want it; ``TooMany`` where the student has invited as many as they can in a day.
    """
    if student.role != "student":
        raise NotFound()
    if (why := why_not(school, student)) is not None:
        raise Conflict(why, code="no_invitations")
    addresses = _addresses(typed)
    _spend(system, school, student, len(addresses))
    invite_by_student(system, school, student, addresses)


def _spend(system: System, school: School, student: Person, count: int) -> None:
    """Count what is to be invited; ``TooMany`` over the student's or the school's budget, whoever the addresses belong to."""
    counters, now = system.counters("CREDENTIALS_TABLE", school.slug), system.now()
    who = identifiers.lookup(system.lookup_key(school.slug, school.lookup_epoch), "person", student.id)
    for budget, key in ((PER_STUDENT, who), (PER_SCHOOL, "all")):
        if counters.count(budget, key, now, count) > budget.limit:
            counters.count(budget, key, now, -count)
            wait = budget.window - now % budget.window
            raise TooMany(said("You have invited as many as you can in a day. Try again tomorrow."), retry_after=wait)


def _addresses(typed: Sequence[str]) -> list[str]:
    """The addresses, each once; ``Invalid`` with all that is wrong."""
    wrong: dict[str, str] = {}
    found: dict[str, None] = {}
    for number, text in enumerate(typed, 1):
        if not text.strip():
            continue
        address = identifiers.email(text)
        if address is None:
            wrong[f"email_{number}"] = said("Enter an e-mail address, like name@example.org.")
        else:
            found[address] = None
    if not found and not wrong:
        wrong["email_1"] = said("Enter an e-mail address, like name@example.org.")
    if wrong:
        raise Invalid(said("Nobody was invited yet."), fields=wrong)
    return list(found)
