"""What a row of a roster changes, and what it may never change."""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.people.model.person import Person
from latchkey.rosters.model.changes import FACTS, Decision, decide
from latchkey.rosters.model.known import KnownPeople
from latchkey.rosters.model.runs import Rejection, Row

NOBODY = Row(2, "M1", "student", "Ann", "Lee", None, None, None, None, None, None, (), False)
ANN = Person(
    id="a" * 20,
    role="student",
    given_name="Ann",
    family_name="Lee",
    email="ann@x.example",
    username="ann.lee",
    upn="A123",
    year_group="7",
    registration_group="7B",
    language="cy",
)
SAME = NOBODY._replace(
    email="ann@x.example", username="ann.lee", upn="A123", year_group="7", registration_group="7B", language="cy"
)
HEAD = replace(ANN, role="staff", is_admin=True, upn=None)
HEADS_ROW = SAME._replace(role="staff", upn=None)
OTHERS = [
    Person(id="b" * 20, role="student", given_name="Ben", family_name="Fox", email="ben@x.example", username="ben", upn="B1"),
    Person(id="c" * 20, role="staff", given_name="Cat", family_name="Ash", email="cat@x.example", username="cat", is_admin=True),
    Person(id="d" * 20, role="parent", given_name="Dee", family_name="Elm"),
    Person(id="e" * 20, role="staff", given_name="Eve", family_name="Yew", is_admin=True),
]
NAMES = {"email": "E-mail address", "role": "Role"}


def taken(*people: Person) -> KnownPeople:
    made = KnownPeople()
    made.add(people)
    made.add(OTHERS)
    made.close()
    return made


def decided(row: Row, existing: Person | None = None) -> Decision:
    return decide(row, existing, taken(*([existing] if existing else [])), NAMES)


# Who is new


def test_a_row_of_nobody_makes_somebody_of_what_it_says() -> None:
    facts = {"given_name": "Ann", "family_name": "Lee"}
    assert decided(NOBODY) == Decision("new", NOBODY, facts=facts)
    everything = {"email": "ann@x.example", "username": "ann.lee", "upn": "A123", "year_group": "7", "registration_group": "7B"}
    assert decided(SAME) == Decision("new", SAME, facts=facts | everything | {"language": "cy"})


@pytest.mark.parametrize("role", ["student", "teacher", "staff", "parent"])
def test_a_new_person_may_have_any_role(role: str) -> None:
    assert decided(NOBODY._replace(role=role)).kind == "new"


def test_who_leaves_before_they_came_is_nobody() -> None:
    row = NOBODY._replace(leaves=True, username="ben")
    assert decided(row) == Decision("unchanged", row)


# What changes

CHANGES = {
    "given_name": "Anna",
    "family_name": "Li",
    "preferred_given_name": "Annie",
    "preferred_family_name": "Lee-Fox",
    "email": "anna@x.example",
    "username": "anna.li",
    "upn": "A124",
    "year_group": "8",
    "registration_group": "8C",
    "language": "en",
}


def test_every_fact_has_its_row_here() -> None:
    assert list(CHANGES) == list(FACTS)


@pytest.mark.parametrize(("name", "value"), CHANGES.items())
def test_a_fact_that_differs_is_changed_and_nothing_else(name: str, value: str) -> None:
    row = SAME._replace(**{name: value})
    assert decided(row, ANN) == Decision("changed", row, ANN, {name: value})


def test_a_row_that_says_what_is_known_changes_nothing() -> None:
    assert decided(SAME, ANN) == Decision("unchanged", SAME, ANN)


def test_an_empty_cell_takes_nothing_away() -> None:
    assert decided(NOBODY, ANN) == Decision("unchanged", NOBODY, ANN)


def test_a_fact_that_was_not_known_is_added() -> None:
    row = SAME._replace(upn="A123")
    assert decided(row, replace(ANN, upn=None)) == Decision("changed", row, replace(ANN, upn=None), {"upn": "A123"})


@pytest.mark.parametrize(
    ("was", "leaves", "kind", "status"),
    [
        ("active", True, "changed", "left"),
        ("left", True, "unchanged", None),
        ("left", False, "changed", "active"),
        ("active", False, "unchanged", None),
        ("disabled", False, "unchanged", None),
        ("disabled", True, "unchanged", None),
    ],
)
def test_people_leave_and_come_back(was: str, leaves: bool, kind: str, status: str | None) -> None:
    person, row = replace(ANN, status=was), SAME._replace(leaves=leaves)  # type: ignore[arg-type]
    assert decided(row, person) == Decision(kind, row, person, {}, status)  # type: ignore[arg-type]


def test_who_leaves_may_change_with_it() -> None:
    row = SAME._replace(leaves=True, year_group="8")
    assert decided(row, ANN) == Decision("changed", row, ANN, {"year_group": "8"}, "left")


@pytest.mark.parametrize("change", [{"links": ("M2",)}, {"line": 9}, {"mis_id": "M9"}])
def test_links_and_places_of_a_row_are_no_facts(change: dict[str, Any]) -> None:
    assert decided(SAME._replace(**change), ANN).kind == "unchanged"


# What a roster may never change


def refused(row: Row, existing: Person | None = None) -> tuple[str, str, str]:
    """``(column, reason, value)`` of a row that is left out; nothing of it is changed."""
    found = decided(row, existing)
    assert found == Decision("rejected", row, existing, rejection=found.rejection, asks=found.asks)
    assert found.rejection is not None
    assert found.rejection.line == row.line
    return found.rejection[1:4]


