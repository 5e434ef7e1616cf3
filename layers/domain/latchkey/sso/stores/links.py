"""Accounts at providers and the people who they are, in the table ``directory``: written on both sides in one transaction.

    first sign-in:  the account leads to nobody ──┐
                    the person is as read ────────┴──▶ the account leads to them, they name the account, the event: all or none

    A and B match one person at once: the person is as read for one of them; the other looks again, and is refused
    one account comes in twice at once: the account leads to nobody for one of them; the other looks again, and is let in

An account counts only while its person names it (``Person.sso``). So to unlink it is enough to take it off the person: what is
left of the account leads nowhere until it is linked anew, and a crash before it is deleted harms nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from latchkey.audit.stores.audit import EventWrite
from latchkey.people.model.person import Person, SsoLink
from latchkey.people.stores.items import is_account, person_from_item, person_key, sso_to_value
from latchkey.people.stores.people import Directory
from latchkey.schools.model.school import School
from latchkey.schools.stores.schools import school_from_item, school_key
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, Item, Put, Table, Update, Value, transact
from latchkey.sign_in.stores.credentials import FactorsItem, factors_place

Write: TypeAlias = tuple[Table, Update | Put]
_FACTORS: Final = 5
"""Of so many second factors are read with them: where more are meant, nobody comes in."""


@dataclass(frozen=True, slots=True)
class Account:
    """What an account at a provider leads to. ``pairwise``: what the provider calls it towards this client alone."""

    key: str
    person: str
    pairwise: str = ""


@dataclass(frozen=True, slots=True)
class Meant:
    """Some people by the id that was asked for, and the items of their second factors, of those of whom they were read."""

    people: Mapping[str, Person] = field(default_factory=dict)
    factors: Mapping[str, FactorsItem | None] = field(default_factory=dict)


class Links:
    """The links of one school."""

    def __init__(self, client: Client, table: Table, credentials: Table, school: str) -> None:
        self._client = client
        self._table = table
        self._credentials = credentials
        self._directory = Directory(table, school)
        self.school = school

    def get(self, key: str) -> Account | None:
        """What an account leads to, read consistently; None: nobody has come with it, or it was deleted."""
        return _account(key, self._table.get(*self._key(key)))

    def with_school(self, key: str) -> tuple[School | None, Account | None]:
        """The same and the school as it is now, in one call."""
        here, there = school_key(self.school), self._key(key)
        found = {(item["pk"], item["sk"]): item for item in self._table.get_many([here, there])}
        school, item = found.get(here), found.get(there)
        return school_from_item(school) if school else None, _account(key, item)

    def meant(self, ids: Iterable[str]) -> Meant:
        """Who has each of these ids now, also through a merge, and their second factors: one call, but for merged accounts."""
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return Meant()
        people = {each: person_key(self.school, each) for each in wanted}
        factors = {each: factors_place(self.school, each) for each in wanted[:_FACTORS]}
        found = self._table.get_across({self._table: people.values(), self._credentials: factors.values()})
        items = {each: found[self._table.name, *key] for each, key in people.items() if (self._table.name, *key) in found}
        here = {each: person_from_item(item) for each, item in items.items() if is_account(item)}
        theirs = {each: found.get((self._credentials.name, *place)) for each, place in factors.items() if each in here}
        merged = [each for each in items if each not in here]
        return Meant(here | (self._directory.following(merged) if merged else {}), theirs)

    def link_of(
        self, person: Person, link: SsoLink, before: Account | None, event: EventWrite, pairwise: str = ""
    ) -> tuple[Person, tuple[Write, ...]]:
        """The writes that link an account with a person, and the person as they then are.

        ``before``: what the account led to when it was read, which did not count. They fail (``Changed``) if that, or anything by
        which the person was matched and let in, is no longer as read.
        """
        same: list[Condition] = [
            (name, "=", getattr(person, name))
            for name in ("role", "status", "email_key", "username_key", "email_typed", "mis_id", "version")
        ]
        same.append(("sso", "=", sso_to_value(person.sso)))
        after = replace(person, sso=(*(each for each in person.sso if each.key != link.key), link))
        update = self._directory.change_of(person.id, {"sso": sso_to_value(after.sso)}, same)
        return after, ((self._table, update), self._lead(person.id, link, before, pairwise), event)

    def make(self, person: Person, link: SsoLink, before: Account | None, event: EventWrite, pairwise: str = "") -> Person:
        """Make a person who is linked with this account; ``Changed`` if there is one with this id, or it leads elsewhere."""
        made = replace(person, sso=(link,))
        new = self._directory.make_of(made)
        transact(self._client, [(self._table, new), self._lead(made.id, link, before, pairwise), event])
        return made

    def unlink(self, person: Person, event: EventWrite) -> Person:
        """Take all accounts off a person, and end their sessions; ``Changed`` if their links or version are not as read."""
        after = replace(person, sso=(), version=person.version + 1)
        same: list[Condition] = [("sso", "=", sso_to_value(person.sso)), ("version", "=", person.version)]
        update = self._directory.change_of(person.id, {"sso": None, "version": after.version}, same)
        transact(self._client, [(self._table, update), event])
        self.forget(each.key for each in person.sso)
        return after

    def forget(self, keys: Iterable[str]) -> None:
        """Delete what is left of accounts that count no more, whether it is there or not."""
        self._table.delete_many(self.places_of(keys))

    def places_of(self, keys: Iterable[str]) -> list[tuple[str, str]]:
        """``(pk, sk)`` of each, for whoever deletes them with something else."""
        return [self._key(each) for each in keys]

    def _lead(self, person: str, link: SsoLink, before: Account | None, pairwise: str) -> tuple[Table, Update]:
        as_read: Condition = ("person", "=", before.person if before is not None else None)
        pk, sk = self._key(link.key)
        facts: dict[str, Value] = {
            "person": person,
            "connection": link.connection,
            "linked_at": link.linked_at,
            "pairwise": pairwise or None,
        }
        return self._table, Update(pk=pk, sk=sk, set=facts, when=[as_read])

    def _key(self, key: str) -> tuple[str, str]:
        return f"{self.school}#SSOLINK#{key}", "LINK"


def _account(key: str, item: Item | None) -> Account | None:
    return Account(key, item["person"], item.get("pairwise", "")) if item and "person" in item else None
