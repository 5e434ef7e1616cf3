"""Writing new addresses: each stands under the address that was read, in the table ``directory``."""

from collections.abc import Sequence
from typing import Final

from latchkey.people.model.change import PersonChange
from latchkey.people.model.unconfirmed import given_by_school
from latchkey.people.stores.items import fact, former_to_value
from latchkey.people.stores.people import Directory
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Table, Update, Value

_TRANSACTION: Final = 100  # DynamoDB: TransactWriteItems


class EmailChanges:
    """New addresses of one school's people."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self._directory = Directory(table, school)

    def write(self, changes: Sequence[PersonChange]) -> set[str]:
        """Write these addresses, as many at once as a transaction takes; the ids of those who were not as they were read.

        Who got another address, set a password, became an admin or left since is left alone.
        """
        late: set[str] = set()
        for start in range(0, len(changes), _TRANSACTION):
            some = changes[start : start + _TRANSACTION]
            try:
                self._table.transact([self._update(each) for each in some])
            except ConditionFailed:
                late |= {each.before.id for each in some if not self._is_in_time(each)}
        return late

    def _is_in_time(self, change: PersonChange) -> bool:
        try:
            self._table.transact([self._update(change)])
        except ConditionFailed:
            return False
        return True

    def _update(self, change: PersonChange) -> Update:
        before, after = change.before, change.after
        facts: dict[str, Value] = {"email": after.email, "email_key": after.email_key, "edited": fact(after, "edited")}
        known = given_by_school(before, after)
        if known.email_typed != before.email_typed:
            facts["email_typed"] = known.email_typed
        if after.former_email != before.former_email:
            facts["former_email"] = former_to_value(after.former_email)
        # A person who registered with a code has no attribute is_admin: what is not there is not true either.
        as_read: list[Condition] = [
            ("email", "=", before.email),  # not its look-up key, which may be replaced meanwhile
            ("edited", "=", fact(before, "edited")),  # or a mark of this moment would be lost
            ("is_admin", "<>", True),
            ("status", "=", before.status),
            # Whoever sets their first password at this moment has to be told, and was read as somebody who has not.
            ("password_set_at", "=", before.password_set_at),
        ]
        return self._directory.change_of(before.id, facts, as_read)
