"""Whom a send of invitations reaches: a mailbox is invited, or not for one reason."""

from typing import Any

import pytest

from latchkey.schools.model.school import School, Settings, SingleSignOn
from latchkey.sends.model.invitee import Candidate, Gathered, Mailbox, Standing, why_skipped

SCHOOL = School(slug="northbridge", name="Northbridge Academy")
SSO = School(slug="n", name="N", settings=Settings(sso=SingleSignOn(roles=("parent",), label="x", url="https://x.example")))
HERE = {"one": True, "two": True, "gone": False}


def account(**facts: Any) -> Standing:
    usual: dict[str, Any] = {"id": "a", "status": "active", "has_password": False, "children": (), "single_sign_on": False}
    return Standing(**{**usual, "problem": None, **facts})


def box(*children: str) -> Mailbox:
    return Mailbox("a@home.example", dict.fromkeys(children))


@pytest.mark.parametrize(
    ("accounts", "children", "problem", "reason"),
    [
        ([], ["one"], None, None),
        ([], ["gone"], None, "left"),
        ([], ["gone", "one"], None, None),
        ([account()], ["one"], None, None),
        ([account(has_password=True, children=("one", "two"))], ["one"], None, "has_account"),
        ([account(has_password=True, children=("one",))], ["one", "two"], None, None),
        ([account(has_password=True, children=("one",))], ["one", "gone"], None, "has_account"),
        ([account(status="disabled"), account()], ["one"], None, "disabled"),
        ([account(status="left")], ["one"], None, None),
        ([account(problem="bounced")], ["one"], None, "bounced_before"),
        ([account(problem="complained")], ["one"], None, "complained_before"),
        ([], ["one"], "bounced", "bounced_before"),
        ([account(single_sign_on=True)], ["one"], None, "single_sign_on"),
        ([account(single_sign_on=True), account()], ["one"], None, None),
    ],
)
def test_why_a_mailbox_is_not_invited(accounts: Any, children: Any, problem: Any, reason: Any) -> None:
    assert why_skipped(box(*children), accounts, HERE, SCHOOL, problem) == reason


def test_where_parents_sign_in_elsewhere_an_invitation_would_open_nothing() -> None:
    assert why_skipped(box("one"), [], HERE, SSO, None) == "single_sign_on"


def test_candidates_of_one_mailbox_are_one_mail_and_each_is_named() -> None:
    found = Gathered()
    for one in (
        Candidate(name="Ana Blair", email="a@home.example", children=("one",), given="Ana", family="Blair", kept=("r", "1")),
        Candidate(name="ana blair", email="a@home.example", children=("two",)),
        Candidate(name="Ian Blair", email="a@home.example", children=("one",)),
        Candidate(name="Rob Moor", email="r@home.example", children=("two",), why_not="court_order"),
        Candidate(name="Kay Rudd", email="", children=("two",)),
    ):
        found.add(one)
    (only,) = found.boxes.values()
    assert ([*only.children], [*only.names.values()]) == (["one", "two"], ["Ana Blair", "Ian Blair"])
    assert (only.given, only.kept) == ("Ana", [("r", "1")])
    assert found.skipped == [("Rob Moor", "r@home.example", "court_order"), ("Kay Rudd", "", "no_address")]
