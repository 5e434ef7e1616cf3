"""Children are joined to a parent's account, new or not, in one transaction with what gives the right to it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from latchkey.audit.stores.audit import EventWrite
from latchkey.people.model.change import PersonChange
from latchkey.people.model.person import Person
from latchkey.people.stores.people import Directory
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, Put, Table, Update, Value, transact
from latchkey.sign_in.stores.credentials import Credentials
from latchkey.sign_in.stores.sessions import NOTHING, Noted, Owed

Write: TypeAlias = tuple[Table, Update | Put]
_STILL_HERE: Final[Condition] = ("status", "<>", "left")


class Joins:
    """Where parents and children of one school find each other.

    ``right``: the write that spends what gives the right to it (an invitation, a confirmation): of many at once one wins. What
    is not as it was read raises ``Changed``, and nothing is written.
    """

    def __init__(self, client: Client, directory: Table, credentials: Table, school: str) -> None:
        self._client = client
        self._people = directory
        self._directory = Directory(directory, school)
        self._credentials = Credentials(credentials, school)

    def make(
        self,
        parent: Person,
        children: Sequence[Person],
        password_hash: str | None,
        now: int,
        event: EventWrite,
        *,
        right: Write,
        also: Sequence[Owed] = (),
        noted: Noted = NOTHING,
    ) -> None:
        """Make a parent with a password and link them with these children. ``parent.children`` says the same.

        Without a hash there is no password: ``also`` then keeps what is there in its place, and ``noted`` is what their item says
        besides, where they are signed in by it.
        """
        person = self._directory.make_of(parent)
        person = replace(person, set={**person.set, **noted})
        made: list[Owed] = [right, (self._people, person), *self._links(parent.id, children), *also]
        if password_hash is not None:
            made.append(self._credentials.password_of(parent.id, password_hash, now))
        transact(self._client, [*made, event])

    def join(
        self,
        account: Person,
        children: Sequence[Person],
        now: int,
        event: EventWrite,
        *,
        right: Write,
        password_hash: str | None = None,
        also: Sequence[Owed] = (),
        noted: Noted = NOTHING,
        factors: Sequence[str] = (),
        invitation: str = "",
    ) -> None:
        """Link an account of the mailbox with these children, and set its first password if there is a hash.

        Whoever has the right has shown that they read the address, so it is confirmed by this. ``invitation``: by which one.
        ``also`` keeps a first way in beside the password or in its place, ``factors`` are its kinds; ``noted``: as of ``make``.
        """
        after = tuple(dict.fromkeys((*account.children, *(child.id for child in children))))
        same_mailbox: list[Condition] = [(name, "=", getattr(account, name)) for name in ("email", "role", "status", "version")]
        joined = self._directory.link_of(PersonChange(account, replace(account, children=after)))
        facts: dict[str, Value] = {**joined.set, **noted, "email_typed": None}
        writes: list[Owed] = [right, *self._links(account.id, children), event, *also]
        if password_hash is not None or also:
            facts["version"] = account.version + 1
        if factors:
            facts["second_factors"] = list[Value](factors)
        if password_hash is not None:
            facts |= {"password_set_at": now, "locked_at": None}
            writes.append(self._credentials.password_of(account.id, password_hash, now))
        invited: dict[str, list[Value]] = {"invited": [invitation]} if invitation else {}
        writes.append((self._people, replace(joined, set=facts, append=invited, when=[*joined.when, *same_mailbox])))
        transact(self._client, writes)

    def _links(self, parent: str, children: Sequence[Person]) -> list[Write]:
        """The children's side: whose parent this is already is only held to be here still."""
        writes: list[Write] = []
        for child in children:
            after = child if parent in child.parents else replace(child, parents=(*child.parents, parent))
            link = self._directory.link_of(PersonChange(child, after))
            writes.append((self._people, replace(link, when=[*link.when, _STILL_HERE])))
        return writes
