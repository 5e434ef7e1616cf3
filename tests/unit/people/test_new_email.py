"""What is kept of a replaced address, and who is told."""

from dataclasses import replace

from latchkey.mail.model.account import masked
from latchkey.people.model.new_email import SETTLES, former_email, is_told, replaced_at
from latchkey.people.model.person import FormerEmail, Person

ANN = Person(id="a" * 20, role="student", given_name="Ann", family_name="Lee", email="a@x.example", password_set_at=1)
NOW = 1_000_000


def moved(person: Person, to: str, now: int) -> Person:
    return replace(person, former_email=former_email(person, now), email=to)


def test_only_who_has_a_password_is_told_and_only_of_a_change() -> None:
    assert is_told(ANN, "b@x.example")
    assert not is_told(ANN, "a@x.example")
    assert not is_told(replace(ANN, password_set_at=None), "b@x.example")


def test_changes_that_follow_each_other_at_once_are_one() -> None:
    person = moved(moved(ANN, "b@x.example", NOW), "c@x.example", NOW + SETTLES - 1)
    assert person.former_email == FormerEmail("a@x.example", NOW)
    assert replaced_at(person, NOW) == FormerEmail("a@x.example", NOW)
    assert replaced_at(moved(person, "a@x.example", NOW + 1), NOW) is None


def test_a_later_change_keeps_what_may_not_be_told_yet() -> None:
    person = moved(moved(ANN, "b@x.example", NOW), "c@x.example", NOW + SETTLES)
    assert person.former_email == FormerEmail("b@x.example", NOW + SETTLES, FormerEmail("a@x.example", NOW))
    assert [found.email for at in (NOW, NOW + SETTLES) if (found := replaced_at(person, at))] == ["a@x.example", "b@x.example"]
    assert replaced_at(person, NOW + 1) is None
    assert moved(person, "d@x.example", NOW + 100_000).former_email == FormerEmail("c@x.example", NOW + 100_000)


def test_what_is_kept_has_an_end() -> None:
    person = ANN
    for number in range(50):
        person = moved(person, f"{number}@x.example", NOW + number * SETTLES)
    depth, former = 0, person.former_email
    while former is not None:
        depth, former = depth + 1, former.earlier
    assert depth == 6


def test_a_masked_address_shows_its_ends() -> None:
    assert masked("new.name@mail.example.org") == "n***@m***.org"
    assert masked("a@b.uk") == "a***@b***.uk"
