"""Which groups a school has: a small item that is made from the list of people, and may be lost at any time."""

from latchkey.people.model.groups import Groups
from latchkey.shared.stores.dynamo import Table, Update, Value

_SK = "GROUPS"


class KeptGroups:
    """The groups of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def get(self) -> Groups:
        """What was found last; of a school that nobody has looked at, nothing, looked up at 0."""
        item = self._table.get(self.school, _SK) or {}
        return Groups(
            years=tuple(item.get("years") or ()),
            registration=tuple(item.get("registration") or ()),
            complete=item.get("complete", True),
            counted_at=item.get("counted_at", 0),
            changed_at=item.get("changed_at", 0),
        )

    def keep(self, groups: Groups) -> None:
        """Keep what was found; it leaves alone when people last changed, which may have been meanwhile."""
        facts: dict[str, Value] = {
            "years": list(groups.years),
            "registration": list(groups.registration),
            "complete": groups.complete,
            "counted_at": groups.counted_at,
        }
        self._table.update(Update(pk=self.school, sk=_SK, set=facts))

    def note_change(self, now: int) -> None:
        """People of the school are being changed: what is kept may be out of date."""
        self._table.update(Update(pk=self.school, sk=_SK, set={"changed_at": now}))
