"""Links between an adult and a child, as the two of them change them: each is one transaction with its audit event."""

from dataclasses import replace

from latchkey.audit.stores.audit import EventWrite
from latchkey.people.model.change import PersonChange
from latchkey.people.model.person import Person
from latchkey.people.stores.people import Directory
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Table, transact


class FamilyLinks:
    """The links of one school's families."""

    def __init__(self, client: Client, directory: Table, school: str) -> None:
        self._client = client
        self._people = directory
        self._directory = Directory(directory, school)

    def part(self, adult: Person, child: Person, event: EventWrite) -> None:
        """Take an adult and a child apart, both ways; ``Changed`` if either is linked otherwise by now.

        From whom the child's PIN is hidden stays as it is: it holds again if they are linked again.
        """
        without = replace(adult, children=tuple(each for each in adult.children if each != child.id))
        alone = replace(child, parents=tuple(each for each in child.parents if each != adult.id))
        changes = PersonChange(adult, without), PersonChange(child, alone)
        transact(self._client, [*((self._people, self._directory.link_of(change)) for change in changes), event])
