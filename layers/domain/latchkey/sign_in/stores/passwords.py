"""Setting a password: the one transaction over ``directory`` and ``credentials``."""

from collections.abc import Sequence

from latchkey.audit.stores.audit import EventWrite
from latchkey.people.model.person import Person
from latchkey.people.stores.people import Directory
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, Put, Table, Update, Value, transact
from latchkey.sign_in.stores.credentials import Credentials


class Passwords:
    """Writes passwords of one school. The new hash and the new credential version stand or fall together."""

    def __init__(self, client: Client, directory: Table, credentials: Table, school: str) -> None:
        self._client = client
        self._people = directory
        self._directory = Directory(directory, school)
        self._credentials = Credentials(credentials, school)

    def set(
        self,
        person: Person,
        password_hash: str,
        used_link: str,
        now: int,
        event: EventWrite,
        *,
        also: Sequence[tuple[Table, Update]] = (),
    ) -> None:
        """Set a first or a new password, with its audit event; ``Changed`` if the person is no longer as read.

        ``also``: what the person gets back with it.

        The version decides: of two uses of one link, or of two links, one wins. Address, role and status are what the link
        was mailed for. Admin rights are in the stamp that was checked on reading; the role of the portal may not name them here,
        because IAM cannot tell an attribute that is compared from one that is written.
        """
        one_use_wins: Condition = ("version", "=", person.version)
        mailed_for: list[Condition] = [
            ("email", "=", person.email),  # the address itself: its look-up key may be replaced meanwhile
            ("role", "=", person.role),
            ("status", "=", person.status),
        ]
        facts: dict[str, Value] = {"version": person.version + 1, "password_set_at": now, "used_link": used_link}
        facts["email_typed"] = None  # whoever has the link reads the address that it was mailed to
        facts["locked_at"] = None
        unchanged = self._directory.change_of(person.id, facts, [one_use_wins, *mailed_for])
        password = self._credentials.password_of(person.id, password_hash, now)
        transact(self._client, [(self._people, unchanged), password, event, *also])

    def change(
        self, person: Person, password_hash: str, now: int, event: EventWrite, also: Sequence[tuple[Table, Update | Put]]
    ) -> None:
        """Set another password in place of the one that was just shown; ``Changed`` if the person is no longer as read.

        ``also`` are the writes with which the session that asks goes on, in the same transaction: all others end with the
        version, and of two changes at once one wins. What was typed as an address stays unconfirmed: no mail was read.
        """
        one_change_wins: Condition = ("version", "=", person.version)
        still_theirs: list[Condition] = [("role", "=", person.role), ("status", "=", person.status)]
        facts: dict[str, Value] = {"version": person.version + 1, "password_set_at": now, "locked_at": None}
        changed = self._directory.change_of(person.id, facts, [one_change_wins, *still_theirs])
        password = self._credentials.password_of(person.id, password_hash, now)
        transact(self._client, [(self._people, changed), password, event, *also])
