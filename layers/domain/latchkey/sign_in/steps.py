"""From a right password to a session: the one dispatcher of what may stand between.

    prove_password ──▶ Proof ──▶ go_on ──▶ each step in its order: does it still ask for something?
                         ▲                  yes: Asked, with the proof as a sealed token     no step: Opened, a session
                         └── a step's answer (its own use case) makes a better proof of the token

Steps never call each other. Each is given the proof as it stands and says what it asks for, or nothing; its own use case takes
the answer and gives back a proof, with which the doorway comes to ``go_on`` again. The doorway alone has the list of steps.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, TypeAlias

from latchkey.errors import Changed, NotSignedIn, SignInFailed
from latchkey.people.model.person import Person
from latchkey.schools.find_school import the_school
from latchkey.schools.model.address_ranges import is_inside
from latchkey.schools.model.school import DAY, School
from latchkey.shared.model.texts import said
from latchkey.sign_in.model.proof_tokens import Kept, seal, unseal
from latchkey.sign_in.needs import System
from latchkey.sign_in.record_sign_in import sign_in_of
from latchkey.sign_in.session import SignedIn, named_in, new_session
from latchkey.sign_in.stamps import bears
from latchkey.sign_in.stores.credentials import FactorsItem
from latchkey.sign_in.stores.sessions import PASSWORD_ALONE, Noted, Owed

_TOO_LATE: Final = said("That took too long, or something has changed since. Enter your password again.")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Whose sign-in this is and what was shown for it; ``at`` is when the first of it was right (epoch seconds).

    ``by``: the connection of the school's own provider that has proved it, or "".
    ``owed``: what has to be written because it was right; it is written with the session, or where a step asks (``settle``).
    ``factors``: the items of the second factors of these people, by id, as they were read for it; None: they were not.
    ``also``: others whose address and password these are, too; who signs in chooses (``choose_account``) before any step.
    """

    school: School
    person: Person
    at: int
    ways: tuple[str, ...] = PASSWORD_ALONE
    proved_at: int | None = None
    also: tuple[Person, ...] = ()
    by: str = ""
    owed: tuple[Owed, ...] = ()
    factors: Mapping[str, FactorsItem | None] | None = None

    def shown(self, way: str, now: int) -> "Proof":
        """The proof once a second factor was shown, too."""
        return replace(self, ways=(*self.ways, way), proved_at=now)


class Step(Protocol):
    """What may stand between a right password and a session."""

    name: str

    def asks(self, system: Any, proof: Proof) -> Mapping[str, Any] | None:
        """What the step asks of this person, as the answer tells it; None if it has nothing to ask, or has its answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A step asks for something: ``token`` is the proof until then."""

    step: str
    token: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Opened:
    """A session, and who holds its token."""

    token: str
    who: SignedIn


@dataclass(frozen=True, slots=True)
class Opening:
    """A session that is not written yet. ``noted`` goes into its person's item, ``also`` beside that, in one transaction."""

    opened: Opened
    noted: Noted
    also: tuple[Owed, ...]


Enter: TypeAlias = Callable[[School, Person], Opening | None]
"""The session that somebody of this school goes on with who has become this, to be written with it; None: they are to sign in."""


def no_session(_school: School, _person: Person) -> None:
    """They are to sign in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Where a session is opened. ``browser``: in coarse words what asks; see ``Session``.

    ``presented``: the tokens of sessions that end with it. ``source_ip``: from where; kept is only whether that is outside.
    """

    presented: tuple[str, ...] = ()
    browser: str = ""
    source_ip: str = ""


NOWHERE: Final = Visit()


def go_on(
    system: System,
    proof: Proof,
    steps: Sequence[Step],
    *,
    visit: Visit = NOWHERE,
) -> Opened | Asked:
    """What the next step asks for, or the session where none does."""
    for step in steps:
        facts = step.asks(system, proof)
        if facts is not None:
            settle(system, proof)
            return Asked(step.name, sealed(system, proof), facts)
    return _open(system, proof, visit)


