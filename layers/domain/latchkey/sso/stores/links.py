"""Accounts at providers and the people who they are, in the table ``directory``: written on both sides in one transaction.

    first sign-in:  the account leads to nobody ──┐
                    the person is as read ────────┴──▶ the account leads to them, they name the account, the event: all or none

    A and B match one person at once: the person is as read for one of them; the other looks again, and is refused
    one account comes in twice at once: the account leads to nobody for one of them; the other looks again, and is let in

An account counts only while its person names it (``Person.sso``). So to unlink it is enough to take it off the person: what is
left of the account leads nowhere until it is linked anew, and a crash before it is deleted harms nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from latchkey.audit.stores.audit import EventWrite
from latchkey.people.model.person import Person, SsoLink
from latchkey.people.stores.people import Directory, sso_to_value
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, Table, Update, Value, transact


@dataclass(frozen=True, slots=True)
class Account:
    """What an account at a provider leads to. ``pairwise``: what the provider calls it towards this client alone."""

    key: str
    person: str
    pairwise: str = ""


class Links:
    """The links of one school."""

    def __init__(self, client: Client, table: Table, school: str) -> None:
        self._client = client
        self._table = table
        self._directory = Directory(table, school)
        self.school = school

    def get(self, key: str) -> Account | None:
        """What an account leads to, read consistently; None: nobody has come with it, or it was deleted."""
        item = self._table.get(*self._key(key))
        return Account(key, item["person"], item.get("pairwise", "")) if item and "person" in item else None

    def link(self, person: Person, link: SsoLink, before: Account | None, event: EventWrite, pairwise: str = "") -> Person:
        """Link an account with a person: the person as they then are.

        ``before``: what the account led to when it was read, which did not count. ``Changed`` if that, or anything by which the
        person was matched and let in, is no longer as read.
        """
        same: list[Condition] = [
            (name, "=", getattr(person, name))
            for name in ("role", "status", "email_key", "username_key", "email_typed", "mis_id", "version")
        ]
        same.append(("sso", "=", sso_to_value(person.sso)))
        after = replace(person, sso=(*(each for each in person.sso if each.key != link.key), link))
        update = self._directory.change_of(person.id, {"sso": sso_to_value(after.sso)}, same)
        transact(self._client, [(self._table, update), self._lead(person.id, link, before, pairwise), event])
        return after

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
