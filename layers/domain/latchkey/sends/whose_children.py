"""Whose parent is whose, by first names: for mails in which several accounts stand, or one that its reader may not know.

They are looked up when a mail goes out: a ledger that held them would hold names of children beside other people's mails.
"""

from collections.abc import Mapping

from latchkey.mail.model.account import CONFIRMS
from latchkey.schools.model.school import School
from latchkey.sends.model.send import Chunk
from latchkey.sends.needs import System

MOST_NAMED = 6
"""Children whose names stand in a mail at one account."""


def names_of_children(system: System, school: School, chunk: Chunk) -> Mapping[str, tuple[str, ...]]:
    """The first names of the children of those adults of a chunk whose mail has to say whose account it is, by their id."""
    adults = {
        account.person
        for mail in chunk.mails
        if mail.state == "planned" and (chunk.mail in CONFIRMS or len(mail.accounts) > 1)
        for account in mail.accounts
        if account.role != "student"
    }
    if not adults or chunk.test:
        return {}
    directory = system.directory(school.slug)
    children = {person.id: person.children[:MOST_NAMED] for person in directory.families(sorted(adults))}
    names = {
        child.id: school.known_as(child).given_name
        for child in directory.families(sorted({each for ids in children.values() for each in ids}))
        if child.status == "active"
    }
    return {parent: tuple(names[each] for each in ids if each in names) for parent, ids in children.items()}
