"""Selections in the table ``activity``: one of each admin that changes, and copies that something was started of."""

from contextlib import suppress
from typing import Final

from latchkey.errors import Changed
from latchkey.people.model.people_filter import PeopleFilter, parse
from latchkey.selections.model.choice import Choice
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table, Value

KEPT: Final = 90 * 86_400
"""Seconds for which a copy is kept: longer than a message can wait for its time and its approval."""


class Selections:
    """The selections of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def get(self, admin: str) -> Choice | None:
        """The selection of an admin, read consistently; also one that has ended."""
        item = self._table.get(self._pk, admin)
        return _from_item(item) if item else None

    def keep(self, before: Choice | None, after: Choice) -> None:
        """Write a changed selection; ``Changed`` if another page or tab has changed it since ``before`` was read."""
        nobody: list[Condition] = [("pk", "missing", None)]
        as_read: list[Condition] = [("revision", "=", before.revision), ("selection", "=", before.id)] if before else nobody
        try:
            self._table.put(Put(item=self._item(after.by, after, after.ends_at), when=as_read))
        except ConditionFailed as found:
            raise Changed("The selection was changed meanwhile.") from found

    def copy(self, choice: Choice) -> str:
        """Keep what it is now under a name of its own, which is given back; the same revision has one copy."""
        name = f"{choice.id}-{choice.revision}"
        with suppress(ConditionFailed):
            self._table.put(Put(item=self._item(name, choice, choice.changed_at + KEPT), when=[("pk", "missing", None)]))
        return name

    def copied(self, name: str) -> Choice | None:
        """A copy by its name."""
        item = self._table.get(self._pk, name)
        return _from_item(item) if item else None

    @property
    def _pk(self) -> str:
        return f"{self.school}#SELECTIONS"

    def _item(self, sk: str, choice: Choice, ends: int) -> dict[str, Value]:
        return {
            "pk": self._pk,
            "sk": sk,
            "selection": choice.id,
            "by": choice.by,
            "filters": [_value(each) for each in choice.filters],
            "ids": list(choice.ids),
            "without": list(choice.without),
            "revision": choice.revision,
            "changed_at": choice.changed_at,
            "expires_at": ends,
        }


def _value(wanted: PeopleFilter) -> dict[str, Value]:
    return {name: list(value) if isinstance(value, list) else value for name, value in wanted.as_mapping().items()}


def _from_item(item: Item) -> Choice:
    return Choice(
        id=item["selection"],
        by=item["by"],
        filters=tuple(parse(each) for each in item["filters"]),
        ids=tuple(item["ids"]),
        without=tuple(item["without"]),
        revision=item["revision"],
        changed_at=item["changed_at"],
    )
