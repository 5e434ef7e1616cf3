"""Remember that two accounts are two people's, so that they are not shown as doubles again."""

from latchkey.doubles.model.looks import newest_finished
from latchkey.doubles.model.pairs import Pair
from latchkey.doubles.needs import System
from latchkey.errors import Invalid, NotFound
from latchkey.people.model.person import Person
from latchkey.shared.model.ids import is_id


def keep_apart(system: System, school: str, by: Person, one: str, other: str) -> None:
    """Remember it; doing it twice changes nothing. ``NotFound`` where one of them is nobody of this school."""
    if one == other:
        raise Invalid("Nothing was changed.", fields={"people": "Name two different people."})
    if not (is_id(one) and is_id(other)) or len(system.directory(school).by_ids((one, other))) < 2:
        raise NotFound()
    now = system.now()
    looks, pair = system.looks(school), Pair.of(one, other)
    looks.part(pair, by.id, now)
    if (shown := newest_finished(looks.latest(), now)) is not None:
        looks.put_aside(shown.id, pair, now)
    system.audit(school).record(by.id, "doubles.apart", now, {"person": one, "other": other})
