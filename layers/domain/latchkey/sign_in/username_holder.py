"""Whose a username is: what the directory says, and what the table ``credentials`` says of names that somebody chose."""

from latchkey.errors import LatchkeyError
from latchkey.sign_in.needs import System


class UsernameTaken(LatchkeyError):
    """Somebody at your school has this username."""


def holder_of_username(system: System, school: str, key: str, person: str) -> str | None:
    """Who got this username last by a choice of their own or of an admin, None if nobody did; the write expects the same.

    ``UsernameTaken`` if it is another person's than ``person``'s now. ``key``: the username's look-up key.
    """
    directory, holder = system.directory(school), system.credentials(school).holder_of(key)
    people = [*directory.by_username_key(key), *(directory.by_ids([holder]) if holder else [])]
    if any(each.username_key == key and each.id != person for each in people):
        raise UsernameTaken()
    return holder
