"""Password hashes, and who chose which username: the table ``credentials``, which only the portal can read."""

from latchkey.shared.stores.dynamo import Condition, Put, Table


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

    def holder_of(self, username_key: str) -> str | None:
        """The person who chose this username last, read consistently; the school's roster gives names without asking here."""
        item = self._table.get(*self._name(username_key))
        return item["person"] if item else None

    def name_of(self, username_key: str, person: str, holder: str | None) -> tuple[Table, Put]:
        """The write that gives a username to a person if it still is its ``holder``'s: of two who choose it, one gets it."""
        pk, sk = self._name(username_key)
        still_theirs: Condition = ("person", "=", holder)
        return self._table, Put(item={"pk": pk, "sk": sk, "person": person}, when=[still_theirs])

    def forget(self, person: str, username_key: str | None) -> None:
        """Delete a person's hash, and that they have this username."""
        names = [self._name(username_key)] if username_key is not None and self.holder_of(username_key) == person else []
        self._table.delete_many([self._key(person), *names])

    def rehash(self, person: str, old: str, new: str) -> None:
        """Replace a hash by one of the same password with newer parameters; ``Changed`` if it changed meanwhile."""
        pk, sk = self._key(person)
        same_password: Condition = ("hash", "=", old)
        self._table.put(Put(item={"pk": pk, "sk": sk, "hash": new}, when=[same_password]))

    def _key(self, person: str) -> tuple[str, str]:
        return f"{self.school}#P#{person}", "PASSWORD"

    def _name(self, username_key: str) -> tuple[str, str]:
        return f"{self.school}#U#{username_key}", "USERNAME"
