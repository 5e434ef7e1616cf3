"""Password hashes, and who chose which username: the table ``credentials``, which only the portal can read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from latchkey.shared.stores.dynamo import Condition, Put, Table

FACTORS: Final = "FACTORS"
"""The sort key of a person's second factors, which ``second_factors`` keeps beside their hash."""


@dataclass(frozen=True, slots=True)
class Name:
    """A username's look-up key in an epoch, and who chose the name last (None: nobody did)."""

    key: str
    epoch: int
    holder: str | None


def name_kind(epoch: int) -> str:
    """The sort key of names under look-up keys of an epoch: keys alone do not say which epoch they are of."""
    return f"USERNAME#{epoch}" if epoch else "USERNAME"


class Credentials:
    """The password hashes of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def password_hash(self, person: str) -> str | None:
        """The person's argon2id hash, read consistently; None if they have never set a password."""
        item = self._table.get(*self._key(person))
        return item["hash"] if item else None

    def password_of(self, person: str, password_hash: str, now: int) -> tuple[Table, Put]:
        """The write that stores a hash, to stand in the transaction that raises the credential version."""
        pk, sk = self._key(person)
        return self._table, Put(item={"pk": pk, "sk": sk, "hash": password_hash, "set_at": now})

    def holder_of(self, username_key: str, epoch: int = 0) -> str | None:
        """The person who chose this username last, read consistently; the school's roster gives names without asking here."""
        item = self._table.get(*self._name(username_key, epoch))
        return item["person"] if item else None

    def name_of(self, username_key: str, person: str, holder: str | None, epoch: int = 0) -> tuple[Table, Put]:
        """The write that gives a username to a person if it still is its ``holder``'s: of two who choose it, one gets it."""
        pk, sk = self._name(username_key, epoch)
        still_theirs: Condition = ("person", "=", holder)
        return self._table, Put(item={"pk": pk, "sk": sk, "person": person}, when=[still_theirs])

    def forget(self, person: str, names: Iterable[tuple[str, int]]) -> None:
        """Delete a person's hash and second factors, and that they have these usernames, each a look-up key and its epoch."""
        theirs = [self._name(key, epoch) for key, epoch in names if self.holder_of(key, epoch) == person]
        pk, sk = self._key(person)
        self._table.delete_many([(pk, sk), (pk, FACTORS), *theirs])

    def rehash(self, person: str, old: str, new: str) -> None:
        """Replace a hash by one of the same password with newer parameters; ``Changed`` if it changed meanwhile."""
        pk, sk = self._key(person)
        same_password: Condition = ("hash", "=", old)
        self._table.put(Put(item={"pk": pk, "sk": sk, "hash": new}, when=[same_password]))

    def _key(self, person: str) -> tuple[str, str]:
        return f"{self.school}#P#{person}", "PASSWORD"

    def _name(self, username_key: str, epoch: int) -> tuple[str, str]:
        return f"{self.school}#U#{username_key}", name_kind(epoch)
