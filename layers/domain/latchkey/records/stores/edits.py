"""Writing what an admin decides of one person: each is one transaction with its audit event."""

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from latchkey.audit.stores.audit import EventWrite
from latchkey.people.model.edited import with_edits
from latchkey.people.model.person import Person
from latchkey.people.stores.items import fact, former_to_value, person_to_item
from latchkey.people.stores.people import Directory
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, Put, Table, Update, Value, transact
from latchkey.sign_in.stores.credentials import Credentials, Name

Write: TypeAlias = tuple[Table, Update | Put]
_FACTS: Final = (
    "given_name",
    "family_name",
    "preferred_given_name",
    "preferred_family_name",
    "email",
    "email_key",
    "email_typed",
    "username",
    "username_key",
    "role",
    "year_group",
    "registration_group",
    "language",
    "status",
    "edited",
)


class Edits:
    """The corrections of one school's people."""

    def __init__(self, client: Client, directory: Table, credentials: Table, school: str) -> None:
        self._client = client
        self._people = directory
        self._directory = Directory(directory, school)
        self._credentials = Credentials(credentials, school)
        self.school = school

    def stored(self, person: Person) -> dict[str, Value]:
        """The person's item, with its key."""
        return person_to_item(self.school, person)

    def change(
        self, before: Person, after: Person, event: EventWrite, names: Iterable[Name] = (), also: Iterable[Write] = ()
    ) -> None:
        """Write what differs, mark these fields as edited, and raise the credential version to that of ``after``.

        ``names`` are a new username's, with who got it last; ``also`` stands in the same transaction. ``Changed`` if the
        person is not as read, the name was given away meanwhile, or ``also`` finds something else than was read.
        """
        after = with_edits(before, after)
        item = person_to_item(self.school, after)
        facts: dict[str, Value] = {name: item[name] for name in _FACTS if getattr(after, name) != getattr(before, name)}
        facts |= {"people_pk": item["people_pk"], "people_sk": item["people_sk"], "version": after.version}
        if after.former_email is not None and after.former_email != before.former_email:
            facts["former_email"] = former_to_value(after.former_email)
        marked = before.mail_problem
        if marked and after.mail_problem and after.mail_problem.email_key != marked.email_key:
            facts["mail_problem.email_key"] = after.mail_problem.email_key
        update = self._directory.change_of(before.id, facts, _as_read(before))
        self._write([(self._people, update), *self._names(after, names), event, *also])

    def add(self, person: Person, event: EventWrite, names: Iterable[Name] = ()) -> None:
        """Write a new person; ``Changed`` if there is one with this id, or the username was given away meanwhile."""
        new = Put(item=person_to_item(self.school, person), when=[("pk", "missing", None)])
        self._write([(self._people, new), *self._names(person, names), event])

    def unlink(self, parent: Person, child: Person, event: EventWrite) -> None:
        """Take a parent and a child apart, both ways; ``Changed`` if either is linked otherwise by now."""
        of_parent, of_child = _without(parent.children, child.id), _without(child.parents, parent.id)
        parents_were: Condition = ("parents", "=", list(child.parents) or None)
        children_were: Condition = ("children", "=", list(parent.children) or None)
        self._write(
            [
                (self._people, self._directory.change_of(parent.id, {"children": of_parent}, [children_were])),
                (self._people, self._directory.change_of(child.id, {"parents": of_child}, [parents_were])),
                event,
            ]
        )

    def hide_pin(self, student: Person, parents: Sequence[str], event: EventWrite) -> None:
        """Hide a student's PIN from these parents and no others; ``Changed`` if it is hidden from others than was read by now."""
        as_read: Condition = ("pin_hidden_from", "=", list(student.pin_hidden_from) or None)
        update = self._directory.change_of(student.id, {"pin_hidden_from": list(parents) or None}, [as_read])
        self._write([(self._people, update), event])

    def _names(self, person: Person, names: Iterable[Name]) -> list[tuple[Table, Put]]:
        """The writes that keep a new username for its person, as for a name that a student chooses with a PIN."""
        return [self._credentials.name_of(name.key, person.id, name.holder, name.epoch) for name in names]

    def _write(self, writes: Sequence[tuple[Table, Update | Put]]) -> None:
        transact(self._client, writes)


def _without(ids: Sequence[str], one: str) -> list[Value] | None:
    return [each for each in ids if each != one] or None


def _as_read(person: Person) -> list[Condition]:
    """As it was when the change was decided; somebody who registered by a code has no ``is_admin`` at all."""
    same: list[Condition] = [(name, "=", fact(person, name)) for name in (*_FACTS, "version")]
    return [*same, ("is_admin", "=" if person.is_admin else "<>", True)]
