"""Writing people back as they were, each under what was read, in the table ``directory``."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from latchkey.people.model.change import PersonChange
from latchkey.people.model.person import Person
from latchkey.people.model.register import sort_key
from latchkey.people.stores.items import ROSTER_FACTS, fact, former_to_value, person_to_item
from latchkey.people.stores.people import Directory
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Table, Update, Value
from latchkey.shared.stores.pace import Pace

_TRANSACTION: Final = 100  # DynamoDB: TransactWriteItems
_FACTS: Final = ROSTER_FACTS
_AS_READ: Final = (*ROSTER_FACTS, "version", "password_set_at", "last_login_at", "used_link")


class UndoPeople:
    """The people of one school, to be put back."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self._directory = Directory(table, school)

    def put_back(self, changes: Iterable[PersonChange], pace: Pace) -> bool:
        """Write facts and links of these people; False if somebody was not as read, and was left alone.

        Whoever signs in, sets a password or is changed at this moment has to be looked at again.
        """
        return self._write([self._back(each) for each in changes], pace)

    def remove(self, people: Sequence[Person], pace: Pace) -> bool:
        """Delete people whom a run has made; False if somebody was not as read, and was left alone.

        They are ended first, under what was read, and deleted last: who is ended uses nothing any more.
        """
        complete = True
        for start in range(0, len(people), _TRANSACTION):
            some = people[start : start + _TRANSACTION]
            late = self._late([self._ended(each) for each in some], pace)
            complete = complete and not late
            self._directory.erase(*(each.id for each in some if each.id not in late))
        return complete

    def _ended(self, person: Person) -> Update:
        nobody_uses_it: list[Condition] = [("children", "=", None), ("parents", "=", None), ("is_admin", "<>", True)]
        facts: dict[str, Value] = {"status": "left", "version": person.version + 1}
        return self._directory.change_of(person.id, facts, [*_as_read(person), *nobody_uses_it])

    def _back(self, change: PersonChange) -> Update:
        before, after = change.before, change.after
        facts: dict[str, Value] = {
            name: fact(after, name) for name in ROSTER_FACTS if getattr(after, name) != getattr(before, name)
        }
        facts["people_sk"] = sort_key(after)
        if after.former_email is not None and after.former_email != before.former_email:
            facts["former_email"] = former_to_value(after.former_email)
        marked = before.mail_problem
        if marked and after.mail_problem and after.mail_problem.email_key != marked.email_key:
            facts["mail_problem.email_key"] = after.mail_problem.email_key
        if after.role != before.role:
            facts["people_pk"] = person_to_item(self._directory.school, after)["people_pk"]
        left = before.status != "left" and after.status == "left"
        if left or after.role != before.role:  # links and sessions end for good, also if they come back
            facts["version"] = before.version + 1
        as_read = [*_as_read(before), ("is_admin", "=" if before.is_admin else "<>", True)]
        for name in ("children", "parents"):
            linked = list(getattr(after, name))
            if linked != list(getattr(before, name)):
                facts[name] = linked or None
                as_read.append((name, "=", list(getattr(before, name)) or None))
        return self._directory.change_of(before.id, facts, as_read)

    def _write(self, updates: Sequence[Update], pace: Pace) -> bool:
        left, complete = iter(updates), True
        while some := list(islice(left, _TRANSACTION)):
            complete = not self._late(some, pace) and complete
        return complete

    def _late(self, updates: Sequence[Update], pace: Pace) -> set[str]:
        """Write these, one by one where one is too late; the ids of those who were too late."""
        if not updates:
            return set()
        try:
            self._table.transact(updates, pace)
        except ConditionFailed:
            return {update.pk.rpartition("#")[2] for update in updates if not self._is_in_time(update, pace)}
        return set()

    def _is_in_time(self, update: Update, pace: Pace) -> bool:
        try:
            self._table.transact([update], pace)
        except ConditionFailed:
            return False
        return True


def _as_read(person: Person) -> list[Condition]:
    return [(name, "=", fact(person, name)) for name in _AS_READ]
