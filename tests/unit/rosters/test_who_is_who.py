"""Who is who, with plain values: the rules of matching, and what must hold for any school and any file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latchkey.people.model.person import Person, Role, Status
from latchkey.rosters.model.changes import Decision, decide
from latchkey.rosters.model.duplicates import Duplicates
from latchkey.rosters.model.known import KnownPeople, keys_to_match, name_key
from latchkey.rosters.model.matching import is_same, is_somebody_else, shares_a_name
from latchkey.rosters.model.runs import Row
from latchkey.rosters.who_is_who import WhoIsWho
from latchkey.shared.model.ids import person_id

if TYPE_CHECKING:
    from latchkey.rosters.needs import System

ROW = Row(2, "M1", "student", "Ann", "Lee", None, None, None, None, None, None, (), False)
ANN = Person(id="a" * 20, role="student", given_name="Ann", family_name="Lee", mis_id="M9")


class School:
    """People, ids that lead to others, and rosters applied to them as the worker does, in memory."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.leads: dict[str, str] = {}

    def directory(self, _: str) -> "School":
        return self

    def by_ids(self, ids: Iterable[str]) -> list[Person]:
        return [self.people[each] for each in ids if each in self.people]

    def following(self, ids: Iterable[str]) -> dict[str, Person]:
        met = {each: self.leads.get(each, each) for each in ids}
        return {each: self.people[there] for each, there in met.items() if there in self.people}

    def decided(self, rows: Sequence[Row], chosen: Mapping[str, str] | None = None) -> list[Decision]:
        known, duplicates = KnownPeople(), Duplicates()
        known.add(self.people.values())
        known.close()
        duplicates.look(rows)
        known.look(rows)
        if duplicates.suspects:
            duplicates.count(rows)
        alone = duplicates.sort_out(rows, {}).rows
        if known.is_unusual:
            known.claim(alone)
        who = WhoIsWho(cast("System", self), "s", known, duplicates, chosen or {})
        return [
            decide(row, found.person, known, {}, found=found, chosen=chosen or {})
            for row, found in zip(alone, who.of(alone), strict=True)
        ]

    def load(self, rows: Sequence[Row], chosen: Mapping[str, str] | None = None) -> list[Decision]:
        decisions = self.decided(rows, chosen)
        for each in decisions:
            if each.is_further_id:
                self.leads.setdefault(person_id("s", each.row.mis_id), each.id)
            for freed in each.frees:
                self.people[freed] = replace(self.people[freed], username=None)
        for each in decisions:
            facts: dict[str, Any] = {**each.facts}
            if each.kind == "new":
                assert each.id not in self.people
                self.people[each.id] = Person(id=each.id, role=each.row.role, mis_id=each.row.mis_id, **facts)
            elif each.kind == "changed" and each.existing is not None:
                status: Status = each.status or each.existing.status
                self.people[each.id] = replace(self.people[each.id], **facts, status=status)
        return decisions


# The rules


def test_names_are_compared_without_case_accents_and_kinds_of_apostrophe() -> None:
    assert name_key("Zoë", "O’Brien") == name_key("zoe", "O'BRIEN")
    assert name_key("Łucja", "Żak") != name_key("Lucja", "Zac")
    assert name_key("Ann", "Lee") != name_key("Lee", "Ann")
    assert name_key("AnnLee", "") != name_key("Ann", "Lee")


@pytest.mark.parametrize(
    ("way", "row", "person", "same"),
    [
        ("upn", {"upn": "U1", "family_name": "Ash"}, {"upn": "U1"}, True),
        ("upn", {"upn": "U1", "given_name": "Bo", "family_name": "Ash"}, {"upn": "U1"}, False),
        ("upn", {"upn": "U1"}, {"upn": "U2"}, False),
        ("upn", {}, {}, False),
        ("login", {"username": "ann"}, {"username": "ann"}, True),
        ("login", {"username": "ann", "given_name": "Anna"}, {"username": "ann"}, False),
        ("login", {"username": "ann", "upn": "U1"}, {"username": "ann", "upn": "U2"}, False),
        ("login", {}, {}, False),
        ("who", {"email": "a@x.example"}, {"email": "a@x.example"}, True),
        ("who", {"email": "a@x.example"}, {"email": "a@x.example", "role": "parent"}, False),
        ("who", {}, {}, False),
        ("zeros", {"mis_id": "12"}, {"mis_id": "0012"}, True),
        ("zeros", {"mis_id": "12"}, {"mis_id": "13"}, False),
        ("zeros", {"mis_id": "12"}, {"mis_id": None}, False),
    ],
)
def test_who_is_the_same(way: str, row: dict[str, Any], person: dict[str, Any], same: bool) -> None:
    assert is_same(ROW._replace(**row), replace(ANN, **person), way) is same


