"""Sessions: the table ``sessions``; it holds a hash of each secret, never the secret."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from latchkey.shared.stores.dynamo import Condition, Delete, Item, Put, Table, Update, Value, Write, one_each

Owed: TypeAlias = tuple[Table, Write]
"""A write that stands in one transaction with a new session."""
Noted: TypeAlias = Mapping[str, Value]
"""What a sign-in notes in its person's item."""
NOTHING: Final[Noted] = {}
PASSWORD_ALONE: Final = ("password",)
"""How a session was opened whose item does not say it."""
BY_PROVIDER: Final = "sso"
"""The school's own provider has said who it is."""
PROVIDERS_FACTOR: Final = "sso_factor"
"""The provider has asked for a second factor, and the school takes its word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in. ``hash`` is SHA-256 of the secret; ``version`` and ``stamp`` are those of the person when signing in.

    ``ways`` are what the person has shown: "password", "totp", "passkey", "recovery", ``BY_PROVIDER`` and
    ``PROVIDERS_FACTOR``. ``by``: the connection of that provider, or "".
    ``proved_at`` is when (epoch seconds) a second factor, or a passkey, was shown last; None: never in this session.
    ``password_at`` is when somebody who has no second factor gave the password again; 0: not since signing in. ``browser`` is
    in coarse words what it was opened with, for its owner alone.
    """

    person: str
    hash: str
    version: int
    stamp: str
    created_at: int
    seen_at: int
    expires_at: int
    proved_at: int | None = None
    ways: tuple[str, ...] = PASSWORD_ALONE
    password_at: int = 0
    browser: str = ""
    by: str = ""


class Sessions:
    """The sessions of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def some_of(self, person: str) -> list[Session]:
        """The same as ``all_of`` for a page that a person waits for: of thousands, as many as are read in one call."""
        return [session_from_item(person, item) for item in self._table.page(self._pk(person)).items]

    def all_of(self, person: str) -> list[Session]:
        """All sessions that this person has, also those that have ended and are not deleted yet."""
        return [session_from_item(person, item) for page in self._table.pages(self._pk(person)) for item in page]

    def put(self, session: Session) -> None:
        """Write a new session."""
        self._table.put(self._new(session))

    def new_of(self, session: Session, ended: Iterable[tuple[str, str, str]] = ()) -> list[Owed]:
        """The writes of a new session, to stand in a transaction.

        ``ended``: school, person and hash of sessions that end with it, whether they exist or not.
        """
        gone = [(self._table, Delete(*session_key(*each))) for each in dict.fromkeys(ended)]
        return [(self._table, self._new(session)), *gone]

    def write_all(self, writes: Sequence[Owed]) -> None:
        """Write a new session (``new_of``) or what a sign-in owes, all or nothing, in one call.

        Updates of one item are made one; ``Changed`` if something is not as expected.
        """
        self._table.transact_with(one_each(writes))

    def replacing(self, old: Session, new: Session, now: int) -> list[tuple[Table, Update | Put]]:
        """The writes that end a session and begin another in its place, to stand in a transaction; only if the old one still is.

        The old item stays until its time is swept up: an update can say that it must be there, and a deletion could not.
        """
        not_ended: Condition = ("pk", "exists", None)
        ended = Update(pk=self._pk(old.person), sk=old.hash, set={"expires_at": now}, when=[not_ended])
        return [(self._table, ended), (self._table, self._new(new))]

    def seen(self, session: Session, now: int) -> None:
        """Note that the session is in use; ``Changed`` if it has ended meanwhile."""
        not_ended: Condition = ("pk", "exists", None)
        self._table.update(Update(pk=self._pk(session.person), sk=session.hash, set={"seen_at": now}, when=[not_ended]))

    def prove(self, session: Session, way: str, now: int) -> Session:
        """Note that a second factor was shown now; the session as it then is. ``Changed`` if it has ended meanwhile."""
        not_ended: Condition = ("pk", "exists", None)
        ways = (*session.ways, way) if way not in session.ways else session.ways
        facts: dict[str, Value] = {"proved_at": now, "ways": list(ways)}
        self._table.update(Update(pk=self._pk(session.person), sk=session.hash, set=facts, when=[not_ended]))
        return replace(session, proved_at=now, ways=ways)

    def note_password(self, session: Session, now: int) -> None:
        """Note that the password was given again now; ``Changed`` if the session has ended meanwhile."""
        not_ended: Condition = ("pk", "exists", None)
        self._table.update(Update(pk=self._pk(session.person), sk=session.hash, set={"password_at": now}, when=[not_ended]))

    def end(self, person: str, secret_hash: str) -> None:
        """End a session, whether it exists or not."""
        self._table.delete(self._pk(person), secret_hash)

    def end_these(self, person: str, hashes: Iterable[str]) -> None:
        """End these sessions of a person, whether they exist or not; 25 a call."""
        self._table.delete_many((self._pk(person), each) for each in hashes)

    def end_all(self, person: str) -> None:
        """End all sessions that this person has now."""
        for page in self._table.pages(self._pk(person)):
            for item in page:
                self._table.delete(item["pk"], item["sk"])

    def _new(self, session: Session) -> Put:
        item: dict[str, Value] = {
            "pk": self._pk(session.person),
            "sk": session.hash,
            "version": session.version,
            "stamp": session.stamp,
            "created_at": session.created_at,
            "seen_at": session.seen_at,
            "expires_at": session.expires_at,
            "proved_at": session.proved_at,
            "ways": list(session.ways) if session.ways != PASSWORD_ALONE else None,
            "browser": session.browser or None,
            "by": session.by or None,
        }
        return Put(item=item, when=[("pk", "missing", None)])

    def _pk(self, person: str) -> str:
        return session_key(self.school, person, "")[0]


def session_key(school: str, person: str, secret_hash: str) -> tuple[str, str]:
    """``(pk, sk)`` of a session."""
    return f"{school}#P#{person}", secret_hash


def session_from_item(person: str, item: Item) -> Session:
    """A session as its item says it."""
    return Session(
        person=person,
        hash=item["sk"],
        version=item["version"],
        stamp=item["stamp"],
        created_at=item["created_at"],
        seen_at=item["seen_at"],
        expires_at=item["expires_at"],
        proved_at=item.get("proved_at"),
        ways=tuple(item.get("ways", PASSWORD_ALONE)),
        password_at=item.get("password_at", 0),
        browser=item.get("browser", ""),
        by=item.get("by", ""),
    )
