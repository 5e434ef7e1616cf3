"""Whose a username is: what the directory says, and what the table ``credentials`` says of names that somebody chose."""

from collections.abc import Mapping

from latchkey.schools.model.school import School
from latchkey.shared.model.identifiers import lookup
from latchkey.sign_in.needs import System
from latchkey.sign_in.stores.credentials import Name


def names_of(
    system: System, school: School, username: str, person: str, known: Mapping[str, str | None] | None = None
) -> tuple[list[Name], bool]:
    """A username under each look-up key of the school, with who got it last; and whether another than ``person`` has it now.

    ``known``: who got it last, by look-up key, where that was read already.
    """
    directory, credentials, names = system.directory(school.slug), system.credentials(school.slug), list[Name]()
    for epoch in school.lookup_epochs:
        key = lookup(system.lookup_key(school.slug, epoch), "username", username)
        holder = known[key] if known is not None and key in known else credentials.holder_of(key, epoch)
        names.append(Name(key, epoch, holder))
    holders = [name.holder for name in names if name.holder]
    people = [*directory.by_username_key(*(name.key for name in names)), *(directory.by_ids(holders) if holders else [])]
    return names, any(each.username == username and each.id != person for each in people)