@pytest.mark.parametrize("role", ["student", "teacher", "staff", "parent"])
@pytest.mark.parametrize("wanted", ["student", "teacher", "staff", "parent"])
def test_nobodys_role_is_changed(role: str, wanted: str) -> None:
    person, row = replace(ANN, role=role), SAME._replace(role=wanted)  # type: ignore[arg-type]
    if role == wanted:
        assert decided(row, person).kind == "unchanged"
        return
    assert refused(row, person) == ("Role", f"is a {role} in Latchkey, and a roster changes nobody's role", wanted)
    assert refused(row._replace(leaves=True), person)[0] == "Role"


def test_an_admins_account_is_not_ended_but_the_school_is_warned() -> None:
    reason = "is an admin, whose account no roster ends: end their rights on the page Admins, then the account"
    found = decided(HEADS_ROW._replace(leaves=True, year_group="8"), HEAD)
    assert (found.kind, found.facts, found.status) == ("changed", {"year_group": "8"}, None)
    assert found.warned == (Rejection(2, "status", reason, "Ann Lee"),)
    left = decided(HEADS_ROW._replace(leaves=True), replace(HEAD, status="left"))
    assert (left.kind, left.status) == ("unchanged", None)


def left_out(row: Row, existing: Person | None = None) -> tuple[str, str, str]:
    """``(column, reason, value)`` of the one cell that is left out; the person is taken without it."""
    found = decided(row, existing)
    assert found.rejection is None
    assert found.kind in {"new", "unchanged"}
    (warning,) = found.warned
    assert warning.line == row.line
    return warning[1:4]


@pytest.mark.parametrize(("name", "column"), [("email", "E-mail address"), ("username", "username")])
def test_an_admins_way_in_is_not_changed(name: str, column: str) -> None:
    reason = "is an admin's; a roster does not change it"
    row = HEADS_ROW._replace(**{name: "new@x.example"})
    assert left_out(row, HEAD) == (column, reason, "new@x.example")
    assert left_out(row, replace(HEAD, **{name: None}))[1] == reason
    assert getattr(decided(row, HEAD).row, name) is None


@pytest.mark.parametrize("name", ["given_name", "family_name", "year_group", "registration_group", "language"])
def test_an_admins_other_facts_are_changed(name: str) -> None:
    row = HEADS_ROW._replace(**{name: CHANGES[name]})
    assert decided(row, HEAD) == Decision("changed", row, HEAD, {name: CHANGES[name]})


def test_an_admin_who_had_left_comes_back_with_the_account_they_had() -> None:
    left = replace(HEAD, status="left")
    assert decided(HEADS_ROW, left) == Decision("changed", HEADS_ROW, left, {}, "active")


@pytest.mark.parametrize("existing", [None, replace(ANN, email=None, username=None, upn=None)])
@pytest.mark.parametrize(
    ("name", "value", "column", "reason"),
    [
        ("username", "ben", "username", "is somebody else's username already; it was left out"),
        ("username", "cat", "username", "is somebody else's username already; it was left out"),
        (
            "upn",
            "B1",
            "upn",
            "is another student's UPN already; it was left out",
        ),
        (
            "email",
            "cat@x.example",
            "E-mail address",
            "is an admin's address, which a roster gives to nobody else; it was left out",
        ),
    ],
)
def test_what_is_somebody_elses_is_given_to_nobody(
    existing: Person | None, name: str, value: str, column: str, reason: str
) -> None:
    row = NOBODY._replace(**{name: value})
    assert left_out(row, existing) == (column, reason, value)
    assert getattr(decided(row, existing).row, name) is None
    assert name not in decided(row, existing).facts


def test_a_family_may_share_an_address_but_not_with_an_admin() -> None:
    assert decided(NOBODY._replace(email="ben@x.example")).kind == "new"
    assert decided(SAME._replace(email="ben@x.example"), ANN).kind == "changed"


def test_an_admins_own_row_keeps_their_address() -> None:
    assert decided(HEADS_ROW, HEAD).kind == "unchanged"


def test_who_shares_an_address_with_an_admin_already_keeps_it() -> None:
    person, row = replace(ANN, email="cat@x.example"), SAME._replace(email="cat@x.example", year_group="8")
    assert decided(row, person) == Decision("changed", row, person, {"year_group": "8"})


def test_a_long_value_is_shown_in_part() -> None:
    row = NOBODY._replace(line=7, role="teacher", upn="x" * 99, username="ben")
    found = decide(row, replace(ANN, role="staff", upn=None), taken(), NAMES).rejection
    assert found == Rejection(7, "Role", "is a staff in Latchkey, and a roster changes nobody's role", "teacher")
    many = Person(id="f" * 20, role="student", given_name="F", family_name="F", username="y" * 50)
    (warning,) = decide(NOBODY._replace(username="y" * 50), None, taken(many), NAMES).warned
    assert warning.value == "y" * 40 + "…"


# What is remembered of everybody


def test_texts_beside_those_that_are_taken_are_free() -> None:
    """Before, between and after all that are noted; and a username is no UPN."""
    known = taken(*(replace(ANN, username=f"name{each}", upn=f"N{each}") for each in range(50)))
    for each in range(50):
        assert known.conflicts({"username": f"name{each}"})
        assert known.conflicts({"upn": f"N{each}"})
        assert not known.conflicts({"username": f"free{each}"})
        assert not known.conflicts({"upn": f"name{each}"})
    assert not known.conflicts({})
    assert not known.conflicts({"given_name": "name1", "year_group": "N1"})
    nobody = KnownPeople()
    nobody.close()
    assert not nobody.conflicts({"username": "ben", "upn": "B1", "email": "cat@x.example"})
