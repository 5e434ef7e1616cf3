"""The console and a lost second step: asked for on a person's page, shown where admins look, stopped with one press."""

from typing import Any

import pytest

from latchkey.people.model.person import Person
from tests.support.console import HEAD_TEACHER, Console, make_person

PEOPLE = "/admin/northbridge/people"
PLAIN: dict[str, Any] = {"year_group": None, "registration_group": None, "username": None}


@pytest.fixture
def tess(console: Console) -> Person:
    """A teacher with an app."""
    made = make_person(1, role="teacher", second_factors=("totp",), **PLAIN)
    console.add([made])
    return made


def test_asked_for_shown_and_stopped(console: Console, tess: Person) -> None:
    here = f"{PEOPLE}/{tess.id}"
    assert "They have lost their second step" in console.page(here).body.decode()
    before = console.get(here).json_body
    assert (before["has_second_factor"], before["factors_reset_at"]) == (True, None)
    answer = console.post(f"{here}/reset-factors", {})
    assert answer.status_code == 202, answer.body
    assert set(answer.json_body) == {"id", "at"}
    assert console.post(f"{here}/reset-factors", {}).json_body == answer.json_body
    assert console.get(here).json_body["factors_reset_at"] == answer.json_body["at"]
    (listed,) = console.get("/admin/northbridge").json_body["factor_resets"]
    assert (listed["person"], listed["asked_by"], listed["at"]) == (tess.id, HEAD_TEACHER.id, answer.json_body["at"])
    for page in (here, "/admin/northbridge"):
        assert "Stop it" in console.page(page).body.decode()
    assert console.post(f"{here}/reset-factors/stop", {}).status_code == 204
    assert console.get("/admin/northbridge").json_body["factor_resets"] == []
    again = console.post(f"{here}/reset-factors/stop", {})
    assert (again.status_code, again.json_body["code"]) == (409, "waits_no_longer")


def test_a_browser_comes_back_to_the_person(console: Console, tess: Person) -> None:
    here = f"{PEOPLE}/{tess.id}"
    for path, saved in (("reset-factors", "reset-waits"), ("reset-factors/stop", "reset-stopped")):
        answer = console.form(f"{here}/{path}", {})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{here}?saved={saved}")
    assert "stays as it is" in console.page(here, saved="reset-stopped").body.decode()


def test_what_is_refused(console: Console, tess: Person) -> None:
    plain = make_person(2, role="teacher", **PLAIN)
    phone = make_person(3, role="teacher", second_factors=("phone",), **PLAIN)  # in place of a password: no second step
    console.add([plain, phone])
    for person, code in ((HEAD_TEACHER.id, "own_second_step"), (plain.id, "no_factor"), (phone.id, "no_factor")):
        answer = console.post(f"{PEOPLE}/{person}/reset-factors", {})
        assert (answer.status_code, answer.json_body["code"]) == (409, code)
        assert "They have lost" not in console.page(f"{PEOPLE}/{person}").body.decode()
    assert console.post(f"{PEOPLE}/{'0' * 20}/reset-factors", {}).status_code == 404
    assert console.post(f"{PEOPLE}/{tess.id}/reset-factors", {"why": "x"}).status_code == 422
    assert console.get("/admin/northbridge").json_body["factor_resets"] == []
