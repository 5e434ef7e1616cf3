"""The roll: who is meant, pages and numbers."""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.codes.model import codes
from latchkey.errors import Invalid
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import CodeState, MailProblem, Person
from latchkey.roll.model.entry import MOST_FAILURES, USES, CodeFacts, Entry, LinkFact, entry_of, place_of, with_facts
from latchkey.roll.model.numbers import Numbers
from latchkey.roll.model.roll import Roll
from latchkey.roll.model.standing import Rules, standing_of

NOW = 1_800_000_000
EVERYBODY = PeopleFilter()


def entry(name: str, **facts: Any) -> Entry:
    """Somebody whose id is their name."""
    role = facts.pop("role", "student")
    return Entry(name.lower(), role, name, facts.pop("family_name", "Smith"), **facts)


def roll(*entries: Entry) -> Roll:
    return Roll("northbridge", tuple(sorted(entries, key=place_of)), NOW, lambda: b"key", lambda: Rules(now=NOW))


def ids(found: Any) -> list[str]:
    return [each.id for each in found]


def test_students_stand_first_by_year_and_group_and_name() -> None:
    found = roll(
        entry("Zoe", role="teacher"),
        entry("Ann", year_group="10", registration_group="10A"),
        entry("Bob", year_group="9", registration_group="9B"),
        entry("Cat", year_group="9", registration_group="9A", family_name="Young"),
        entry("Dan", year_group="9", registration_group="9A", family_name="Abbot"),
    )
    assert ids(found.meant(EVERYBODY)) == ["dan", "cat", "bob", "ann", "zoe"]


@pytest.mark.parametrize("typed", ["ann smith", "SMITH Ànn", "asmith1", "ann@x", "A801200010001", "mis-7", "9a", "Year 9"])
def test_a_person_is_found_by_whatever_is_known_of_them(typed: str) -> None:
    ann = entry(
        "Ann",
        username="asmith1",
        email="ann@x.example",
        upn="A801200010001",
        mis_id="mis-7",
        year_group="9",
        registration_group="9A",
    )
    assert ids(roll(ann, entry("Bob", family_name="Jones")).meant(PeopleFilter(q=typed))) == ["ann"]


def test_pages_are_full_and_end_where_nobody_is_left() -> None:
    found = roll(*(entry(f"P{number:02d}", year_group="7" if number % 3 else "8") for number in range(20)))
    wanted, seen, cursor = PeopleFilter(year_groups=("8",)), [], None
    while True:
        page = found.page(wanted, cursor, 2)
        seen.append(ids(page.items))
        cursor = page.next
        if cursor is None:
            break
    assert seen == [["p00", "p03"], ["p06", "p09"], ["p12", "p15"], ["p18"]]


def test_nobody_is_passed_over_when_the_last_of_a_page_moves_on() -> None:
    before = roll(*(entry(name, year_group="7") for name in ("Ann", "Bob", "Cat", "Dan")))
    cursor = before.page(EVERYBODY, limit=2).next
    moved = roll(*(each._replace(year_group="9") if each.id == "bob" else each for each in before.entries))
    assert ids(moved.page(EVERYBODY, cursor, 5).items) == ["cat", "dan", "bob"]


def test_a_cursor_belongs_to_one_list_and_to_somebody_who_is_there() -> None:
    found = roll(entry("Ann"), entry("Bob"), entry("Cat"))
    cursor = found.page(EVERYBODY, limit=1).next
    for wanted, sort in ((PeopleFilter(q="a"), "list"), (EVERYBODY, "name")):
        with pytest.raises(Invalid):
            found.page(wanted, cursor, sort=sort)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        roll(entry("Bob")).page(EVERYBODY, cursor)


