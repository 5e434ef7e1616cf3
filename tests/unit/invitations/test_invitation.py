"""What stands after a mailbox is invited again, and which links go on working."""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.invitations.model.invitation import DAY, MOST_CHILDREN, Invitation, fresh, invitation_id, united, without_child
from latchkey.shared.model.ids import is_id

NOW = 1_800_000_000
KEY = bytes(range(32))


def asked(*children: str, source: Any = "contacts", now: int = NOW, **facts: Any) -> Invitation:
    return fresh("0" * 26, "a@home.example", children, source, now, **facts)


def test_an_id_follows_from_school_and_mailbox() -> None:
    found = invitation_id(KEY, "a@home.example")
    assert is_id(found)
    assert found == invitation_id(KEY, "a@home.example")
    assert found not in {invitation_id(KEY[::-1], "a@home.example"), invitation_id(KEY, "b@home.example")}


def test_children_are_united_and_links_that_are_out_go_on_working() -> None:
    first = asked("one")
    after = united(first, asked("two", "one", now=NOW + 5 * DAY), NOW + 5 * DAY)
    assert after.children == ("one", "two")
    assert (after.version, after.stamp) == (first.version, first.stamp)
    assert after.ends_at == NOW + 34 * DAY


@pytest.mark.parametrize("seconds", [0, 1, DAY - 1])
def test_what_stands_already_is_not_written_again_within_a_day(seconds: int) -> None:
    first = asked("one")
    assert united(first, asked("one", now=NOW + seconds), NOW + seconds) == first


def test_one_that_was_used_or_is_too_old_begins_anew_with_another_version() -> None:
    used = replace(asked("one"), status="used", children=(), email="")
    old = asked("one")
    for found, now in ((used, NOW), (old, old.ends_at), (replace(old, children=()), NOW)):
        after = united(found, asked("two", now=now), now)
        assert after.children == ("two",)
        assert after.version > found.version
        assert after.stamp != found.stamp


def test_a_student_says_nothing_of_the_name_and_the_office_does() -> None:
    known = asked("one", given_name="Ana", family_name="Blair", language="pl")
    after = united(known, asked("two", source="student"), NOW)
    assert (after.name, after.language, after.source) == ("Ana Blair", "pl", "contacts")
    assert united(asked("two", source="student"), known, NOW).name == "Ana Blair"


def test_only_what_children_have_asked_for_themselves_can_be_taken_back() -> None:
    student = asked("one", source="student")
    assert student.asked == ("one",)
    both = united(student, asked("one", "two"), NOW)
    assert both.asked == ()
    assert united(both, asked("three", source="student"), NOW).asked == ("three",)
    assert united(both, asked("two", source="student"), NOW).asked == (), "the office has invited them for two already"


def test_a_child_is_taken_out_and_the_last_one_takes_the_invitation_along() -> None:
    both = asked("one", "two")
    one = without_child(both, "two")
    assert one is not None
    assert one.children == ("one",)
    assert without_child(one, "one") is None


def test_no_more_children_than_a_transaction_takes() -> None:
    many = asked(*(f"c{number}" for number in range(50)))
    assert len(many.children) == MOST_CHILDREN
    assert len(united(many, asked("one more"), NOW).children) == MOST_CHILDREN
