"""Whom a send of invitations means, by mailbox, and what is decided for each: invited, or skipped for exactly one reason."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from latchkey.people.model.matched import Member
from latchkey.schools.model.school import School
from latchkey.sends.model.send import Skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A parent whom contacts, the directory or an earlier send names. ``why_not``: what is known against it before any look-up.

    ``account``: their id, where they are somebody of the directory; ``kept``: run and id in contacts. ``given`` and ``family``:
    the name as the office has it, empty where nobody there has written one.
    """

    name: str
    email: str
    children: tuple[str, ...]
    given: str = ""
    family: str = ""
    language: str | None = None
    why_not: Skip | None = None
    account: str = ""
    kept: tuple[str, str] | None = None


@dataclass(slots=True)
class Mailbox:
    """All candidates under one address. ``names``: of those who are invited by it, nobody twice."""

    email: str
    children: dict[str, None] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    given: str = ""
    family: str = ""
    languages: set[str] = field(default_factory=set)
    kept: list[tuple[str, str]] = field(default_factory=list)

    def add(self, one: Candidate) -> None:
        """Take up somebody whom it is written to about these children."""
        self.children.update(dict.fromkeys(one.children))
        self.names.setdefault(one.name.casefold(), one.name)
        if not (self.given or self.family):
            self.given, self.family = one.given, one.family
        self.languages |= {one.language} if one.language else set()
        self.kept += [one.kept] if one.kept else []


@dataclass(frozen=True, slots=True)
class Standing:
    """An adult's account under an address, as far as it decides about an invitation."""

    id: str
    status: Literal["active", "disabled", "left"]
    has_password: bool
    children: tuple[str, ...]
    single_sign_on: bool
    problem: Literal["bounced", "complained"] | None


def standing_of(person: Member, school: School) -> Standing:
    """What of an account decides."""
    has_password = person.password_set_at is not None
    return Standing(person.id, person.status, has_password, person.children, school.uses_sso(person), person.marked)


@dataclass(slots=True)
class Gathered:
    """Who is meant: mailboxes by address, and those who are skipped whatever else is known of them: name, address, why."""

    boxes: dict[str, Mailbox] = field(default_factory=dict)
    skipped: list[tuple[str, str, Skip]] = field(default_factory=list)

    def add(self, one: Candidate) -> None:
        """Take up a candidate."""
        if one.why_not is not None:
            self.skipped.append((one.name, one.email, one.why_not))
        elif not one.email:
            self.skipped.append((one.name, "", "no_address"))
        else:
            self.boxes.setdefault(one.email, Mailbox(one.email)).add(one)

    def all_children(self) -> set[str]:
        """The ids of all children who are named."""
        return {child for box in self.boxes.values() for child in box.children}


_PROBLEMS: Final[Mapping[str, Skip]] = {"bounced": "bounced_before", "complained": "complained_before"}


def why_skipped(
    box: Mailbox, accounts: Sequence[Standing], here: Mapping[str, bool], school: School, problem: str | None
) -> Skip | None:
    """Why a mailbox is not invited; None if it is. ``here``: which children are at the school; ``problem``: of mail to it."""
    children = {child for child in box.children if here.get(child)}
    active = [each for each in accounts if each.status == "active"]
    if not children:
        return "left"
    if any(each.status == "disabled" for each in accounts):
        return "disabled"
    if all(each.single_sign_on for each in active) and (active or "parent" in school.settings.sso.roles):
        return "single_sign_on"
    problem = next((each.problem for each in active if each.problem), problem)
    if problem is not None:
        return _PROBLEMS[problem]
    return "has_account" if any(each.has_password and children <= {*each.children} for each in active) else None


def rows_of(gathered: Gathered, reasons: Mapping[str, Skip]) -> Iterator[tuple[str, str, Skip]]:
    """Everybody who is skipped: name, address and why. ``reasons``: of mailboxes that are not invited, by address."""
    yield from gathered.skipped
    for email, why in reasons.items():
        for name in gathered.boxes[email].names.values():
            yield name, email, why


def counted(rows: Iterable[tuple[str, str, Skip]]) -> dict[Skip, int]:
    """How many are skipped for each reason."""
    counts: dict[Skip, int] = {}
    for _, _, why in rows:
        counts[why] = counts.get(why, 0) + 1
    return counts
