"""People who are being erased: what the worker that finishes it goes by, and what is deleted of them at once."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

from latchkey.audit.stores.audit import EventWrite
from latchkey.people.model.change import PersonChange
from latchkey.people.model.person import Person
from latchkey.people.stores.items import is_account, person_from_item, person_key, person_to_item
from latchkey.people.stores.people import Directory
from latchkey.records.stores.edits import Edits
from latchkey.shared.stores.dynamo import Item, Put, Table
from latchkey.sign_in.stores.credentials import secrets_of, username_place
from latchkey.sign_in.stores.sessions import session_key

Key: TypeAlias = tuple[str, str]
_KEPT: Final = 30 * 86_400
"""Seconds after which a copy goes in any case: twice as long as the messages of a worker that fails are kept."""
_FACTS: Final = (
    "id",
    "role",
    "given_name",
    "family_name",
    "preferred_given_name",
    "preferred_family_name",
    "email",
    "former_email",
    "children",
    "merged",
    "invited",
)
"""What finds somebody in invitations and contacts; none of it is a key of an index, so no list has them."""


class Erased:
    """The copies that one school keeps of people who are being erased, until a worker is through with them."""

    def __init__(self, directory: Table, school: str) -> None:
        self._directory = directory
        self.school = school

    def keep_of(self, person: Person, now: int) -> EventWrite:
        """The write that keeps a copy, to stand in the transaction that ends the person."""
        whole = person_to_item(self.school, person)
        pk, sk = self._key(person.id)
        facts = {name: whole[name] for name in _FACTS if whole.get(name) is not None}
        return self._directory, Put(item={**facts, "pk": pk, "sk": sk, "expires_at": now + _KEPT})

    def get(self, person: str) -> Person | None:
        """The copy; None: there is none, or a worker was through with it."""
        item = self._directory.get(*self._key(person))
        return person_from_item(item) if item else None

    def forget(self, person: str) -> None:
        """Delete the copy."""
        self._directory.delete_many([self._key(person)])

    def _key(self, person: str) -> tuple[str, str]:
        return f"{self.school}#ERASING", person


class Erasures:
    """What one school keeps of a person in three tables.

    ``touched`` is called with the keys of all that was changed, once, at the end: until then the roll may show the person.
    """

    def __init__(self, edits: Edits, tables: tuple[Table, Table, Table], touched: Callable[[list[Key]], None]) -> None:
        self._edits = edits
        self._directory, self._credentials, self._sessions = tables
        self._touched = touched
        self.school = edits.school

    def around(self, person: Person, names: Iterable[tuple[str, int]]) -> tuple[list[Person], list[tuple[str, int]]]:
        """The person's family, and which of these usernames (look-up key and its epoch) they chose last; one call."""
        asked = {username_place(self.school, *name): name for name in names}
        family = [person_key(self.school, each) for each in dict.fromkeys((*person.children, *person.parents))]
        if not family and not asked:
            return [], []
        found = self._directory.get_across({self._directory: family, self._credentials: [*asked]})
        people = (found.get((self._directory.name, *key)) for key in family)
        theirs = [name for key, name in asked.items() if _is_of(found.get((self._credentials.name, *key)), person.id)]
        return [person_from_item(item) for item in people if item is not None and is_account(item)], theirs

    def end(self, before: Person, after: Person, event: EventWrite, family: Iterable[PersonChange], now: int) -> None:
        """Write that the person has left, with a copy of them, the event, and these changes of their family; all or nothing.

        ``Changed`` if anybody is not as read.
        """
        directory = Directory(self._directory, self.school)
        links = [(self._directory, directory.link_of(change)) for change in family]
        self._edits.change(before, after, event, also=[Erased(self._directory, self.school).keep_of(after, now), *links])

    def delete_person(self, person: str, family: Iterable[str]) -> None:
        """Delete the person's item, whether it exists or not; ``family``: who was changed with them."""
        key = person_key(self.school, person)
        self._directory.delete_many([key])
        self._touched([key, *(person_key(self.school, each) for each in family)])

    def delete_of(self, person: str, names: Sequence[tuple[str, int]], beside: Sequence[tuple[str, str]]) -> None:
        """Delete sessions, hash, second factors, these usernames, and these items of the directory; in one call but for many."""
        pk = session_key(self.school, person, "")[0]
        sessions = [(pk, item["sk"]) for page in self._sessions.pages(pk) for item in page]
        secrets = [*secrets_of(self.school, person), *(username_place(self.school, *name) for name in names)]
        self._directory.delete_across({self._sessions: sessions, self._credentials: secrets, self._directory: beside})


def _is_of(item: Item | None, person: str) -> bool:
    return item is not None and item["person"] == person
