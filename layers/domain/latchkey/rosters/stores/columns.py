"""How the columns of a school's tables are read: what admins have confirmed, and what a preview shows of a file's columns.

Both in the table ``directory``. A confirmed choice stands under the fingerprint of the header, and the newest one counts.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from latchkey.audit.stores.audit import EventWrite
from latchkey.rosters.model.columns import Chosen, Column, chosen_from
from latchkey.rosters.model.runs import Run
from latchkey.rosters.stores.rosters import PREVIEW_KEPT
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, Put, Table, Update, Value, transact

_PAGE: Final = 100  # columns in an item


class RosterColumns:
    """The columns of one school's tables."""

    def __init__(self, client: Client, table: Table, school: str) -> None:
        self._client = client
        self._table = table
        self.school = school

    def remembered(self, fingerprint: str) -> Chosen | None:
        """What an admin has confirmed for files with this header."""
        item = self._table.get(self._partition(), fingerprint)
        return chosen_from(item, "last_time") if item else None

    def write(self, run: str, columns: Sequence[Column], now: int) -> None:
        """Keep the columns of a run's file, for its preview. Another reading has as many of them, so it replaces all."""
        self._table.write_many(
            {
                "pk": f"{self.school}#ROSTER#{run}",
                "sk": f"COLUMNS#{number:05d}",
                "columns": [[*each[:4], list(each.samples)] for each in columns[start : start + _PAGE]],
                "expires_at": now + PREVIEW_KEPT,
            }
            for number, start in enumerate(range(0, len(columns), _PAGE), start=1)
        )

    def of(self, run: str) -> list[Column]:
        """The columns of a run's file."""
        pages = self._table.pages(f"{self.school}#ROSTER#{run}", prefix="COLUMNS#")
        found = (each for page in pages for item in page for each in item["columns"])
        return [Column(place, word, name, why, tuple(samples)) for place, word, name, why, samples in found]

    def choose(self, run: Run, chosen: Chosen, event: EventWrite, *, by: str, now: int) -> Run:
        """Have a previewed run read again in this way, and keep that for the school, with the event: all or nothing.

        ``Changed`` if the run is not previewed, or was read again meanwhile: then its columns may be others.
        """
        reading: dict[str, Value] = {"fingerprint": str((run.reading or {})["fingerprint"]), **chosen.as_value()}
        facts: dict[str, Value] = {"state": "running", "step": "preview", "done": 0, "lease_until": 0, "reading": reading}
        previewed: Condition = ("state", "=", "previewed")
        same_reading: Condition = ("attempt", "=", run.attempt)
        again = Update(pk=f"{self.school}#ROSTERS", sk=run.id, set=facts, when=[previewed, same_reading])
        transact(self._client, [(self._table, again), self.confirmed(reading, by=by, now=now), event])
        return replace(run, state="running", step="preview", done=0, lease_until=0, reading=reading)

    def confirmed(self, reading: dict[str, Value], *, by: str, now: int) -> tuple[Table, Put]:
        """The write that keeps how a run was read, for other files with the same header."""
        kept = {name: reading[name] for name in ("columns", "role") if reading.get(name) is not None}
        item: dict[str, Value] = {"pk": self._partition(), "sk": str(reading["fingerprint"]), **kept}
        return self._table, Put(item={**item, "confirmed_by": by, "confirmed_at": now})

    def _partition(self) -> str:
        return f"{self.school}#ROSTERCOLUMNS"
