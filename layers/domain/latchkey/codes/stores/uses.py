"""Using codes: guesses are counted in the student's item, and all that a use changes stands in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from latchkey.audit.stores.audit import EventWrite
from latchkey.codes.model.codes import MOST_FAILURES, USES, Kind, state_of
from latchkey.codes.stores.codes import ATTRIBUTE
from latchkey.people.model.person import Person
from latchkey.people.stores.items import former_to_value, person_from_item
from latchkey.people.stores.people import Directory
from latchkey.schools.model.school import School
from latchkey.schools.stores.schools import school_from_item, school_key
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Table, Update, Value, transact
from latchkey.sign_in.stores.credentials import Credentials, FactorsItem, Name, factors_place, username_place
from latchkey.sign_in.stores.sessions import NOTHING, Noted, Owed

_CHOSEN: Final = ("email", "email_key", "email_typed", "username", "username_key")
_SAME: Final = ("version", "status", "email_key", "username_key")  # what must not have changed under a PIN or a code read out


@dataclass(frozen=True, slots=True)
class Beside:
    """What is read with a code: its school as it is now, somebody's second factors, and who has certain usernames.

    ``holders``: by look-up key who chose that name last; None: nobody did.
    """

    school: School | None = None
    factors: FactorsItem | None = None
    holders: Mapping[str, str | None] = field(default_factory=dict)


class CodeUses:
    """The uses of one school's codes."""

    def __init__(self, client: Client, directory: Table, credentials: Table, school: str) -> None:
        self._client = client
        self._people = directory
        self._directory = Directory(directory, school)
        self._table, self._school = credentials, school
        self._credentials = Credentials(credentials, school)

    # Of any number of guesses at once each is counted before it is compared, and none beyond the last that a code stands:
    #
    #     A: failed 9 ── one more, if it is not 10 ──▶ 10, and compared
    #     B: failed 9 ──── one more, if it is not 10 ──▶ ✗ refused like a guess at nobody
    #
    # The same write reads the person, so the count is that of the code which is compared, whichever generation it is of.

    def count(self, student: str, kind: Kind) -> Person | None:
        """Count a guess at a student's code as failed, and the student as they then are.

        None, and nothing is counted: they are not here, or have no such code, or it is dead.
        """
        name = ATTRIBUTE[kind]
        has_one: list[Condition] = [("status", "=", "active"), (f"{name}.generation", "exists", None)]
        not_dead: Condition = (f"{name}.failed", "<>", MOST_FAILURES)
        one_more = replace(self._directory.change_of(student, {}, [*has_one, not_dead]), add={f"{name}.failed": 1})
        try:
            return person_from_item(self._people.update(one_more))
        except ConditionFailed:
            return None

    def beside(self, person: str, names: Mapping[str, int]) -> Beside:
        """What a code is compared and used with, in one call, read consistently.

        ``names``: look-up keys of usernames and their epochs.
        """
        here, factors = school_key(self._school), factors_place(self._school, person)
        holders = {key: username_place(self._school, key, epoch) for key, epoch in names.items()}
        found = self._people.get_across({self._people: [here], self._table: [factors, *holders.values()]})
        school, items = found.get((self._people.name, *here)), {each[1:]: item for each, item in found.items()}
        return Beside(
            school=school_from_item(school) if school is not None else None,
            factors=items.get(factors),
            holders={key: items[place]["person"] if place in items else None for key, place in holders.items()},
        )

    def take_back(self, student: str, kind: Kind, generation: int) -> None:
        """Take one guess out of the count again: it was none, or it was not compared."""
        name = ATTRIBUTE[kind]
        counted: list[Condition] = [(f"{name}.generation", "=", generation), (f"{name}.failed", ">", 0)]
        one_less = replace(self._directory.change_of(student, {}, counted), add={f"{name}.failed": -1})
        try:
            self._people.update(one_less)
        except ConditionFailed:
            return  # there is a newer code by now, with a count of its own

    def claim(
        self,
        kind: Kind,
        before: Person,
        after: Person,
        password_hash: str | None,
        now: int,
        *,
        event: EventWrite,
        names: Sequence[Name] = (),
        also: Sequence[Owed] = (),
        noted: Noted = NOTHING,
        counted: bool = False,
    ) -> None:
        """Use a PIN or a code that was read out: set a password, address and username; the event stands or falls with it.

        Without a hash there is no password from now on, not even an older one: ``also`` then keeps what is there in its place.
        ``noted``: what the person's item says besides, where they are signed in by it.

        ``names`` are the look-up keys of a new username with who chose it last: of two who choose it at once one gets it.
        ``Changed`` if the code of ``before`` no longer works, the person is not as they were then, or the name is another's.
        Of who has become an admin the code that was read out is voided (``Directory.make_admin``).
        """
        as_read: list[Condition] = [(name, "=", getattr(before, name)) for name in _SAME]
        used = self._used(before, kind, now, as_read, counted=counted)
        facts = {name: getattr(after, name) for name in _CHOSEN if getattr(after, name) != getattr(before, name)}
        if after.former_email is not None:
            facts["former_email"] = former_to_value(after.former_email)
        facts |= {"second_factors": list(after.second_factors)} if after.second_factors != before.second_factors else {}
        facts |= {"version": before.version + 1, "password_set_at": now if password_hash is not None else None, "locked_at": None}
        changed = replace(used, set={**facts, **noted})
        writes: list[Owed] = [(self._people, changed), event, *also]
        if password_hash is not None:
            writes.append(self._credentials.password_of(before.id, password_hash, now))
        writes += [self._credentials.name_of(name.key, after.id, name.holder, name.epoch) for name in names]
        transact(self._client, writes)

    def register(
        self,
        student: Person,
        parent: Person,
        password_hash: str | None,
        now: int,
        *,
        event: EventWrite,
        also: Sequence[Owed] = (),
        noted: Noted = NOTHING,
        counted: bool = False,
    ) -> None:
        """Take a place of a student's parent code: make the parent and link both; ``Changed`` if there is none left.

        ``also``: what is kept of a way in beside the password, or in its place, and a session; ``noted``: as of ``claim``.
        """
        still_here: Condition = ("status", "=", "active")
        used = self._used(student, "parent", now, [still_here], counted=counted)
        made = self._directory.make_of(parent)
        writes: list[Owed] = [
            (self._people, replace(used, append={"parents": [parent.id]})),
            (self._people, replace(made, set={**made.set, **noted})),
            event,
            *also,
        ]
        if password_hash is not None:
            writes.append(self._credentials.password_of(parent.id, password_hash, now))
        transact(self._client, writes)

    def add_child(self, student: Person, adult: Person, now: int, event: EventWrite, *, counted: bool = False) -> None:
        """Take a place of a student's parent code for somebody who has an account, and link both.

        ``Changed`` if there is no place left, or the adult's links, status or role are no longer as they were read: so the same
        child asked for twice at once takes one place.
        """
        still_here: Condition = ("status", "=", "active")
        used = self._used(student, "parent", now, [still_here], counted=counted)
        same_links: Condition = ("children", "=", list(adult.children) or None)
        same_adult: list[Condition] = [("status", "=", "active"), ("role", "=", adult.role)]
        children: list[Value] = list(dict.fromkeys((*adult.children, student.id)))
        linked = self._directory.change_of(adult.id, {"children": children}, [same_links, *same_adult])
        half = adult.id in student.parents  # linked on the student's side alone
        placed = used if half else replace(used, append={"parents": [adult.id]})
        transact(self._client, [(self._people, placed), (self._people, linked), event])

    def _used(self, person: Person, kind: Kind, now: int, when: Sequence[Condition], *, counted: bool) -> Update:
        """One use more of the code that the person had, if it is still theirs and works at this moment.

        ``counted``: the guess that has found it counts as wrong still, and is taken out of the count (``take_back``).
        """
        name, state = ATTRIBUTE[kind], state_of(person, kind)
        one_more = {f"{name}.uses": 1, **({f"{name}.failed": -1} if counted else {})}
        works: list[Condition] = [
            (f"{name}.generation", "=", state.generation if state else 0),
            (f"{name}.uses", "<", USES[kind]),
            (f"{name}.expires_at", ">", now),
            (f"{name}.voided", "missing", None),
        ]
        return replace(self._directory.change_of(person.id, {}, [*works, *when]), add=one_more)
