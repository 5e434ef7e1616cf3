"""What becomes of a row that somebody is asked about, with each answer."""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.people.model.person import Person
from latchkey.rosters.model.changes import Decision, decide
from latchkey.rosters.model.known import KnownPeople
from latchkey.rosters.model.matching import Found, Way
from latchkey.rosters.model.questions import Asks, Concerned
from latchkey.rosters.model.runs import Rejection, Row

ROW = Row(7, "N1", "student", "Ann", "Lee", None, "ann", None, "8", None, None, (), False)
ANN = Person(id="a" * 20, role="student", given_name="Ann", family_name="Lee", username="ann", mis_id="M1", year_group="7")
MADE = "n" * 20
NAMES = {"mis_id": "Adno"}


def known(*people: Person, rows: tuple[Row, ...] = ()) -> KnownPeople:
    made = KnownPeople()
    made.add(people)
    made.close()
    made.look(rows)
    made.claim(rows)
    return made


def decided(found: Found, taken: KnownPeople | None = None, row: Row = ROW, **chosen: str) -> Decision:
    return decide(row, found.person, taken or known(ANN), NAMES, found=found, chosen=chosen)


def asks(way: str, says: str = "says") -> tuple[Asks, ...]:
    return (Asks(way, 1, (Concerned(7, "Ann Lee", says),)),)


def of(way: Way, **other: Any) -> Found:
    return Found(MADE, None, way, ANN, ANN.id, "says", **other)


@pytest.mark.parametrize("way", ["new_ids", "returners", "lost_zeros"])
def test_who_is_taken_over_gets_the_id_and_what_the_row_says(way: Way) -> None:
    facts = {"year_group": "8", "mis_id": "N1"}
    assert decided(of(way)) == Decision("changed", ROW, ANN, facts, asks=asks(way), id=ANN.id, is_further_id=True)
    same = ROW._replace(year_group="7")
    assert decided(of(way), row=same).facts == {"mis_id": "N1"}
    assert decided(of(way), row=same).kind == "changed"


def test_who_has_another_role_is_not_taken_over() -> None:
    found = decided(of("new_ids"), row=ROW._replace(role="teacher", username=None))
    assert (found.kind, found.is_further_id, found.facts) == ("rejected", False, {})


@pytest.mark.parametrize("way", ["new_ids", "returners", "lost_zeros", "unclear_people"])
def test_left_out_and_made_anew(way: Way) -> None:
    rejection = Rejection(7, "Adno", "says: left out until it is decided what to do with such rows", "N1")
    assert decided(of(way, may_be=("x",)), **{way: "leave_out"}) == Decision(
        "rejected", ROW, None, rejection=rejection, asks=asks(way), id=ANN.id, may_be=("x",)
    )
    anew = decided(of(way), **{way: "as_new"})
    warned = Rejection(7, "username", "is somebody else's username already; it was left out", "ann")
    facts = {"given_name": "Ann", "family_name": "Lee", "year_group": "8"}
    assert anew == Decision("new", ROW._replace(username=None), None, facts, warned=(warned,), asks=asks(way), id=MADE)


@pytest.mark.parametrize(("way", "joins"), [("also_parent", "link"), ("one_parent", "together")])
def test_joined_or_apart(way: Way, joins: str) -> None:
    both = Decision("unchanged", ROW, asks=asks(way), id=ANN.id, is_further_id=True)
    assert decided(of(way)) == decided(of(way), **{way: joins}) == both
    assert decided(of(way), known(), **{way: "apart"}).kind == "new"


def test_an_id_of_somebody_else_is_left_out_or_renames() -> None:
    found = Found(ANN.id, ANN, "other_people", ANN, ANN.id, "says")
    row = ROW._replace(mis_id="M1", given_name="Bo")
    assert decided(found, row=row).kind == "rejected"
    assert decided(found, row=row).existing == ANN
    renamed = decided(found, row=row, other_people="rename")
    said = (Asks("other_people", 1, (Concerned(7, "Bo Lee", "says"),)),)
    assert renamed == Decision("changed", row, ANN, {"given_name": "Bo", "year_group": "8"}, asks=said, id=ANN.id)


def test_a_row_about_somebody_of_another_row_changes_nothing() -> None:
    again = Found(ANN.id, ANN, again=True)
    why = "is Ann Lee too, who stands in the file as M1; taken once"
    assert decided(again) == Decision("unchanged", ROW, id=ANN.id, warned=(Rejection(7, "Adno", why, "N1"),))
    for found in (Found(ANN.id, replace(ANN, role="teacher"), again=True), Found(ANN.id, None, again=True)):
        assert decided(found) == Decision("unchanged", ROW, id=ANN.id)


def test_who_is_found_by_an_earlier_id_has_that_again() -> None:
    assert decided(Found(ANN.id, ANN)) == Decision("changed", ROW, ANN, {"year_group": "8", "mis_id": "N1"}, id=ANN.id)
    row = ROW._replace(mis_id="M1", year_group="7")
    assert decided(Found(ANN.id, ANN), row=row) == Decision("unchanged", row, ANN, id=ANN.id)
    assert decided(Found(ANN.id, ANN), row=ROW._replace(role="teacher", username=None)).facts == {}
    new = decided(Found(MADE), known())
    assert (new.kind, new.id, "mis_id" in new.facts) == ("new", MADE, False)


def test_an_id_that_leaves_ends_nothing_where_another_goes_on() -> None:
    row = ROW._replace(mis_id="M1", leaves=True)
    goes_on, gone = known(ANN, rows=(row, ROW)), known(ANN, rows=(row,))
    why = "leaves under this id and goes on under another; the account goes on"
    kept = Decision("unchanged", row, id=ANN.id, warned=(Rejection(7, "Adno", why, "M1"),))
    assert decided(Found(ANN.id, ANN), goes_on, row) == kept
    assert decided(Found(ANN.id, ANN), goes_on, row, new_ids="leave_out").status == "left"
    assert decided(Found(ANN.id, ANN), gone, row).status == "left"
    assert decided(Found(ANN.id, ANN), goes_on, row._replace(leaves=False)).kind == "changed"
    assert decided(Found(MADE), goes_on, row).kind == "unchanged"


def test_a_leavers_username_is_given_on_only_by_an_answer() -> None:
    left = known(replace(ANN, status="left"))
    kept = decided(Found(MADE), left)
    said = asks("freed_usernames", "ann")
    assert (kept.row.username, kept.frees, kept.asks, len(kept.warned)) == (None, (), said, 1)
    given = decided(Found(MADE), left, freed_usernames="give")
    assert (given.row.username, given.frees, given.asks, given.warned) == ("ann", (ANN.id,), said, ())
    here = decided(Found(MADE), known(ANN), freed_usernames="give")
    assert (here.row.username, here.frees, here.asks) == (None, (), ())
    both = decided(of("new_ids"), left, freed_usernames="give", new_ids="as_new")
    assert both.asks == (*asks("new_ids"), *said)
