"""Read the roll of a school."""

from latchkey.people.model.people_filter import PeopleFilter
from latchkey.roll.model.entry import Entry, entry_of, with_facts
from latchkey.roll.model.roll import Roll, place_of
from latchkey.roll.model.standing import rules_of
from latchkey.roll.needs import System
from latchkey.schools.find_school import the_school_now


def read_roll(system: System, school: str) -> Roll:
    """The roll as it is now; whoever changed somebody sees it at once."""
    now = system.now()
    return Roll(
        school,
        _build(system, school),
        now,
        cursor_key=lambda: system.cursor_key(school),
        rules=lambda: rules_of(the_school_now(system, school), now),
    )


def _build(system: System, school: str) -> tuple[Entry, ...]:
    """Everybody, from the directory and what others know."""
    links, pairs = system.newest_links(school), system.certain_doubles(school)
    people = {person.id: person for person in system.directory(school).matching(PeopleFilter())}
    doubles = {person for pair in pairs if all(each in people for each in pair) for person in pair}
    entries = (with_facts(entry_of(each), links.get(each.id), double=each.id in doubles) for each in people.values())
    return tuple(sorted(entries, key=place_of))
