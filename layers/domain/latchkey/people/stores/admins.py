"""The admins of a school: who they are, and how one stops being one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import ADULTS, ROLES, Person
from latchkey.people.stores.people import Directory
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Put, Table, Update, transact

Write: TypeAlias = tuple[Table, Update | Put]
_ROLES: Final = tuple(role for role in ROLES if role in ADULTS)
_LOCK: Final = "ADMINS"


class Admins:
    """The admins of one school. Only teachers and staff can be admins, so only they are looked through."""

    def __init__(self, client: Client, table: Table, school: str) -> None:
        self._client = client
        self._table = table
        self._directory = Directory(table, school)
        self.school = school

    def all(self) -> list[Person]:
        """Everybody with admin rights who has not left.

        Found in the index ``people``, 1 MB of teachers and staff (about a thousand) a call, and read again by key: somebody whose
        rights ended a moment ago is not among them. Somebody who has just become an admin may be missing for a moment.
        """
        found = [person.id for person in self._directory.matching(PeopleFilter(roles=_ROLES)) if person.is_admin]
        return [person for person in self._directory.by_ids(found) if person.is_admin and person.status == "active"]

    def others(self, admin: str) -> list[Person]:
        """All but this one: who can agree to what this one wants."""
        return [person for person in self.all() if person.id != admin]

    # Two admins whose rights end in the same moment, each of whom is the other's last colleague:
    #
    #     A: revision 5, others: B ── end A, if revision is 5 ──▶ done, revision 6
    #     B: revision 5, others: A ─────── end B, if revision is 5 ──▶ ✗ Changed; look again: nobody else is left

    def revision(self) -> int:
        """How often rights have ended here. Read it before ``all``, and give it to ``end``."""
        return int((self._table.get(self.school, _LOCK) or {}).get("revision", 0))

    def end(self, person: Person, revision: int, also: Sequence[Write] = ()) -> None:
        """Take admin rights, and do what follows from it, all or nothing; with the stamp every session and link ends.

        ``Changed`` if they are no admin by now, or somebody else's rights ended since ``revision`` was read.
        """
        still_admin = self._directory.change_of(person.id, {"is_admin": False, "admin_since": None}, [("is_admin", "=", True)])
        still_admin = replace(still_admin, add={"version": 1})  # else rights that are given again bring old links back
        nobody_else_ended = Update(
            pk=self.school, sk=_LOCK, set={"revision": revision + 1}, when=[("revision", "=", revision or None)]
        )
        transact(self._client, [(self._table, still_admin), (self._table, nobody_else_ended), *also])
