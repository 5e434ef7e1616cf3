"""Undo a merge within 30 days: both accounts as they were, but for what people have done since."""

from dataclasses import replace

from latchkey.doubles.model.merges import Merge, Undoing, followed, links_of, undoing
from latchkey.doubles.needs import System
from latchkey.doubles.stores.merges import Extra
from latchkey.doubles.told import told
from latchkey.doubles.usernames import handed_over
from latchkey.errors import Changed, Conflict, NotFound, TryLater
from latchkey.people.model.person import Person
from latchkey.people.model.person_keys import with_keys
from latchkey.schools.model.school import School
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import is_id
from latchkey.sign_in.stores.credentials import Name

_ROUNDS = 5


def undo_merge(system: System, school: School, by: Person, merge_id: str) -> Merge:
    """The merge, undone; ``stayed`` says what was left as it is. Undoing it again changes nothing.

    ``NotFound`` where this school has no such merge (any more), ``Conflict`` if it cannot be undone.
    """
    slug = school.slug
    for _ in range(_ROUNDS):
        merge = system.merges(slug).get(merge_id) if is_id(merge_id) else None
        if merge is None:
            raise NotFound()
        if merge.state == "undone":
            return merge
        if not merge.can_be_undone(system.now()):
            raise Conflict("This can be undone for 30 days, which are over. Nothing was changed.", code="over")
        try:
            return _undo(system, school, by, merge)
        except Changed:
            continue
    raise TryLater()


def _undo(system: System, school: School, by: Person, merge: Merge) -> Merge:
    slug, now = school.slug, system.now()
    keep = system.merges(slug).read([merge.keep.id]).get(merge.keep.id)
    mark = system.merges(slug).mark(merge.remove.id)
    if keep is None or mark is None or mark.merge != merge.id:
        raise Conflict(
            "One of the two accounts was merged again, or erased, since. Undo the later merge first. Nothing was changed.",
            code="changed",
        )
    key = system.lookup_key(slug, school.lookup_epoch)
    family = system.directory(slug).following(sorted({*links_of(merge.keep), *links_of(merge.remove)}))
    merge = followed(merge, {asked: person.id for asked, person in family.items()})
    meant = {person.id: person for person in family.values() if person.id in links_of(merge.remove)}
    plan = undoing(merge, keep.person, [*meant.values()])
    plan, names = _usable(system, school, merge, plan)
    after = told(system, slug, keep.person, with_keys(plan.keep, key), now)
    undone = replace(merge, state="undone", undone_at=now, stayed=plan.stayed)
    facts = {"person": merge.keep.id, "restored": merge.remove.id, "merge": merge.id}
    event = system.audit(slug).record_of(by.id, "person.unmerge", now, facts)
    system.merges(slug).undo(undone, keep, after, with_keys(plan.remove, key), Extra(event, plan.family, names))
    return undone


def _usable(system: System, school: School, merge: Merge, plan: Undoing) -> tuple[Undoing, list[Name]]:
    """The plan without what is somebody else's by now: the username of the account that comes back, or its address."""
    back, names, stayed = plan.remove, list[Name](), list(plan.stayed)
    if back.username is not None:
        mine = {back.id} | ({merge.keep.id} if plan.keep.username != back.username else set())
        names, is_taken = handed_over(system, school, back.username, mine)
        if is_taken:
            names, back = [], replace(back, username=None, username_key=None)
            stayed.append("The username is somebody else’s by now: the account that came back has none.")
    if back.email is not None and _is_admins(system, school, back):
        stayed.append("The e-mail address is an admin’s by now: the account that came back has none.")
        back = replace(back, email=None, email_key=None, email_typed=None)
    return replace(plan, remove=back, stayed=tuple(stayed)), names


def _is_admins(system: System, school: School, person: Person) -> bool:
    keys = [lookup(system.lookup_key(school.slug, epoch), "email", person.email or "") for epoch in school.lookup_epochs]
    others = system.directory(school.slug).by_email_key(*keys)
    return any(each.is_admin and each.email == person.email and each.id != person.id for each in others)
