"""What an admin has chosen: filters, ticks, and who was taken out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.errors import Invalid
from latchkey.people.model.people_filter import PeopleFilter, parse
from latchkey.roll.model.entry import Entry, place_of
from latchkey.roll.model.roll import Roll
from latchkey.roll.model.standing import Rules
from latchkey.selections.model.choice import MOST_TICKED, Choice

NOW = 1_800_000_000
YEAR7, YEAR8 = parse({"role": "student", "year_group": "7"}), parse({"role": "student", "year_group": "8"})


def somebody(name: str, year: str, **facts: Any) -> Entry:
    return Entry(name, facts.pop("role", "student"), name, "Smith", year_group=year, **facts)


PEOPLE = (somebody("ann", "7"), somebody("bob", "7"), somebody("cat", "8"), somebody("dan", "8"), somebody("eve", "9"))
ROLL = Roll("northbridge", tuple(sorted(PEOPLE, key=place_of)), NOW, lambda: b"key", lambda: Rules(now=NOW))


def people(choice: Choice) -> list[str]:
    return [each.id for each in choice.people(ROLL)]


def test_ticks_are_kept_over_pages() -> None:
    first = Choice().with_ticks(ROLL, ("ann", "bob"), ("ann",))
    second = first.with_ticks(ROLL, ("cat", "dan"), ("dan",))
    assert people(second) == ["ann", "dan"]
    assert people(second.with_ticks(ROLL, ("ann", "bob"), ())) == ["dan"]


def test_all_that_match_but_for_those_taken_out() -> None:
    choice = Choice().with_all(ROLL, YEAR7).with_ticks(ROLL, ("ann", "bob"), ("bob",))
    assert (people(choice), choice.without) == (["bob"], ("ann",))
    assert people(choice.with_ticks(ROLL, (), ("ann",))) == ["ann", "bob"]
    assert people(choice.with_all(ROLL, YEAR7)) == ["ann", "bob"], "all means all"


def test_years_chosen_one_after_the_other_are_one_filter() -> None:
    choice = Choice().with_all(ROLL, YEAR8).with_all(ROLL, YEAR7).with_all(ROLL, YEAR7)
    assert choice.filters == (parse({"role": "student", "year_group": ["7", "8"]}),)
    assert people(choice.with_all(ROLL, parse({"role": "student"}))) == ["ann", "bob", "cat", "dan", "eve"]
    assert choice.with_all(ROLL, parse({"role": "student"})).filters == (parse({"role": "student"}),)


def test_what_was_typed_to_find_people_is_not_kept() -> None:
    choice = Choice().with_all(ROLL, YEAR7).with_ticks(ROLL, ("ann", "cat"), ("cat",))
    found = choice.with_all(ROLL, parse({"q": "smith", "role": "student"}))
    assert people(found) == ["ann", "bob", "cat", "dan", "eve"]
    assert (found.filters, found.without, set(found.ids)) == ((YEAR7,), (), {"cat", "dan", "eve"})
    assert people(found.with_ticks(ROLL, ("eve",), ())) == ["ann", "bob", "cat", "dan"]
    assert "smith" not in repr(found).lower()


def test_filters_that_differ_in_more_stay_apart() -> None:
    never = parse({"role": "student", "year_group": "9", "never_logged_in": "true"})
    choice = Choice().with_all(ROLL, YEAR7).with_all(ROLL, never)
    assert len(choice.filters) == 2
    assert people(choice) == ["ann", "bob", "eve"]
    assert choice.with_all(ROLL, PeopleFilter()).filters == (PeopleFilter(),)


def test_who_was_ticked_is_forgotten_once_a_filter_means_them() -> None:
    choice = Choice().with_ticks(ROLL, (), ("ann", "cat")).with_all(ROLL, YEAR7)
    assert choice.ids == ("cat",)
    assert people(choice) == ["ann", "bob", "cat"]


def test_nobody_of_another_school_is_chosen() -> None:
    assert Choice().with_ticks(ROLL, ("zoe",), ("zoe",)).is_empty
    assert people(Choice(ids=("zoe", "ann"))) == ["ann"]


def test_more_than_can_be_ticked_is_refused() -> None:
    many = tuple(f"{number:020d}" for number in range(MOST_TICKED))
    with pytest.raises(Invalid):
        Choice(ids=many).with_ticks(ROLL, (), ("ann",))
    assert Choice(ids=many[:-1]).with_ticks(ROLL, (), ("ann",)).ids[-1] == "ann"


NAMES = st.sets(st.sampled_from(["ann", "bob", "cat", "dan", "eve"]))


@given(st.lists(st.tuples(NAMES, NAMES, st.sampled_from([None, YEAR7, YEAR8]))))
def test_what_is_chosen_is_what_the_boxes_have_shown(changes: list[tuple[set[str], set[str], PeopleFilter | None]]) -> None:
    """Against a plain set: whatever is ticked, unticked and chosen whole, in any order."""
    choice, expected = Choice(), set[str]()
    for shown, wanted, whole in changes:
        ticked = shown & wanted
        choice = choice.with_ticks(ROLL, tuple(shown), tuple(ticked))
        expected = (expected - shown) | ticked
        if whole is not None:
            choice = choice.with_all(ROLL, whole)
            expected |= {each.id for each in ROLL.meant(whole)}
        assert {*people(choice)} == expected
