"""Let a person sign in with another account of the school's provider: theirs was made anew there, or was somebody else's."""

from latchkey.errors import Changed, Conflict, TryLater
from latchkey.people.model.person import Person
from latchkey.records.needs import System
from latchkey.records.the_person import the_person

_ROUNDS = 5


def unlink_sso(system: System, school: str, by: Person, person: str) -> None:
    """Unlink all accounts at providers from a person, and end their sessions: they are matched anew when they sign in next.

    ``NotFound`` where this school has no such person, ``Conflict`` where nothing is linked.
    """
    for _ in range(_ROUNDS):
        found = the_person(system, school, person)
        if not found.sso:
            raise Conflict("They are not linked with an account of the school’s own sign-in.", code="not_linked")
        event = system.audit(school).record_of(by.id, "sso.unlinked", system.now(), {"person": found.id})
        try:
            system.sso_links(school).unlink(found, event)
        except Changed:
            continue
        system.sessions(school).end_all(found.id)
        return
    raise TryLater()
