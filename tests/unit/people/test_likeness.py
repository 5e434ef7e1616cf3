"""Whether two accounts are one person's: certain, likely or nothing, and the reasons."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.people.model.given_names import can_be_one
from latchkey.people.model.likeness import BARE, CERTAIN, LIKELY, POOR, folded_name, likeness
from latchkey.people.model.person import Person

UPN, OTHER_UPN = "B801200005001", "P207000016049"


def student(number: int, given: str, family: str, **facts: Any) -> Person:
    known = {"year_group": "7", "registration_group": "7A", "mis_id": f"M{number}", **facts}
    return Person(id=f"{number:020d}", role="student", given_name=given, family_name=family, **known)


def adult(number: int, given: str, family: str, role: Any = "parent", **facts: Any) -> Person:
    return Person(id=f"{number:020d}", role=role, given_name=given, family_name=family, **{"mis_id": f"M{number}", **facts})


def rank(one: Person, other: Person) -> int | None:
    found = likeness(one, other)
    assert found == likeness(other, one)
    return None if found is None else found.rank


ELSEWHERE: dict[str, Any] = {"year_group": "9", "registration_group": "9C"}


class TestCertain:
    @pytest.mark.parametrize("names", [("Ann", "Lee"), ("Ann", "Hill"), ("Lee", "Ann"), ("Ánn", "Lée"), ("Annie", "Lee")])
    def test_one_upn(self, names: tuple[str, str]) -> None:
        one, other = student(1, "Ann", "Lee", upn=UPN), student(2, *names, upn=UPN, **ELSEWHERE)
        assert rank(one, other) == CERTAIN
        found = likeness(one, other)
        assert found is not None
        assert found.why[0] == "They have the same UPN."

    def test_one_upn_with_another_first_name_is_left_to_people(self) -> None:
        found = likeness(student(1, "Ann", "Lee", upn=UPN), student(2, "Ben", "Lee", upn=UPN))
        assert found is not None
        assert (found.certain, found.why[-1][:27]) == (False, "Their first names are diffe")

    @pytest.mark.parametrize("role", ["student", "teacher", "staff", "parent"])
    def test_lost_zeros_with_one_name(self, role: Any) -> None:
        one, other = (adult(n, "Ann", "Lee", role, mis_id=each) for n, each in ((1, "001901"), (2, "1901")))
        found = likeness(one, other)
        assert found is not None
        assert found.certain
        assert found.why[0] == "Their MIS ids differ only in leading zeros (1901 and 001901)."

    @pytest.mark.parametrize("role", ["teacher", "staff", "parent"])
    def test_role_name_and_address(self, role: Any) -> None:
        assert (
            rank(adult(1, "Ann", "Lee", role, email="a@x.example"), adult(2, "Ann", "Lee", role, email="a@x.example")) == CERTAIN
        )

    def test_a_student_of_one_name_and_address_in_one_year(self) -> None:
        one = student(1, "Ann", "Lee", email="a@x.example", upn=UPN)
        assert rank(one, student(2, "Ann", "Lee", email="a@x.example")) == CERTAIN
        assert rank(one, student(2, "Ann", "Lee", email="a@x.example", **ELSEWHERE)) == LIKELY
        assert rank(one, student(2, "Ann", "Lee", email="a@x.example", upn=OTHER_UPN)) is None


class TestLikely:
    @pytest.mark.parametrize(
        ("other", "expected"),
        [
            (student(2, "Ann", "Hill"), BARE),  # renamed, with nothing but the place
            (student(2, "Ann", "Hill", email="b@x.example"), POOR),
            (student(2, "Ann", "Hill", parents=("p",)), LIKELY),
            (student(2, "Ann", "Hill", parents=("p",), **ELSEWHERE), LIKELY),
            (student(2, "Ann", "Hill", **ELSEWHERE), None),
            (student(2, "Lee", "Ann"), LIKELY),
            (student(2, "Lee", "Ann", registration_group=None), LIKELY),
            (student(2, "Lee", "Ann", **ELSEWHERE), None),
            (student(2, "Ann-Marie", "Lee"), LIKELY),
            (student(2, "Annie", "Lee"), LIKELY),
            (student(2, "Annie", "Lee", registration_group="7B"), None),
            (student(2, "Ann", "Lee-Hill"), LIKELY),
            (student(2, "ANN", "Lée"), LIKELY),
            (student(2, "Ann", "Lee", registration_group="7B"), None),
            (student(2, "Ann", "Lee", registration_group="7B", upn=UPN), POOR),
            (student(2, "Ann", "Lee", year_group=None, registration_group=None), BARE),
        ],
    )
    def test_students(self, other: Person, expected: int | None) -> None:
        assert rank(student(1, "Ann", "Lee", parents=("p",) if other.parents else ()), other) == expected

    @pytest.mark.parametrize(
        ("names", "facts", "expected"),
        [
            (("Liz", "Lee"), {"email": "a@x.example"}, LIKELY),
            (("Elizabeth", "Hill"), {"children": ("c",)}, LIKELY),
            (("Lee", "Elizabeth"), {"email": "a@x.example"}, LIKELY),
            (("Elizabeth", "Lee"), {"children": ("c",), "email": "other@x.example"}, LIKELY),
            (("Elizabeth", "Lee"), {"email": "other@x.example"}, None),
            (("Elizabeth", "Lee"), {}, None),
            (("John", "Lee"), {"email": "a@x.example", "children": ("c",)}, None),
            (("Elizabeth", "Hill"), {}, None),
        ],
    )
    def test_parents(self, names: tuple[str, str], facts: dict[str, Any], expected: int | None) -> None:
        assert rank(adult(1, "Elizabeth", "Lee", email="a@x.example", children=("c",)), adult(2, *names, **facts)) == expected

    def test_a_teacher_twice_where_one_has_no_address(self) -> None:
        one = adult(1, "Ann", "Lee", "teacher", email="a@x.example")
        assert rank(one, adult(2, "Ann", "Lee", "teacher")) == POOR
        assert rank(one, adult(2, "Ann", "Lee", "teacher", email="b@x.example")) is None

    def test_accents_are_said(self) -> None:
        found = likeness(student(1, "Zoë", "O’Neill"), student(2, "Zoe", "ONeill"))
        assert found is not None
        assert found.why[0] == "Their names differ only in accents, hyphens or apostrophes."

    def test_two_accounts_that_are_both_signed_in_to_are_two_people(self) -> None:
        one, other = student(1, "Ann", "Lee", last_login_at=5), student(2, "Ann", "Hill", last_login_at=6)
        assert rank(one, other) is None

    def test_two_who_have_left_are_nobodys_worry(self) -> None:
        one, other = (student(n, "Ann", "Lee", upn=UPN, status="left") for n in (1, 2))
        assert rank(one, other) is None


class TestTwoHats:
    def test_staff_and_parent_are_linked_and_not_called_one(self) -> None:
        found = likeness(adult(1, "Ann", "Lee", "teacher", email="a@x.example"), adult(2, "Ann", "Lee", email="a@x.example"))
        assert found is not None
        assert (found.certain, found.advice) == (False, "link")
        assert found.why[-1] == "One is a member of staff, the other a parent."

    def test_a_teacher_who_is_staff_too(self) -> None:
        found = likeness(
            adult(1, "Ann", "Lee", "teacher", email="a@x.example"), adult(2, "Ann", "Lee", "staff", email="a@x.example")
        )
        assert found is not None
        assert (found.certain, found.advice) == (False, "role")


NAMES = st.text(alphabet="abcdeëo’'- ZŻł", max_size=8)
PEOPLE = st.builds(
    Person,
    id=st.text(alphabet="0123456789", min_size=20, max_size=20),
    role=st.sampled_from(["student", "teacher", "staff", "parent"]),
    given_name=NAMES,
    family_name=NAMES,
    email=st.sampled_from([None, "a@x.example", "b@x.example"]),
    upn=st.sampled_from([None, UPN, OTHER_UPN]),
    mis_id=st.sampled_from([None, "1", "01", "001", "a1"]),
    year_group=st.sampled_from([None, "7", "8"]),
    registration_group=st.sampled_from([None, "7A", "8A"]),
    status=st.sampled_from(["active", "left", "disabled"]),
    parents=st.sampled_from([(), ("p",), ("p", "q")]),
    children=st.sampled_from([(), ("c",)]),
    last_login_at=st.sampled_from([None, 5]),
)


class TestAlways:
    @given(PEOPLE, PEOPLE)
    def test_it_is_symmetric_and_says_why(self, one: Person, other: Person) -> None:
        found = likeness(one, other)
        assert found == likeness(other, one)
        assert found is None or found.why
        assert likeness(one, one) is None

    @given(NAMES, NAMES.filter(bool), st.sampled_from([None, "home@x.example"]))
    def test_twins_are_never_certain(self, family: str, given_name: str, email: str | None) -> None:
        one = student(1, "Quentin", family, email=email, parents=("p",))
        assert rank(one, student(2, given_name, family, email=email, parents=("p",))) != CERTAIN

    @given(NAMES, NAMES, st.sampled_from(["teacher", "staff", "parent"]), st.sampled_from([None, "home@x.example"]))
    def test_a_parent_and_a_child_of_one_name_are_two(self, given_name: str, family: str, role: Any, email: str | None) -> None:
        child = student(1, given_name, family, email=email, mis_id="01")
        assert rank(child, adult(2, given_name, family, role, email=email, mis_id="1", children=(child.id,))) is None

    @given(NAMES, NAMES)
    def test_cousins_and_strangers_of_one_name_are_not_even_likely(self, given_name: str, family: str) -> None:
        one = student(1, given_name, family, upn=UPN)
        for place in (ELSEWHERE, {"registration_group": "7B"}, {}):
            assert rank(one, student(2, given_name, family, upn=OTHER_UPN, **place)) is None
        assert rank(adult(1, given_name, family, email="a@x.example"), adult(2, given_name, family, email="b@x.example")) is None


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("O’Brien", "obrien"),
        ("O'Brien", "obrien"),
        ("Żak-Łęcki", "zaklecki"),
        ("Søren", "soren"),
        ("STRAẞE", "strasse"),
        ("", ""),
    ],
)
def test_names_are_compared_without_accents_and_signs(name: str, folded: str) -> None:
    assert folded_name(name).whole == folded


def test_short_forms() -> None:
    assert can_be_one("liz", "elizabeth")
    assert can_be_one("bob", "robert")
    assert not can_be_one("ann", "ben")
    assert not can_be_one("alexander", "alexandra")


def test_the_name_that_somebody_goes_by_is_theirs_too() -> None:
    one = student(1, "Thomas", "Lee", preferred_given_name="Tam")
    assert rank(one, student(2, "Tam", "Lee")) == LIKELY
    assert rank(one, student(2, "Ben", "Lee")) is None
