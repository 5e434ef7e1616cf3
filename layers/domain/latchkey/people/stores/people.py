"""The people of a school, in the table ``directory``."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from itertools import islice
from typing import Any, Final

from latchkey.errors import NotFound
from latchkey.people.model.change import PersonChange
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import MailProblem, Person, Role
from latchkey.people.model.position import Position
from latchkey.people.model.register import prefixes, sort_key
from latchkey.people.model.unconfirmed import asked_for
from latchkey.people.stores.items import (
    FAMILY,
    MAILED,
    ROSTER_FACTS,
    STANDING,
    fact,
    former_to_value,
    is_account,
    list_key,
    number_key,
    person_from_item,
    person_key,
    person_to_item,
    standing_from_item,
)
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table, Update, Value
from latchkey.shared.stores.pace import Pace

_TRANSACTION: Final = 100  # DynamoDB: TransactWriteItems
_DECIDED_BY: Final = ("role", "is_admin", "status", "email", "username", "edited")  # what decides what a roster may change
_KEYS: Final = ("email_key", "username_key")
_OF_KEYS: Final = (*_KEYS, "email_typed")
_HOPS: Final = 10  # an account that was merged into one that was merged into another, and so on


class Directory:
    """The people of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def key(self, person: str) -> tuple[str, str]:
        """``(pk, sk)`` of a person, for stores that write more than one table."""
        return person_key(self.school, person)

    def person(self, person: str) -> Person | None:
        """The person with this id, read consistently."""
        item = self._table.get(*person_key(self.school, person))
        return person_from_item(item) if item and is_account(item) else None

    def by_ids(self, ids: Iterable[str]) -> list[Person]:
        """Those of these people who exist, in the order asked for, read consistently."""
        wanted = list(dict.fromkeys(ids))
        items = self._table.get_many(person_key(self.school, person) for person in wanted)
        found = {item["id"]: person_from_item(item) for item in items if is_account(item)}
        return [found[person] for person in wanted if person in found]

    def following(self, ids: Iterable[str]) -> dict[str, Person]:
        """Who has each of these ids now, by the id asked for, read consistently; also those into whom its account was merged.

        For what names people by ids that never end: a roster's.
        """
        found: dict[str, Person] = {}
        asked = {each: each for each in ids}  # and where that id has led so far
        for _ in range(_HOPS):
            items = self._table.get_many(person_key(self.school, person) for person in dict.fromkeys(asked.values()))
            by_id = {item["id"]: item for item in items}
            leading = {one: by_id[at] for one, at in asked.items() if at in by_id}
            found |= {one: person_from_item(item) for one, item in leading.items() if is_account(item)}
            asked = {one: item["merged_into"] for one, item in leading.items() if not is_account(item)}
            if not asked:
                break
        return found

    def lead(self, ids: Mapping[str, str], pace: Pace | None = None) -> None:
        """Let ids that nobody has lead to these people, as those of merged accounts do; who has an account is left alone."""
        updates = []
        for made, person in ids.items():
            pk, sk = person_key(self.school, made)
            updates.append(Update(pk=pk, sk=sk, set={"id": made, "merged_into": person}, when=[("pk", "missing", None)]))
        self._write_each(updates, pace)

    def lead_no_more(self, ids: Mapping[str, str]) -> None:
        """Let ids mean nobody again, of those that a roster lets lead to these people: not what a merge of accounts has left."""
        items = self._table.get_many(person_key(self.school, made) for made in ids)
        gone = (item["id"] for item in items if item.get("merged_into") == ids[item["id"]] and "merge" not in item)
        self._table.delete_many([person_key(self.school, each) for each in gone])

    def standings(self, ids: Iterable[str]) -> dict[str, Person]:
        """Those of these people who exist, by id, read consistently: only what decides whether and where they get a link.

        That is role, status, admin rights, address, version and what became of mail to them; all else is empty, names too.
        """
        items = self._table.get_many((person_key(self.school, person) for person in dict.fromkeys(ids)), STANDING)
        here = (item for item in items if is_account(item))
        return {item["id"]: standing_from_item(item) for item in here}

    def families(self, ids: Iterable[str]) -> list[Person]:
        """Those of these people who exist, read consistently: only their children, given names and status; all else is empty."""
        items = self._table.get_many((person_key(self.school, person) for person in dict.fromkeys(ids)), FAMILY)
        return [person_from_item({"family_name": "", **item}) for item in items if is_account(item)]

    def by_email_key(self, *keys: str) -> list[Person]:
        """Everybody whose address has one of these look-up keys (at most 50 each); found in an index, then read again by key.

        The newest key comes first. It is asked for last: whoever is moved to it meanwhile is then found with one of the two.
        """
        return [person for person in self._by_key("by_email", "email_key", *reversed(keys)) if person.email_key in keys]

    def by_username_key(self, *keys: str) -> list[Person]:
        """Everybody whose username has one of these look-up keys, the newest first; found as those of an address."""
        return [person for person in self._by_key("by_username", "username_key", *reversed(keys)) if person.username_key in keys]

    def ids_by(self, kind: str, *keys: str) -> list[str]:
        """Whose address or username has one of these look-up keys, as the index says it: they are still to be read by key."""
        return self._ids_by_key(f"by_{kind}", f"{kind}_key", *reversed(keys))

    def ids_by_number(self, number: int) -> list[str]:
        """Who has this short number, as the index says it: they are still to be read by key."""
        return self._ids_by_key("by_number", "number_key", number_key(self.school, number))

    def by_number(self, number: int) -> Person | None:
        """The student with this short number; found in an index, then read again by key."""
        found = self._by_key("by_number", "number_key", number_key(self.school, number))
        return next((person for person in found if person.number == number), None)

    def _by_key(self, index: str, attribute: str, *keys: str) -> list[Person]:
        return self.by_ids(self._ids_by_key(index, attribute, *keys))

    def _ids_by_key(self, index: str, attribute: str, *keys: str) -> list[str]:
        prefix = f"{self.school}#P#"
        pages = [self._table.page(key, index=index, pk_name=attribute, limit=50) for key in keys]
        found = (item["pk"] for page in pages for item in page.items)
        return list(dict.fromkeys(pk.removeprefix(prefix) for pk in found if pk.startswith(prefix)))

    def pages_from(
        self, position: Position, wanted: PeopleFilter, *, limit: int | None = None, only: Sequence[str] = ()
    ) -> Iterator[tuple[list[Person], Position | None]]:
        """The people behind a position, in list order through all roles of the filter, a page of the index at a time.

        A page holds whom the filter may mean, not only whom it means (at most 1 MB or ``limit``), and where the next one begins:
        None after the last. ``only``: these attributes are read. ``NotFound`` at once if the person of the position is gone. A
        filter that asks who could log in is an error of ours: the people alone do not say it.
        """
        if wanted.by_standing:
            raise ValueError("who could log in is known to the roll only")
        return self._pages(position.role, self._start(position), wanted, limit, only)

    def _pages(
        self, role: Role, start: Item | None, wanted: PeopleFilter, limit: int | None, only: Sequence[str]
    ) -> Iterator[tuple[list[Person], Position | None]]:
        roles = wanted.looked_through
        for each in roles[roles.index(role) :]:
            following = next(iter(roles[roles.index(each) + 1 :]), None)
            people: list[Person] = []
            for prefix in _to_come(prefixes(*wanted.year_groups), start):
                while True:
                    page = self._table.page(
                        list_key(self.school, each),
                        index="people",
                        pk_name="people_pk",
                        sk_name="people_sk",
                        start=start,
                        limit=limit,
                        prefix=prefix,
                        only=only,
                    )
                    people += [person_from_item(item) for item in page.items]
                    start = page.next
                    if start is None:
                        break
                    yield people, Position.behind(people[-1])
                    people = []
            yield people, Position(following) if following else None

    def _start(self, position: Position) -> Item | None:
        """The key of the index behind which a position is; the person is read because the key has their name in it.

        It is the key that they have, which may be of an older release, or that they would have where they stood then.
        """
        if not position.person:
            return None
        pk, sk = person_key(self.school, position.person)
        item = self._table.get(pk, sk)
        if item is None:
            raise NotFound()
        was = person_from_item(item)
        there = replace(was, year_group=position.year_group or None, registration_group=position.registration_group or None)
        key = item.get("people_sk") if there == was else None
        return {"pk": pk, "sk": sk, "people_pk": list_key(self.school, position.role), "people_sk": key or sort_key(there)}

    def matching(self, wanted: PeopleFilter, *, for_mail: bool = False) -> Iterator[Person]:
        """Everybody whom the filter means, in list order; memory holds one page.

        ``for_mail``: without what says nothing of whether, where and how they are mailed.
        """
        only = MAILED if for_mail and not (wanted.q or wanted.not_mine) else ()
        for people, _ in self.pages_from(Position(wanted.looked_through[0]), wanted, only=only):
            yield from (person for person in people if wanted.matches(person))

    def put_new(self, people: Iterable[Person], pace: Pace | None = None) -> None:
        """Write people whole, 25 a call. Only for people who do not exist yet: it would wipe a credential version."""
        self._table.write_many((person_to_item(self.school, person) for person in people), pace)

    def make(self, person: Person) -> bool:
        """Write a new person; False if there is one with this id."""
        try:
            self._table.put(Put(item=person_to_item(self.school, person), when=[("pk", "missing", None)]))
        except ConditionFailed:
            return False
        return True

    def make_of(self, person: Person) -> Update:
        """The update that makes a new person who is no admin, to stand in a transaction.

        It names only what they have, because the role of the portal may name no more.
        """
        pk, sk = person_key(self.school, person.id)
        item = person_to_item(self.school, person)
        facts = {name: value for name, value in item.items() if value is not None and name not in {"pk", "sk", "is_admin"}}
        return Update(pk=pk, sk=sk, set=facts, when=[("pk", "missing", None)])

    def change(self, person: str, facts: Mapping[str, Value], when: Iterable[Condition] = ()) -> Person:
        """Set attributes of an existing person; ``Changed`` if one of ``when`` does not hold. For stores, as ``change_of``."""
        return person_from_item(self._table.update(self.change_of(person, facts, when)))

    def change_of(self, person: str, facts: Mapping[str, Value], when: Iterable[Condition] = ()) -> Update:
        """The update that ``change`` makes, to stand in a transaction."""
        pk, sk = person_key(self.school, person)
        return Update(pk=pk, sk=sk, set=facts, when=[("pk", "exists", None), *when])

    def erase(self, *people: str) -> None:
        """Delete the items of these people, whether they exist or not; what else is kept of them is other stores' to delete."""
        self._table.delete_many([person_key(self.school, person) for person in people])

    def note_sign_in_of(
        self, person: Person, now: int, *, forget_former_email: bool, outside: bool = False
    ) -> tuple[tuple[Table, Update], Person]:
        """The write that notes that the person signs in now, to stand in a transaction, and the person as they then are.

        It fails (``Changed``) if a new password was set since they were read. ``outside``: from an address that is not one of
        the school's own.
        """
        facts: dict[str, Any] = {"last_login_at": now}
        if outside:
            facts["outside_at"] = now
        if person.new_email is not None and asked_for(person, now) is None:
            facts["new_email"] = None  # it can be confirmed no more
        if forget_former_email:
            facts["former_email"] = None
        if person.is_admin and person.admin_since is None:
            facts["admin_since"] = now
        same_password: Condition = ("version", "=", person.version)
        return (self._table, self.change_of(person.id, facts, [same_password])), replace(person, **facts)

    def note_locked(self, person: str, version: int, now: int) -> None:
        """Note that a person's password was stopped; nothing where they have set another meanwhile, or there is nobody."""
        same_password: Condition = ("version", "=", version)
        with suppress(ConditionFailed):
            self.change(person, {"locked_at": now}, [same_password])

    def note_first_send(self, person: Person, now: int) -> None:
        """Note that this admin has started a send, once in their life; one who is gone meanwhile is none."""
        if person.first_send_at is None:
            with suppress(ConditionFailed):
                self.change(person.id, {"first_send_at": now}, [("first_send_at", "missing", None)])

    def take_second_factors_of(self, person: Person) -> tuple[Table, Update]:
        """The write that says that a person has no second factor, and ends their sessions and links; to stand in a transaction.

        It fails (``Changed``) if their password, status or factors have changed, or they have signed in, since they were read.
        """
        same: list[Condition] = [
            ("version", "=", person.version),
            ("status", "=", person.status),
            ("second_factors", "=", list[Value](person.second_factors) or None),
            ("last_login_at", "=", person.last_login_at),
        ]
        update = self.change_of(person.id, {"second_factors": None, "version": person.version + 1}, same)
        return self._table, update

    def make_admin(self, person: Person) -> Person:
        """Give admin rights to somebody who has the address under which they were found, and has not left; else ``Changed``.

        A code that was read out to them on the telephone ends: an admin's account is not opened by one.
        """
        same_address: Condition = ("email_key", "=", person.email_key)
        still_here: Condition = ("status", "=", "active")
        given: Condition = ("read_out", "missing", None)
        if person.read_out is not None:
            given = ("read_out.generation", "=", person.read_out.generation)
        ended: dict[str, Value] = {"read_out.voided": True} if person.read_out is not None else {}
        return self.change(person.id, {"is_admin": True, **ended}, [same_address, still_here, given])

    def end_unconfirmed(self, person: Person) -> bool:
        """End an account whose address nobody has confirmed; False if somebody has, or has changed it, meanwhile.

        The version ends its links and sessions for good: if the school brings it back, they stay dead.
        """
        as_read: list[Condition] = [(name, "=", getattr(person, name)) for name in ("version", "status", "email_typed")]
        try:
            self.change(person.id, {"status": "left", "version": person.version + 1}, as_read)
        except ConditionFailed:
            return False
        return True

    def raise_version(self, person: str, version: int) -> bool:
        """Raise a credential version that is still this one, which kills links and sessions made for it; False if it is not."""
        nobody_else_has: Condition = ("version", "=", version)
        try:
            self.change(person, {"version": version + 1}, [nobody_else_has])
        except ConditionFailed:
            return False
        return True

    def note_mail_problem(self, person: str, problem: MailProblem) -> bool:
        """Remember that a person's address takes no mail from us; False if they have another address by now."""
        same_address: Condition = ("email_key", "=", problem.email_key)
        try:
            self.change(person, {"mail_problem": asdict(problem)}, [same_address])
        except ConditionFailed:
            return False
        return True

    def take_mail_problems(self, people: Iterable[Person]) -> int:
        """Forget that mail to these people came back; of how many. Nobody is touched whose address or mark is another by now."""
        taken, left = 0, iter(people)
        while some := [_unmarked(self, person) for person in islice(left, _TRANSACTION)]:
            try:
                self._table.transact(some)
            except ConditionFailed:
                taken += sum(self._is_in_time(update, None) for update in some)
            else:
                taken += len(some)
        return taken

    def take_over(self, changes: Iterable[PersonChange], pace: Pace | None = None) -> int:
        """Write what a roster says of people who exist, each of whom is changed once: never a password, code or admin right.

        How many were left alone, because somebody else has changed their role, rights, status, address or username meanwhile.
        """
        return self._write_each(map(self._taken_over, changes), pace)

    def move_keys(self, changes: Iterable[PersonChange], pace: Pace | None = None) -> int:
        """Replace look-up keys, and no more; how many were left alone, because somebody has changed them meanwhile."""
        return self._write_each(map(self._with_other_keys, changes), pace)

    def link(self, changes: Iterable[PersonChange], pace: Pace | None = None) -> int:
        """Write whom these people are linked with, and from whom a PIN is hidden.

        How many were left alone, because they were linked otherwise meanwhile.
        """
        return self._write_each(map(self.link_of, changes), pace)

    def _taken_over(self, change: PersonChange) -> Update:
        before, after = change.before, change.after
        facts: dict[str, Value] = {
            name: fact(after, name) for name in ROSTER_FACTS if getattr(after, name) != getattr(before, name)
        }
        if after.former_email is not None and after.former_email != before.former_email:
            facts["former_email"] = former_to_value(after.former_email)
        marked = before.mail_problem
        if marked and after.mail_problem and after.mail_problem.email_key != marked.email_key:
            facts["mail_problem.email_key"] = after.mail_problem.email_key
        # As it was when this was decided: nobody became an admin, changed the address or left in between.
        as_decided: list[Condition] = [(name, "=", fact(before, name)) for name in _DECIDED_BY]
        place: dict[str, Value] = {"people_sk": sort_key(after)}
        if after.role != before.role:
            place["people_pk"] = list_key(self.school, after.role)
        update = self.change_of(before.id, facts | place, as_decided)
        # Leaving and another role end links and sessions for good: without the version they would come to life again on return.
        ends = (before.status != "left" and after.status == "left") or after.role != before.role
        return replace(update, add={"version": 1}) if ends else update

    def _with_other_keys(self, change: PersonChange) -> Update:
        before, after = change.before, change.after
        facts: dict[str, Value] = {
            name: getattr(after, name) for name in _OF_KEYS if getattr(after, name) != getattr(before, name)
        }
        if after.mail_problem != before.mail_problem:
            facts["mail_problem"] = asdict(after.mail_problem) if after.mail_problem else None
        as_computed: list[Condition] = [(name, "=", getattr(before, name)) for name in ("email", "username", *_KEYS)]
        marked = before.mail_problem  # a mark that comes meanwhile names the key of before
        same_mark: list[Condition] = (
            [(f"mail_problem.{name}", "=", getattr(marked, name)) for name in ("email_key", "at")]
            if marked
            else [("mail_problem", "missing", None)]
        )
        return self.change_of(before.id, facts, [*as_computed, *same_mark])

    def link_of(self, change: PersonChange) -> Update:
        """The update that ``link`` makes of one person, to stand in a transaction."""
        facts: dict[str, Value] = {}
        as_read: list[Condition] = []
        for name in ("children", "parents", "pin_hidden_from", "not_mine"):
            before, after = getattr(change.before, name), getattr(change.after, name)
            if before != after:
                facts[name] = list(after) or None  # as somebody who was never linked, which conditions ask for
                as_read.append((name, "=", list(before) or None))
        return self.change_of(change.before.id, facts, as_read)

    def _write_each(self, updates: Iterable[Update], pace: Pace | None) -> int:
        """Write as many at once as a transaction takes, one by one where one is too late; how many were too late."""
        late, left = 0, iter(updates)
        while some := list(islice(left, _TRANSACTION)):
            try:
                self._table.transact(some, pace)
            except ConditionFailed:
                late += sum(not self._is_in_time(update, pace) for update in some)
        return late

    def _is_in_time(self, update: Update, pace: Pace | None) -> bool:
        try:
            self._table.transact([update], pace)
        except ConditionFailed:
            return False
        return True


def _unmarked(directory: Directory, person: Person) -> Update:
    same_address: Condition = ("email_key", "=", person.email_key)
    # A complaint that came meanwhile stays; a mark that somebody else has taken is not counted twice.
    still_marked: Condition = ("mail_problem.kind", "=", "bounced")
    return directory.change_of(person.id, {"mail_problem": None}, [same_address, still_marked])


def _to_come(beginnings: tuple[str, ...], start: Item | None) -> tuple[str, ...]:
    """The beginnings of sort keys from that on in which the last page ended."""
    key = start["people_sk"] if start else ""
    return next((beginnings[at:] for at, each in enumerate(beginnings) if key.startswith(each)), beginnings)
