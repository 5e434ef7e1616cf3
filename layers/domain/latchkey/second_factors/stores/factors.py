"""Second factors: one item for each person in the table ``credentials``, and which kinds they have in ``directory``."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final, TypeAlias

from latchkey.audit.stores.audit import EventWrite
from latchkey.people.model.person import Person
from latchkey.people.stores.items import is_account, person_from_item
from latchkey.people.stores.people import Directory
from latchkey.second_factors.model.factors import Factor, Factors, Passkey, Totp, Waiting
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.counters import Place
from latchkey.shared.stores.dynamo import Condition, Item, Put, Table, Value, transact
from latchkey.sign_in.stores.credentials import FACTORS
from latchkey.sign_in.stores.sessions import Owed

Write: TypeAlias = tuple[Table, Put]


class KeptFactors:
    """The second factors of one school's people."""

    def __init__(self, client: Client, directory: Table, credentials: Table, school: str) -> None:
        self._client = client
        self._people = directory
        self._directory = Directory(directory, school)
        self._table = credentials
        self.school = school

    def of(self, person: str) -> Factors:
        """A person's, read consistently."""
        return self.from_item(person, self._table.get(f"{self.school}#P#{person}", FACTORS))

    def with_person(self, person: str, counter: Place) -> tuple[Person | None, Factors, int]:
        """A person, what they have, and how far a counter beside it has come: one call, read consistently."""
        at, place = self._directory.key(person), (f"{self.school}#P#{person}", FACTORS)
        found = self._table.get_across({self._people: [at], self._table: [place, counter.key]})
        item = found.get((self._people.name, *at))
        known = person_from_item(item) if item is not None and is_account(item) else None
        theirs = self.from_item(person, found.get((self._table.name, *place)))
        return known, theirs, counter.count_in(found)

    def from_item(self, person: str, item: Item | None) -> Factors:
        """A person's as their item says them; of no item, none."""
        return _factors(person, item) if item else Factors(person=person)

    def write(self, before: Factors, after: Factors) -> Factors:
        """Write what was changed; as it then is. ``Changed`` if it is no longer as it was read.

        Whatever uses something up comes through here: of two that use one code, one step of an app or one counter at once, both
        have read the same revision, and one of them writes.
        """
        written, put = self._put(before, after)
        self._table.put(put)
        return written

    def write_with(self, before: Factors, after: Factors, event: EventWrite, *, also: Iterable[Owed] = ()) -> Factors:
        """The same where a factor comes or goes: with its audit event and the kinds that the person's item names, or nothing.

        ``also``: what a right answer gives back.
        """
        written, put = self._put(before, after)
        writes: list[Owed] = [(self._table, put), event, *also]
        if before.kinds != after.kinds:
            kinds = {"second_factors": list[Value](after.kinds) or None}
            writes.append((self._people, self._directory.change_of(before.person, kinds, [_EXISTS])))
        transact(self._client, writes)
        return written

    def forget(self, person: str) -> None:
        """Delete all that this person has, whether there is anything or not."""
        self._table.delete_many([(f"{self.school}#P#{person}", FACTORS)])

    def put_of(self, before: Factors, after: Factors) -> Write:
        """The write that ``write`` makes, to stand in a transaction that also says in the person's item which kinds they have."""
        return self._table, self._put(before, after)[1]

    def _put(self, before: Factors, after: Factors) -> tuple[Factors, Put]:
        written = replace(after, revision=before.revision + 1)
        as_read: Condition = ("revision", "=", before.revision) if before.revision else ("pk", "missing", None)
        return written, Put(item=_item(self.school, written), when=[as_read])


_EXISTS: Final[Condition] = ("pk", "exists", None)


def _item(school: str, factors: Factors) -> Item:
    waiting = factors.waiting
    return {
        "pk": f"{school}#P#{factors.person}",
        "sk": FACTORS,
        "revision": factors.revision,
        "factors": [_value(each) for each in factors.all],
        "recovery": list(factors.recovery),
        "waiting": None
        if waiting is None
        else {
            "id": waiting.id,
            "way": waiting.way,
            "name": waiting.name,
            "session": waiting.session,
            "until": waiting.until,
            "salt": waiting.salt,
            "challenge": waiting.challenge,
        },
    }


def _value(factor: Factor) -> dict[str, Any]:
    common = {"id": factor.id, "name": factor.name, "added_at": factor.added_at, "used_at": factor.used_at}
    if isinstance(factor, Totp):
        return {"way": "totp", **common, "salt": factor.salt, "step": factor.step}
    return {
        "way": "passkey",
        **common,
        "credential": factor.credential,
        "public_key": factor.public_key,
        "counter": factor.counter,
        "party": factor.party,
        "transports": list(factor.transports),
        "backup_eligible": factor.backup_eligible,
        "backed_up": factor.backed_up,
        **({"alone": True} if factor.alone else {}),
    }


def _factors(person: str, item: Item) -> Factors:
    waiting = item.get("waiting")
    return Factors(
        person=person,
        revision=item["revision"],
        all=tuple(_factor(each) for each in item["factors"]),
        recovery=tuple(item["recovery"]),
        waiting=Waiting(**waiting) if waiting else None,
    )


def _factor(value: dict[str, Any]) -> Factor:
    facts = {name: each for name, each in value.items() if name != "way"}
    if value["way"] == "totp":
        return Totp(**facts)
    return Passkey(**{**facts, "transports": tuple(value["transports"])})