@pytest.mark.parametrize(
    ("row", "person", "else_"),
    [
        ({"given_name": "Bo", "family_name": "Fox", "upn": "U1"}, {"upn": "U2"}, True),
        ({"given_name": "Bo", "family_name": "Fox"}, {"upn": "U2"}, False),
        ({"given_name": "Bo", "family_name": "Fox", "upn": "U1", "email": "a@x.example"}, {"email": "a@x.example"}, False),
        ({"given_name": "Bo", "family_name": "Fox", "username": "b", "upn": "U2"}, {"username": "a", "upn": "U2"}, False),
        ({"given_name": "Lee", "family_name": "Ann", "upn": "U1"}, {"upn": "U2"}, False),
        ({"given_name": "Bo", "family_name": "Lee", "upn": "U1"}, {"upn": "U2"}, False),
        ({"given_name": "Bo", "family_name": "Fox", "preferred_given_name": "ann", "upn": "U1"}, {"upn": "U2"}, False),
    ],
)
def test_who_is_somebody_else_under_the_same_id(row: dict[str, Any], person: dict[str, Any], else_: bool) -> None:
    assert is_somebody_else(ROW._replace(**row), replace(ANN, **person)) is else_


def test_an_empty_name_is_no_name_in_common() -> None:
    assert not shares_a_name(ROW._replace(given_name="Bo", family_name=""), replace(ANN, family_name=""))


def test_each_way_has_its_key_and_roles_are_apart() -> None:
    full = ROW._replace(mis_id="007", upn="U1", username="ann", email="a@x.example")
    assert [*keys_to_match(full)] == ["upn", "zeros", "login", "who"]
    assert keys_to_match(ROW) == {}
    mother = full._replace(role="parent")
    assert not {*keys_to_match(full).values()} & {*keys_to_match(mother._replace(upn=None)).values()}
    assert keys_to_match(full)["zeros"] == keys_to_match(full._replace(mis_id="7"))["zeros"]


def test_who_stands_in_the_file_or_is_claimed_twice_is_no_candidate() -> None:
    known = KnownPeople()
    known.add([replace(ANN, email="a@x.example")])
    known.close()
    new = ROW._replace(email="a@x.example")
    known.look([new])
    assert known.is_unusual
    assert (known.likely(new), known.has_row(ANN)) == ({"who": [0]}, False)
    known.claim([new, new._replace(mis_id="M2")])
    assert (known.claims(0, "who"), known.claims(0, "upn"), known.goes_on(ANN)) == (2, 0, False)
    known.look([ROW._replace(mis_id="M9")])
    assert (known.likely(new), known.has_row(ANN)) == ({}, True)


def test_a_surer_way_claims_alone() -> None:
    known = KnownPeople()
    known.add([replace(ANN, email="a@x.example", upn="U1")])
    known.close()
    rows = [ROW._replace(email="a@x.example"), ROW._replace(mis_id="M2", email="a@x.example", upn="U1")]
    for order in (rows, rows[::-1]):
        again = KnownPeople()
        again.add([replace(ANN, email="a@x.example", upn="U1")])
        again.close()
        again.claim(order)
        assert (again.claims(0, "upn"), again.claims(0, "who")) == (1, 0)


def test_leavers_keep_their_name_while_one_of_several_is_here_or_back() -> None:
    left = replace(ANN, status="left", username="ann")

    def freed(*people: Person, rows: Sequence[Row] = ()) -> list[str]:
        known = KnownPeople()
        known.add(people)
        known.close()
        known.look(rows)
        return known.freed("ann")

    assert freed(left) == [left.id]
    assert freed(left, replace(left, id="b" * 20, status="active")) == []
    assert freed(replace(left, is_admin=True)) == []
    assert freed(left, rows=[ROW._replace(mis_id="M9")]) == []
    assert freed(left, rows=[ROW._replace(mis_id="M9", leaves=True)]) == [left.id]


