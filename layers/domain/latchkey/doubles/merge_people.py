"""Merge two accounts of one person.

                 one transaction
    both there ───────────────────▶ the kept one, a mark in place of the other, the note, the event
        ▲                              │ sessions of the other: dead already, deleted now
        └── undo (30 days) ────────────┘

Nothing is written before that transaction and nothing has to be after it, so a crash leaves the one state or the other. Of two
admins at once one finds what the other has done: asking for the same merge again gives the same answer.
"""

from latchkey.doubles.model import merges
from latchkey.doubles.model.merges import Merge
from latchkey.doubles.needs import System
from latchkey.doubles.stores.merges import Extra, Stored
from latchkey.doubles.told import told
from latchkey.doubles.usernames import handed_over
from latchkey.errors import Changed, Conflict, Invalid, NotFound, TryLater
from latchkey.people.model.person import Person
from latchkey.people.model.person_keys import with_keys
from latchkey.schools.model.school import School
from latchkey.shared.model.ids import is_id, new_id
from latchkey.sign_in.stores.credentials import Name

_ROUNDS = 5


def merge_people(system: System, school: School, by: Person, keep: str, remove: str) -> Merge:
    """Merge one account into another. ``NotFound`` where one of them is nobody of this school, ``Conflict`` with the reason."""
    if not (is_id(keep) and is_id(remove)):
        raise NotFound()
    if keep == remove:
        raise Invalid("Nothing was merged.", fields={"remove": "Choose two different people."})
    slug = school.slug
    for _ in range(_ROUNDS):
        if (done := _done(system, slug, keep, remove)) is not None:
            return done
        found = system.merges(slug).read((keep, remove))
        if keep not in found or remove not in found:
            raise NotFound()
        try:
            merge = _merge(system, school, by, found[keep], found[remove])
        except Changed:  # somebody has changed one of them, or merged them, just now
            continue
        system.sessions(slug).end_all(remove)
        return merge
    raise TryLater()


def _done(system: System, school: str, keep: str, remove: str) -> Merge | None:
    """The merge of these two, if it has been made already and is still known."""
    mark = system.merges(school).mark(remove)
    return system.merges(school).get(mark.merge) if mark is not None and mark.into == keep else None


def _merge(system: System, school: School, by: Person, keep: Stored, remove: Stored) -> Merge:
    slug, now = school.slug, system.now()
    if (refused := merges.refusal(keep.person, remove.person)) is not None:
        raise Conflict(refused[1], code=refused[0])
    before, other = keep.person, remove.person
    merge = Merge(
        id=new_id(system.time()),
        state="merged",
        at=now,
        by=by.id,
        keep=before,
        remove=other,
        taken=merges.taken_of(before, other),
        gained=tuple(each for each in merges.links_of(other) if each not in merges.links_of(before)),
    )
    after = with_keys(merges.kept(before, other), system.lookup_key(slug, school.lookup_epoch))
    after = told(system, slug, before, after, now)
    names = list[Name]()
    if "username" in merge.taken:
        names, is_taken = handed_over(system, school, merge.taken["username"], {before.id, other.id})
        if is_taken:
            raise Conflict("Their username is somebody else’s too. Change it first.", code="username")
    family = merges.relinked(system.directory(slug).by_ids(merges.links_of(other)), before, other)
    facts = {"person": before.id, "removed": other.id, "merge": merge.id}
    event = system.audit(slug).record_of(by.id, "person.merge", now, facts)
    system.merges(slug).write(merge, keep, after, remove, Extra(event, family, names))
    return merge
