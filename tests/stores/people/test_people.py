"""People: what is written is found, in order, and only in its own school."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from latchkey.errors import Changed, NotFound
from latchkey.people.model.change import PersonChange
from latchkey.people.model.people_filter import parse
from latchkey.people.model.person import CodeState, FormerEmail, Person
from latchkey.people.model.position import Position
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
    both = parse({"year_group": ["10", "7"], "role": ["teacher", "student"]})
    whole = [found for found in directory.matching(parse({})) if both.matches(found)]
    assert whole
    assert list(directory.matching(both)) == whole
    first = next(iter(directory.pages_from(Position("student"), both, limit=1)))[0]
    rest = [each for people, _ in directory.pages_from(Position.behind(first[0]), both, limit=1) for each in people]
    assert [*first, *rest] == whole


def numbers(pages: Iterator[tuple[list[Person], Position | None]]) -> list[list[int]]:
    return [[int(found.id) for found in people] for people, _ in pages]


def test_pages_go_on_behind_a_person_and_through_all_roles(directory: Directory) -> None:
    pupils = [person(number, year_group="7", registration_group="7A") for number in range(1, 4)]
    directory.put_new([*pupils, person(5, role="parent", year_group=None)])
    everybody, students = parse({}), parse({"role": "student"})
    pages = list(directory.pages_from(Position("student"), students, limit=2))
    assert numbers(iter(pages)) == [[1, 2], [3]]
    assert [following for _, following in pages] == [Position("student", "7", "7A", pupils[1].id), None]
    assert numbers(directory.pages_from(Position.behind(pupils[1]), students)) == [[3]]
    through = list(directory.pages_from(Position.behind(pupils[2]), everybody))
    assert numbers(iter(through)) == [[], [], [], [5]]
    assert [following for _, following in through] == [Position("teacher"), Position("staff"), Position("parent"), None]


def test_a_page_goes_on_where_a_person_stood_who_has_moved(directory: Directory) -> None:
    before = [person(1, year_group="7"), person(2, year_group="8"), person(3, year_group="9")]
    directory.put_new(before)
    directory.take_over([PersonChange(before[1], replace(before[1], year_group="10"))])
    assert numbers(directory.pages_from(Position.behind(before[1]), parse({"role": "student"}))) == [[3, 2]]
    with pytest.raises(NotFound):
        directory.pages_from(Position("student", "7", "", "9" * 20), parse({}))


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


def test_a_sign_in_is_noted_unless_a_new_password_was_set(directory: Directory) -> None:
    ann = person(1, version=2, former_email=FormerEmail("old@x.example", 1))
    directory.put_new([ann])
    for now, forget in ((9, False), (10, True)):
        (table, noted), after = directory.note_sign_in_of(ann, now, forget_former_email=forget)
        table.transact([noted])
        assert (
            after
            == directory.person(ann.id)
            == replace(ann, last_login_at=now, former_email=None if forget else ann.former_email)
        )
    (table, noted), _ = directory.note_sign_in_of(replace(ann, version=1), 11, forget_former_email=False)
    with pytest.raises(Changed):
        table.transact([noted])


@pytest.mark.parametrize("meanwhile", [{"email_key": "f"}, {"status": "left"}])
def test_who_has_another_address_or_has_left_becomes_no_admin(directory: Directory, meanwhile: dict[str, str]) -> None:
    ann, ben = person(1, role="staff", email_key="e"), person(2, role="staff", email_key="e")
    directory.put_new([ann, replace(ben, **meanwhile)])  # type: ignore[arg-type]
    assert directory.make_admin(ann).is_admin
    with pytest.raises(Changed):
        directory.make_admin(ben)
    found = directory.person(ben.id)
    assert found is not None
    assert not found.is_admin


CHANGED_MEANWHILE = [
    {"role": "staff"},
    {"is_admin": True},
    {"status": "left"},
    {"email": "f@x.example"},
    {"username": "g"},
]


@pytest.mark.parametrize("meanwhile", CHANGED_MEANWHILE, ids=lambda facts: next(iter(facts)))
def test_a_roster_leaves_alone_whom_somebody_else_has_changed(directory: Directory, meanwhile: dict[str, object]) -> None:
    people = [person(number, role="teacher", email_key="e") for number in range(1, 4)]
    directory.put_new([people[0], replace(people[1], **meanwhile), people[2]])  # type: ignore[arg-type]
    assert directory.take_over(PersonChange(each, replace(each, given_name="New")) for each in people) == 1
    found = directory.by_ids(each.id for each in people)
    assert [each.given_name for each in found] == ["New", "G002", "New"], "and one does not hold up the others"


def test_a_roster_changes_what_it_says_and_ends_what_a_leaver_holds(directory: Directory) -> None:
    ann = person(1, version=3, email="a@x.example", email_key="e", password_set_at=5)
    directory.put_new([ann])
    after = replace(ann, family_name="Adams", email="b@x.example", email_key="f", status="left")
    assert directory.take_over([PersonChange(ann, after)]) == 0
    assert directory.person(ann.id) == replace(after, version=4)
    back = replace(ann, status="active", version=9, password_set_at=1)
    assert directory.take_over([PersonChange(replace(after, version=4), back)]) == 0
    assert directory.person(ann.id) == replace(ann, version=4), "coming back raises nothing, and a version is no roster's to set"


def test_links_are_written_unless_somebody_was_linked_meanwhile(directory: Directory) -> None:
    ann, ben = person(1, role="parent"), person(2, role="parent", children=("c1",))
    directory.put_new([ann, ben])
    assert (
        directory.link(
            [PersonChange(ann, replace(ann, children=("c1",))), PersonChange(ben, replace(ben, children=("c1", "c2")))]
        )
        == 0
    )
    assert [each.children for each in directory.by_ids([ann.id, ben.id])] == [("c1",), ("c1", "c2")]
    assert directory.link([PersonChange(ann, replace(ann, children=("c9",)))]) == 1
    assert [each.children for each in directory.by_ids([ann.id])] == [("c1",)]
