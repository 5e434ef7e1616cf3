"""What people choose for themselves: attributes of their own item in the table ``directory``."""

from latchkey.audit.stores.audit import EventWrite
from latchkey.people.model.person import Person
from latchkey.people.stores.people import Directory
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, Table, Value, transact


class OwnChoices:
    """The choices of one school's people."""

    def __init__(self, client: Client, directory: Table, school: str) -> None:
        self._client = client
        self._people = directory
        self._directory = Directory(directory, school)

    def language(self, before: Person, after: Person, event: EventWrite) -> None:
        """Write the language of ``after`` and which fields count as edited, with the event; ``Changed`` if either was changed."""
        as_read: list[Condition] = [
            ("language", "=", before.language),
            ("edited", "=", list(before.edited) or None),  # a roster may take marks away meanwhile
            ("status", "=", before.status),
        ]
        facts: dict[str, Value] = {"language": after.language, "edited": list(after.edited) or None}
        transact(self._client, [(self._people, self._directory.change_of(before.id, facts, as_read)), event])
