"""Password hashes, and who chose which username: the table ``credentials``, which only the portal can read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from latchkey.people.model.person import NOBODY, Person
from latchkey.people.stores.items import is_account, person_from_item, person_key
from latchkey.shared.stores.dynamo import Condition, Item, Put, Table

_HASH: Final = "PASSWORD"
FactorsItem: TypeAlias = Item
"""What a person has as second factors, which only ``second_factors`` can read."""
FACTORS: Final = "FACTORS"
"""The sort key of a person's second factors, which ``second_factors`` keeps beside their hash."""


@dataclass(frozen=True, slots=True)
class Name:
    """A username's look-up key in an epoch, and who chose the name last (None: nobody did)."""

    key: str
    epoch: int
    holder: str | None


_HASHES: Final = 5
"""Of so many who share a name hashes and factors are read with them; of others, one by one."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who may be meant by a name that was typed, and by id their hashes and the items of their second factors.

    ``asked``: of whom hashes and factors were asked for.
    """

    people: tuple[Person, ...]
    hashes: Mapping[str, str]
    factors: Mapping[str, FactorsItem]
    asked: frozenset[str]


def candidates_of(directory: Table, credentials: Table, school: str, ids: Sequence[str]) -> Candidates:
    """Those of these people who exist, in the order asked for: one call for all, and as much for nobody as for somebody."""
    read = ids or [NOBODY]
    asked = read[:_HASHES]
    people = [person_key(school, each) for each in read]
    secrets = [(_owner(school, each), kind) for each in asked for kind in (_HASH, FACTORS)]
    found = directory.get_across({directory: people, credentials: secrets})
    items = [found[directory.name, *key] for key in people if (directory.name, *key) in found]

    def of(kind: str) -> dict[str, Item]:
        keys = {each: (credentials.name, _owner(school, each), kind) for each in asked}
        return {each: found[key] for each, key in keys.items() if key in found}

    return Candidates(
        people=tuple(person_from_item(item) for item in items if is_account(item)),
        hashes={each: item["hash"] for each, item in of(_HASH).items()},
        factors=of(FACTORS),
        asked=frozenset(asked),
    )


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
        return _owner(self.school, person), _HASH

    def _name(self, username_key: str, epoch: int) -> tuple[str, str]:
        return username_place(self.school, username_key, epoch)


def _owner(school: str, person: str) -> str:
    """The partition of what a person has here."""
    return f"{school}#P#{person}"


def username_place(school: str, username_key: str, epoch: int) -> tuple[str, str]:
    """``(pk, sk)`` of who chose a username last."""
    return f"{school}#U#{username_key}", name_kind(epoch)


def factors_place(school: str, person: str) -> tuple[str, str]:
    """``(pk, sk)`` of a person's second factors."""
    return _owner(school, person), FACTORS


def secrets_of(school: str, person: str) -> list[tuple[str, str]]:
    """``(pk, sk)`` of a person's hash and of their second factors."""
    return [(_owner(school, person), kind) for kind in (_HASH, FACTORS)]
