"""What became of a school's mails, counted by the hour, in the table ``activity``: what the school's brake is judged by.

An hour is counted in the transaction that moves a send's counters, so nothing is counted twice or left out. An admin who resumes
what a brake has paused has the counting begin anew:

    hours        ... │ 9 o'clock │ 10 o'clock       since      │ 11 o'clock │ 12 o'clock: now
                     ├───────────┼────────────────────┬────────┼────────────┼──────▶
                       before: no longer counted      │ the part behind it, and all later hours
"""

from dataclasses import astuple
from typing import Final

from latchkey.sends.model.school_brake import HOUR, HOURS, hour_of
from latchkey.sends.model.send import Tally
from latchkey.sends.stores.items import TALLY
from latchkey.shared.stores.dynamo import Item, Put, Table, Update

_SINCE: Final = "SINCE"
_KEPT: Final = 3 * 86_400

SinceWrite = tuple[Table, Put]


class SchoolHours:
    """One school's hours."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self._pk = f"{school}#BRAKE"

    def counted(self, moved: Tally, now: int) -> Update:
        """The update that counts, to stand in a transaction."""
        hour = hour_of(now)
        add = {name: count for name, count in zip(TALLY, astuple(moved), strict=True) if count}
        return Update(pk=self._pk, sk=_sk(hour), set={"expires_at": hour * HOUR + _KEPT}, add=add)

    def since(self) -> int:
        """From when on mails count, in epoch seconds; 0 if an admin has never had it begin anew."""
        return int((self._table.get(self._pk, _SINCE) or {}).get("at", 0))

    def day(self, now: int) -> Tally:
        """The mails of the last 24 hours and of the one that runs, but for what was before an admin had it begin anew."""
        items = {item["sk"]: item for page in self._table.pages(self._pk) for item in page}
        since = items.get(_SINCE, {})
        first = max(hour_of(now) - HOURS, hour_of(since.get("at", 0)))
        hours = [items.get(_sk(hour), {}) for hour in range(first, hour_of(now) + 1)]
        before = since if since and hour_of(since["at"]) >= first else {}
        return Tally(*(sum(each.get(name, 0) for each in hours) - before.get(name, 0) for name in TALLY))

    def anew(self, now: int) -> SinceWrite:
        """What has the counting begin anew, to stand in a transaction: the hour that runs counts from what it holds now."""
        held = self._table.get(self._pk, _sk(hour_of(now))) or {}
        item: Item = {"pk": self._pk, "sk": _SINCE, "at": now, **{name: held.get(name, 0) for name in TALLY}}
        return self._table, Put(item=item | {"expires_at": now + _KEPT})


def _sk(hour: int) -> str:
    return f"HOUR#{hour:07d}"
