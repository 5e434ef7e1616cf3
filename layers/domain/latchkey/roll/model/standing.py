"""Can somebody log in from home tomorrow? One rule, which gives everybody exactly one grade or reason.

    left ──▶ nobody of the total
    disabled ▶ sso, sso_unused (ready) ▶ locked ▶ a way in (ready: signed_in_outside, signed_in, password_unused)
      ▶ duplicate ▶ link_unused ▶ code_unused ▶ complained ▶ dead_address ▶ school_filter ▶ our_fault ▶ unconfirmed
      ▶ link_expired ▶ never_sent ▶ code_expired ▶ no_address_parent ▶ no_address

The first that holds counts; docs/readiness.md says the same to admins. Why this order:

- What the office has decided (``disabled``) stands above all. Then single sign-on: with us there is nothing to mend, so it ends
  every alarm, also of those who have not come yet (``sso_unused``): nobody here can do that for them. ``locked`` stands above
  the ways in, because a password that is stopped is none.
- Who can get in is ready, whatever is wrong with their address or their other account.
- Of those who cannot, what they hold and can still use (a live link, a live code) counts before what has failed: so people move
  on as soon as the office has done something for them, and no reason stays when its button was pressed.
- Then what stands between them and a mail, then what is left to do: another link, a first one, paper.

By role: a student's code is their PIN. A parent's is the parent code of one of their children; it is the child's, so it counts
only for a parent who has no address. Teachers and staff have none. A parent can help a child without an address if they can log
in or be mailed: they see the child's PIN.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

from latchkey.people.model.person import Role
from latchkey.people.model.standings import GRADES, Code, Grade, Reason
from latchkey.schools.model.school import DAY, AdminsRule, School

OUTSIDE_FOR: Final = 30 * DAY
"""Seconds for which a sign-in from outside the school proves that it works from there."""
_ON_ITS_WAY: Final = frozenset({"planned", "sending", "sent", "delayed", "delivered"})
"""States of a mail with which its link is, or is about to be, in a mailbox."""
_TO_BE_SENT: Final = frozenset({"planned", "sending"})


class Coded(Protocol):
    """What is known of a code: when it ends, whether it has stopped before that (used, voided, guessed at), its epoch."""

    @property
    def expires_at(self) -> int: ...
    @property
    def used(self) -> bool: ...
    @property
    def epoch(self) -> int: ...


class Linked(Protocol):
    """The newest link that was mailed to the address that somebody has, or is to be: when it ends, what became of the mail, and
    for which credential version it is. ``sent_at``: since when the mail is in its state.
    """

    @property
    def sent_at(self) -> int: ...
    @property
    def expires_at(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def version(self) -> int: ...


class Known(Protocol):
    """The facts of a person that the rule goes by; times are epoch seconds. ``Entry`` has them."""

    @property
    def id(self) -> str: ...
    @property
    def role(self) -> Role: ...
    @property
    def status(self) -> str: ...
    @property
    def is_admin(self) -> bool: ...
    @property
    def email(self) -> str | None: ...
    @property
    def children(self) -> tuple[str, ...]: ...
    @property
    def parents(self) -> tuple[str, ...]: ...
    @property
    def version(self) -> int: ...
    @property
    def last_login_at(self) -> int | None: ...
    @property
    def outside_at(self) -> int | None: ...
    @property
    def password_set_at(self) -> int | None: ...
    @property
    def has_way_in(self) -> bool: ...
    @property
    def locked_at(self) -> int | None: ...
    @property
    def unconfirmed(self) -> bool: ...
    @property
    def provisional_until(self) -> int | None: ...
    @property
    def problem(self) -> str | None: ...
    @property
    def pin(self) -> Coded | None: ...
    @property
    def parent_code(self) -> Coded | None: ...
    @property
    def link(self) -> Linked | None: ...
    @property
    def double(self) -> bool: ...
    @property
    def is_linked(self) -> bool: ...


Family = Callable[[str], Known | None]
"""Somebody of the school by their id; None if there is nobody."""


def nobody(person: str) -> None:
    """The family of somebody whose links nobody has read: nobody in it can help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the rule goes by besides the person: the time, who signs in at the school's own page, whether outside is known, the
    epoch of codes, and when the school ended all of its links (epoch seconds, 0: never).

    ``connected``: whose sign-in at a provider we see; of those who only get a link to a page we see none. ``admins``: whether
    they come in by a provider, too, and ``local_admins`` who of them must not, where they must.
    """

    now: int
    code_epoch: int = 0
    links_ended_at: int = 0
    sso_roles: frozenset[str] = field(default_factory=frozenset)
    connected: frozenset[str] = field(default_factory=frozenset)
    admins: AdminsRule = "no"
    local_admins: frozenset[str] = field(default_factory=frozenset)
    knows_outside: bool = False


def rules_of(school: School, now: int) -> Rules:
    """The rules of a school at a time."""
    chosen = school.settings
    return Rules(
        now=now,
        code_epoch=school.code_epoch,
        links_ended_at=school.links_ended_at,
        sso_roles=frozenset(chosen.sso.roles),
        connected=frozenset(role for each in chosen.sso.connections for role in each.roles),
        admins=chosen.sso.admins,
        local_admins=frozenset(chosen.sso.local_admins),
        knows_outside=bool(chosen.address_ranges),
    )


def is_ready(code: str | None) -> bool:
    """Whether somebody with this code can log in."""
    return code in GRADES


def standing_of(person: Known, rules: Rules, family: Family = nobody) -> Code | None:
    """The one code of a person; None for somebody who has left. The same facts at the same time give the same code."""
    if person.status == "left":
        return None
    if person.status != "active":
        return "disabled"
    if _uses_sso(person, rules):
        return "sso" if person.is_linked or person.role not in rules.connected else "sso_unused"
    if person.is_linked and _may_use_sso(person, rules):
        return "sso"
    if is_locked(person):
        return "locked"
    grade = _grade(person, rules)
    return grade or _reason(person, rules, family)


def is_locked(person: Known) -> bool:
    """Whether the password that somebody has was stopped after too many wrong tries; a newer one was not."""
    locked, since = person.locked_at, person.password_set_at
    return locked is not None and since is not None and locked >= since


def _uses_sso(person: Known, rules: Rules) -> bool:
    if person.role not in rules.sso_roles or not person.is_admin:
        return person.role in rules.sso_roles
    return _may_use_sso(person, rules) and rules.admins == "must" and person.id not in rules.local_admins


def _may_use_sso(person: Known, rules: Rules) -> bool:
    """Whether an admin can come in by a provider."""
    return person.is_admin and person.role in rules.connected and rules.admins != "no"


def _has_ended(person: Known, now: int) -> bool:
    """Whether this is an account that a code has made and whose address nobody has confirmed in time."""
    return person.unconfirmed and person.provisional_until is not None and person.provisional_until <= now


def _grade(person: Known, rules: Rules) -> Grade | None:
    if not person.has_way_in or _has_ended(person, rules.now):
        return None
    if person.last_login_at is None or person.last_login_at < (person.password_set_at or 0):
        return "password_unused"
    outside = person.outside_at
    proved = rules.knows_outside and outside is not None and outside > rules.now - OUTSIDE_FOR
    return "signed_in_outside" if proved else "signed_in"


def _reason(person: Known, rules: Rules, family: Family) -> Reason:
    if person.double:
        return "duplicate"
    if person.email is None:
        return _without_address(person, rules, family)
    reached = person.problem is None and not person.unconfirmed
    if reached and _has_live_link(person, rules):
        return "link_unused"
    if person.role == "student" and _opens(person.pin, rules):
        return "code_unused"
    return _by_problem(person) or ("never_sent" if person.link is None else "link_expired")


def _by_problem(person: Known) -> Reason | None:
    problems: tuple[Reason, ...] = ("complained", "dead_address", "school_filter", "our_fault")
    found = next((each for each in problems if each == person.problem), None)
    return found or ("unconfirmed" if person.unconfirmed else None)


def _without_address(person: Known, rules: Rules, family: Family) -> Reason:
    codes = [code for code in _codes_of(person, family) if code is not None]
    if any(_opens(code, rules) for code in codes):
        return "code_unused"
    if codes:
        return "code_expired"
    can_help = person.role == "student" and any(_helps(family(each), rules) for each in person.parents)
    return "no_address_parent" if can_help else "no_address"


def _codes_of(person: Known, family: Family) -> Iterable[Coded | None]:
    if person.role == "student":
        return [person.pin]
    if person.role == "parent":
        return [child.parent_code for child in map(family, person.children) if child is not None and child.status == "active"]
    return []


def _helps(parent: Known | None, rules: Rules) -> bool:
    """Whether a parent can log in, or can be mailed so that they can."""
    if parent is None or parent.status != "active":
        return False
    if _uses_sso(parent, rules) or (not is_locked(parent) and _grade(parent, rules) is not None):
        return True
    return parent.email is not None and parent.problem in {None, "school_filter", "our_fault"} and not parent.unconfirmed


def _opens(code: Coded | None, rules: Rules) -> bool:
    return code is not None and not code.used and code.epoch >= rules.code_epoch and code.expires_at > rules.now


def _has_live_link(person: Known, rules: Rules) -> bool:
    """Whether a link that still works is in their mailbox, or about to be; a mail that came back for now has brought none."""
    link = person.link
    if link is None or link.state not in _ON_ITS_WAY or link.version != person.version or link.expires_at <= rules.now:
        return False
    # What waits to be sent gets its link from the key of then.
    return link.state in _TO_BE_SENT or link.sent_at > rules.links_ended_at