def opening(system: System, proof: Proof, steps: Sequence[Step], *, visit: Visit = NOWHERE) -> Opening | None:
    """The session of somebody whose item is just being written; None where a step asks for something, so they are to sign in.

    ``proof.person`` is as they will be, their new version with them.
    """
    if any(step.asks(system, proof) is not None for step in steps):
        return None
    return _begun(system, proof, visit)[1]


def settle(system: System, proof: Proof) -> None:
    """Write what a right answer is owed, where no session follows at once."""
    if proof.owed:
        system.sessions(proof.school.slug).write_all(proof.owed)


def read_proof(system: System, slug: str, token: object) -> Proof:
    """The proof that a token holds; ``NotSignedIn`` if it is none, is over, or the account has changed since."""
    school = the_school(system, slug)
    kept = kept_of(system, school, token)
    return proof_of(system, school, system.directory(slug).person(kept.person), kept)


def kept_of(system: System, school: School, token: object) -> Kept:
    """What a token of this school says; ``NotSignedIn`` if it is none, or over. Whether it still counts: ``proof_of``."""
    kept = unseal(token, school.slug, system.cursor_key(school.slug), system.now())
    if kept is None:
        raise NotSignedIn(_TOO_LATE)
    return kept


def proof_of(system: System, school: School, person: Person | None, kept: Kept) -> Proof:
    """The proof that was kept, of this person as they are now; ``NotSignedIn`` if the account has changed since."""
    if person is None or not _stands(system, school, person, kept):
        raise NotSignedIn(_TOO_LATE)
    return Proof(school=school, person=person, at=kept.at, ways=kept.ways, proved_at=kept.proved_at, by=kept.by)


def _stands(system: System, school: School, person: Person, kept: Kept) -> bool:
    """Whether the account is still as it was when its password was right, and may have a session here."""
    same = person.status == "active" and person.version == kept.version and bears(system, school, person, kept.stamp)
    return same and not school.ends_session(person, kept.at, kept.by)


def sealed(system: System, proof: Proof) -> str:
    """The proof as a token, which ``read_proof`` reads again."""
    person = proof.person
    kept = Kept(
        person=person.id,
        version=person.version,
        stamp=person.stamp,
        ways=proof.ways,
        proved_at=proof.proved_at,
        at=proof.at,
        by=proof.by,
    )
    return seal(kept, proof.school.slug, system.cursor_key(proof.school.slug))


def _open(system: System, proof: Proof, visit: Visit) -> Opened:
    """The session, what it ends and what is owed: one transaction, so there is none of it where something has changed."""
    noted, begun = _begun(system, proof, visit)
    slug = proof.school.slug
    try:
        system.sessions(slug).write_all([*begun.also, noted, *proof.owed])
    except Changed:  # a new password was set meanwhile
        raise SignInFailed() from None
    note_opened(begun.opened)
    return begun.opened


def _begun(system: System, proof: Proof, visit: Visit) -> tuple[Owed, Opening]:
    """The session, and the write that notes it of a person who is as the proof has them."""
    slug, now = proof.school.slug, system.now()
    forget, outside = _knows_of_new_email(proof.person, now), is_inside(proof.school.settings.address_ranges, visit.source_ip)
    (table, noted), person = system.directory(slug).note_sign_in_of(
        proof.person, now, forget_former_email=forget, outside=outside is False
    )
    event = sign_in_of(system, slug, person, [way for way in proof.ways if way not in PASSWORD_ALONE])
    token, session = new_session(
        system, slug, person, ways=proof.ways, proved_at=proof.proved_at, browser=visit.browser, by=proof.by
    )
    ended = [found for each in visit.presented if (found := named_in(each)) is not None]
    also = (*system.sessions(slug).new_of(session, ended), *((event,) if event is not None else ()))
    return (table, noted), Opening(Opened(token, SignedIn(proof.school, person, session)), noted.set, also)


def note_opened(found: Opened) -> None:
    """Log a session that was written."""
    log.info("signed in", extra={"school": found.who.school.slug, "person": found.who.person.id})


def _knows_of_new_email(person: Person, now: int) -> bool:
    """Whether an address was replaced more than a day ago: whoever reads it has been told."""
    return person.former_email is not None and person.former_email.at < now - DAY
