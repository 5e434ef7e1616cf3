"""What a browser is given to sign with a passkey: of one person, or with any that it has for this site."""

from typing import Any

from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.second_factors.needs import System


def sign_with(system: System, school: School, person: Person, bound_to: str) -> dict[str, Any]:
    """For one person; the challenge counts for five minutes, once, and only for what it is bound to."""
    from latchkey.second_factors.ceremonies import signing_options

    passkeys = system.second_factors(school.slug).of(person.id).passkeys(system.relying_party.id)
    return signing_options(system.relying_party, passkeys, system.challenges(school.slug).make(bound_to, system.now()))


def sign_with_any(system: System, school: School, bound_to: str) -> dict[str, Any]:
    """For anybody: the browser offers what passkeys it has for this site."""
    from latchkey.second_factors.ceremonies import signing_options

    return signing_options(system.relying_party, None, system.challenges(school.slug).make(bound_to, system.now()))
