"""Password hashes: the table ``credentials``, which only the portal can read."""

from latchkey.stores.dynamo import Put, Table


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

    def rehash(self, person: str, old: str, new: str) -> None:
        """Replace a hash by one of the same password with newer parameters; ``ConditionFailed`` if it changed meanwhile."""
        pk, sk = self._key(person)
        self._table.put(Put(item={"pk": pk, "sk": sk, "hash": new}, when=[("hash", "=", old)]))

    def _key(self, person: str) -> tuple[str, str]:
        return f"{self.school}#P#{person}", "PASSWORD"
