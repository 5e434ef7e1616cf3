"""What students have said of adults who are linked with them, until the office has looked; each with its audit event."""

from collections.abc import Sequence

from latchkey.audit.stores.audit import EventWrite
from latchkey.people.model.person import Person
from latchkey.people.stores.people import Directory
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, Table, transact


class Objections:
    """The objections of one school's students."""

    def __init__(self, client: Client, directory: Table, school: str) -> None:
        self._client = client
        self._people = directory
        self._directory = Directory(directory, school)

    def object_to(self, student: Person, parent: str, event: EventWrite) -> None:
        """Note that the student says that this adult is not their parent; ``Changed`` if they are linked otherwise by now."""
        parents_were: Condition = ("parents", "=", list(student.parents) or None)
        self._write(student, (*student.not_mine, parent), [parents_were], event)

    def settle(self, student: Person, parent: str, event: EventWrite) -> None:
        """The office has looked, and they belong together; ``Changed`` if the student has said something else meanwhile."""
        self._write(student, tuple(each for each in student.not_mine if each != parent), [], event)

    def _write(self, student: Person, parents: Sequence[str], when: Sequence[Condition], event: EventWrite) -> None:
        said_so_far: Condition = ("not_mine", "=", list(student.not_mine) or None)
        update = self._directory.change_of(student.id, {"not_mine": list(parents) or None}, [said_so_far, *when])
        transact(self._client, [(self._people, update), event])
