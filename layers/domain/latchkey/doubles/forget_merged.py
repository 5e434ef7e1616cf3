"""What is kept of accounts that were merged into somebody goes when they are erased."""

from latchkey.doubles.needs import System
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.shared.model.identifiers import lookup


def forget_merged(system: System, school: School, person: Person) -> None:
    """Forget the accounts that were merged into this person: marks, notes, hashes and sessions. It may be done twice."""
    slug = school.slug
    merges, directory = system.merges(slug), system.directory(slug)
    for each in person.merged:
        mark = merges.mark(each)
        if mark is None:
            continue
        note = merges.get(mark.merge)
        username = note.remove.username if note is not None else None
        keys = [(system.lookup_key(slug, epoch), epoch) for epoch in school.lookup_epochs if username is not None]
        system.credentials(slug).forget(each, [(lookup(key, "username", username or ""), epoch) for key, epoch in keys])
        system.sessions(slug).end_all(each)
        merges.forget(mark.merge)
        directory.erase(each)
