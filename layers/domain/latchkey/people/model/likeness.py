"""Whether two accounts are one person's: certainly, perhaps, or with nothing that says so; and why, in words.

Certain is only what two different people of a school do not have: one UPN, one MIS id but for zeros that a spreadsheet took and
the same name, or name, role and address together. Whatever twins, a parent and a child of one name, cousins or strangers can have
in common is at most a reason to look, and mostly none.

All comparing is symmetric, and a student is never compared with an adult.
"""

import re
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final, Literal, NamedTuple

from latchkey.people.model.given_names import can_be_one
from latchkey.people.model.matched import Compared
from latchkey.people.model.person import ADULTS
from latchkey.shared.model.folding import folded

Advice = Literal["merge", "link", "role"]
"""What to do about it: merge them; keep the account of the member of staff, to which the children of the other go; or give
both the same role first, if they are one."""
CERTAIN: Final = 0
LIKELY: Final = 1
POOR: Final = 2
"""Little speaks for it, but one of the accounts says less than the other, as a copy does."""
BARE: Final = 3
"""Little speaks for it, and of many such pairs hardly one is right."""
RANKS: Final = (CERTAIN, LIKELY, POOR, BARE)
Names = Literal["whole", "signs", "swapped", "near", "renamed", "other"]
"""How two names compare: the same; but for accents and signs; given and family name swapped; a short form or a part of a name;
the same first name with another last name; otherwise different."""
_WORDS: Final = re.compile(r"[^\W_]+")
_TYPO_FROM: Final = 5  # letters of a last name in which one wrong letter is a slip
_RICH: Final = ("upn", "mis_id", "email", "kin")
_TOGETHER: Final = frozenset({"whole", "signs"})
_SAID: Final = {
    "whole": "They have the same name.",
    "signs": "Their names differ only in accents, hyphens or apostrophes.",
    "swapped": "First name and last name are swapped.",
    "renamed": "They have the same first name and different last names.",
}


@dataclass(frozen=True, slots=True)
class Likeness:
    """That two accounts may be one person's."""

    rank: int
    advice: Advice
    why: tuple[str, ...]

    @property
    def certain(self) -> bool:
        """Whether nobody needs to think about it; they may want to look all the same."""
        return self.rank == CERTAIN


class Name(NamedTuple):
    """A name folded for comparing: words without case, accents and signs, and all of them in one."""

    words: tuple[str, ...]
    whole: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared of a person.

    ``known``: the first name that they go by; ``kin``: the ids of a student's parents, or of an adult's children.
    """

    id: str
    role: str
    given: Name
    family: Name
    known: Name
    written: str
    upn: str | None
    mis_id: str | None
    bare_id: str | None
    email: str | None
    year: str | None
    group: str | None
    kin: frozenset[str]
    is_used: bool
    has_left: bool

    @property
    def kind(self) -> Literal["student", "staff", "parent"]:
        """The roles that are compared alike: a teacher is staff."""
        return "student" if self.role == "student" else "staff" if self.role in ADULTS else "parent"


def folded_name(text: str) -> Name:
    """A name as it is compared: ``O’Brien`` is ``obrien``, ``Żak-Łęcki`` is ``zak`` and ``lecki``."""
    words = tuple(_WORDS.findall(folded(text).replace(".", "")))  # a full stop stands inside a word, as in J.R.
    return Name(words, "".join(words))


def facts_of(person: Compared) -> Facts:
    """What is compared of this person."""
    bare = (person.mis_id or "").lstrip("0")
    student = person.role == "student"
    return Facts(
        id=person.id,
        role=person.role,
        given=folded_name(person.given_name),
        family=folded_name(person.family_name),
        known=folded_name(person.preferred_given_name or person.given_name),
        written=f"{person.given_name}|{person.family_name}",
        upn=person.upn,
        mis_id=person.mis_id,
        bare_id=bare if bare.isdecimal() else None,
        email=person.email,
        year=person.year_group,
        group=folded(person.registration_group) if person.registration_group else None,
        kin=frozenset(person.parents if student else person.children),
        is_used=person.last_login_at is not None,
        has_left=person.status == "left",
    )


def likeness(one: Compared, other: Compared) -> Likeness | None:
    """Whether two accounts are one person's; None where nothing says so."""
    return compare(facts_of(one), facts_of(other))


