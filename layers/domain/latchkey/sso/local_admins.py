"""Which admins keep a password where all others must come in by the school's own sign-in: chosen before that is switched on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from latchkey.schools.model.local_admins import gets_in_alone

if TYPE_CHECKING:
    from latchkey.people.model.person import Person
    from latchkey.people.stores.admins import Admins
    from latchkey.schools.model.school import School

NOBODY = (
    "Choose at least one admin who keeps a password and a second step, to get in when the school’s own sign-in is down. An admin "
    "can be chosen once they have set up both on their account page."
)


class System(Protocol):
    """What choosing takes."""

    def admins(self, school: str) -> Admins: ...


def able_admins(system: System, school: School) -> list[Person]:
    """The admins who can be chosen: who have a password and a second factor."""
    return [each for each in system.admins(school.slug).all() if gets_in_alone(each)]


def chosen_admins(system: System, school: School, given: Any, wrong: dict[str, str]) -> tuple[str, ...]:
    """Their ids, at least one. ``given``: a list of ids, or None for those who are chosen already; a fault goes to ``wrong``."""
    able = {each.id for each in able_admins(system, school)}
    wanted = list(school.settings.sso.local_admins) if given is None else given
    if not isinstance(wanted, list) or not all(isinstance(each, str) for each in wanted):
        wrong["local_admins"] = "This must be a list of ids of admins."
        return ()
    unable = [each for each in wanted if each not in able]
    if given is not None and unable:
        wrong["local_admins"] = "Choose admins only who have a password and a second step."
        return ()
    found = tuple(dict.fromkeys(each for each in wanted if each in able))
    if not found:
        wrong["local_admins"] = NOBODY
    return found
