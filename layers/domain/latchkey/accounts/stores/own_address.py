"""The address that somebody has asked for themselves, in their own item in the table ``directory``."""

from latchkey.audit.stores.audit import EventWrite
from latchkey.people.model.person import NewEmail, Person
from latchkey.people.stores.people import Directory
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, Table, Value, transact


class OwnAddress:
    """The wishes of one school's people for another address."""

    def __init__(self, client: Client, directory: Table, school: str) -> None:
        self._client = client
        self._people = directory
        self._directory = Directory(directory, school)

    def ask(self, person: Person, wish: NewEmail | None, event: EventWrite) -> None:
        """Keep the wish in place of any before, or none, with the event; ``Changed`` if the account is not as it was read."""
        as_read: list[Condition] = [
            ("version", "=", person.version),
            ("email", "=", person.email),
            ("status", "=", person.status),
        ]
        value: dict[str, Value] | None = (
            {"email": wish.email, "at": wish.at, "version": wish.version} if wish is not None else None
        )
        transact(self._client, [(self._people, self._directory.change_of(person.id, {"new_email": value}, as_read)), event])