def test_other_orders() -> None:
    found = roll(
        entry("Ann", family_name="Young", last_login_at=5),
        entry("Bob", family_name="Abbot", role="parent", last_login_at=3),
        entry("Cat", family_name="Moore"),
    )
    assert ids(found.page(EVERYBODY, sort="name").items) == ["bob", "cat", "ann"]
    first = found.page(EVERYBODY, limit=2, sort="last_login")
    assert ids(first.items) == ["cat", "bob"]
    assert ids(found.page(EVERYBODY, first.next, sort="last_login").items) == ["ann"]


def test_numbers() -> None:
    found = roll(
        entry("Ann", email="a@x.example", last_login_at=1),
        entry("Bob", email="b@x.example", unconfirmed=True),
        entry("Cat"),
        entry("Dan", status="left", email="d@x.example"),
        entry("Eve", status="disabled"),
        entry("Fay", parents=("p",), not_mine=("p",), email="f@x.example", last_login_at=1),
    )
    assert found.numbers(EVERYBODY) == Numbers(
        people=4, left=1, disabled=1, missing_email=1, never_logged_in=2, unreached=1, not_mine=1, unconfirmed=1
    )
    assert found.numbers(EVERYBODY).all == 6
    assert found.numbers(PeopleFilter(missing_email=True)).people == 1


PERSON = Person(
    id="ann",
    role="student",
    given_name="Ann",
    family_name="Smith",
    email="ann@x.example",
    email_key="k1",
    version=3,
    pin=CodeState(2, NOW + 5, uses=1, given_at=NOW - 5),
    mail_problem=MailProblem("bounced", NOW - 9, "k1"),
)


@pytest.mark.parametrize(
    ("kind", "state", "used"),
    [
        ("pin", CodeState(1, NOW), False),
        ("pin", CodeState(1, NOW, uses=1), True),
        ("parent_code", CodeState(1, NOW, uses=4), False),
        ("parent_code", CodeState(1, NOW, uses=5), True),
        ("pin", CodeState(1, NOW, failed=9), False),
        ("pin", CodeState(1, NOW, failed=10), True),
        ("parent_code", CodeState(1, NOW, voided=True), True),
    ],
)
def test_a_code_that_opens_nothing_is_used(kind: str, state: CodeState, used: bool) -> None:
    assert getattr(entry_of(replace(PERSON, **{kind: state})), kind).used is used


def test_codes_have_the_same_limits() -> None:
    assert (USES["pin"], USES["parent_code"], MOST_FAILURES) == (codes.USES["pin"], codes.USES["parent"], codes.MOST_FAILURES)


LINK = LinkFact("send", "ann@x.example", NOW - 100, NOW + 100, "delivered", 3)


def test_what_is_held_of_a_person() -> None:
    found = entry_of(PERSON)
    assert found.pin == CodeFacts(NOW + 5, used=True, given_at=NOW - 5)
    assert (found.problem, found.marked, found.marked_at) == ("dead_address", "bounced", NOW - 9)
    assert found.parent_code is None
    assert not found.has_way_in


def test_a_link_counts_for_the_address_it_went_to() -> None:
    found = entry_of(PERSON)
    assert with_facts(found, LINK, double=False).link == LINK
    assert with_facts(found, LINK._replace(to="old@x.example"), double=False).link is None
    assert with_facts(with_facts(found, LINK, double=True), None, double=False) == found


def test_a_link_works_until_it_ends_or_a_password_is_set() -> None:
    found = with_facts(entry_of(PERSON), LINK, double=False)._replace(marked=None)
    assert standing_of(found, Rules(now=NOW)) == "link_unused"
    assert standing_of(found, Rules(now=NOW + 100)) == "link_expired"
    assert standing_of(found._replace(version=4), Rules(now=NOW)) == "link_expired"


def test_whose_fault_it_is_that_mail_comes_back() -> None:
    refused = with_facts(entry_of(PERSON), LINK._replace(state="bounced", fault="school_filter"), double=False)
    assert refused.problem == "school_filter"
    assert refused._replace(marked="complained").problem == "complained"
    assert refused._replace(marked=None, link=LINK).problem is None
