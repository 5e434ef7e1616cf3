"""Figures of a day: what is counted, what is kept of it, and what comes back."""

from hypothesis import given
from hypothesis import strategies as st

from latchkey.people.model.person import ROLES, Person
from latchkey.people.model.standings import CODES, GRADES, REASONS
from latchkey.readiness.model.figures import (
    MOST_YEARS,
    Counts,
    Figures,
    day_of,
    figures_of,
    from_rows,
    to_rows,
    week_of,
)
from latchkey.roll.model.entry import entry_of
from latchkey.roll.model.roll import Roll
from latchkey.roll.model.standing import rules_of
from latchkey.schools.model.school import School
from latchkey.shared.model.ids import person_id

NOW = 1_795_000_000
SCHOOL = School(slug="northbridge", name="Northbridge")
CELLS = st.dictionaries(
    st.tuples(st.sampled_from(ROLES), st.sampled_from(["", "7", "R", "Ty Coch"])),
    st.dictionaries(st.sampled_from(CODES), st.integers(1, 10_000), min_size=1),
    max_size=12,
)


@given(CELLS)
def test_what_is_kept_comes_back_as_it_was(cells: dict[object, dict[object, int]]) -> None:
    figures = Figures("2026-11-26", cells)  # type: ignore[arg-type]
    assert from_rows("2026-11-26", to_rows(figures)) == figures


@given(CELLS)
def test_ready_and_reasons_are_the_total(cells: dict[object, dict[object, int]]) -> None:
    counts = Figures("2026-11-26", cells).of()  # type: ignore[arg-type]
    assert counts.ready + sum(count for _, count in counts.reasons) == counts.total
    assert counts.not_ready == sum(count for _, count in counts.reasons)


def test_codes_and_roles_that_are_no_longer_known_are_left_out() -> None:
    rows = {"codes": ["sso", "long_gone"], "rows": [["student", "7", 2, 3], ["governor", "", 1, 1]]}
    assert from_rows("2026-01-01", rows).cells == {("student", "7"): {"sso": 2}}  # type: ignore[arg-type]


def test_all_but_all_is_never_all() -> None:
    assert Counts({"signed_in": 999, "no_address": 1}).percent == 99
    assert Counts({"signed_in": 3}).percent == 100
    assert Counts({}).percent is None


def test_reasons_stand_by_number_and_then_in_the_order_of_the_rule() -> None:
    counts = Counts({"no_address": 3, "never_sent": 3, "locked": 1, "sso": 9})
    assert counts.reasons == [("never_sent", 3), ("no_address", 3), ("locked", 1)]
    assert set(GRADES) | set(REASONS) == set(CODES)


def test_an_mis_that_brings_anything_as_a_year_is_cut_off() -> None:
    people = [
        Person(id=person_id("n", f"{year}-{number}"), role="student", given_name="A", family_name="B", year_group=f"G{year:03d}")
        for year in range(MOST_YEARS + 20)
        for number in range(2 if year < MOST_YEARS else 1)
    ]
    entries = tuple(map(entry_of, people))
    found = figures_of(Roll("northbridge", entries, NOW, cursor_key=lambda: b"", rules=lambda: rules_of(SCHOOL, NOW)))
    assert len(found.years) == MOST_YEARS
    assert found.of().total == len(people)
    assert found.of("student", "").total == 20


def test_days_and_weeks_are_those_of_schools() -> None:
    assert day_of(1_751_324_400) == "2025-07-01"  # 23:00 in UTC is midnight of the next day in a British summer
    assert day_of(1_767_222_000) == "2025-12-31"
    assert week_of("2026-01-01") == "2026-W01"
    assert week_of("2027-01-03") == "2026-W53"
