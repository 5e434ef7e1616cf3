"""Confirming an address: of an account, of a new address, or joining a provisional account to another one.

What one link does is one transaction with its audit events (``write``). What was read is compared, so of two confirmations at
once one wins, and nobody who was changed, erased or ended meanwhile is written to.
"""

from collections.abc import Sequence
from typing import TypeAlias

from latchkey.people.model.change import PersonChange
from latchkey.people.model.person import Person
from latchkey.people.stores.items import former_to_value
from latchkey.people.stores.people import Directory
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, Put, Table, Update, Value, one_each, transact
from latchkey.sign_in.stores.credentials import Credentials

Write: TypeAlias = tuple[Table, Update | Put]
_NO_HASH = "-"  # in place of the hash of an account that is gone: no password fits it
_OF_AN_ACCOUNT = (
    *("email", "email_key", "email_typed", "former_email", "new_email", "provisional_until", "username", "username_key"),
    *("password_set_at", "used_link", "last_login_at", "second_factors", "read_out", "language", "edited"),
    *("children", "parents", "invited", "merged", "people_pk", "people_sk"),
)
"""What goes of an account that only leads to another one. It is changed and not replaced: the portal may replace nobody."""


class Confirmations:
    """The confirmations of one school's addresses."""

    def __init__(self, client: Client, directory: Table, credentials: Table, school: str) -> None:
        self._client = client
        self._people = directory
        self._directory = Directory(directory, school)
        self._credentials = Credentials(credentials, school)
        self.school = school

    def write(self, writes: Sequence[Write]) -> None:
        """All of it or nothing; ``Changed`` if somebody is no longer as they were read, or asks for another address by now."""
        transact(self._client, one_each(writes))

    def confirm_of(self, person: Person, used_link: str) -> Write:
        """The address of this account is confirmed."""
        facts: dict[str, Value] = {"email_typed": None, "provisional_until": None, "used_link": used_link}
        return self._people, self._directory.change_of(person.id, facts, _as_read(person))

    def replace_of(self, person: Person, after: Person, used_link: str) -> Write:
        """The new address that this person had asked for is theirs.

        The version ends what was mailed to the old address, and every session, for good.
        """
        still_asked: Condition = ("new_email.email", "=", after.email)
        facts: dict[str, Value] = {
            "email": after.email,
            "email_key": after.email_key,
            "email_typed": None,
            "provisional_until": None,
            "new_email": None,
            "used_link": used_link,
            "version": person.version + 1,
        }
        if after.former_email is not None:
            facts["former_email"] = former_to_value(after.former_email)
        return self._people, self._directory.change_of(person.id, facts, [*_as_read(person), still_asked])

    def join_of(self, gone: Sequence[Person], into: PersonChange, family: Sequence[PersonChange]) -> list[Write]:
        """Let provisional accounts lead to another one, which gets their children.

            all there ────one transaction────▶ the other one with the children, a mark in place of each provisional one

        Nothing of a provisional account goes over but its children. Its sessions end with it, and its hash is overwritten.
        """
        children: Condition = ("children", "=", list(into.before.children) or None)
        merged: Condition = ("merged", "=", list(into.before.merged) or None)
        there: list[Condition] = [("email", "=", into.before.email), ("status", "=", "active"), children, merged]
        facts: dict[str, Value] = {"children": list(into.after.children), "merged": list(into.after.merged)}
        writes: list[Write] = [(self._people, self._directory.change_of(into.before.id, facts, there))]
        for each in gone:
            writes += [(self._people, self._mark_of(each, into.before.id)), self._credentials.password_of(each.id, _NO_HASH, 0)]
        return [*writes, *((self._people, self._directory.link_of(change)) for change in family)]

    def _mark_of(self, gone: Person, into: str) -> Update:
        mark: dict[str, Value] = {
            **dict.fromkeys(_OF_AN_ACCOUNT),
            "given_name": "",
            "family_name": "",
            "status": "left",
            "version": gone.version + 1,
            "merged_into": into,
        }
        same_children: Condition = ("children", "=", list(gone.children) or None)
        return self._directory.change_of(gone.id, mark, [*_as_read(gone), same_children])


def _as_read(person: Person) -> list[Condition]:
    return [
        ("version", "=", person.version),
        ("email", "=", person.email),  # the address itself: its look-up key may be replaced meanwhile
        ("status", "=", person.status),
        ("role", "=", person.role),
        ("email_typed", "=", person.email_typed),
    ]
