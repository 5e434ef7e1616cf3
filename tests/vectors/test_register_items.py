"""Items of people whose place in the list an older release wrote: nobody is lost between the two orders, or met twice.

Never change these keys: an item keeps its place until the person is next written.
"""

from typing import Any

import pytest

from latchkey.people.model.people_filter import PeopleFilter, parse
from latchkey.people.model.position import Position
from latchkey.people.model.register import sort_key
from latchkey.roll.read_roll import read_roll
from tests.support.memory_world import MemoryWorld

SCHOOL = "northbridge"
OLD = (
    ("R", "Eagle", "lee", "R#Eagle#lee#"),
    ("N1", "Elm", "lee", "N1#Elm#lee#"),
    ("10", "10A", "fox", "10#10A#fox#"),
    ("10", "9Z", "ash", "10#9Z#ash#"),
    ("7", "7-10", "o’brien", "07#7-10#o’brien#"),
    ("7", "7-2", "élan", "07#7-2#élan#"),
    ("7", "7b", "zulu", "07#7b#zulu#"),
    (None, None, "madonna", "##madonna#"),
)
NEW = (
    ("R", "Eagle", "Fox"),
    ("N1", "Elm", "Fox"),
    ("10", "10A", "Ash"),
    ("7", "7-2", "Lee"),
    ("7", "7-10", "Lee"),
    (None, None, "Lee"),
)


def number(at: int) -> str:
    return f"{at:020d}"


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    directory = made.wiring("console").directory(SCHOOL)
    for at, (year, group, family, key) in enumerate(OLD):
        facts = {"given_name": "Ann", "family_name": family, "year_group": year, "registration_group": group}
        made.put("directory", item(number(at), f"{key}ann#{number(at)}", facts))
    for at, (year, group, family) in enumerate(NEW, start=100):
        facts = {"given_name": "Ann", "family_name": family, "year_group": year, "registration_group": group}
        made.put("directory", item(number(at), "", facts))
        person = directory.person(number(at))
        assert person is not None
        made.put("directory", item(number(at), sort_key(person), facts))
    return made


def item(id: str, key: str, facts: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - the attribute's name
    keys = {"pk": f"{SCHOOL}#P#{id}", "sk": "PERSON", "people_pk": f"{SCHOOL}#student", "people_sk": key}
    return {name: value for name, value in {**keys, "id": id, "role": "student", "version": 0, **facts}.items() if value}


EVERYBODY = {number(at) for at in (*range(len(OLD)), *range(100, 100 + len(NEW)))}


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 50])
def test_every_page_size_walks_over_everybody_once(world: MemoryWorld, limit: int) -> None:
    wiring = world.wiring("console")
    found, cursor = [], None
    for _ in range(40):
        page = read_roll(wiring, SCHOOL).page(PeopleFilter(roles=("student",)), cursor, limit)
        found += [person.id for person in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert len(found) == len(EVERYBODY)
    assert set(found) == EVERYBODY


@pytest.mark.parametrize("limit", [1, 2, 50])
@pytest.mark.parametrize(("year", "count"), [("R", 2), ("N1", 2), ("10", 3), ("7", 5), ("8", 0)])
def test_a_year_has_those_of_both_orders(world: MemoryWorld, year: str, count: int, limit: int) -> None:
    wiring = world.wiring("console")
    found, cursor = [], None
    for _ in range(20):
        page = read_roll(wiring, SCHOOL).page(parse({"role": "student", "year_group": year}), cursor, limit)
        found += [person.id for person in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert len(found) == len(set(found)) == count


def test_a_place_of_an_older_release_goes_on_where_it_was(world: MemoryWorld) -> None:
    """Runs and cursors hold the year, the group and the id of somebody, never a name or a key."""
    directory = world.wiring("console").directory(SCHOOL)
    whole = [person.id for person in directory.matching(PeopleFilter(roles=("student",)))]
    for at, (year, group, _, _) in enumerate(OLD):
        place = Position.of_parts(["student", year or "", group or "", number(at)])
        rest = [person.id for people, _ in directory.pages_from(place, PeopleFilter(roles=("student",))) for person in people]
        assert rest == whole[whole.index(number(at)) + 1 :]


def test_who_is_written_again_stands_in_the_order_of_a_register(world: MemoryWorld) -> None:
    directory = world.wiring("console").directory(SCHOOL)
    for person in list(directory.matching(PeopleFilter(roles=("student",)))):
        directory.change(person.id, {"people_sk": sort_key(person)})
    found = [
        (person.year_group, person.registration_group, person.family_name)
        for person in directory.matching(PeopleFilter(roles=("student",)))
    ]
    assert found == [
        *((None, None, "Lee"), (None, None, "madonna")),
        *(("N1", "Elm", "Fox"), ("N1", "Elm", "lee"), ("R", "Eagle", "Fox"), ("R", "Eagle", "lee")),
        *(("7", "7-2", "élan"), ("7", "7-2", "Lee"), ("7", "7-10", "Lee"), ("7", "7-10", "o’brien"), ("7", "7b", "zulu")),
        *(("10", "9Z", "ash"), ("10", "10A", "Ash"), ("10", "10A", "fox")),
    ]
