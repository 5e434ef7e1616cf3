"""Writing a merge and undoing it: each is one transaction over the accounts, their family, the note and the audit event.

Items are compared as they were read, attribute by attribute, so whoever changed one of the two meanwhile is never overwritten.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from latchkey.audit.stores.audit import EventWrite
from latchkey.doubles.model.merges import Merge
from latchkey.people.model.change import PersonChange
from latchkey.people.model.person import Person
from latchkey.people.stores.items import is_account, person_from_item, person_to_item
from latchkey.people.stores.people import Directory
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, Item, Put, Table, Update, Value, transact
from latchkey.sign_in.stores.credentials import Credentials, Name

_KEYS = frozenset({"pk", "sk"})


@dataclass(frozen=True, slots=True)
class Stored:
    """A person with the item that they were read from, which nobody but this store looks at."""

    person: Person
    item: Item


@dataclass(frozen=True, slots=True)
class Mark:
    """What stays of an account that was merged into another, and by which merge."""

    into: str
    merge: str


class Merges:
    """The merges of one school."""

    def __init__(self, client: Client, directory: Table, credentials: Table, activity: Table, school: str) -> None:
        self._client = client
        self._people = directory
        self._directory = Directory(directory, school)
        self._credentials = Credentials(credentials, school)
        self._activity = activity
        self.school = school

    def read(self, ids: Iterable[str]) -> dict[str, Stored]:
        """Those of these people who have an account, read consistently."""
        items = self._people.get_many(_person(self.school, each) for each in dict.fromkeys(ids))
        return {item["id"]: Stored(person_from_item(item), item) for item in items if is_account(item)}

    def mark(self, person: str) -> Mark | None:
        """What is there in place of an account that was merged into another; None if this one was not."""
        item = self._people.get(*_person(self.school, person))
        return Mark(item["merged_into"], item["merge"]) if item and "merge" in item else None

    def get(self, merge: str) -> Merge | None:
        """The merge with this id, read consistently; None if there is none, or what was before is gone."""
        item = self._activity.get(self._pk, merge)
        return _from_item(item) if item and "remove" in item else None

    def page(self, *, after: str | None = None, limit: int = 50) -> tuple[list[Merge], str | None]:
        """The newest merges of whose people something is kept, and the cursor of the next page."""
        start = {"pk": self._pk, "sk": after} if after else None
        page = self._activity.page(self._pk, start=start, limit=limit, newest_first=True)
        return [_from_item(item) for item in page.items if "remove" in item], page.next["sk"] if page.next else None

    def write(self, merge: Merge, keep: Stored, after: Person, remove: Stored, extra: "Extra") -> None:
        """Write a merge, all of it or nothing; ``Changed`` if one of them is not as read, or a username was given away."""
        mark: Item = {
            "pk": remove.item["pk"],
            "sk": remove.item["sk"],
            "id": merge.remove.id,
            "role": merge.remove.role,
            "given_name": "",
            "family_name": "",
            "status": "left",
            "version": merge.remove.version + 1,
            "merged_into": merge.keep.id,
            "merge": merge.id,
        }
        note = _to_item(self._pk, merge, keep.item, remove.item)
        writes: list[tuple[Table, Update | Put]] = [
            (self._people, self._change(keep, after)),
            (self._people, Put(item=mark, when=_as_read(self.school, remove))),
            (self._activity, Put(item=note, when=[("pk", "missing", None)])),
        ]
        self._write(writes, extra, after)

    def undo(self, merge: Merge, keep: Stored, after: Person, restored: Person, extra: "Extra") -> None:
        """Undo a merge, all of it or nothing; ``Changed`` as of ``write``, or if somebody else has undone it."""
        was: Item = (self._activity.get(self._pk, merge.id) or {}).get("remove") or {}
        item = {**was, **person_to_item(self.school, restored)}
        still_merged: list[Condition] = [("merged_into", "=", merge.keep.id), ("merge", "=", merge.id)]
        # From here on nothing has to be put back, so nothing is kept of the two but who they are.
        done: dict[str, Value] = {"state": "undone", "stayed": list(merge.stayed) or None, "undone_at": merge.undone_at}
        done |= {"keep": _bare(merge.keep), "remove": _bare(merge.remove), "taken": {}}
        turned = Update(pk=self._pk, sk=merge.id, set=done, when=[("state", "=", "merged"), ("remove", "exists", None)])
        writes: list[tuple[Table, Update | Put]] = [
            (self._people, self._change(keep, after)),
            (self._people, Put(item=item, when=still_merged)),
            (self._activity, turned),
        ]
        self._write(writes, extra, restored)

    def forget(self, merge: str) -> None:
        """Forget what was before a merge: somebody of it is erased."""
        gone: dict[str, Value] = dict.fromkeys(("keep", "remove", "taken", "gained", "stayed"))
        self._activity.update(Update(pk=self._pk, sk=merge, set=gone))

    def _change(self, stored: Stored, after: Person) -> Update:
        was, item = person_to_item(self.school, stored.person), person_to_item(self.school, after)
        facts = {name: value for name, value in item.items() if name not in _KEYS and value != was[name]}
        facts["merged"] = item["merged"]  # always, because an update in a transaction has to write something
        return self._directory.change_of(after.id, facts, _as_read(self.school, stored))

    def _write(self, writes: Sequence[tuple[Table, Update | Put]], extra: "Extra", whose: Person) -> None:
        names = [self._credentials.name_of(name.key, whose.id, name.holder, name.epoch) for name in extra.names]
        family = [(self._people, self._directory.link_of(change)) for change in extra.family]
        transact(self._client, [*writes, *family, *names, extra.event])

    @property
    def _pk(self) -> str:
        return f"{self.school}#MERGES"


@dataclass(frozen=True, slots=True)
class Extra:
    """What else stands in the transaction: the event, the family's links, a username that changes hands with who got it last."""

    event: EventWrite
    family: Sequence[PersonChange] = ()
    names: Sequence[Name] = ()


def _person(school: str, person: str) -> tuple[str, str]:
    return f"{school}#P#{person}", "PERSON"


def _as_read(school: str, stored: Stored) -> list[Condition]:
    """Every attribute is as it was read, and none has come to it of those that people have."""
    names = {*person_to_item(school, stored.person), *stored.item} - _KEYS
    return [(name, "=", stored.item.get(name)) for name in sorted(names)]


def _bare(person: Person) -> Item:
    return {"id": person.id, "role": person.role, "given_name": "", "family_name": ""}


def _to_item(pk: str, merge: Merge, keep: Item, remove: Item) -> Item:
    return {
        "pk": pk,
        "sk": merge.id,
        "state": merge.state,
        "at": merge.at,
        "by": merge.by,
        "keep": keep,
        "remove": remove,
        "taken": dict(merge.taken),
        "gained": list(merge.gained),
        "expires_at": merge.undo_until,
    }


def _from_item(item: Item) -> Merge:
    return Merge(
        id=item["sk"],
        state=item["state"],
        at=item["at"],
        by=item["by"],
        keep=person_from_item(item["keep"]),
        remove=person_from_item(item["remove"]),
        taken=item["taken"],
        gained=tuple(item["gained"]),
        stayed=tuple(item.get("stayed") or ()),
        undone_at=item.get("undone_at"),
    )
