"""Whose a username is while it changes hands between two accounts of one person."""

from latchkey.doubles.needs import System
from latchkey.schools.model.school import School
from latchkey.shared.model.identifiers import lookup
from latchkey.sign_in.stores.credentials import Name


def handed_over(system: System, school: School, username: str, between: set[str]) -> tuple[list[Name], bool]:
    """The username under each look-up key with who got it last; and whether anybody but these two people has it now."""
    directory, credentials, names = system.directory(school.slug), system.credentials(school.slug), list[Name]()
    for epoch in school.lookup_epochs:
        key = lookup(system.lookup_key(school.slug, epoch), "username", username)
        names.append(Name(key, epoch, credentials.holder_of(key, epoch)))
    holders = {name.holder for name in names if name.holder}
    people = [*directory.by_username_key(*(name.key for name in names)), *(directory.by_ids(holders) if holders else [])]
    return names, any(each.username == username and each.id not in between for each in people)
