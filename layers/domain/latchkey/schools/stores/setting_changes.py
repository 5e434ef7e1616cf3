"""Changes of a school's settings, and those that wait for a second admin: in the school's item, in the table ``directory``.

Every change raises ``settings_revision`` and expects it as it was read. So of two admins at once, who change, ask, approve,
decline or withdraw, one conditional write wins, and the other looks again:

    A: revision 7, above 100 ── tightens to 50, if revision is 7 ──▶ done, revision 8
    B: revision 7, above 100 ─────── "80 is stricter than 100", if revision is 7 ──▶ ✗ Changed; read again: 80 needs approval
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import TypeAlias

from latchkey.audit.stores.audit import EventWrite
from latchkey.schools.model.school import School, Settings, as_values
from latchkey.schools.model.waiting import AddressChange, FactorReset, Waiting
from latchkey.schools.stores.schools import changed_at
from latchkey.schools.stores.waiting import addresses_to_value, resets_to_value, waiting_to_value
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, Put, Table, Update, Value, transact

Write: TypeAlias = tuple[Table, Update | Put]


class SettingChanges:
    """The changes of settings of any school."""

    def __init__(self, client: Client, table: Table) -> None:
        self._client = client
        self._table = table

    def write(self, before: School, after: Settings, waiting: Waiting | None, also: Sequence[EventWrite], now: int = 0) -> None:
        """Set what differs, and what waits from now on, together with the events and notices that tell of it, all or nothing.

        ``Changed`` if the school's settings, or what waits, are no longer as in ``before``.
        """
        transact(self._client, [self.write_of(before, after, waiting, now), *also])

    def write_of(
        self,
        before: School,
        after: Settings,
        waiting: Waiting | None,
        now: int = 0,
        *,
        addresses: Sequence[AddressChange] | None = None,
    ) -> Write:
        """The write to the school that ``write`` makes, to stand in a transaction.

        Roles whose way of signing in changes get ``now`` as its time, which ends the sessions of before.
        ``addresses``: the new addresses of admins that wait from now on, if they change too: a transaction writes an item once.
        """
        values, switched = as_values(after), before.settings.sso.switched(after.sso)
        facts: dict[str, Value] = {f"settings.{name}": values[name] for name in changed(before.settings, after)}
        when: list[Condition] = [("pk", "exists", None), ("settings_revision", "=", before.settings_revision or None)]
        if addresses is not None:
            facts["admin_emails"] = addresses_to_value(addresses)
            when.append(("admin_emails", "=", addresses_to_value(before.admin_emails)))
        return self._table, Update(
            pk=before.slug,
            sk="SCHOOL",
            set=facts | {"waiting": waiting_to_value(waiting)} | {changed_at(role): now for role in sorted(switched)},
            add={"settings_revision": 1},
            when=when,
        )

    def write_all(self, writes: Sequence[Write]) -> None:
        """All of these or none; ``Changed`` if one of them finds something else than was read."""
        transact(self._client, writes)

    def write_addresses_of(self, school: School, after: Iterable[AddressChange]) -> Write:
        """The write of the new addresses of admins that wait from now on, to stand in a transaction.

        It fails (``Changed``) if others wait by now than in ``school``.
        """
        as_read: Condition = ("admin_emails", "=", addresses_to_value(school.admin_emails))
        return self._table, Update(
            pk=school.slug, sk="SCHOOL", set={"admin_emails": addresses_to_value(after)}, when=[("pk", "exists", None), as_read]
        )

    def write_resets_of(self, school: School, after: Iterable[FactorReset]) -> Write:
        """The write of the second factors that are to be taken away from now on, to stand in a transaction.

        It fails (``Changed``) if others wait by now than in ``school``.
        """
        as_read: Condition = ("factor_resets", "=", resets_to_value(school.factor_resets))
        return self._table, Update(
            pk=school.slug, sk="SCHOOL", set={"factor_resets": resets_to_value(after)}, when=[("pk", "exists", None), as_read]
        )


def changed(before: Settings, after: Settings) -> list[str]:
    """The names of the settings that differ."""
    return [each.name for each in fields(Settings) if getattr(after, each.name) != getattr(before, each.name)]
