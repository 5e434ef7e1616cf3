"""Invitations forget somebody who is erased: a child is taken out of them, a parent's own go."""

from typing import Protocol

from latchkey.invitations.invite import Keys
from latchkey.invitations.model.invitation import invitation_id
from latchkey.invitations.stores.invitations import Invitations
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School


class Keeps(Keys, Protocol):
    """Who forgets somebody needs no more than this."""

    def invitations(self, school: str) -> Invitations: ...


def forget_person(system: Keeps, school: School, person: Person) -> list[str]:
    """Take a person out of the school's invitations; the ids of those of which nothing is left, for the ledger to forget.

    It may be done twice. The ids follow from their address, and the one before it, under each look-up key in use; those of
    invitations that they have used stand in their account.
    """
    invitations = system.invitations(school.slug)
    emptied = [gone for each in (person.id, *person.merged) for gone in invitations.forget_child(each)]
    if person.role == "student":
        return emptied
    former = person.former_email.email if person.former_email is not None else None
    keys = [system.lookup_key(school.slug, epoch) for epoch in school.lookup_epochs]
    derived = [invitation_id(key, email) for email in (person.email, former) if email for key in keys]
    ids = dict.fromkeys((*derived, *person.invited))
    invitations.forget(ids)
    return [*ids]
