"""The operator takes away the second step of somebody who has lost everything for it: phone, keys and recovery codes.

    1. the person has no second factor any more, sessions and links end, audit event and notice to the admins: one transaction
    2. what was kept of the factors is deleted

A crash between the two leaves secrets that open nothing for anybody: the person's item says what is asked for. The same command
again deletes them. Whoever has the password then signs in with it alone, so the operator asks who it is first (docs/operate.md).
"""

from typing import Final

from latchkey.errors import Changed, NotFound, TryLater
from latchkey.operator.needs import System
from latchkey.operator.the_school import the_school
from latchkey.people.model.person import Person
from latchkey.schools.model.waiting import Notice
from latchkey.shared.model.ids import is_id, new_id

_TRIES: Final = 8


def reset_factors(system: System, school: object, person: object) -> Person:
    """Take all second factors and recovery codes of this person; who they are. All admins and the person are told by mail."""
    slug = the_school(system, school).slug
    directory = system.directory(slug)
    for _ in range(_TRIES):
        found = directory.person(person) if isinstance(person, str) and is_id(person) else None
        if found is None:
            raise NotFound("There is nobody with this id at the school. Its console shows it in the address of a person's page.")
        if found.second_factors:
            now = system.now()
            event = system.audit(slug).record_of("operator", "second_factor.reset", now, {"person": found.id})
            told = Notice(id=new_id(now), kind="factors_reset", at=now, by="operator", person=found.id)
            try:
                system.setting_changes.write_all(
                    [directory.take_second_factors_of(found), event, system.notices(slug).put_of(told)]
                )
            except Changed:
                continue
        system.second_factors(slug).forget(found.id)
        return found
    raise TryLater("This person's account changes too quickly just now. Nothing was changed; try again.")
