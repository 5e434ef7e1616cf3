"""Who has to sign in first comes to where they wanted to go, and nowhere else."""

from typing import Any

import pytest

from tests.support.console import HEAD, PAGE, Console
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


PERSON = f"/admin/northbridge/people/{HEAD}"


@pytest.mark.parametrize(
    ("form", "page"),
    [
        ("/admin/northbridge/people/selection", "/admin/northbridge/people"),
        (f"{PERSON}/delete", PERSON),
        (f"{PERSON}/parents/{HEAD}/delete", PERSON),
        ("/admin/northbridge/settings/links", "/admin/northbridge/settings/links"),
        ("/admin/northbridge/settings/waiting/abc/approve", "/admin/northbridge/settings"),
        ("/admin/northbridge/sends/drafts/abc/send", "/admin/northbridge/sends/drafts/abc"),
        ("/admin/northbridge/rosters/abc/apply", "/admin/northbridge/rosters/abc"),
        ("/admin/northbridge/mail/trust", "/admin/northbridge"),
        ("/admin/northbridge/exports", "/admin/northbridge/exports"),
    ],
)
def test_of_a_form_whose_session_had_ended_its_page_is_remembered(console: Console, form: str, page: str) -> None:
    console.token = None
    answer = console.form(form, {"do": "page", "password": "secret"})
    assert (answer.status_code, cookie_of(answer)) == (303, f"!{page}")
    assert "secret" not in answer.headers["Set-Cookie"]
    assert way_back.followed(request(cookie_of(answer)), "northbridge", is_admin=True) == page
    assert way_back.followed(request(cookie_of(answer)), "southgate", is_admin=True) is None
    assert way_back.followed(request(cookie_of(answer)), "northbridge", is_admin=False) is None


def test_its_page_says_once_that_nothing_was_saved(console: Console) -> None:
    headers = console.headers(PAGE)
    headers["Cookie"] += f"; {way_back.COOKIE}=lost"
    first = console.http.get("/admin/northbridge/people/new", headers=headers)
    assert "nothing was changed" in first.body.decode()
    assert "Max-Age=0" in str(first.headers["Set-Cookie"])
    assert "nothing was changed" not in console.page("/admin/northbridge/people/new").body.decode()
    script = console.get("/admin/northbridge/people")
    assert "Set-Cookie" not in script.headers


def test_after_a_page_and_a_form_alike_the_cookie_ends() -> None:
    assert "Max-Age=0" in way_back.forgotten(request(PEOPLE), PEOPLE)[0]
    assert "=lost; " in way_back.forgotten(request(f"!{PERSON}"), PERSON)[0]
    assert "Max-Age=0" in way_back.forgotten(request(f"!{PERSON}"), None)[0], "they went elsewhere"
    assert way_back.forgotten(request("")) == []


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
        "!https://evil.example/",
        "!!/admin/northbridge",
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
