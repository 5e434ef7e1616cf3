"""Looks for doubles, the pairs that they found, and the pairs that are two people: the table ``activity``. Ids only."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from latchkey.doubles.model.looks import LIFE, Look
from latchkey.doubles.model.pairs import Pair, pair_from_key
from latchkey.errors import Changed
from latchkey.people.model.likeness import RANKS
from latchkey.shared.stores.dynamo import Condition, Item, Put, Table, Update

_PAGE = 200  # pairs a read: some 22 kB


class Looks:
    """The looks of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def make(self, look: Look) -> None:
        """Write a new look."""
        item: Item = {
            "pk": self._pk,
            "sk": look.id,
            "state": look.state,
            "created_at": look.created_at,
            "created_by": look.created_by,
            "piece": look.piece,
            "looked": look.looked,
            "found": look.found,
            "lease_until": look.lease_until,
            "expires_at": look.created_at + LIFE,
        }
        self._table.put(Put(item=item, when=[("pk", "missing", None)]))

    def get(self, look: str) -> Look | None:
        """The look with this id, read consistently."""
        item = self._table.get(self._pk, look)
        return _from_item(item) if item else None

    def latest(self, limit: int = 5) -> list[Look]:
        """The newest looks, newest first."""
        return [_from_item(item) for item in self._table.page(self._pk, limit=limit, newest_first=True).items]

    def take(self, look: Look, now: int, until: int) -> Look:
        """Have a look until then; ``Changed`` while another worker has it, or if it is not where it was."""
        free: Condition = ("lease_until", "<=", now)
        return self._move(look, {"state": "running", "lease_until": until}, free)

    def note(self, look: Look, looked: int) -> None:
        """Say how many people have been looked at so far, by the worker that has it."""
        mine: Condition = ("lease_until", "=", look.lease_until)
        self._move(look, {"looked": looked}, mine)

    def give_back(self, look: Look) -> None:
        """Let another worker have it at once; whether it still is this one's or not."""
        mine: Condition = ("lease_until", "=", look.lease_until)
        try:
            self._move(look, {"lease_until": 0}, mine)
        except Changed:
            return

    def keep(self, look: Look, pairs: Iterable[Pair]) -> None:
        """Keep pairs of a look; to do it twice is to do it once."""
        until = look.created_at + LIFE
        self._table.write_many(
            {"pk": f"{self._pk}#{look.id}", "sk": pair.key, "rank": pair.rank, "expires_at": until} for pair in pairs
        )

    def finish_piece(self, look: Look, after: Look) -> Look:
        """A piece is done; ``Changed`` if another worker has done it."""
        facts: Item = {"state": after.state, "piece": after.piece, "looked": after.looked, "found": after.found, "lease_until": 0}
        mine: Condition = ("lease_until", "=", look.lease_until)
        return self._move(look, facts | {"finished_at": after.finished_at}, mine)

    def pairs(self, look: str, after: str = "") -> Iterator[list[Pair]]:
        """The pairs that a look has found, behind a key, a page at a time; without those that were put aside."""
        pk = f"{self._pk}#{look}"
        while True:
            page = self._table.page(pk, above=after, limit=_PAGE) if after else self._table.page(pk, limit=_PAGE)
            yield [pair for item in page.items if "aside_at" not in item and (pair := pair_from_key(item["sk"])) is not None]
            if page.next is None:
                return
            after = page.items[-1]["sk"]

    def put_aside(self, look: str, pair: Pair, now: int) -> None:
        """Pass over two people among the pairs of a look, whatever their rank was; nothing where they are not among them."""
        keys = (replace(pair, rank=rank).key for rank in RANKS)
        for item in self._table.get_many((f"{self._pk}#{look}", key) for key in keys):
            self._table.update(Update(pk=item["pk"], sk=item["sk"], set={"aside_at": now}))

    def part(self, pair: Pair, by: str, now: int) -> None:
        """Remember that these are two people."""
        self._table.put(Put(item={"pk": self._apart, "sk": "#".join(pair.ids), "by": by, "at": now}))

    def parted(self) -> set[tuple[str, ...]]:
        """All pairs of ids that are two people."""
        return {tuple(item["sk"].split("#")) for page in self._table.pages(self._apart) for item in page}

    def parted_among(self, pairs: Iterable[Pair]) -> set[tuple[str, ...]]:
        """Those of these pairs that are two people."""
        items = self._table.get_many((self._apart, "#".join(pair.ids)) for pair in pairs)
        return {tuple(item["sk"].split("#")) for item in items}

    def _move(self, look: Look, facts: Item, expected: Condition) -> Look:
        same_piece: Condition = ("piece", "=", look.piece)
        update = Update(pk=self._pk, sk=look.id, set=facts, when=[("pk", "exists", None), same_piece, expected])
        return _from_item(self._table.update(update))

    @property
    def _pk(self) -> str:
        return f"{self.school}#DOUBLES"

    @property
    def _apart(self) -> str:
        return f"{self.school}#APART"


def _from_item(item: Item) -> Look:
    return Look(
        id=item["sk"],
        state=item["state"],
        created_at=item["created_at"],
        created_by=item["created_by"],
        piece=item["piece"],
        looked=item["looked"],
        found=item["found"],
        lease_until=item["lease_until"],
        finished_at=item.get("finished_at"),
    )
