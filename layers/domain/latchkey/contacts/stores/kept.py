"""What is kept of a school's parents until they have an account: parents, and the lists beside them; it dies by itself.

Expiry is checked where it is read; the table's TTL only sweeps up.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from latchkey.contacts.model.contact import Parent
from latchkey.contacts.model.runs import Listed, ListName, Run
from latchkey.contacts.stores.wire import parent_from, parent_to
from latchkey.errors import TryLater
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Table, Update, Value
from latchkey.shared.stores.pace import Pace

_PAGE: Final = 100  # rows of a list in one item
_ROUNDS: Final = 5


class KeptParents:
    """The parents of one school, a partition for each upload."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def write(self, run: Run, parents: Sequence[Parent], pace: Pace) -> None:
        """Write parents; writing them again changes nothing."""
        self._table.write_many((self._item(run, f"PARENT#{parent.id}", parent_to(parent)) for parent in parents), pace)

    def pages(self, run: str, now: int) -> Iterator[list[Parent]]:
        """The parents of an upload, in the order of their ids, a page of the table at a time."""
        for page in self._table.pages(self._pk(run), prefix="PARENT#"):
            yield [parent_from(item) for item in page if item["expires_at"] > now]

    def claim(self, run: str, parent: str) -> bool:
        """Keep no more of a parent than whose parent they are: they have an account; False where nothing was kept of them."""
        there: Condition = ("pk", "exists", None)
        facts: dict[str, Value] = {**dict.fromkeys(("title", "given_name", "family_name", "email", "phones")), "claimed": True}
        try:
            self._table.update(Update(pk=self._pk(run), sk=f"PARENT#{parent}", set=facts, when=[there]))
        except ConditionFailed:
            return False
        return True

    def write_lists(self, run: Run, lists: Mapping[ListName, Sequence[Listed]]) -> None:
        """Write what is listed beside the files, in place of what was listed there before."""
        for name, rows in lists.items():
            pages = [rows[start : start + _PAGE] for start in range(0, len(rows), _PAGE)]
            keys = [f"LIST#{name}#{number:05d}" for number in range(1, 1 + len(pages))]
            self._table.write_many(
                self._item(run, sk, {"rows": [list(row) for row in page]}) for sk, page in zip(keys, pages, strict=True)
            )
            for page in self._table.pages(self._pk(run.id), prefix=f"LIST#{name}#"):
                self._table.delete_many((item["pk"], item["sk"]) for item in page if item["sk"] not in keys)

    def listed(self, run: str, name: ListName, now: int, *, first_page: bool = False) -> Iterator[Listed]:
        """The rows of a list, all of them or those of the first page."""
        for page in self._table.pages(self._pk(run), prefix=f"LIST#{name}#", limit=1 if first_page else None):
            for item in page:
                if item["expires_at"] > now:
                    yield from (Listed(*row) for row in item["rows"])
            if first_page:
                return

    def write_paper(self, run: Run, students: Sequence[str]) -> None:
        """Write which students need paper: none of their parents to invite has an address."""
        self._table.write_many([self._item(run, "PAPER", {"students": [*students]})])

    def paper(self, run: str, now: int) -> list[str]:
        """The students who need paper, as far as one export takes them by name."""
        item = self._table.get(self._pk(run), "PAPER")
        return [*item["students"]] if item is not None and item["expires_at"] > now else []

    def forget(self, run: str) -> None:
        """Delete everything of an upload."""
        for page in self._table.pages(self._pk(run)):
            self._table.delete_many((item["pk"], item["sk"]) for item in page)

    def amend(
        self,
        run: str,
        *,
        parent: Callable[[Parent], Parent | None],
        keeps_row: Callable[[Listed], bool],
        keeps_student: Callable[[str], bool],
    ) -> None:
        """Go through everything of an upload: ``parent`` gives what stays of one, the others say whether something stays.

        Done again it changes nothing more. ``TryLater`` where somebody else keeps changing the same item.
        """
        for page in self._table.pages(self._pk(run)):
            for item in page:
                self._settle(item, lambda found: _amended(found, parent, keeps_row, keeps_student))

    def _settle(self, item: Item | None, amended: Callable[[Item], Item | None]) -> None:
        for _ in range(_ROUNDS):
            if item is None:
                return
            after = amended(item)
            if after is None:
                self._table.delete_many([(item["pk"], item["sk"])])
                return
            changed = {name: value for name, value in after.items() if value != item.get(name)}
            if not changed:
                return
            # Of two people who are erased at once neither may come back with what the other has read.
            as_read: list[Condition] = [(name, "=", item[name]) for name in changed]
            try:
                self._table.update(Update(pk=item["pk"], sk=item["sk"], set=changed, when=as_read))
            except ConditionFailed as failed:
                item = failed.item
                continue
            return
        raise TryLater()

    def _pk(self, run: str) -> str:
        return f"{self.school}#CONTACTS#{run}"

    def _item(self, run: Run, sk: str, facts: Mapping[str, Value]) -> dict[str, Value]:
        return {**facts, "pk": self._pk(run.id), "sk": sk, "expires_at": run.kept_until}


def _amended(
    item: Item,
    parent: Callable[[Parent], Parent | None],
    keeps_row: Callable[[Listed], bool],
    keeps_student: Callable[[str], bool],
) -> Item | None:
    """What stays of an item; None: nothing."""
    if item["sk"].startswith("PARENT#"):
        after = parent(parent_from(item))
        return {**item, **parent_to(after)} if after is not None else None
    if item["sk"].startswith("LIST#"):
        return {**item, "rows": [row for row in item["rows"] if keeps_row(Listed(*row))]}
    return {**item, "students": [student for student in item["students"] if keeps_student(student)]}