# What holds for any school and any file

ROLES: tuple[Role, ...] = ("student", "parent", "teacher")


@st.composite
def files(draw: st.DrawFn) -> list[Row]:
    """Some rows of a few people who are easily mistaken for each other."""
    count = draw(st.integers(1, 6))
    rows = []
    for number in range(count):
        role = draw(st.sampled_from(ROLES))
        rows.append(
            Row(
                line=number + 2,
                mis_id=f"m{number}",
                role=role,
                given_name=draw(st.sampled_from(["Ann", "Bo"])),
                family_name=draw(st.sampled_from(["Lee", "Fox"])),
                email=draw(st.sampled_from([None, "home@x.example", "other@x.example"])),
                username=draw(st.sampled_from([None, f"user{number}"])),
                upn=draw(st.sampled_from([None, f"U{number}"])) if role == "student" else None,
                year_group=None,
                registration_group=None,
                language=None,
                links=(),
                leaves=False,
            )
        )
    return rows


def state(school: School) -> dict[str, Person]:
    return dict(school.people)


@settings(max_examples=150, deadline=None)
@given(first=files(), second=files())
def test_the_same_file_again_changes_nothing(first: list[Row], second: list[Row]) -> None:
    school = School()
    for rows in (first, second):
        school.load(rows)
        before = state(school)
        again = school.load(rows)
        assert state(school) == before
        assert {each.kind for each in again} <= {"unchanged", "rejected"}


@settings(max_examples=150, deadline=None)
@given(first=files(), second=files(), order=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(first: list[Row], second: list[Row], order: Any) -> None:
    one, other = School(), School()
    for rows in (first, [row._replace(mis_id=f"n{row.mis_id}") for row in second]):
        shuffled = [*rows]
        order.shuffle(shuffled)
        one.load(rows)
        other.load(shuffled)
        assert state(one) == state(other)


@settings(max_examples=200, deadline=None)
@given(rows=files())
def test_a_change_of_every_id_makes_nobody_new_and_joins_nobody(rows: list[Row]) -> None:
    """Whoever can be told apart is found; who cannot is left as they are, and asked about. Who has a name only is new."""
    rows = [row for row in rows if row.upn or row.username or row.email]
    school = School()
    apart = {"also_parent": "apart", "one_parent": "apart"}
    school.load(rows, apart)
    before = {each.mis_id: each.id for each in school.people.values()}
    moved = [row._replace(mis_id=f"new{row.mis_id}") for row in rows]
    decisions = school.load(moved, apart)
    after = {each.mis_id: each.id for each in school.people.values()}
    taken = {row.mis_id: after.get(f"new{row.mis_id}") for row in rows}
    for mis_id, person in taken.items():
        assert person in {None, before[mis_id]} or _twins(rows, mis_id), "nobody gets the account of another"
    assert len({*filter(None, taken.values())}) == len([*filter(None, taken.values())]), "no two rows get one account"
    for row, decision in zip(moved, decisions, strict=True):
        if row.upn is not None or row.username is not None:
            assert decision.kind == "changed", (row, decision)


def _twins(rows: Sequence[Row], mis_id: str) -> bool:
    """Whether nothing but the id tells somebody from another: then either may have the account."""
    row = next(each for each in rows if each.mis_id == mis_id)
    who = [(each.role, each.given_name, each.family_name, each.email) for each in rows]
    return who.count((row.role, row.given_name, row.family_name, row.email)) > 1


@settings(max_examples=150, deadline=None)
@given(rows=files())
def test_children_and_adults_and_twins_are_never_one(rows: list[Row]) -> None:
    school = School()
    school.load(rows)
    students = [row for row in rows if row.role == "student"]
    staff = [row for row in rows if row.role == "teacher"]
    made = [*school.people.values()]
    assert len([each for each in made if each.role == "student"]) == len(students)
    assert len([each for each in made if each.role == "teacher"]) == len(staff)
    for parent in (row for row in rows if row.role == "parent"):
        target = school.people[school.leads.get(person_id("s", parent.mis_id), person_id("s", parent.mis_id))]
        assert target.role != "student"
        assert (target.given_name, target.family_name) == (parent.given_name, parent.family_name)
        assert target.mis_id == parent.mis_id or target.email == parent.email
