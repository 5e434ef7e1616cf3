"""Invitations in the table ``directory``. One item for each mailbox; whoever writes says what they have read."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from latchkey.errors import TryLater
from latchkey.invitations.model.invitation import KEPT, Invitation, united, without_child
from latchkey.schools.model.school import School
from latchkey.schools.stores.schools import school_from_item, school_key
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Table, Update, Value, Write
from latchkey.shared.stores.pace import Pace

Owed: TypeAlias = tuple[Table, Write]
"""A write that stands in one transaction with those of invitations."""
_AT_ONCE: Final = 100  # DynamoDB: BatchGetItem, TransactWriteItems
_ROUNDS: Final = 8
_MOST_SENT: Final = 50  # of one student
_OF_PEOPLE: Final = ("email", "children", "asked", "language", "given_name", "family_name", "mail_problem")
_TO_DELIVER: Final = ("id", "status", "email", "version", "children", "mail_problem")


def invitation_to_item(school: str, found: Invitation, kept_until: int) -> dict[str, Value]:
    """The item of an invitation."""
    return {
        "pk": f"{school}#INVITATIONS",
        "sk": found.id,
        "id": found.id,
        "status": found.status,
        "version": found.version,
        "created_at": found.created_at,
        "ends_at": found.ends_at,
        "email": found.email or None,
        "children": list(found.children) or None,
        "source": found.source,
        "language": found.language,
        "given_name": found.given_name or None,
        "family_name": found.family_name or None,
        "used_at": found.used_at,
        "kept": [list(each) for each in found.kept] or None,
        "asked": list(found.asked) or None,
        "mail_problem": {"kind": found.problem} if found.problem else None,
        "expires_at": kept_until,
    }


def invitation_from_item(item: Item) -> Invitation:
    """The invitation of an item, which may be one that was read in part."""
    problem = item.get("mail_problem")
    return Invitation(
        id=item["id"],
        status=item["status"],
        version=item["version"],
        created_at=item.get("created_at", 0),
        ends_at=item.get("ends_at", 0),
        email=item.get("email", ""),
        children=tuple(item.get("children") or ()),
        source=item.get("source", "selection"),
        language=item.get("language"),
        given_name=item.get("given_name", ""),
        family_name=item.get("family_name", ""),
        used_at=item.get("used_at"),
        kept=tuple((run, parent) for run, parent in item.get("kept") or ()),
        asked=tuple(item.get("asked") or ()),
        problem=problem["kind"] if problem else None,
    )


def _whole(item: Item, when: Sequence[Condition]) -> Update:
    """Write all of an item as an update, for who may put no item into a table in which people stand."""
    facts = {name: value for name, value in item.items() if name not in {"pk", "sk"}}
    return Update(pk=item["pk"], sk=item["sk"], set=facts, when=when)


class Invitations:
    """The invitations of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def get(self, invitation: str) -> Invitation | None:
        """The invitation with this id, read consistently."""
        item = self._table.get(*self._key(invitation))
        return invitation_from_item(item) if item else None

    def with_school(self, invitation: str) -> tuple[School | None, Invitation | None]:
        """The same and the school as it is now, in one call."""
        here, there = school_key(self.school), self._key(invitation)
        found = {(item["pk"], item["sk"]): item for item in self._table.get_many([here, there])}
        school, item = found.get(here), found.get(there)
        return school_from_item(school) if school else None, invitation_from_item(item) if item else None

    def by_ids(self, ids: Iterable[str]) -> dict[str, Invitation]:
        """Those of these invitations that exist, by id."""
        items = self._table.get_many(self._key(each) for each in dict.fromkeys(ids))
        return {item["id"]: invitation_from_item(item) for item in items}

    def standings(self, ids: Iterable[str]) -> dict[str, Invitation]:
        """The same with no more than decides whether they are mailed: no name, no time."""
        items = self._table.get_many((self._key(each) for each in dict.fromkeys(ids)), _TO_DELIVER)
        return {item["id"]: invitation_from_item(item) for item in items}

    def refused_and_used(self) -> tuple[dict[str, Literal["bounced", "complained"]], dict[str, int]]:
        """All whose mail was refused, by id, and how; and when others were used. It reads every invitation of the school."""
        refused, used = dict[str, Literal["bounced", "complained"]](), dict[str, int]()
        for page in self._table.pages(f"{self.school}#INVITATIONS"):
            refused.update((item["id"], item["mail_problem"]["kind"]) for item in page if item.get("mail_problem"))
            used.update((item["id"], item["used_at"]) for item in page if item.get("used_at") is not None)
        return refused, used

    def unite(self, wanted: Sequence[Invitation], now: int, pace: Pace | None = None) -> dict[str, Invitation]:
        """Write what these mailboxes are invited to, beside what they were invited to already; all as they now stand, by id.

        ::

            this ── read ─────────────────── write, if as read ──▶ refused: read and unite again
            another (a student, a link) ── write ──┘

        What stands already is not written again, so that doing all of it twice costs the reading.
        """
        after: dict[str, Invitation] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            items = {item["id"]: item for item in self._table.get_many(self._key(each.id) for each in part)}
            writes = []
            for each in part:
                item = items.get(each.id)
                after[each.id], write = self._united(item, each, now)
                writes += [write] if write else []
            if not writes:
                continue
            try:
                self._table.transact(writes, pace)
            except ConditionFailed:
                for each in part:
                    after[each.id] = self._settle(each, now)
        return after

    def _settle(self, wanted: Invitation, now: int) -> Invitation:
        for _ in range(_ROUNDS):
            after, write = self._united(self._table.get(*self._key(wanted.id)), wanted, now)
            if write is None:
                return after
            try:
                self._table.update(write)
            except ConditionFailed:
                continue
            return after
        raise TryLater()

    def _united(self, item: Item | None, wanted: Invitation, now: int) -> tuple[Invitation, Update | None]:
        found = invitation_from_item(item) if item else None
        after = united(found, wanted, now)
        if after == found:
            return after, None
        return after, _whole(invitation_to_item(self.school, after, now + KEPT), _as_read(found))

    def used_of(self, found: Invitation, now: int) -> tuple[Table, Update]:
        """The write that uses an invitation up if it is as read, to stand in a transaction: nothing about anybody stays in it."""
        pk, sk = self._key(found.id)
        gone: dict[str, Value] = dict.fromkeys(
            ("email", "children", "asked", "language", "given_name", "family_name", "mail_problem")
        )
        facts: dict[str, Value] = {**gone, "status": "used", "used_at": now}
        return self._table, Update(pk=pk, sk=sk, set=facts, when=_as_read(found))

    def raise_version(self, invitation: str, version: int) -> bool:
        """End the links that are out, if none of them has been used; False where the version is another by now."""
        pk, sk = self._key(invitation)
        same: list[Condition] = [("version", "=", version), ("status", "=", "open")]
        try:
            self._table.update(Update(pk=pk, sk=sk, set={"version": version + 1}, when=same))
        except ConditionFailed:
            return False
        return True

    def note_problem(self, invitation: str, kind: str) -> None:
        """Remember that mail to its address came back for good, or was called spam."""
        pk, sk = self._key(invitation)
        there: Condition = ("pk", "exists", None)
        try:
            self._table.update(Update(pk=pk, sk=sk, set={"mail_problem": {"kind": kind}}, when=[there]))
        except ConditionFailed:
            return  # it is gone: nobody is mailed by it any more

    def take_child(self, invitation: str, child: str) -> bool:
        """Take a child out of an invitation; whether it was the only one, so that nothing is left. It may be done twice."""
        for _ in range(_ROUNDS):
            item = self._table.get(*self._key(invitation))
            write = self._without(item, child)
            if item is None or write is None:
                return False
            try:
                self._table.update(write)
            except ConditionFailed:
                continue
            return [*item["children"]] == [child]
        raise TryLater()

    def _without(self, item: Item | None, child: str) -> Update | None:
        """The write that takes a child out of an invitation if it is as read; None where it is not in it."""
        found = invitation_from_item(item) if item else None
        if item is None or found is None or child not in found.children:
            return None
        after = without_child(found, child)
        if after is None:  # its version stays, raised: an older link must not come to life with the next invitation
            return _whole(invitation_to_item(self.school, _emptied(found), item["expires_at"]), _as_read(found))
        left: dict[str, Value] = {"children": list(after.children), "asked": list(after.asked) or None}
        pk, sk = self._key(found.id)
        return Update(pk=pk, sk=sk, set=left, when=_as_read(found))

    # What a student does to their invitations is one transaction, with what they see of it and its events. Others write the same
    # invitations meanwhile; the list of what the student has sent is written by nobody else.
    #
    #     this ── read all ─────────────────── write all, if as read ──▶ refused: read and write again
    #     another (a student, the office, a link) ── write one ──┘

    def unite_by_student(self, student: str, wanted: Sequence[Invitation], now: int, also: Sequence[Owed]) -> list[Invitation]:
        """Unite these (``unite``) and note that a student has sent them, in one transaction with ``also``; all as they now stand.

        It reads once and writes once, however many they are: at most 40.
        """
        keys = [self._key(each.id) for each in wanted]
        ids = [each.id for each in wanted]
        for _ in range(_ROUNDS):
            items = self._items(self._student(student), *keys)
            united = [self._united(items.get(key), each, now) for key, each in zip(keys, wanted, strict=True)]
            noted = self._noted(student, items.get(self._student(student)), dict.fromkeys(ids, now), (), now)
            try:
                self._table.transact_with([(self._table, noted), *((self._table, write) for _, write in united if write), *also])
            except ConditionFailed:
                continue
            return [after for after, _ in united]
        raise TryLater()

    def take_back(self, student: str, invitation: str, now: int, also: Sequence[Owed]) -> bool:
        """Take a student out of an invitation that they have sent, and out of their list, in one transaction with ``also``.

        False: they have sent none with this id, or have taken it back. A child of whom the school has said the same stays in it.
        """
        for _ in range(_ROUNDS):
            items = self._items(self._student(student), self._key(invitation))
            item, sent = items.get(self._key(invitation)), items.get(self._student(student))
            if invitation not in self._fresh(sent, now):
                return False
            writes: list[Owed] = [(self._table, self._noted(student, sent, {}, (invitation,), now)), *also]
            write = self._without(item, student) if item and student in (item.get("asked") or ()) else None
            try:
                self._table.transact_with([*writes, *([(self._table, write)] if write else [])])
            except ConditionFailed:
                continue
            return True
        raise TryLater()

    def of_student(self, student: str, now: int) -> dict[str, int]:
        """The ids of the invitations that a student has sent, with when."""
        return self._fresh(self._table.get(*self._student(student)), now)

    def _noted(self, student: str, item: Item | None, new: Mapping[str, int], gone: Collection[str], now: int) -> Update:
        """The write that changes what a student has sent, if it is as read."""
        after = {each: at for each, at in {**self._fresh(item, now), **new}.items() if each not in gone}
        sent: Value = [[each, at] for each, at in sorted(after.items(), key=lambda one: one[1])[-_MOST_SENT:]]
        as_read: Condition = ("sent", "=", item["sent"]) if item else ("pk", "missing", None)
        pk, sk = self._student(student)
        return Update(pk=pk, sk=sk, set={"sent": sent, "expires_at": now + KEPT}, when=[as_read])

    def _items(self, *keys: tuple[str, str]) -> dict[tuple[str, str], Item]:
        return {(item["pk"], item["sk"]): item for item in self._table.get_many(keys)}

    @staticmethod
    def _fresh(item: Item | None, now: int) -> dict[str, int]:
        return {each: at for each, at in item["sent"] if at + KEPT > now} if item else {}

    def alone_with(self, children: Iterable[str]) -> list[str]:
        """The ids of invitations whose only children these are."""
        theirs = {*children}
        pages = self._table.pages(f"{self.school}#INVITATIONS")
        return [item["sk"] for page in pages for item in page if item.get("children") and {*item["children"]} <= theirs]

    def forget_child(self, child: str) -> list[str]:
        """Take somebody who is erased out of all invitations; the ids of those of which nothing is left."""
        pages = self._table.pages(f"{self.school}#INVITATIONS")
        theirs = (item["sk"] for page in pages for item in page if child in (item.get("children") or ()))
        emptied = [each for each in theirs if self.take_child(each, child)]
        self._table.delete_many([self._student(child)])
        return emptied

    def forget(self, ids: Iterable[str]) -> None:
        """Delete these invitations, whether they exist or not."""
        self._table.delete_many([self._key(each) for each in ids])

    def _key(self, invitation: str) -> tuple[str, str]:
        return f"{self.school}#INVITATIONS", invitation

    def _student(self, student: str) -> tuple[str, str]:
        return f"{self.school}#INVITED#{student}", "SENT"


def _emptied(found: Invitation) -> Invitation:
    return Invitation(id=found.id, version=found.version + 1, created_at=found.created_at, ends_at=0, source=found.source)


def _as_read(found: Invitation | None) -> list[Condition]:
    """What must not have changed meanwhile: who it is for, what it gives, whether it was used, which links it has."""
    if found is None:
        return [("pk", "missing", None)]
    return [
        ("status", "=", found.status),
        ("version", "=", found.version),
        ("email", "=", found.email or None),
        ("children", "=", list(found.children) or None),
    ]
