"""Where a send of invitations looks things up: people, parents in the contacts, and which mailboxes have refused an invitation.

A worker decides by what stands in the tables, a page says by the roll what it would decide.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Generic, TypeAlias

from latchkey.invitations.invite import id_for
from latchkey.people.model.person import Person
from latchkey.roll.model.entry import Entry
from latchkey.roll.sources import Found, FromDirectory, FromRoll, Source
from latchkey.schools.model.school import School
from latchkey.sends.model.invitee import Candidate
from latchkey.sends.needs import System

Contacts: TypeAlias = Callable[[str | None, AbstractSet[str] | None], Iterator[Candidate]]
Problems: TypeAlias = Callable[[Sequence[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class LookUp(Generic[Found]):
    """``people``, and beside them ``contacts``: the parents of an upload, or of the one that a school has now, only those of some
    students if these are given. ``problems``: of these addresses those that have refused an invitation, and how.
    """

    system: System
    school: School
    people: Source[Found]
    contacts: Contacts
    problems: Problems


def as_they_are(system: System, school: School) -> LookUp[Person]:
    """Everything as it is now; for who decides."""

    def problems(emails: Sequence[str]) -> Mapping[str, str]:
        ids = {email: id_for(system, school, email) for email in emails}
        known = system.invitations(school.slug).by_ids(ids.values())
        found = ((email, known[each].problem) for email, each in ids.items() if each in known)
        return {email: problem for email, problem in found if problem is not None}

    source = FromDirectory(system, school.slug, school)
    return LookUp(system, school, source, lambda run, students: system.invitees(school.slug, run, students), problems)


def as_known(system: System, school: School) -> LookUp[Entry]:
    """The same as the roll has it; for who counts or shows."""
    source = FromRoll(system, school.slug, school)

    def problems(emails: Sequence[str]) -> Mapping[str, str]:
        refused, ids = source.roll.refused(), source.roll.mailboxes
        if not refused:
            return {}
        for email in emails:
            if (school.lookup_epoch, email) not in ids:
                ids[school.lookup_epoch, email] = id_for(system, school, email)
        found = ((email, refused.get(ids[school.lookup_epoch, email])) for email in emails)
        return {email: problem for email, problem in found if problem is not None}

    return LookUp(system, school, source, lambda run, students: system.invitees(school.slug, run, students), problems)
