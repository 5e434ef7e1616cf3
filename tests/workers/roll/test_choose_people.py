"""Who is meant by how they stand: the roll says whom to look at, the people themselves decide."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import Person
from latchkey.roll import choose_people
from latchkey.roll.choose_people import people_meant
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.school import School
from latchkey.wiring import Wiring
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL = "northbridge"
ANN = Person(id="0" * 19 + "1", role="student", given_name="Ann", family_name="Lee", email="ann@x.example", year_group="9")
BOB = replace(ANN, id="0" * 19 + "2", given_name="Bob", email=None, year_group="8")
CAT = replace(ANN, id="0" * 19 + "3", given_name="Cat", password_set_at=NOW - 9, last_login_at=NOW - 5)
NEVER = PeopleFilter(reasons=("never_sent",))


def made(*people: Person) -> Wiring:
    system = MemoryWorld().wiring("console")
    assert system.schools.make(School(slug=SCHOOL, name="Northbridge Academy"))
    system.directory(SCHOOL).put_new(people or (ANN, BOB, CAT))
    return system


def names(system: Wiring, **facts: Any) -> list[str]:
    return [person.given_name for person in people_meant(system, SCHOOL, PeopleFilter(**facts))]


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({}, ["Bob", "Ann", "Cat"]),
        ({"standing": "ready"}, ["Cat"]),
        ({"standing": "not_ready"}, ["Bob", "Ann"]),
        ({"reasons": ("no_address", "never_sent")}, ["Bob", "Ann"]),
        ({"reasons": ("no_address",), "year_groups": ("9",)}, []),
        ({"standing": "not_ready", "year_groups": ("9",)}, ["Ann"]),
        ({"reasons": ("signed_in",)}, ["Cat"]),
    ],
)
def test_by_how_they_stand(facts: Mapping[str, Any], wanted: list[str]) -> None:
    assert names(made(), **facts) == wanted


def test_who_has_set_a_password_since_the_roll_was_read_is_not_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    system = made()
    before = read_roll(system, SCHOOL)
    system.directory(SCHOOL).change(ANN.id, {"password_set_at": NOW}, [])
    monkeypatch.setattr(choose_people, "read_roll", lambda *_: before)
    assert [each.given_name for each in before.meant(NEVER)] == ["Ann"]
    assert [*people_meant(system, SCHOOL, NEVER)] == []


def test_who_is_gone_is_not_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    system = made()
    before = read_roll(system, SCHOOL)
    system.directory(SCHOOL).erase(ANN.id)
    monkeypatch.setattr(choose_people, "read_roll", lambda *_: before)
    assert [*people_meant(system, SCHOOL, NEVER)] == []


def test_a_large_school_is_read_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose_people, "_AT_ONCE", 2)
    people = [replace(ANN, id=f"{number:020}", family_name=f"Lee {number}") for number in range(1, 6)]
    assert [each.id for each in people_meant(made(*people), SCHOOL, NEVER)] == [each.id for each in people]


def test_people_alone_do_not_say_who_could_log_in() -> None:
    with pytest.raises(ValueError, match="roll"):
        next(made().directory(SCHOOL).matching(NEVER))
