"""What becomes of two accounts of one person, and how it is undone: values only.

The kept account keeps what it has and gets what it lacks. How somebody gets in goes over only between two accounts of one role,
and never to an admin or from an account that an admin has switched off: a parent's password must not open a teacher's account.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from latchkey.people.model.change import PersonChange
from latchkey.people.model.edited import with_edits, with_marks
from latchkey.people.model.person import ADULTS, LentPassword, Person

State = Literal["merged", "undone"]
UNDO: Final = 30 * 86_400
"""Seconds for which a merge can be undone, and for which what was before is kept."""
MOST_FAMILY: Final = 80
"""People who can be relinked in one write."""
_FACTS: Final = (
    "upn",
    "mis_id",
    "year_group",
    "registration_group",
    "language",
    "preferred_given_name",
    "preferred_family_name",
    "last_login_at",
)
_WAY_IN: Final = ("email", "username", "password_set_at", "used_link")
_ENDS_LINKS: Final = ("email", "password_set_at", "status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """One merge. Times are epoch seconds; ``keep`` and ``remove`` are the people as they were before.

    ``taken``: what the kept account got of the other, by field; ``gained``: whom it was linked with. ``stayed``: what undoing
    left as it was, in words.
    """

    id: str
    state: State
    at: int
    by: str
    keep: Person
    remove: Person
    taken: Mapping[str, Any]
    gained: tuple[str, ...] = ()
    stayed: tuple[str, ...] = ()
    undone_at: int | None = None

    @property
    def undo_until(self) -> int:
        """When it can be undone no more."""
        return self.at + UNDO

    def can_be_undone(self, now: int) -> bool:
        """Whether it can be undone now."""
        return self.state == "merged" and now < self.undo_until


def refusal(keep: Person, remove: Person) -> tuple[str, str] | None:
    """``(code, reason)`` why these two cannot be merged; None if they can."""
    if remove.is_admin:
        return "admin", "The account that would go is an admin’s. Keep that one, or end its admin rights first."
    if keep.role != remove.role and not (keep.role in ADULTS and remove.role == "parent"):
        if keep.role == "parent" and remove.role in ADULTS:
            return "role", "One of them is a member of staff. Keep that account: the children of the parent are linked to it."
        if {keep.role, remove.role} <= ADULTS:
            return "role", "One is a teacher, the other staff. Give both the same role first, if they are one person."
        return "role", f"A {keep.role} and a {remove.role} are not one account. Nothing was changed."
    if len({*links_of(keep), *links_of(remove)}) > MOST_FAMILY:
        return "family", f"Together they are linked with more than {MOST_FAMILY} people. Unlink some first."
    return None


def links_of(person: Person) -> tuple[str, ...]:
    """A student's parents, an adult's children."""
    return person.parents if person.role == "student" else person.children


def with_links(person: Person, links: Sequence[str]) -> Person:
    """The person with these parents or children."""
    return replace(person, parents=tuple(links)) if person.role == "student" else replace(person, children=tuple(links))


def taken_of(keep: Person, remove: Person) -> dict[str, Any]:
    """What the kept account gets, by field."""
    facts = _FACTS if keep.role == remove.role else ("language",)
    taken = {name: getattr(remove, name) for name in facts if getattr(keep, name) is None and getattr(remove, name) is not None}
    if not _way_in_goes_over(keep, remove):
        return taken
    for name in ("email", "username", "password_set_at"):
        if getattr(keep, name) is None and getattr(remove, name) is not None:
            taken[name] = getattr(remove, name)
    if "password_set_at" in taken and keep.used_link is None and remove.used_link is not None:
        taken["used_link"] = remove.used_link
    if keep.status == "left" and remove.status == "active":
        taken["status"] = "active"
    return taken


def _way_in_goes_over(keep: Person, remove: Person) -> bool:
    return keep.role == remove.role and not keep.is_admin and remove.status != "disabled"


def kept(keep: Person, remove: Person) -> Person:
    """The kept account as it is to be; its look-up keys are computed anew by who writes it."""
    taken = taken_of(keep, remove)
    after = replace(keep, **taken, merged=tuple(dict.fromkeys((*keep.merged, remove.id, *remove.merged))))
    after = with_edits(keep, after)
    if "password_set_at" in taken:
        after = replace(after, lent_password=LentPassword(remove.password_holder, taken["password_set_at"]))
    if "email" in taken:
        after = replace(after, email_key=remove.email_key, email_typed=remove.email_typed, mail_problem=remove.mail_problem)
    if _way_in_goes_over(keep, remove):  # both accounts at the provider are this person's: each opens the one that is left
        after = replace(after, sso=tuple({each.key: each for each in (*remove.sso, *keep.sso)}.values()))
    after = replace(after, not_mine=tuple(dict.fromkeys((*keep.not_mine, *remove.not_mine))))
    after = with_links(after, tuple(dict.fromkeys((*links_of(keep), *links_of(remove)))))
    after = replace(after, pin_hidden_from=tuple(dict.fromkeys((*keep.pin_hidden_from, *remove.pin_hidden_from))))
    return replace(after, version=keep.version + 1) if set(_ENDS_LINKS) & taken.keys() else after


def relinked(family: Sequence[Person], keep: Person, remove: Person) -> list[PersonChange]:
    """The family of the account that goes, linked with the kept one; who did not get to see a PIN does not as the other."""
    changes = []
    for each in family:
        links = tuple(dict.fromkeys(keep.id if one == remove.id else one for one in _back(each, keep)))
        links = links if keep.id in links else (*links, keep.id)
        after = _with_back(each, keep, links)
        if remove.id in each.pin_hidden_from and keep.id not in each.pin_hidden_from:
            after = replace(after, pin_hidden_from=(*each.pin_hidden_from, keep.id))
        after = replace(after, not_mine=tuple(dict.fromkeys(keep.id if one == remove.id else one for one in each.not_mine)))
        if after != each:
            changes.append(PersonChange(each, after))
    return changes


def _back(each: Person, of: Person) -> tuple[str, ...]:
    """The links of a member of the family that lead to people like this one."""
    return each.children if of.role == "student" else each.parents


def _with_back(each: Person, of: Person, links: Sequence[str]) -> Person:
    return replace(each, children=tuple(links)) if of.role == "student" else replace(each, parents=tuple(links))


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing writes: the kept account, the other one again, their family; and what stays as it is, in words."""

    keep: Person
    remove: Person
    family: list[PersonChange]
    stayed: tuple[str, ...]