def compare(one: Facts, other: Facts) -> Likeness | None:
    """The same of facts that are at hand."""
    if one.id == other.id or (one.has_left and other.has_left):
        return None
    if (one.kind == "student") != (other.kind == "student"):
        return None
    seen = _Seen(one, other, names_of(one, other))
    if one.kind == "student":
        return _students(seen)
    return _adults(seen) if one.kind == other.kind else _two_hats(seen)


@dataclass(slots=True)
class _Seen:
    """Two people, and what was found to speak for their being one."""

    one: Facts
    other: Facts
    names: Names
    why: list[str] = field(default_factory=list)

    def same(self, name: str) -> bool:
        """Whether both have this, and the same."""
        mine = getattr(self.one, name)
        return mine is not None and mine == getattr(self.other, name)

    def differ(self, name: str) -> bool:
        """Whether both have this, and not the same."""
        mine, theirs = getattr(self.one, name), getattr(self.other, name)
        return mine is not None and theirs is not None and mine != theirs

    @property
    def zeros(self) -> bool:
        """Whether their MIS ids are one number."""
        return self.same("bare_id")

    @property
    def kin(self) -> bool:
        """Whether they share a parent or a child."""
        return not self.one.kin.isdisjoint(self.other.kin)

    @property
    def both_used(self) -> bool:
        """Whether somebody signs in to each of them."""
        return self.one.is_used and self.other.is_used

    @property
    def weak(self) -> int:
        """The rank of those of whom little is known."""
        mine, theirs = ([bool(getattr(each, name)) for name in _RICH] for each in (self.one, self.other))
        return POOR if mine != theirs else BARE

    def found(self, rank: int = LIKELY, advice: Advice = "merge") -> Likeness:
        """The result, with all that is the same, in words."""
        return Likeness(rank, advice, (*_reasons(self), *self.why))


def _students(seen: _Seen) -> Likeness | None:
    together, related, clash = seen.names in _TOGETHER, seen.names != "other", seen.differ("upn")
    if seen.same("upn"):
        if not related:
            seen.why.append("Their first names are different: one of them may have been given the other’s UPN.")
        return seen.found(CERTAIN if related else LIKELY)
    if seen.zeros and together:
        if clash:
            seen.why.append("Their UPNs are different.")
        return seen.found(LIKELY if clash else CERTAIN)
    if clash or not related:
        return None
    if seen.same("email"):
        return seen.found(CERTAIN if together and not seen.differ("year") else LIKELY)
    return seen.found() if seen.zeros or seen.kin else _by_place(seen)


def _by_place(seen: _Seen) -> Likeness | None:
    """Students of whom only the names and where they stand in the school say something."""
    year, elsewhere = seen.same("year"), seen.differ("year") or seen.differ("group")
    place = year and seen.same("group")
    if seen.names == "renamed":
        return seen.found(seen.weak) if place and not seen.both_used else None
    if place or (seen.names != "near" and not elsewhere):
        return seen.found(LIKELY if place or seen.names == "swapped" else seen.weak)
    # One name twice in a year is two people more often than not; an account that says less than the other may be a copy.
    poorer = year and (seen.one.upn is None) != (seen.other.upn is None)
    return seen.found(POOR) if poorer and seen.names in _TOGETHER and not seen.both_used else None


def _adults(seen: _Seen) -> Likeness | None:
    if seen.names == "other":
        return None
    together, same_role = seen.names in _TOGETHER, seen.one.role == seen.other.role
    advice: Advice = "merge" if same_role else "role"
    if seen.zeros or seen.same("email"):
        return seen.found(CERTAIN if together and same_role else LIKELY, advice)
    if seen.kin:
        return seen.found(LIKELY, advice)
    alone = seen.one.kind == "staff" and (together or seen.names == "swapped") and not seen.differ("email")
    return seen.found(seen.weak, advice) if alone and not seen.both_used else None


def _two_hats(seen: _Seen) -> Likeness | None:
    """A member of staff and a parent."""
    return seen.found(LIKELY, "link") if seen.names != "other" and (seen.same("email") or seen.kin) else None


