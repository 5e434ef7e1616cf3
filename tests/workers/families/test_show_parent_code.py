"""A student is shown the code with which their parents register."""

from dataclasses import replace

import pytest

from latchkey.codes.model import codes
from latchkey.errors import Conflict, NotFound, TooMany
from latchkey.families.show_parent_code import PER_STUDENT, show_parent_code
from latchkey.people.model.person import Person
from latchkey.schools.model.school import FamilyRule, School, Settings
from tests.support.exports import student
from tests.support.system import TestSystem

SCHOOL = School(slug="northbridge", name="Northbridge Academy")
ORIGIN = "https://keys.example"


def put(system: TestSystem, *people: Person) -> Person:
    system.wiring("read_roster").directory("northbridge").put_new(people)
    return people[0]


def events(system: TestSystem) -> list[tuple[str, str, dict[str, object]]]:
    page, _ = system.wiring("console").audit("northbridge").page()
    return [(event["action"], event["actor"], event["facts"]) for event in page]


def test_a_code_is_made_once_and_shown_again(system: TestSystem) -> None:
    pupil = put(system, student(1))
    portal = system.wiring("portal")
    first = show_parent_code(portal, SCHOOL, pupil, ORIGIN)
    assert first.places == 5
    assert codes.read(first.code) is not None
    assert first.url == f"{ORIGIN}/r/northbridge#{first.code.replace('-', '')}"
    now = portal.directory("northbridge").person(pupil.id)
    assert now is not None
    system.clock.now += 1
    assert show_parent_code(portal, SCHOOL, now, ORIGIN) == first
    facts = [facts for action, actor, facts in events(system) if (action, actor) == ("parent_code.show", pupil.id)]
    assert [each["new"] for each in facts] == [0, 1]
    assert first.code.replace("-", "") not in str(events(system)).replace("-", "")


def test_a_pin_is_never_made_by_it(system: TestSystem) -> None:
    pupil = put(system, student(1))
    show_parent_code(system.wiring("portal"), SCHOOL, pupil, ORIGIN)
    now = system.wiring("portal").directory("northbridge").person(pupil.id)
    assert now is not None
    assert now.pin is None


def test_nobody_but_a_student(system: TestSystem) -> None:
    parent = replace(student(1), role="parent", number=None)
    with pytest.raises(NotFound):
        show_parent_code(system.wiring("portal"), SCHOOL, parent, ORIGIN)


def test_where_the_school_hides_it_nothing_is_made(system: TestSystem) -> None:
    pupil = put(system, student(1))
    hidden = replace(SCHOOL, settings=Settings(family=FamilyRule(parent_code=False)))
    with pytest.raises(Conflict) as caught:
        show_parent_code(system.wiring("portal"), hidden, pupil, ORIGIN)
    assert caught.value.code == "hidden"
    assert events(system) == []


def test_a_student_cannot_fill_the_audit_trail(system: TestSystem) -> None:
    pupil = put(system, student(1), student(2))
    portal = system.wiring("portal")
    for _ in range(PER_STUDENT.limit):
        show_parent_code(portal, SCHOOL, pupil, ORIGIN)
    with pytest.raises(TooMany):
        show_parent_code(portal, SCHOOL, pupil, ORIGIN)
    show_parent_code(portal, SCHOOL, student(2), ORIGIN)
    system.clock.now += PER_STUDENT.window
    show_parent_code(portal, SCHOOL, pupil, ORIGIN)
