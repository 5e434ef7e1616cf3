"""Find whom a send of invitations means: parents of chosen students, chosen parents, an upload of contacts, an earlier send.

Read once each: the people who are chosen, their parents, the kept contacts, and what stands under their addresses. A few
addresses are looked up; of many the school's adults are gone through instead, so that it costs some calls for a thousand parents.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Final

from latchkey.people.model.people_filter import parse
from latchkey.people.model.person import Person, Role
from latchkey.schools.model.school import School
from latchkey.sends.choose_from_send import chosen_invitations
from latchkey.sends.model.invitee import Candidate, Gathered, Standing, standing_of
from latchkey.sends.model.send import Selection, Skip
from latchkey.sends.needs import System
from latchkey.sends.select_people import of_group
from latchkey.shared.model.identifiers import lookup

_AT_ONCE: Final = 500  # people read by id in one go
_FEW: Final = 100  # addresses that are looked up one by one
_SOME: Final = 2_000  # children who are read by id
_ADULTS: Final[tuple[Role, ...]] = ("parent", "teacher", "staff")


def gather(system: System, school: School, selection: Selection, but: str = "") -> Gathered:
    """Everybody whom a selection means. ``but``: a retry that does not count as one yet."""
    found = Gathered()
    for one in _candidates(system, school, selection, but):
        found.add(one)
    return found


def _candidates(system: System, school: School, selection: Selection, but: str) -> Iterator[Candidate]:
    if selection.is_from_sends:
        for each in chosen_invitations(system, school.slug, selection, but):
            yield Candidate(
                name=each.name,
                email=each.email,
                children=each.children,
                given=each.given_name,
                family=each.family_name,
                language=each.language,
                kept=next(iter(each.kept), None),
            )
    elif selection.contacts is not None:
        yield from system.invitees(school.slug, selection.contacts, None)
    else:
        students, parents = _chosen(system, school, selection)
        for part in _parts(parents):
            for person in system.directory(school.slug).by_ids(part):
                if person.role != "student":
                    students.update(person.children)
                    yield _of_directory(person, school)
        yield from system.invitees(school.slug, None, students)


def _chosen(system: System, school: School, selection: Selection) -> tuple[set[str], dict[str, None]]:
    """The ids of the students who are chosen, and of the parents: those of these students, and who is chosen as one."""
    directory = system.directory(school.slug)
    students: set[str] = set()
    parents: dict[str, None] = {}
    group = of_group(system, school.slug, selection)
    by_ids = (person for part in _parts(selection.ids) for person in directory.by_ids(part))
    people = group if group is not None else by_ids
    for person in people:
        if person.role == "student" and person.status != "left":
            students.add(person.id)
            parents.update(dict.fromkeys(person.parents))
        elif person.role == "parent" or (person.role != "student" and person.children):
            parents[person.id] = None
    return students, parents


def _of_directory(person: Person, school: School) -> Candidate:
    known = school.known_as(person)
    return Candidate(
        name=known.name,
        email=person.email or "",
        children=person.children,
        given=known.given_name,
        family=known.family_name,
        language=person.language,
        why_not=_why_not(person, school),
        account=person.id,
    )


def _why_not(person: Person, school: School) -> Skip | None:
    if person.status != "active":
        return "left" if person.status == "left" else "disabled"
    if person.password_set_at is not None:
        return "has_account"
    return "single_sign_on" if school.uses_sso(person) else None


def accounts_of(system: System, school: School, emails: AbstractSet[str]) -> Mapping[str, list[Standing]]:
    """What stands under these addresses. Who has typed one and not confirmed it has no account there."""
    found: dict[str, list[Standing]] = {}
    for person in _adults_at(system, school, emails):
        if person.email in emails and person.role != "student" and not person.address_is_unconfirmed:
            found.setdefault(person.email or "", []).append(standing_of(person, school))
    return found


def _adults_at(system: System, school: School, emails: AbstractSet[str]) -> Iterator[Person]:
    directory = system.directory(school.slug)
    if len(emails) > _FEW:
        for role in _ADULTS:
            yield from directory.matching(parse({"role": role}))
        return
    keys = [system.lookup_key(school.slug, epoch) for epoch in school.lookup_epochs]
    for email in sorted(emails):
        yield from directory.by_email_key(*(lookup(key, "email", email) for key in keys))


def children_here(system: System, school: School, children: AbstractSet[str]) -> Mapping[str, bool]:
    """Which of these are students who have not left."""
    directory = system.directory(school.slug)
    if len(children) > _SOME:
        return {each.id: each.status != "left" for each in directory.matching(parse({"role": "student"})) if each.id in children}
    found = directory.standings(sorted(children))
    return {each.id: each.role == "student" and each.status != "left" for each in found.values()}


def _parts(ids: Iterable[str]) -> Iterator[list[str]]:
    left = iter(ids)
    while part := [*islice(left, _AT_ONCE)]:
        yield part
