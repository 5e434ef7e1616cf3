"""Readiness over HTTP: exactly one grade or reason each, numbers that are links, buttons that act on just these."""

from typing import Any

import pytest

from latchkey.people.model.person import CodeState
from latchkey.schools.model.school import Settings, SingleSignOn
from tests.support.console import Console, make_person
from tests.support.exports import student
from tests.support.openapi import check
from tests.support.system import START

HOME = "/admin/northbridge"
PLACE = f"{HOME}/readiness"
SSO = SingleSignOn(roles=("student", "teacher", "parent"), url="https://sso.northbridge.example/in")


def look(console: Console, **query: str) -> Any:
    answer = console.get(PLACE, **query)
    assert answer.status_code == 200, answer.body
    return check("get", PLACE, answer)


@pytest.fixture
def school(console: Console) -> Console:
    in_, no = {"password_set_at": START - 9, "last_login_at": START - 5}, {"email": None}
    console.add(
        [
            make_person(1, **in_),
            make_person(2, password_set_at=START - 9),
            make_person(3),
            make_person(4, year_group="8", registration_group="8A"),
            student(5, **no),
            student(6, **no, pin=CodeState(1, START + 99)),
            student(7, **no, year_group=None, registration_group=None),
            make_person(8, **in_, locked_at=START - 1),
            make_person(9, status="disabled"),
            make_person(10, status="left"),
            make_person(11, role="parent", year_group=None, registration_group=None),
            make_person(12, role="parent", email=None, year_group=None, registration_group=None),
        ]
    )
    return console


def test_ready_and_reasons_add_up_everywhere(school: Console) -> None:
    found = look(school)
    assert found["total"] == found["ready"] + sum(each["count"] for each in found["reasons"]) == 12
    for role in found["by_role"]:
        assert role["total"] == role["ready"] + sum(each["count"] for each in role["reasons"])
        assert role["ready"] == sum(each["count"] for each in role["grades"])
    students = look(school, role="student")
    assert (students["total"], students["ready"]) == (9, 2)
    assert {each["reason"]: each["count"] for each in students["reasons"]} == {
        "never_sent": 2,
        "no_address": 2,
        "code_unused": 1,
        "locked": 1,
        "disabled": 1,
    }
    for parts in (students["by_year_group"], students["by_registration_group"]):
        assert sum(each["total"] for each in parts) == 9
        assert sum(each["ready"] for each in parts) == 2
    assert [(each["year_group"], each["total"]) for each in students["by_year_group"]] == [(None, 1), ("7", 7), ("8", 1)]
    nobody = students["by_year_group"][0]
    assert (nobody["people"], nobody["people_not_ready"]) == (None, None)
    assert look(school, role="parent")["by_year_group"] == []


def test_each_number_is_its_people(school: Console) -> None:
    for role in look(school)["by_role"]:
        for row in (*role["grades"], *role["reasons"]):
            people = school.get(row["people"]).json_body["items"]
            assert len(people) == row["count"], row
    for part in look(school, role="student")["by_registration_group"]:
        if part["people"]:
            everybody = school.get(part["people"]).json_body["items"]
            assert sum(each["status"] != "left" for each in everybody) == part["total"]
            assert len(school.get(part["people_not_ready"]).json_body["items"]) == part["not_ready"]


def test_each_button_is_about_its_people_and_checks_first(school: Console) -> None:
    for role in look(school)["by_role"]:
        for row in role["reasons"]:
            for action in row["actions"]:
                if action["method"] == "GET":
                    assert school.page(action["path"].partition("#")[0]).status_code == 200, action
                    continue
                tried = school.post(action["path"], action["body"])
                assert tried.status_code == 200, (action, tried.body)
                if action["action"] == "send":
                    assert tried.json_body["to_send"] == tried.json_body["total"] == row["count"], action
                elif action["action"] == "slips":
                    body = tried.json_body
                    assert body["total"] + sum(each["count"] for each in body["left_out"]) == row["count"], action
    assert school.system.messages("PLAN_QUEUE") == []
    assert school.system.messages("EXPORT_QUEUE") == []


def test_only_those_who_can_be_mailed_are_counted_on_a_button_that_mails(school: Console) -> None:
    school.add([make_person(20, password_set_at=START - 9, locked_at=START - 1, email=None)])
    students = look(school, role="student")
    (locked,) = (each for each in students["reasons"] if each["reason"] == "locked")
    send = locked["actions"][0]
    assert (locked["count"], send["label"]) == (2, "Unlock by a new link: the 1 with an address")
    tried = school.post(send["path"], send["body"]).json_body
    assert (tried["total"], tried["to_send"]) == (2, 1)


def test_a_school_with_its_own_sign_in_has_nothing_to_alarm_about(school: Console) -> None:
    """No advice to send links to people whom every send skips, and no paper for people who need none."""
    school.system.wiring("operate").schools.change_settings("northbridge", Settings(sso=SSO), ["sso"])
    found = look(school)
    by_role = {each["role"]: each for each in found["by_role"]}
    assert [(each["reason"], each["count"]) for each in by_role["student"]["reasons"]] == [("disabled", 1)]
    assert by_role["parent"]["reasons"] == []
    assert [(each["grade"], each["count"]) for each in by_role["student"]["grades"]] == [("sso", 8)]
    home = school.get(HOME).json_body
    assert {*home["next"]} <= {"nothing", "send_links"}
    assert "print_details" not in home["next"]
    text = school.page(HOME).body.decode()
    assert "<strong>8 of 9 students can log in.</strong>" in text
    assert "uses the school’s own sign-in" in text or "use the school’s own sign-in" in text
    assert "Send password links" not in text
    assert "Print slips" not in text
    assert "All 2 parents can log in." in school.page(HOME, role="parent").body.decode()


def test_a_browser_is_led_to_the_first_page(school: Console) -> None:
    answer = school.page(PLACE, role="parent")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{HOME}?role=parent")
    assert "parents can log in" in school.page(HOME, role="parent").body.decode()


@pytest.mark.parametrize("place", [HOME, PLACE])
@pytest.mark.parametrize("query", [{"role": "head"}, {"roles": "student"}])
def test_words_that_are_no_role_are_refused(school: Console, place: str, query: dict[str, str]) -> None:
    assert school.get(place, **query).status_code == 422


def test_the_page_hides_what_there_is_nothing_of(school: Console) -> None:
    text = school.page(HOME).body.decode()
    assert text.count("<h1>") == 1
    assert "waits for your approval" not in text
    assert 'class="now"' not in text
    assert len(text.encode()) < 60_000
    buttons = text.count('<button class="small">') + text.count('class="button small"')
    assert buttons == 1, "one main button a page"
    school.post(f"{HOME}/sends", {"kind": "password_link", "select": {"filter": {"reason": "never_sent", "role": "student"}}})
    text = school.page(HOME).body.decode()
    assert "Sending:" in text
    assert "Password links to students who have an address and were never sent a link" in text


def test_addresses_are_added_for_exactly_those_without(school: Console) -> None:
    (row,) = (each for each in look(school, role="student")["reasons"] if each["reason"] == "no_address")
    (action,) = (each for each in row["actions"] if each["action"] == "addresses")
    found = school.get(action["path"].partition("#")[0]).json_body["items"]
    assert [each["email"] for each in found] == [None, None]


def test_a_new_password_makes_one_more_ready(school: Console) -> None:
    before = look(school, role="student")["ready"]
    people = school.system.wiring("operate").directory("northbridge")
    people.change(make_person(3).id, {"password_set_at": START, "version": 1})
    assert look(school, role="student")["ready"] == before + 1
