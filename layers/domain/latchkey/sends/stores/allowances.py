"""What each admin has sent without approval: one item for each admin, in the table ``activity``.

An entry is written before its mails can go out, under the revision that was read. So of two sends at once the second one sees the
first:

    send 1: revision 4, 60 of 100 spent ── + 30, if revision is 4 ──▶ done, revision 5
    send 2: revision 4, 60 of 100 spent ────────── + 30, if revision is 4 ──▶ ✗ read again: 90 spent, so it needs approval
"""

from collections.abc import Callable
from typing import Final

from latchkey.errors import TryLater
from latchkey.schools.model.school import DAY
from latchkey.sends.model.allowance import kept, spent, with_send
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Table, Update, Value

_TRIES: Final = 16
_Entries = dict[str, tuple[int, int]]


class Allowances:
    """The admins of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def spent(self, admin: str, at: int) -> int:
        """People to whom an admin sends without approval within 24 hours before or after a time."""
        return spent(self._read(admin)[0], at)

    def reserve(self, admin: str, send: str, people: int, *, at: int, now: int, above: int | None) -> bool:
        """Count a send that is about to be written; False, and nothing counted, if it goes beyond ``above`` with the others.

        A send that is counted already stays as it is: the same request may come again.
        """

        def add(before: _Entries) -> _Entries | None:
            return before if send in before else with_send(before, send, people, at, above)

        return self._change(admin, now, add)

    def take(self, admin: str, send: str, people: int, *, now: int, above: int | None) -> bool:
        """Count a send that goes out now to just so many people; False, and it counts no more, if that is beyond ``above``."""
        if self._change(admin, now, lambda before: with_send(before, send, people, now, above)):
            return True
        self.give_back(admin, send, now)
        return False

    def give_back(self, admin: str, send: str, now: int) -> None:
        """Count a send no longer: another admin approves it, or it went to nobody."""
        self._change(admin, now, lambda before: {name: entry for name, entry in before.items() if name != send})

    def _change(self, admin: str, now: int, change: Callable[[_Entries], _Entries | None]) -> bool:
        for _ in range(_TRIES):
            before, revision = self._read(admin)
            after = change(kept(before, now))
            if after is None:
                return False
            if after == before:
                return True
            entries: dict[str, Value] = {name: list(entry) for name, entry in after.items()}
            ends = max((at for at, _ in after.values()), default=now) + 2 * DAY
            facts: dict[str, Value] = {"sends": entries, "revision": revision + 1, "expires_at": ends}
            as_read: Condition = ("revision", "=", revision or None)
            try:
                self._table.update(Update(pk=self._pk, sk=admin, set=facts, when=[as_read]))
            except ConditionFailed:
                continue
            return True
        raise TryLater()

    def _read(self, admin: str) -> tuple[_Entries, int]:
        item = self._table.get(self._pk, admin) or {}
        return {name: (at, people) for name, (at, people) in (item.get("sends") or {}).items()}, item.get("revision", 0)

    @property
    def _pk(self) -> str:
        return f"{self.school}#ALONE"
