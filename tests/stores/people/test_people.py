"""People: what is written is found, in order, and only in its own school."""

import pytest

from latchkey.people.model.people_filter import parse
from latchkey.people.model.person import CodeState, Person
from latchkey.people.stores.people import Directory
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.stores.dynamo import ConditionFailed
from tests.support.system import TestSystem

KEY = bytes(32)


def person(number: int, /, **facts: object) -> Person:
    given: dict[str, object] = {"role": "student", "given_name": f"G{number:03d}", "family_name": "Lee", "year_group": "7"}
    return Person(id=f"{number:020d}", **{**given, **facts})  # type: ignore[arg-type]


@pytest.fixture
def directory(system: TestSystem) -> Directory:
    system.school("northbridge")
    system.school("southgate")
    return system.wiring("read_roster").directory("northbridge")


def test_a_person_comes_back_as_written(directory: Directory) -> None:
    ann = person(
        1,
        email="ann@x.example",
        email_key="e",
        username="ann",
        username_key="u",
        upn="B801200005001",
        mis_id="m1",
        registration_group="7A",
        is_admin=False,
        children=("c1",),
        parents=("p1", "p2"),
        number=5,
        version=3,
        password_set_at=9,
        used_link="f",
        last_login_at=10,
        pin=CodeState(1, 99, 0),
        parent_code=CodeState(2, 98, 3, failed=4, voided=True),
    )
    directory.put_new([ann])
    assert directory.person(ann.id) == ann
    assert directory.person("0" * 20) is None


def test_people_are_found_by_identifier_only_in_their_school(system: TestSystem, directory: Directory) -> None:
    key = lookup(KEY, "email", "home@x.example")
    directory.put_new([person(1, email_key=key), person(2, email_key=key), person(3, email_key="other")])
    assert {found.id for found in directory.by_email_key(key)} == {person(1).id, person(2).id}
    assert system.wiring("read_roster").directory("southgate").by_email_key(key) == []
    assert directory.by_username_key(key) == []


def test_lists_are_in_the_order_of_printed_sheets_and_filters_use_it(directory: Directory) -> None:
    directory.put_new(
        [
            person(1, year_group="10", registration_group="10B"),
            person(2, year_group="7", registration_group="7B"),
            person(3, year_group="7", registration_group="7A", family_name="Zeta"),
            person(4, year_group="7", registration_group="7A", family_name="alpha"),
            person(5, role="parent", year_group=None),
        ]
    )
    order = [int(found.id) for found in directory.matching(parse({}))]
    assert order == [4, 3, 2, 1, 5]
    assert [int(found.id) for found in directory.matching(parse({"year_group": "7", "role": "student"}))] == [4, 3, 2]
    assert [int(found.id) for found in directory.matching(parse({"year_group": "7", "registration_group": "7B"}))] == [2]
    people, cursor = directory.page("student", limit=2)
    rest, end = directory.page("student", after=cursor, limit=5)
    assert [int(found.id) for found in people + rest] == [4, 3, 2, 1]
    assert end is None


def test_a_change_expects_what_it_changes(directory: Directory) -> None:
    directory.put_new([person(1, version=2)])
    assert directory.change(person(1).id, {"version": 3}, when=[("version", "=", 2)]).version == 3
    with pytest.raises(ConditionFailed):
        directory.change(person(1).id, {"version": 3}, when=[("version", "=", 2)])
    with pytest.raises(ConditionFailed):
        directory.change("9" * 20, {"version": 1})
    assert directory.person("9" * 20) is None


def test_a_student_is_found_by_number_only_in_their_school(system: TestSystem, directory: Directory) -> None:
    directory.put_new([person(1, number=7), person(2, number=8)])
    assert directory.by_number(7) == person(1, number=7)
    assert directory.by_number(9) is None
    assert system.wiring("read_roster").directory("southgate").by_number(7) is None
