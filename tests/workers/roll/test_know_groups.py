"""Which groups a school has, to choose from."""

import pytest

from latchkey.people.model.person import Person
from latchkey.roll import know_groups
from latchkey.roll.know_groups import known_groups
from tests.support.system import TestSystem

SCHOOL = "northbridge"


@pytest.fixture
def school(system: TestSystem) -> TestSystem:
    system.school(SCHOOL)
    system.school("southgate")
    return system


def pupil(number: int, year: str | None, group: str | None, **facts: object) -> Person:
    given: dict[str, object] = {"role": "student", "given_name": f"G{number}", "family_name": "Lee"}
    return Person(
        id=f"{number:020d}",
        year_group=year,
        registration_group=group,
        **{**given, **facts},  # type: ignore[arg-type]
    )


def add(system: TestSystem, *people: Person, school: str = SCHOOL) -> None:
    system.wiring("read_roster").directory(school).put_new(people)


def found(system: TestSystem) -> tuple[tuple[str, ...], tuple[str, ...]]:
    groups = known_groups(system.wiring("console"), SCHOOL)
    return groups.years, groups.registration


def test_groups_come_in_the_order_of_lists_and_each_once(school: TestSystem) -> None:
    add(school, pupil(1, "10", "10B"), pupil(2, "7", "7B"), pupil(3, "7", "7A"), pupil(4, "7", "7A"), pupil(5, None, None))
    add(school, pupil(6, "7", "7A B"), pupil(7, "R", "Oak"), pupil(8, "8", "Oak"), pupil(9, "9", None))
    add(school, pupil(10, "11", "11X"), school="southgate")
    add(school, pupil(11, None, "Nurture"), pupil(12, None, "Staff", role="teacher"))
    assert found(school) == (("R", "7", "8", "9", "10"), ("Nurture", "Oak", "7A", "7A B", "7B", "10B"))


def test_a_group_in_which_all_have_left_is_none(school: TestSystem) -> None:
    gone = [pupil(number, "13", "13Z", status="left") for number in range(1, 14)]
    add(school, *gone, pupil(20, "7", "7A", status="left", given_name="A"), pupil(21, "7", "7A", given_name="B"))
    assert found(school) == (("7",), ("7A",))
    add(school, pupil(14, "13", "13Z", given_name="Z"))
    assert found(school) == (("7", "13"), ("7A", "13Z")), "one who is there, behind thirteen who are not"


def test_a_school_without_students_has_none(school: TestSystem) -> None:
    assert found(school) == ((), ())


def test_more_groups_than_one_can_choose_from_are_not_offered(school: TestSystem) -> None:
    add(school, *(pupil(number, str(7 + number % 3), f"{number:04d}") for number in range(know_groups.MOST + 60)))
    groups = known_groups(school.wiring("console"), SCHOOL)
    assert (groups.years, groups.registration, groups.complete) == (("7", "8", "9"), (), False)


def test_they_change_with_the_people(school: TestSystem) -> None:
    add(school, pupil(1, "7", "7A"))
    assert found(school) == (("7",), ("7A",))
    add(school, pupil(2, "8", "8A"))
    assert found(school) == (("7", "8"), ("7A", "8A"))
