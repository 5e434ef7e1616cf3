"""Whether a link or session is still that of the person as they are now, whichever look-up key its stamp was made with.

A stamp is a hash over the look-up key of the person's address. When the operator replaces look-up keys, nobody's address has
changed, so nobody's links and sessions end: the stamp of an earlier epoch is computed again from the address and compared, too.
"""

from typing import Final

from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.shared.model.identifiers import lookup
from latchkey.sign_in.needs import System

_EPOCHS: Final = 4  # earlier ones that count: links live for weeks, and a key is not replaced every week


def bears(system: System, school: School, person: Person, stamp: str) -> bool:
    """Whether the stamp is the person's, under any look-up key that it may have been made with."""
    if stamp == person.stamp:
        return True
    if person.email is None:
        return False
    newest = school.lookup_epoch
    epochs = range(newest, max(newest - _EPOCHS, 0) - 1, -1) if newest else ()
    keys = (system.lookup_key(school.slug, epoch) for epoch in epochs)
    return any(stamp == person.stamp_with(lookup(key, "email", person.email)) for key in keys)
