"""Who has to sign in first comes to where they wanted to go, and nowhere else."""

from typing import Any

import pytest

from tests.support.console import Console
from web import way_back
from web.request import Request

PEOPLE = "/admin/northbridge/people?role=student&year_group=7&year_group=8"


def cookie_of(answer: Any) -> str:
    """What the browser keeps of an answer: the value of the cookie."""
    header = answer.headers.get("Set-Cookie", "")
    return str(header).removeprefix(f"{way_back.COOKIE}=").partition(";")[0]


def request(cookie: str) -> Request:
    return Request("POST", "/", {}, {}, {}, "", True, True, {way_back.COOKIE: cookie} if cookie else {})


def test_a_page_is_remembered_with_what_was_asked_for(console: Console) -> None:
    console.token = None
    answer = console.page(PEOPLE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/schools/northbridge/sessions")
    assert cookie_of(answer) == PEOPLE
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert way_back.followed(request(cookie_of(answer)), "northbridge", is_admin=True) == PEOPLE


def test_of_a_form_whose_session_had_ended_its_section_is_remembered(console: Console) -> None:
    console.token = None
    answer = console.form("/admin/northbridge/people/selection", {"do": "page"})
    assert (answer.status_code, cookie_of(answer)) == (303, "/admin/northbridge/people")


def test_another_school_and_somebody_who_is_no_admin_do_not_follow() -> None:
    assert way_back.followed(request(PEOPLE), "southgate", is_admin=True) is None
    assert way_back.followed(request(PEOPLE), "northbridge", is_admin=False) is None
    assert way_back.followed(request("/account/children"), "northbridge", is_admin=False) == "/account/children"
    assert way_back.followed(request(""), "northbridge", is_admin=True) is None


@pytest.mark.parametrize(
    "there",
    [
        "https://evil.example/",
        "//evil.example",
        "/admin/northbridge//evil.example",
        "/admin/northbridge/../../evil",
        "/admin/northbridge/./people",
        "/admin/northbridge\\@evil.example",
        "/admin/northbridge/people#x",
        "/admin/northbridge/people\r\nSet-Cookie: a=b",
        "/sessions/current/delete",
        "/admin",
        "javascript:alert(1)",
        "/admin/northbridge/people?next=https://evil.example",
        "/admin/northbridge/" + "a" * 2_000,
    ],
)
def test_nothing_leads_to_another_site(there: str) -> None:
    assert way_back.followed(request(there), "northbridge", is_admin=True) is None
