"""Read out a code on the telephone: it lives for 15 minutes, works once, and only the newest one works.

It is given and used like a PIN, to students, parents, teachers and staff. An adult gets a short number with the first one, as
students have from the start, by which the code finds them. It is logged before anybody sees it.
"""

from dataclasses import dataclass
from typing import Final

from latchkey.codes.model import codes
from latchkey.codes.needs import System
from latchkey.errors import Changed, Conflict, NotFound, TooMany, TryLater
from latchkey.people.model.person import CodeState, Person
from latchkey.schools.model.school import School
from latchkey.shared.model import identifiers
from latchkey.shared.model.ids import is_id
from latchkey.shared.stores.counters import Budget

LIFE: Final = 900
"""Seconds: as long as somebody needs who types while they listen, and then opens a page."""
PER_ADMIN: Final = Budget("read-out", 60, 3_600)
"""More than an office can say in an hour; a stolen session cannot take a school's accounts one by one in a night."""
_ROUNDS: Final = 5


@dataclass(frozen=True, slots=True)
class ReadOut:
    """A code in groups of four; ``expires_at`` in epoch seconds."""

    code: str
    expires_at: int


def read_out_code(system: System, school: School, admin: Person, person_id: str) -> ReadOut:
    """A new code for this person; an older one that was read out works no more.

    ``NotFound`` where the school has no such person; ``Conflict`` says why somebody can have none; ``TooMany`` over the budget.
    """
    now = system.now()
    for _ in range(_ROUNDS):
        person = system.directory(school.slug).person(person_id) if is_id(person_id) else None
        if person is None:
            raise NotFound()
        if (why := why_not(school, person)) is not None:
            raise Conflict(why[1], code=why[0])
        _spend(system, school, admin, now)
        number = person.number or system.numbers(school.slug).reserve(1)[0]
        generation = person.read_out.generation + 1 if person.read_out else 1
        state = CodeState(generation, now + LIFE, given_at=now, epoch=school.code_epoch)
        facts: dict[str, str | int] = {"person": person.id, "generation": generation}
        try:
            system.codes(school.slug).read_out(person, state, number)
        except Changed:  # another admin was quicker, or the person is not as they were
            continue
        system.audit(school.slug).record(admin.id, "code.read_out", now, facts)
        code = codes.code("read_out", number, generation, system.code_key(school.slug, school.code_epoch))
        return ReadOut(code, state.expires_at)
    raise TryLater()


def why_not(school: School, person: Person) -> tuple[str, str] | None:
    """Why no code can be read out to this person: a word for programs, and a sentence; None if one can."""
    if person.is_admin:
        return "admin", "No code is read out for an admin's account. Another admin can send them a password link."
    if person.status == "left":
        return "left", "This person has left the school, so no code works for them."
    if person.status == "disabled":
        return "disabled", "This account is switched off, so no code works for it. Switch it on first."
    if school.uses_sso(person):
        sso = school.settings.sso
        place = f" at {sso.url}" if sso.url else ""
        return "elsewhere", f"This person signs in with {sso.label}{place}, and has no password here. {sso.help}"
    return None


def _spend(system: System, school: School, admin: Person, now: int) -> None:
    key = identifiers.lookup(system.lookup_key(school.slug, school.lookup_epoch), "person", admin.id)
    if not system.counters("ACTIVITY_TABLE", school.slug).spend(PER_ADMIN, key, now):
        wait = PER_ADMIN.window - now % PER_ADMIN.window
        raise TooMany("You have read out very many codes within an hour. Try again later.", retry_after=wait)
