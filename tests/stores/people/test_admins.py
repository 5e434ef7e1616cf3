"""Admins: who is one, and how one stops being one."""

import pytest

from latchkey.errors import Changed
from latchkey.people.model.person import Person
from latchkey.people.stores.admins import Admins
from tests.support.system import TestSystem


def person(number: int, /, **facts: object) -> Person:
    given: dict[str, object] = {"role": "staff", "given_name": f"G{number}", "family_name": "Lee", "is_admin": True}
    return Person(id=f"{number:020d}", **{**given, **facts})  # type: ignore[arg-type]


@pytest.fixture
def admins(system: TestSystem) -> Admins:
    directory = system.wiring("operate").directory("northbridge")
    people = [
        person(1),
        person(2, role="teacher"),
        person(3, status="left"),
        person(4, is_admin=False),
        person(5, role="student", is_admin=False),
    ]
    directory.put_new(people)
    system.wiring("operate").directory("southgate").put_new([person(9)])
    return system.wiring("operate").admins("northbridge")


def test_admins_are_who_has_the_rights_and_has_not_left(admins: Admins) -> None:
    assert sorted(each.id for each in admins.all()) == [person(1).id, person(2).id]
    assert [each.id for each in admins.others(person(1).id)] == [person(2).id]
    assert admins.others("x") == admins.all()


def test_of_two_who_read_the_same_revision_one_ends_somebody(admins: Admins) -> None:
    revision = admins.revision()
    admins.end(person(1), revision)
    with pytest.raises(Changed):
        admins.end(person(2), revision)
    with pytest.raises(Changed):
        admins.end(person(1), admins.revision())  # is no admin any more
    assert [each.id for each in admins.all()] == [person(2).id]
    admins.end(person(2), admins.revision())
    assert admins.all() == []
