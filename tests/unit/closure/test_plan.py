"""The plan of a closure from plain numbers."""

from collections import Counter
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.closure.model import plan
from latchkey.closure.model.plan import EVERYBODY, Facts, State, Step, steps
from latchkey.people.model.person import Role
from latchkey.people.model.standings import CODES, REASONS, Code

NOW = 1_790_000_000
NUMBERS: Counter[tuple[Role, Code]] = Counter(
    {
        ("student", "signed_in"): 900,
        ("student", "never_sent"): 120,
        ("student", "link_expired"): 20,
        ("student", "link_unused"): 30,
        ("student", "no_address"): 17,
        ("student", "dead_address"): 3,
        ("teacher", "never_sent"): 8,
        ("teacher", "no_address"): 2,
        ("parent", "never_sent"): 400,
        ("parent", "disabled"): 5,
    }
)
FACTS = Facts(now=NOW, counts=NUMBERS, each_second=14.0)


def step(name: str, facts: Facts = FACTS) -> Step:
    return next(each for each in steps(facts) if each.name == name)


def test_the_steps_in_their_order_with_their_numbers() -> None:
    assert [(each.name, each.state, each.count, each.seconds) for each in steps(FACTS)] == [
        ("notice", "to_do", 0, None),
        ("links", "to_do", 148, 11),
        ("invitations", "to_do", 400, 29),
        ("paper", "to_do", 20, None),
        ("watch", "to_do", 30, None),
    ]


@pytest.mark.parametrize(("until", "state"), [(None, "to_do"), (0, "done"), (NOW + 60, "done")])
def test_a_notice_that_is_up_is_done(until: int | None, state: State) -> None:
    assert step("notice", replace(FACTS, notice=until)).state == state


def test_a_message_on_its_way_says_how_long_it_still_takes() -> None:
    found = step("links", replace(FACTS, sending={"password_link": 140}))
    assert (found.state, found.seconds) == ("under_way", 10)
    assert step("invitations", replace(FACTS, sending={"password_link": 140})).state == "to_do"


def test_who_needs_nothing_is_asked_nothing() -> None:
    ready = replace(FACTS, counts=Counter({("student", "signed_in"): 9}))
    assert [each.state for each in steps(ready)] == ["to_do", "nothing", "nothing", "nothing", "nothing"]
    assert step("paper", replace(ready, printed=True)).state == "done"


def test_who_could_get_in_and_who_is_still_out() -> None:
    total = NUMBERS.total()
    assert plan.ready(NUMBERS) == 900
    assert plan.still_out(NUMBERS) == {"disabled": 5, "no_address": 2}
    assert plan.could(NUMBERS) == total - 7


@given(st.dictionaries(st.sampled_from([*product(EVERYBODY, CODES)]), st.integers(1, 500)))
def test_ready_could_and_still_out_always_add_up(counts: dict[tuple[Role, Code], int]) -> None:
    assert plan.ready(counts) <= plan.could(counts) <= sum(counts.values())
    assert plan.could(counts) + sum(plan.still_out(counts).values()) == sum(counts.values())
    assert set(plan.still_out(counts)) <= {*REASONS}
    for_links = plan.count(counts, plan.LINKED, plan.FOR_LINKS) + plan.count(counts, ["parent"], plan.FOR_LINKS)
    held = plan.ready(counts) + for_links + plan.count(counts, EVERYBODY, plan.WAITED_FOR)
    assert plan.could(counts) == held + plan.count(counts, ["student"], plan.FOR_PAPER)


@pytest.mark.parametrize(("students", "sheets"), [(0, 0), (1, 1), (8, 1), (9, 2), (108, 14)])
def test_sheets_of_slips(students: int, sheets: int) -> None:
    assert plan.sheets(students) == sheets
