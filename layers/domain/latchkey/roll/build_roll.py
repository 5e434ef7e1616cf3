"""Build the roll of a school from nothing: from the directory and from what others know."""

from latchkey.people.model.people_filter import PeopleFilter
from latchkey.roll.model.changes import Base
from latchkey.roll.model.entry import entry_of, place_of, with_facts
from latchkey.roll.needs import System


def build_roll(system: System, school: str) -> Base:
    """Everybody as they are now. It reads the whole index of people, and the ledgers of the last weeks; no invitations."""
    now, links, pairs = system.now(), system.newest_links(school), system.certain_doubles(school)
    people = {person.id: person for person in system.directory(school).matching(PeopleFilter())}
    doubles = {person for pair in pairs if all(each in people for each in pair) for person in pair}
    entries = (with_facts(entry_of(each), links.get(each.id), double=each.id in doubles) for each in people.values())
    return Base(tuple(sorted(entries, key=place_of)), links, pairs, now)
