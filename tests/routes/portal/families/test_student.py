"""What a student does for their parents: shows the code, sees who is linked, says that somebody is none."""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.codes.model import codes
from latchkey.families.my_parents import PER_STUDENT
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import Person
from latchkey.schools.model.school import FamilyRule, Settings
from tests.support.portal import Portal

ANN = "ann"


@pytest.fixture
def mum(portal: Portal) -> Person:
    return portal.add("mum", role="parent", email="mum@home.example", given_name="Maya")


@pytest.fixture
def ann(portal: Portal, mum: Person) -> Person:
    made = portal.add(ANN, number=7, parents=(mum.id,), year_group="7")
    portal.system.wiring("console").directory("northbridge").change(mum.id, {"children": [made.id]})
    return made


def bearer(portal: Portal, name: str = ANN) -> dict[str, str]:
    return {"Authorization": f"Bearer {portal.sign_in(name).json_body['token']}"}


def cookie(portal: Portal, name: str = ANN) -> dict[str, str]:
    return {"Cookie": f"__Host-latchkey={portal.sign_in(name).json_body['token']}"}


def rule(portal: Portal, **facts: Any) -> None:
    settings = Settings(family=FamilyRule(**facts))
    portal.system.wiring("console").schools.change_settings("northbridge", settings, ["family"])


def test_a_student_is_shown_the_code_and_a_parent_registers_with_it(portal: Portal, ann: Person) -> None:
    answer = portal.post("/account/parent-code", {}, **bearer(portal))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    data = answer.json_body
    assert set(data) == {"code", "url", "places_left", "expires_at"}
    assert data["places_left"] == 5
    assert data["url"] == "https://latchkey.test/r/northbridge#" + data["code"].replace("-", "")
    used = portal.redeem(data["code"], given_name="Dan", email="dan@home.example")
    assert used.status_code == 201
    assert len(portal.person(ann).parents) == 2


def test_the_page_says_it_aloud_and_as_a_square(portal: Portal, ann: Person) -> None:
    page = portal.submit("/account/parent-code", {}, **cookie(portal))
    assert page.status_code == 200
    text = page.body.decode()
    code = portal.code(ann, "parent")
    assert code in text
    assert ", ".join(code[:4]) + "." in text
    assert 'role="img" aria-label="' in text
    assert "<svg" in text
    assert code not in portal.page("/account", **cookie(portal)).body.decode()


def test_where_the_school_does_not_show_it_a_student_is_told_whom_to_ask(portal: Portal, ann: Person) -> None:
    assert "Show the code" in portal.page("/account", **cookie(portal)).body.decode()
    rule(portal, parent_code_from="8")
    answer = portal.post("/account/parent-code", {}, **bearer(portal))
    assert (answer.status_code, answer.json_body["code"]) == (409, "hidden")
    for page in (portal.page("/account", **cookie(portal)), portal.submit("/account/parent-code", {}, **cookie(portal))):
        text = page.body.decode()
        assert "to older students only. Your parents can ask the school’s office for it." in text
        assert "Show the code" not in text
    assert portal.person(ann).parent_code is None


@pytest.mark.parametrize("path", ["/account/parent-code", "/account/parents/00000000000000000000/not-mine"])
def test_nobody_but_a_student(portal: Portal, mum: Person, path: str) -> None:
    assert portal.post(path, {}, **bearer(portal, "mum")).status_code == 404
    assert portal.post(path, {}).status_code == 401
    assert "parents’ code" not in portal.page("/account", **cookie(portal, "mum")).body.decode()


def test_who_is_linked_without_any_address(portal: Portal, ann: Person, mum: Person) -> None:
    answer = portal.get("/account/parents", **bearer(portal))
    item = {"id": mum.id, "given_name": "Maya", "role": "parent", "registered": True, "not_mine": False}
    assert answer.json_body == {"items": [item], "next": None}
    text = portal.page("/account/parents", **cookie(portal)).body.decode()
    assert "Maya" in text
    assert "home.example" not in text
    assert portal.get("/account/parents", **bearer(portal, "mum")).json_body["items"] == []


def test_this_is_not_my_parent(portal: Portal, ann: Person, mum: Person) -> None:
    said = portal.submit(f"/account/parents/{mum.id}/not-mine", {}, **cookie(portal))
    assert (said.status_code, said.headers["Location"]) == (303, "/account?done=not-mine")
    assert portal.person(ann).not_mine == (mum.id,)
    assert portal.person(ann).parents == (mum.id,), "the office decides"
    assert portal.get("/account/parents", **bearer(portal)).json_body["items"][0]["not_mine"]
    assert portal.post(f"/account/parents/{mum.id}/not-mine", {}, **bearer(portal)).status_code == 204, "again changes nothing"
    page, _ = portal.system.wiring("console").audit("northbridge").page(kind="deeds")
    assert [(each["actor"], each["facts"]) for each in page if each["action"] == "parent.not_mine"] == [
        (ann.id, {"student": ann.id, "parent": mum.id})
    ]
    assert PeopleFilter(not_mine=True).matches(portal.person(ann))
    assert not PeopleFilter(not_mine=True).matches(replace(portal.person(ann), parents=()))


def test_of_nobody_who_is_not_linked(portal: Portal, ann: Person) -> None:
    other = portal.add("other", role="parent")
    for who in (other.id, ann.id, "0" * 20, "x"):
        assert portal.post(f"/account/parents/{who}/not-mine", {}, **bearer(portal)).status_code == 404
    assert portal.person(ann).not_mine == ()


def test_it_is_not_said_without_end(portal: Portal, ann: Person, mum: Person) -> None:
    token = bearer(portal)
    answers = [portal.post(f"/account/parents/{mum.id}/not-mine", {}, **token).status_code for _ in range(PER_STUDENT.limit + 1)]
    assert answers == [204] * PER_STUDENT.limit + [429]


def test_a_code_of_no_student_stays_what_it_is(portal: Portal, ann: Person) -> None:
    """The code that was shown is the printed one: nothing that is on paper stops working."""
    code = portal.post("/account/parent-code", {}, **bearer(portal)).json_body["code"]
    assert code == portal.code(ann, "parent")
    assert codes.read(code) is not None