def followed(merge: Merge, now_is: Mapping[str, str]) -> Merge:
    """The merge with the family as it is now: some of them may have been merged since (``now_is``: old id to present id)."""
    links = [now_is.get(each, each) for each in links_of(merge.remove)]
    had = {now_is.get(each, each) for each in links_of(merge.keep)}
    gained = tuple(each for each in dict.fromkeys(links) if each not in had)
    return replace(merge, remove=with_links(merge.remove, tuple(dict.fromkeys(links))), gained=gained)


def undoing(merge: Merge, keep: Person, family: Sequence[Person]) -> Undoing:
    """Both accounts as they were, but for what people have done since."""
    stayed: list[str] = []
    before = _given_back(merge, keep, stayed)
    ends = any(getattr(before, name) != getattr(keep, name) for name in _ENDS_LINKS)
    still = set(links_of(keep))
    theirs = [each for each in links_of(merge.remove) if each in still]
    if len(theirs) < len(links_of(merge.remove)):
        stayed.append("Family links that were taken away since were not put back.")
    gone = {merge.remove.id, *merge.remove.merged}
    after = with_links(before, [each for each in links_of(keep) if each not in merge.gained])
    after = replace(after, merged=tuple(each for each in keep.merged if each not in gone))
    theirs_alone = {each.key for each in merge.remove.sso} - {each.key for each in merge.keep.sso}
    after = replace(after, sso=tuple(each for each in after.sso if each.key not in theirs_alone))
    # One more than what was left as a mark has: links and sessions of before the merge stay dead.
    remove = with_links(replace(merge.remove, version=merge.remove.version + 2), theirs)
    return Undoing(
        replace(after, version=keep.version + 1) if ends else after,
        remove,
        _unlinked(merge, family, theirs),
        tuple(stayed),
    )


def _given_back(merge: Merge, keep: Person, stayed: list[str]) -> Person:
    """The kept account without what it got, where it still is as it was given."""
    taken, was = dict(merge.taken), merge.keep
    has_set = keep.password_set_at != taken.get("password_set_at", was.password_set_at)
    if has_set:
        stayed.append("A password was set since: it stays with the account that was kept.")
    if _uses(keep) != _uses(was):
        stayed.append("A code was used since: what came of it stays with the account that was kept.")
    staying: tuple[str, ...] = ("used_link", "last_login_at") if has_set else ()
    if keep.is_admin and set(_WAY_IN) & taken.keys():
        stayed.append("The account that was kept is an admin’s by now: its address, username and password stay.")
        staying = (*staying, *_WAY_IN)
    elif has_set and keep.email == taken.get("email", "") and keep.used_link != taken.get("used_link", was.used_link):
        stayed.append("A mailed link was used since: its address stays with the account that was kept, too.")
        staying = (*staying, "email")
    back = [name for name, value in taken.items() if name not in staying and getattr(keep, name) == value]
    after = replace(keep, **{name: getattr(was, name) for name in back})
    after = with_marks(after, [name for name in keep.edited if name not in back or name in was.edited])
    if keep.mis_id is not None and keep.mis_id == merge.remove.mis_id:  # a roster has come under the other's id since
        after = replace(after, mis_id=was.mis_id)
    if after.email is None:
        after = replace(after, email_key=None, email_typed=None, mail_problem=was.mail_problem)
    return replace(after, lent_password=was.lent_password) if after.password_set_at is None else after


def _uses(person: Person) -> list[tuple[int, int]]:
    return [(code.generation, code.uses) for code in (person.pin, person.parent_code) if code is not None and code.uses]


def _unlinked(merge: Merge, family: Sequence[Person], theirs: Sequence[str]) -> list[PersonChange]:
    """The family of the account that comes back, linked with it again, and with the kept one only if they were before."""
    changes = []
    for each in family:
        links = _back(each, merge.keep)
        after = tuple(one for one in links if one != merge.keep.id or each.id not in merge.gained)
        if each.id in theirs and merge.remove.id not in after:
            after = (*after, merge.remove.id)
        if after != links:
            changes.append(PersonChange(each, _with_back(each, merge.keep, after)))
    return changes
