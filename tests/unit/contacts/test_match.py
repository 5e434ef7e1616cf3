"""Whose parents a row is about: by UPN, by id where the name does not contradict, never by a name alone."""

import pytest

from latchkey.contacts.model.contact import StudentRef
from latchkey.contacts.model.match import Known, Match, keys_of_person, keys_of_row, known_of, match
from latchkey.people.model.person import Person
from tests.support.contacts import UPNS, student

NOE, TESS = student(0, "Noé", "Blair"), student(1, "Tess", "Moor")


def found_for(ref: StudentRef, *people: Person) -> Match:
    index: dict[str, list[Known]] = {}
    for person in people:
        for key in keys_of_person(person):
            index.setdefault(key, []).append(known_of(person))
    return match(ref, {key: index.get(key, []) for key in keys_of_row(ref)})


@pytest.mark.parametrize(
    "ref",
    [
        StudentRef(upn=UPNS[0]),
        StudentRef(upn=UPNS[0], given_name="Somebody", family_name="Else"),
        StudentRef(ids=("004510",)),
        StudentRef(ids=("4510",), given_name="Noe", family_name="Blair"),
        StudentRef(ids=("99", "004510"), family_name="BLAIR"),
        StudentRef(upn=UPNS[3], ids=("004510",)),
    ],
)
def test_a_student_is_found(ref: StudentRef) -> None:
    expected = "" if ref.upn == UPNS[3] else NOE.id
    assert found_for(ref, NOE, TESS).student == expected


@pytest.mark.parametrize(
    ("ref", "reason"),
    [
        (StudentRef(upn=UPNS[3]), "upn_unknown"),
        (StudentRef(upn=UPNS[3], ids=("004510",)), "other_upn"),
        (StudentRef(wrong_upn="A8", given_name="Noé", family_name="Blair"), "upn_wrong"),
        (StudentRef(ids=("99",)), "id_unknown"),
        (StudentRef(ids=("004510",), given_name="Max", family_name="Rudd"), "other_name"),
        (StudentRef(given_name="Max"), "no_key"),
        (StudentRef(), "nobody"),
    ],
)
def test_nobody_is_found_and_why(ref: StudentRef, reason: str) -> None:
    assert found_for(ref, NOE, TESS) == Match(reason=reason, looks_like=NOE.id if ref.family_name == "Blair" else "")


def test_a_student_without_a_upn_here_is_found_by_id_though_the_row_has_one() -> None:
    known = student(0, "Noé", "Blair", upn=None)
    assert found_for(StudentRef(upn=UPNS[0], ids=("004510",), given_name="Noé", family_name="Blair"), known).student == known.id


def test_two_students_of_one_upn_or_one_id_are_nobody() -> None:
    twin = student(1, "Lou", "Blair", upn=UPNS[0], mis_id="4510")
    assert found_for(StudentRef(upn=UPNS[0]), NOE, twin).reason == "twice"
    assert found_for(StudentRef(ids=("04510",), family_name="Blair"), NOE, twin).reason == "twice"
    assert found_for(StudentRef(ids=("004510",), family_name="Blair"), NOE, twin).student == NOE.id, "as it stands goes first"


def test_who_has_left_is_said_to_have_left() -> None:
    assert found_for(StudentRef(upn=UPNS[0]), student(0, "Noé", "Blair", status="left")) == Match(reason="left")


def test_a_name_looks_like_one_student_of_the_same_year_and_group() -> None:
    row = StudentRef(given_name="Blair", family_name="Noe", year_group="7", registration_group="7a")
    assert found_for(row, NOE, TESS).looks_like == NOE.id
    assert found_for(row._replace(year_group="8"), NOE).looks_like == ""
    assert found_for(row, NOE, student(2, "Noé", "Blair")).looks_like == "", "two of one name are nobody"
