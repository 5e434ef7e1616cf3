"""Whether a link or session is still that of the person as they are now, whichever look-up key its stamp was made with.

A stamp is a hash over the look-up key of the person's address. When the operator replaces look-up keys, nobody's address has
changed, so nobody's links and sessions end: the stamp of an earlier epoch is computed again from the address and compared, too.
"""

import hashlib
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
    epochs = _epochs(school) if school.lookup_epoch else ()
    keys = (system.lookup_key(school.slug, epoch) for epoch in epochs)
    return any(stamp == person.stamp_with(lookup(key, "email", person.email)) for key in keys)


def confirmation_stamp(person: Person, address: str, key: bytes) -> str:
    """The stamp of a link that confirms this address for the person; ``key`` is a look-up key of their school.

    It changes with the address, and with the one that the person has, their role, status and rights. So a link that was mailed to
    one address confirms no other.
    """
    now_has = lookup(key, "email", person.email) if person.email is not None else None
    facts = f"confirm|{lookup(key, 'email', address)}|{person.stamp_with(now_has)}"
    return hashlib.sha256(facts.encode()).hexdigest()[:12]


def confirms(system: System, school: School, person: Person, address: str, stamp: str) -> bool:
    """Whether a link with this stamp was mailed to this address to confirm it, under any look-up key of the last epochs."""
    keys = (system.lookup_key(school.slug, epoch) for epoch in _epochs(school))
    return any(stamp == confirmation_stamp(person, address, key) for key in keys)


def _epochs(school: School) -> range:
    newest = school.lookup_epoch
    return range(newest, max(newest - _EPOCHS, 0) - 1, -1)
