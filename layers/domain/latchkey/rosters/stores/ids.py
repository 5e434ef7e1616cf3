"""Further MIS ids of people: which person a roster's id means where it is not the one that the id itself makes.

An id makes a person's id by itself (decision 9). Where a school's ids change, or two ids mean one person, an item under the made
id names the person: the table ``directory``. Such an item is only ever written anew, never taken away.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from latchkey.shared.stores.dynamo import ConditionFailed, Table, Update
from latchkey.shared.stores.pace import Pace


class FurtherIds:
    """The further ids of one school. ``made``: the person's id that an MIS id makes."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def any(self) -> bool:
        """Whether the school has one: most schools need not be asked about each row."""
        return self._table.get(f"{self.school}#MISIDS", "ANY") is not None

    def find(self, made: Iterable[str]) -> dict[str, str]:
        """Whom these mean, of those that mean somebody else than they make."""
        prefix = self._key("")[0]
        items = self._table.get_many(map(self._key, dict.fromkeys(made)))
        return {item["pk"].removeprefix(prefix): item["person"] for item in items}

    def keep(self, people: Mapping[str, str], pace: Pace | None = None) -> None:
        """Let these ids mean these people from now on."""
        if not people:
            return
        with suppress(ConditionFailed):
            pk = f"{self.school}#MISIDS"
            self._table.update(Update(pk=pk, sk="ANY", set={"any": True}, when=[("pk", "missing", None)]))
        keys = {made: self._key(made) for made in people}
        self._table.write_many(({"pk": pk, "sk": sk, "person": people[made]} for made, (pk, sk) in keys.items()), pace)

    def _key(self, made: str) -> tuple[str, str]:
        return f"{self.school}#MISID#{made}", "PERSON"
