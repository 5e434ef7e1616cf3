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
    if chunk.mail == "parent_invitation":
        return _of_invitations(system, school, chunk)
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
    names = _first_names(system, school, {each for ids in children.values() for each in ids})
    return {parent: tuple(names[each] for each in ids if each in names) for parent, ids in children.items()}


def _of_invitations(system: System, school: School, chunk: Chunk) -> Mapping[str, tuple[str, ...]]:
    """Of each invitation that is mailed, all of its children who are at the school."""
    ids = sorted({account.person for mail in chunk.mails if mail.state == "planned" for account in mail.accounts})
    if chunk.test:  # the name of who asked for it stands where a child's would
        return {account.person: (account.name,) for mail in chunk.mails for account in mail.accounts}
    if not ids:
        return {}
    found = system.invitations(school.slug).standings(ids)
    names = _first_names(system, school, {child for each in found.values() for child in each.children})
    return {each.id: tuple(names[child] for child in each.children if child in names) for each in found.values()}


def _first_names(system: System, school: School, children: set[str]) -> dict[str, str]:
    people = system.directory(school.slug).families(sorted(children))
    return {child.id: school.known_as(child).given_name for child in people if child.status != "left"}
