"""One person in the roll."""

from __future__ import annotations

from itertools import compress
from operator import itemgetter
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from latchkey.people.model.person import ROLES
from latchkey.people.model.register import sort_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from latchkey.people.model.person import CodeState, Person, Role, Status

Fault = Literal["dead_address", "school_filter", "our_fault"]
Problem = Literal["dead_address", "school_filter", "our_fault", "complained"]
Refusal = Literal["bounced", "complained"]
"""What became of mail that its address will not take again."""
LinkState = Literal["planned", "sending", "sent", "delayed", "delivered", "bounced", "complained"]


USES: Final = {"pin": 1, "parent_code": 5}
MOST_FAILURES: Final = 10
"""How often a code works, and how many wrong guesses it stands; a test compares both with the rules of codes."""


class CodeFacts(NamedTuple):
    """What is known of a code; times in epoch seconds, ``given_at`` 0 where an old item does not say.

    ``used``: it opens nothing any more, however late it ends: used up, ended by the school, or guessed at too often. One of an
    older ``epoch`` than its school's opens nothing either.
    """

    expires_at: int
    used: bool = False
    given_at: int = 0
    epoch: int = 0


class LinkFact(NamedTuple):
    """The newest password link that an admin's send has mailed to an address; where there is none, the one that waits to be sent.

    ``sent_at`` (epoch seconds): since when the mail is in its state, so about when it went. ``version``: the person's credential
    version then; the link works while it is the same, and until ``expires_at``. ``fault``: whose it is that the mail was refused.
    """

    send: str
    to: str
    sent_at: int
    expires_at: int
    state: LinkState
    version: int = 0
    fault: Fault | None = None

    @property
    def is_to_be(self) -> bool:
        """Whether its mail waits to be sent."""
        return self.state in {"planned", "sending"}


class Entry(NamedTuple):
    """One person, with the names that ``Person`` has for the same facts; times are epoch seconds. ``_replace`` makes another.

    ``outside_at``: when they last signed in from outside the school's addresses. ``locked_at``: since when they are locked out.
    ``marked``: what is noted with their present address, ``marked_at`` when. ``link``: the newest link to their present address.
    ``is_linked``: they have signed in by the school's own provider.
    ``double``: the last look found that this is almost certainly another account of somebody.
    A tuple, because a hundred thousand of them are made at once.
    """

    id: str
    role: Role
    given_name: str
    family_name: str
    preferred_given_name: str | None = None
    preferred_family_name: str | None = None
    email: str | None = None
    username: str | None = None
    upn: str | None = None
    mis_id: str | None = None
    language: str | None = None
    year_group: str | None = None
    registration_group: str | None = None
    is_admin: bool = False
    status: Status = "active"
    children: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    number: int | None = None
    version: int = 0
    password_set_at: int | None = None
    has_way_in: bool = False
    last_login_at: int | None = None
    outside_at: int | None = None
    locked_at: int | None = None
    provisional_until: int | None = None
    unconfirmed: bool = False
    not_mine: tuple[str, ...] = ()
    marked: Literal["bounced", "complained"] | None = None
    marked_at: int | None = None
    pin: CodeFacts | None = None
    parent_code: CodeFacts | None = None
    is_linked: bool = False
    link: LinkFact | None = None
    double: bool = False

    @property
    def address_is_unconfirmed(self) -> bool:
        """Whether somebody typed this address, and nobody has shown since that they read its mail: as of a person."""
        return self.unconfirmed

    @property
    def name(self) -> str:
        """The legal name. ``School.name_of`` says what a page calls somebody."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def texts(self) -> tuple[str | None, ...]:
        """What people are searched by: names, address, username, UPN, MIS id, and group."""
        return (*self[2:10], self.registration_group)

    @property
    def problem(self) -> Problem | None:
        """Why mail does not reach this person, and whose fault that is."""
        if self.marked == "complained":
            return "complained"
        if self.link is not None and self.link.fault is not None:
            return self.link.fault
        return "dead_address" if self.marked == "bounced" else None


def entry_of(person: Person) -> Entry:
    """What the roll holds of a person; the link and whether they are a double come from elsewhere."""
    return Entry(
        id=person.id,
        role=person.role,
        given_name=person.given_name,
        family_name=person.family_name,
        preferred_given_name=person.preferred_given_name,
        preferred_family_name=person.preferred_family_name,
        email=person.email,
        username=person.username,
        upn=person.upn,
        mis_id=person.mis_id,
        language=person.language,
        year_group=person.year_group,
        registration_group=person.registration_group,
        is_admin=person.is_admin,
        status=person.status,
        children=person.children,
        parents=person.parents,
        number=person.number,
        version=person.version,
        password_set_at=person.password_set_at,
        has_way_in=person.has_way_in,
        last_login_at=person.last_login_at,
        outside_at=person.outside_at,
        locked_at=person.locked_out_at,
        provisional_until=person.provisional_until,
        unconfirmed=person.address_is_unconfirmed,
        not_mine=person.not_mine,
        marked=person.marked,
        marked_at=person.marked_at,
        pin=_code(person.pin, USES["pin"]),
        parent_code=_code(person.parent_code, USES["parent_code"]),
        is_linked=person.is_linked,
    )


def place_of(entry: Entry) -> tuple[int, str]:
    """What the list is sorted by."""
    return ROLES.index(entry.role), sort_key(entry)


def with_facts(entry: Entry, link: LinkFact | None, *, double: bool) -> Entry:
    """The entry with what others know of the person; a link to another address than the present one is none of theirs."""
    mine = link if link is not None and link.to == entry.email else None
    return entry if mine is entry.link and double == entry.double else entry._replace(link=mine, double=double)


def _code(state: CodeState | None, uses: int) -> CodeFacts | None:
    if state is None:
        return None
    used = state.voided or state.uses >= uses or state.failed >= MOST_FAILURES
    return CodeFacts(state.expires_at, used, state.given_at, state.epoch)


def these_of(entries: Sequence[Entry], ids: AbstractSet[str]) -> Sequence[Entry]:
    """Those of the entries who have one of these ids, in their order."""
    return [*compress(entries, map(ids.__contains__, map(itemgetter(0), entries)))]
