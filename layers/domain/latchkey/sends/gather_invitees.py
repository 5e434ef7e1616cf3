"""Find whom a send of invitations means: parents of chosen students, chosen parents, an upload of contacts, an earlier send.

Looked up once each: the people who are chosen, their parents, the kept contacts, and what stands under their addresses.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from latchkey.people.model.matched import Member
from latchkey.roll.sources import Found, Source
from latchkey.schools.model.school import School
from latchkey.sends.choose_from_send import chosen_invitations
from latchkey.sends.look_up_invitees import LookUp
from latchkey.sends.model.invitee import Candidate, Gathered, Standing, standing_of
from latchkey.sends.model.send import Selection, Skip
from latchkey.sends.select_people import group_of


def gather(look: LookUp[Found], selection: Selection, but: str = "") -> Gathered:
    """Everybody whom a selection means. ``but``: a retry that does not count as one yet."""
    found = Gathered()
    for one in candidates(look, selection, but):
        found.add(one)
    return found


def candidates(look: LookUp[Found], selection: Selection, but: str = "") -> Iterator[Candidate]:
    """The same, one after the other, of every kind of candidate."""
    if selection.is_from_sends:
        for each in chosen_invitations(look.system, look.school.slug, selection, look.people, but):
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
        yield from look.contacts(selection.contacts, None)
    else:
        students, parents = _chosen(look, selection)
        for person in look.people.by_ids(parents):
            if person.role != "student":
                students.update(person.children)
                yield _of_account(person, look.school)
        yield from look.contacts(None, students)


def _chosen(look: LookUp[Found], selection: Selection) -> tuple[set[str], dict[str, None]]:
    """The ids of the students who are chosen, and of the parents: those of these students, and who is chosen as one."""
    students: set[str] = set()
    parents: dict[str, None] = {}
    group = group_of(look.system, look.school.slug, selection, look.people)
    for person in group if group is not None else look.people.by_ids(selection.ids):
        if person.role == "student" and person.status != "left":
            students.add(person.id)
            parents.update(dict.fromkeys(person.parents))
        elif person.role == "parent" or (person.role != "student" and person.children):
            parents[person.id] = None
    return students, parents


def _of_account(person: Member, school: School) -> Candidate:
    given, family = school.names_of(person)
    return Candidate(
        name=school.name_of(person),
        email=person.email or "",
        children=person.children,
        given=given,
        family=family,
        language=person.language,
        why_not=_why_not(person, school),
        account=person.id,
    )


def _why_not(person: Member, school: School) -> Skip | None:
    if person.status != "active":
        return "left" if person.status == "left" else "disabled"
    if person.password_set_at is not None:
        return "has_account"
    return "single_sign_on" if school.uses_sso(person) else None


def accounts_of(people: Source[Found], school: School, emails: AbstractSet[str]) -> Mapping[str, list[Standing]]:
    """What stands under these addresses. Who has typed one and not confirmed it has no account there."""
    found: dict[str, list[Standing]] = {}
    for person in people.adults_at(emails):
        if not person.address_is_unconfirmed:
            found.setdefault(person.email or "", []).append(standing_of(person, school))
    return found


def children_here(people: Source[Found], children: AbstractSet[str]) -> Mapping[str, bool]:
    """Which of these are students who have not left."""
    found = people.standings(children).values()
    return {each.id: each.role == "student" and each.status != "left" for each in found}
