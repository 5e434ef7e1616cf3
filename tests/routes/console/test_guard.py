"""Every route of the console, and everybody who is not an admin of that school."""

from typing import Any

import pytest

from console.app import app
from latchkey.errors import TryLater
from tests.support.console import HEAD_TEACHER, Console, make_person

SOMEBODY = make_person(1)
ROUTES = sorted((path, method) for path, methods in app.routes.items() for method in methods)
STRANGERS = {
    "student": make_person(11),
    "parent": make_person(12, role="parent"),
    "teacher": make_person(13, role="teacher"),
    "former admin": make_person(14, role="teacher", is_admin=True, status="left"),
}


def test_the_console_has_the_routes_that_it_should_have() -> None:
    assert {path for path, _ in ROUTES} >= {
        "/admin/{school}",
        "/admin/{school}/people",
        "/admin/{school}/people/{id}",
        "/admin/{school}/sends",
        "/admin/{school}/sends/{id}",
        "/admin/{school}/sends/{id}/recipients",
        "/admin/{school}/audit",
        "/admin/{school}/settings",
    }
    assert all(path.startswith("/admin/{school}") for path, _ in ROUTES)


def call(console: Console, method: str, path: str, *, page: bool = False) -> Any:
    where = (
        path.replace("{school}", "northbridge")
        .replace("{id}", SOMEBODY.id)
        .replace("{parent}", SOMEBODY.id)
        .replace("{page}", "links")
        .replace("{domain}", "pupils.example")
        .replace("{name}", "google")
        .replace("{file}", SOMEBODY.id)
    )
    if method == "GET":
        return console.page(where) if page else console.get(where)
    if page and method == "POST":
        return console.form(where, {"kind": "password_link", "to": "filter", "notice": "Hacked"})
    return console.post(where, {"notice": "Hacked"}, method.lower())


def test_strangers_find_nothing_behind_any_door(console: Console) -> None:
    console.add([SOMEBODY, *STRANGERS.values()])
    tokens = {name: console.sign_in(person) for name, person in STRANGERS.items()}
    tokens |= {
        "nobody": None,
        "admin of another school": console.sign_in(HEAD_TEACHER, "southgate"),
        "made-up token": "northbridge.abcdefghjkmnpqrstvwx." + "A" * 43,
        "token of another school's admin with this school's name": "northbridge."
        + console.sign_in(HEAD_TEACHER, "southgate").partition(".")[2],
        "garbage": "../../..",
    }
    bodies = set()
    for path, method in ROUTES:
        for name, token in tokens.items():
            console.token = token
            answer = call(console, method, path)
            assert answer.status_code == 404, (method, path, name)
            bodies.add(answer.body)
    assert len(bodies) == 1
    console.token = console.sign_in(HEAD_TEACHER)
    assert console.get("/admin/northbridge/settings").json_body["notice"] == ""
    assert console.get("/admin/northbridge/sends").json_body["items"] == []


def test_a_browser_without_a_session_is_sent_to_sign_in(console: Console) -> None:
    console.token = None
    for path, method in ROUTES:
        if method not in {"GET", "POST"}:
            continue
        answer = call(console, method, path, page=True)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/schools/northbridge/sessions"), (method, path)


def test_a_browser_of_a_stranger_sees_a_page_that_tells_nothing(console: Console) -> None:
    console.add([SOMEBODY, STRANGERS["student"]])
    console.token = console.sign_in(STRANGERS["student"])
    pages = {call(console, method, path, page=True).body for path, method in ROUTES if method == "GET"}
    assert len(pages) == 1
    assert b"Page not found" in (text := pages.pop())
    assert b"Northbridge" not in text


@pytest.mark.parametrize("school", ["southgate", "nowhere", "SOUTHGATE", "northbridge%23P", "..", "%2e%2e", "a" * 300])
def test_other_schools_answer_like_unknown_things(console: Console, school: str) -> None:
    unknown = console.get("/admin/northbridge/people/00000000000000000000")
    assert unknown.status_code == 404
    for path in ("", "/people", f"/people/{HEAD_TEACHER.id}", "/sends", "/audit", "/settings"):
        answer = console.get(f"/admin/{school}{path}")
        assert (answer.status_code, answer.body) == (404, unknown.body), path


def test_the_schools_own_slug_is_taken_in_any_case(console: Console) -> None:
    for slug in ("Northbridge", "NORTHBRIDGE"):
        assert console.get(f"/admin/{slug}/settings").json_body == console.get("/admin/northbridge/settings").json_body


@pytest.mark.parametrize("status", [500, 503])
def test_what_is_broken_shows_nobodys_name_school_or_menu(console: Console, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """Whatever stands between may keep such a page and show it to others."""
    assert b"Ada Admin" in console.page("/admin/northbridge/people").body
    error = TryLater() if status == 503 else ValueError("northbridge")

    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("console.people.people.read_roll", broken)
    answer = console.page("/admin/northbridge/people")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (status, "no-store")
    text = answer.body.decode().lower()
    assert "<h1>sorry, something went wrong</h1>" in text
    for told in ("ada", "northbridge", "sign out", "/account", "/admin"):
        assert told not in text


def test_ids_of_other_schools_and_ids_of_no_form_answer_alike(console: Console) -> None:
    theirs = make_person(77)
    console.add([theirs], "southgate")
    bodies = {
        console.get(f"/admin/northbridge/{kind}/{name}").body
        for kind in ("people", "sends")
        for name in (theirs.id, "0" * 26, "x", "PERSON", "a%23b")
    }
    assert len(bodies) == 1


def test_a_form_from_another_site_is_refused(console: Console) -> None:
    console.add([SOMEBODY])
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"__Host-latchkey={console.token}"}
    for origin in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}, {}):
        answer = console.http.post("/admin/northbridge/settings", body=b"notice=x", headers={**headers, **origin})
        assert answer.status_code == 403, origin