def _reasons(seen: _Seen) -> list[str]:
    """What two people have in common, the strongest first."""
    said = ["They have the same UPN."] if seen.same("upn") else []
    if seen.zeros:
        ids = sorted((seen.one.mis_id or "", seen.other.mis_id or ""), key=lambda each: (len(each), each))
        differ = f"Their MIS ids differ only in leading zeros ({ids[0]} and {ids[1]})."
        said.append(differ if ids[0] != ids[1] else "They have the same MIS id.")
    if text := _SAID.get(seen.names):
        said.append(text)
    elif seen.names == "near":
        said.append("Their names are alike: a short form, a part of a double name, or one letter.")
    if seen.same("email"):
        said.append("They have the same e-mail address.")
    if seen.kin:
        said.append("They have a parent in common." if seen.one.kind == "student" else "They have a child in common.")
    if seen.same("year"):
        said.append("They are in the same year and group." if seen.same("group") else "They are in the same year.")
    if seen.one.kind != seen.other.kind:
        said.append("One is a member of staff, the other a parent.")
    elif seen.one.role != seen.other.role:
        said.append("One is a teacher, the other staff.")
    return said


def names_of(one: Facts, other: Facts) -> Names:
    """How two names compare."""
    if not (one.given.whole or one.family.whole) or not (other.given.whole or other.family.whole):
        return "other"
    if (one.given.whole, one.family.whole) == (other.given.whole, other.family.whole):
        return "whole" if one.written == other.written else "signs"
    if (one.given.whole, one.family.whole) == (other.family.whole, other.given.whole):
        return "swapped"
    if not one.given.whole or not other.given.whole:
        return "other"
    if one.given.whole == other.given.whole:
        return "near" if _alike(one.family, other.family) else "renamed"
    known = one.known.whole in {other.known.whole, other.given.whole} or one.given.whole == other.known.whole
    given = known or _one_given(one.given, other.given)
    return "near" if one.family.whole == other.family.whole and given else "other"


def _one_given(one: Name, other: Name) -> bool:
    """Whether two different first names can be one: a short form, or one with a middle name."""
    shared = min(len(one.words), len(other.words))
    if one.words[:shared] == other.words[:shared] and len(one.words) != len(other.words):
        return True
    return one.words[1:] == other.words[1:] and can_be_one(one.words[0], other.words[0])


def _alike(one: Name, other: Name) -> bool:
    """Whether a last name is a part of a double one, or has one letter wrong."""
    if not one.words or not other.words:
        return False
    parts = set(one.words) <= set(other.words) or set(other.words) <= set(one.words)
    return parts or (min(len(one.whole), len(other.whole)) >= _TYPO_FROM and _one_letter(one.whole, other.whole))


def _one_letter(one: str, other: str) -> bool:
    """Whether two words differ in one letter: another, one more, or two neighbours swapped."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next((place for place, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(long) > len(short):
        return short[at:] == long[at + 1 :]
    swapped = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    return swapped or short[at + 1 :] == long[at + 1 :]


def keys_of(person: Facts) -> list[tuple[str, ...]]:
    """Where a person is looked for: two who may be one have at least one of these in common."""
    side = "student" if person.kind == "student" else "adult"
    found: list[tuple[str, ...]] = [(side, "kin", each) for each in person.kin]
    for name, value in (("upn", person.upn), ("id", person.bare_id), ("email", person.email)):
        if value is not None:
            found.append((side, name, value))
    names = sorted((person.given.whole, person.family.whole))
    found.append((side, "name", *names))
    if person.year is not None and person.group is not None:
        found.append(("given", person.given.whole, person.year, person.group))
        found.append(("family", person.family.whole, person.year, person.group))
    return found


def pairs_among(people: list[Facts]) -> list[tuple[Facts, Facts, Likeness]]:
    """Those of these people who may be one, each pair once and in one order; for a few people who share a key."""
    found = []
    for one, other in combinations(sorted(people, key=lambda each: each.id), 2):
        if (alike := compare(one, other)) is not None:
            found.append((one, other, alike))
    return found
