"""What is kept of a school's parents until they have an account: parents, and the lists beside them; it dies by itself.

Expiry is checked where it is read; the table's TTL only sweeps up.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from latchkey.contacts.model.contact import Parent
from latchkey.contacts.model.runs import Listed, ListName, Run
from latchkey.contacts.stores.wire import parent_from, parent_to
from latchkey.shared.stores.dynamo import Table, Value
from latchkey.shared.stores.pace import Pace

_PAGE: Final = 100  # rows of a list in one item


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

    def _pk(self, run: str) -> str:
        return f"{self.school}#CONTACTS#{run}"

    def _item(self, run: Run, sk: str, facts: Mapping[str, Value]) -> dict[str, Value]:
        return {**facts, "pk": self._pk(run.id), "sk": sk, "expires_at": run.kept_until}
