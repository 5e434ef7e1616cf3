"""Everybody has exactly one grade or reason, and it is the right one."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.people.model.person import ROLES, STATUSES, Role
from latchkey.people.model.standings import CODES, GRADES, REASONS
from latchkey.roll.model.standing import OUTSIDE_FOR, Rules, is_ready, rules_of, standing_of
from latchkey.roll.model.standing_words import WORDS
from latchkey.schools.model.school import DAY, School, Settings, SingleSignOn

NOW = 1_800_000_000
HERE = Rules(now=NOW)


@dataclass(frozen=True, kw_only=True)
class Code:
    expires_at: int = NOW + DAY
    used: bool = False
    epoch: int = 0


@dataclass(frozen=True, kw_only=True)
class Link:
    sent_at: int = NOW - 50
    expires_at: int = NOW + DAY
    state: str = "delivered"
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class Facts:
    id: str = "ada"
    role: Role = "student"
    status: str = "active"
    is_admin: bool = False
    email: str | None = "ada@x.example"
    version: int = 0
    children: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    last_login_at: int | None = None
    outside_at: int | None = None
    password_set_at: int | None = None
    has_way_in: bool = False
    locked_at: int | None = None
    unconfirmed: bool = False
    provisional_until: int | None = None
    problem: str | None = None
    pin: Code | None = None
    parent_code: Code | None = None
    link: Link | None = None
    double: bool = False
    is_linked: bool = False


PASSWORD: dict[str, Any] = {"has_way_in": True, "password_set_at": NOW - 100}
IN = PASSWORD | {"last_login_at": NOW - 50}
NO_MAIL: dict[str, Any] = {"email": None}


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({}, "never_sent"),
        ({"status": "left"}, None),
        ({"status": "left", "double": True} | IN, None),
        ({"status": "disabled"} | IN, "disabled"),
        (IN, "signed_in"),
        (PASSWORD, "password_unused"),
        (PASSWORD | {"last_login_at": NOW - 101}, "password_unused"),  # they logged in with the one before
        ({"has_way_in": True, "last_login_at": NOW}, "signed_in"),  # a passkey in place of a password
        ({"last_login_at": NOW - 50}, "never_sent"),  # a sign-in with something that is there no more
        (IN | {"problem": "dead_address"}, "signed_in"),
        (IN | {"double": True}, "signed_in"),
        (IN | {"locked_at": NOW}, "locked"),
        (IN | {"locked_at": NOW - 101}, "signed_in"),  # a new password was set since
        ({"double": True, "link": Link()}, "duplicate"),
        ({"link": Link()}, "link_unused"),
        ({"link": Link(state="planned")}, "link_unused"),
        ({"link": Link(expires_at=NOW)}, "link_expired"),
        ({"link": Link(state="bounced")}, "link_expired"),  # for now, and nobody's fault: another one
        ({"link": Link(version=1)}, "link_expired"),  # something has ended it
        ({"link": Link(state="bounced"), "problem": "dead_address"}, "dead_address"),
        ({"link": Link(), "problem": "complained"}, "complained"),
        ({"link": Link(state="bounced"), "problem": "school_filter"}, "school_filter"),
        ({"link": Link(state="bounced"), "problem": "our_fault"}, "our_fault"),
        ({"unconfirmed": True, "link": Link()}, "unconfirmed"),
        ({"pin": Code()}, "code_unused"),
        ({"pin": Code(), "problem": "dead_address"}, "code_unused"),
        ({"pin": Code(), "link": Link()}, "link_unused"),
        ({"pin": Code(), "link": Link(expires_at=NOW)}, "code_unused"),
        ({"pin": Code(expires_at=NOW)}, "never_sent"),
        ({"pin": Code()} | NO_MAIL, "code_unused"),
        ({"pin": Code(expires_at=NOW)} | NO_MAIL, "code_expired"),
        ({"pin": Code(used=True)} | NO_MAIL, "code_expired"),
        ({"pin": Code(epoch=-1)} | NO_MAIL, "code_expired"),  # the school has ended all of its codes
        ({"parent_code": Code()} | NO_MAIL, "no_address"),
        (NO_MAIL, "no_address"),
        ({"role": "teacher", "pin": Code()} | NO_MAIL, "no_address"),
        ({"role": "parent"}, "never_sent"),
        # An account that a code has made works until it ends.
        (IN | {"role": "parent", "unconfirmed": True, "provisional_until": NOW + 1}, "signed_in"),
        (IN | {"role": "parent", "unconfirmed": True, "provisional_until": NOW}, "unconfirmed"),
    ],
)
def test_the_one_that_counts(facts: dict[str, Any], wanted: str | None) -> None:
    assert standing_of(Facts(**facts), HERE) == wanted


def test_outside_counts_for_thirty_days_and_only_where_it_is_known() -> None:
    knows = replace(HERE, knows_outside=True)
    seen = Facts(**IN, outside_at=NOW - OUTSIDE_FOR + 1)
    assert standing_of(seen, knows) == "signed_in_outside"
    assert standing_of(replace(seen, outside_at=NOW - OUTSIDE_FOR), knows) == "signed_in"
    assert standing_of(replace(seen, outside_at=None), knows) == "signed_in"
    assert standing_of(seen, HERE) == "signed_in"


def test_the_schools_own_sign_in_ends_every_alarm_but_a_decision_of_the_office() -> None:
    rules = rules_of(School(slug="x", name="X", settings=Settings(sso=SingleSignOn(roles=("student",)))), NOW)
    worst = Facts(**NO_MAIL, double=True, locked_at=NOW, password_set_at=1, problem="dead_address")
    assert standing_of(worst, rules) == "sso"
    assert standing_of(replace(worst, status="disabled"), rules) == "disabled"
    assert standing_of(replace(worst, role="staff"), rules) != "sso"
    assert standing_of(replace(worst, is_admin=True), rules) != "sso"  # admins keep a password


def test_a_schools_ranges_say_whether_outside_is_known() -> None:
    assert not rules_of(School(slug="x", name="X"), NOW).knows_outside
    assert rules_of(School(slug="x", name="X", settings=Settings(address_ranges=("203.0.113.0/24",))), NOW).knows_outside


@pytest.mark.parametrize(
    ("parent", "wanted"),
    [
        ({}, "no_address_parent"),  # they can be mailed
        (IN | NO_MAIL, "no_address_parent"),  # they log in and see the PIN
        (NO_MAIL, "no_address"),
        ({"problem": "dead_address"}, "no_address"),
        ({"problem": "complained"}, "no_address"),
        ({"problem": "school_filter"}, "no_address_parent"),
        ({"unconfirmed": True}, "no_address"),
        ({"status": "left"}, "no_address"),
        (IN | NO_MAIL | {"locked_at": NOW}, "no_address"),
    ],
)
def test_a_parent_helps_who_can_log_in_or_be_mailed(parent: dict[str, Any], wanted: str) -> None:
    people = {"eve": Facts(id="eve", role="parent", **parent)}
    child = Facts(email=None, parents=("gone", "eve"))
    assert standing_of(child, HERE, people.get) == wanted


def test_a_parent_without_an_address_goes_by_the_childrens_codes() -> None:
    people = {
        "live": Facts(id="live", parent_code=Code()),
        "over": Facts(id="over", parent_code=Code(expires_at=NOW)),
        "left": Facts(id="left", status="left", parent_code=Code()),
    }
    parent = Facts(role="parent", email=None)
    codes = {
        children: standing_of(replace(parent, children=children), HERE, people.get)
        for children in [("over", "live"), ("over",), ("left",), ("nobody",)]
    }
    assert list(codes.values()) == ["code_unused", "code_expired", "no_address", "no_address"]
    assert standing_of(replace(parent, email="eve@x.example", children=("live",)), HERE, people.get) == "never_sent"


TIMES = st.none() | st.integers(NOW - 40 * DAY, NOW + 40 * DAY)
CODE = st.none() | st.builds(Code, expires_at=st.integers(NOW - DAY, NOW + DAY), used=st.booleans())
STATES = ("planned", "sending", "sent", "delayed", "delivered", "bounced", "failed", "cancelled", "expired", "skipped", "other")
IDS = ("a", "b", "c", "d")
LINKED = st.lists(st.sampled_from(IDS), max_size=3).map(tuple)
PEOPLE = st.fixed_dictionaries(
    {
        person: st.builds(
            Facts,
            id=st.just(person),
            role=st.sampled_from(ROLES),
            status=st.sampled_from(STATUSES),
            is_admin=st.booleans(),
            email=st.none() | st.just("x@x.example"),
            children=LINKED,
            parents=LINKED,
            last_login_at=TIMES,
            outside_at=TIMES,
            password_set_at=TIMES,
            has_way_in=st.booleans(),
            locked_at=TIMES,
            unconfirmed=st.booleans(),
            provisional_until=TIMES,
            problem=st.sampled_from([None, "dead_address", "school_filter", "our_fault", "complained"]),
            pin=CODE,
            parent_code=CODE,
            link=st.none() | st.builds(Link, expires_at=st.integers(NOW - DAY, NOW + DAY), state=st.sampled_from(STATES)),
            double=st.booleans(),
        )
        for person in IDS
    }
)
RULES = st.builds(Rules, now=st.just(NOW), sso_roles=st.frozensets(st.sampled_from(ROLES)), knows_outside=st.booleans())


@given(PEOPLE, RULES)
def test_everybody_has_exactly_one_and_ready_and_reasons_add_up(people: Mapping[str, Facts], rules: Rules) -> None:
    codes = {each.id: standing_of(each, rules, people.get) for each in people.values()}
    assert {person for person, code in codes.items() if code is None} == {
        each.id for each in people.values() if each.status == "left"
    }
    counts = Counter(code for code in codes.values() if code is not None)
    assert set(counts) <= set(CODES)
    ready, reasons = (sum(counts[code] for code in some) for some in (GRADES, REASONS))
    assert ready + reasons == sum(each.status != "left" for each in people.values())


@given(PEOPLE, RULES)
def test_who_signs_in_at_the_schools_own_page_has_nothing_to_mend(people: Mapping[str, Facts], rules: Rules) -> None:
    for each in people.values():
        if each.role in rules.sso_roles and not each.is_admin and each.status == "active":
            assert is_ready(standing_of(each, rules, people.get))


@given(PEOPLE, RULES)
def test_a_new_password_makes_everybody_ready_whom_the_school_lets_in(people: Mapping[str, Facts], rules: Rules) -> None:
    for each in people.values():
        after = replace(each, has_way_in=True, password_set_at=NOW + 50 * DAY, unconfirmed=False)
        assert is_ready(standing_of(after, rules, people.get)) == (each.status == "active")


def test_every_code_has_its_words() -> None:
    assert list(WORDS) == list(CODES)
    assert WORDS["no_address"].of(1) == "has no e-mail address"
    assert WORDS["no_address"].of(2) == "have no e-mail address"


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        (Link(sent_at=NOW - 11), "link_expired"),
        (Link(sent_at=NOW - 10), "link_expired"),
        (Link(sent_at=NOW - 9), "link_unused"),
        (Link(sent_at=NOW - 11, state="planned"), "link_unused"),  # it gets its link when it is sent
    ],
)
def test_a_link_from_before_the_school_ended_all_of_them_is_dead(link: Link, wanted: str) -> None:
    rules = rules_of(School(slug="x", name="X", link_epoch=1, links_ended_at=NOW - 10), NOW)
    assert standing_of(Facts(link=link), rules) == wanted
    assert standing_of(Facts(link=link), rules_of(School(slug="x", name="X"), NOW)) == "link_unused", "none were ended"
