"""The office on the telephone: what to ask, and a code to read out."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from latchkey.codes.model import codes
from latchkey.codes.read_out_code import LIFE
from latchkey.families.model.spelling import SAID
from latchkey.schools.model.school import Settings, SingleSignOn
from tests.support.console import HEAD_TEACHER, Console, make_person, running_console
from tests.support.system import START

MUM = make_person(90, role="parent", year_group=None, registration_group=None, email="maya.okafor@home.example")
ANN = replace(make_person(1, parents=(MUM.id,)), number=1)
BEN = replace(make_person(2, parents=(MUM.id,), registration_group="9B", year_group="9"), number=2)
DEPUTY = make_person(91, role="staff", is_admin=True)
GONE = replace(make_person(3, parents=(MUM.id,), status="left"), number=3)


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    with running_console(monkeypatch) as made:
        made.add([DEPUTY, replace(MUM, children=(ANN.id, BEN.id, GONE.id)), ANN, BEN, GONE])
        yield made


def path(person: Any, what: str) -> str:
    return f"/admin/northbridge/people/{person.id}/{what}"


def asked(console: Console, person: Any) -> dict[str, str]:
    answer = console.get(path(person, "telephone"))
    assert answer.status_code == 200
    return {each["ask"]: each["answer"] for each in answer.json_body["questions"]}


def test_what_to_ask_a_student(console: Console) -> None:
    found = asked(console, ANN)
    assert found["The registration group"] == "7A"
    assert found["The year group"] == "7"
    assert found["The first name of a brother or sister at this school"] == "Given2"
    assert found["The name of a parent or carer"] == "Given90 Family0090"
    assert found["The e-mail address that the school has"] == "p***@n***.example"


def test_what_to_ask_a_parent(console: Console) -> None:
    found = asked(console, MUM)
    assert found["The first name of a child, and the child's group"] == "Given1 (7A), Given2 (9B)"
    assert "maya.okafor" not in str(found)
    assert "home.example" not in str(found)


def test_who_signs_in_elsewhere_is_told_where(console: Console) -> None:
    sso = SingleSignOn(roles=("student",), label="Northbridge Online", url="https://sso.northbridge.example/in")
    console.system.wiring("console").schools.change_settings("northbridge", Settings(sso=sso), ["sso"])
    refused = console.post(path(ANN, "read-out"), {})
    assert (refused.status_code, refused.json_body["code"]) == (409, "elsewhere")
    assert "https://sso.northbridge.example/in" in refused.json_body["detail"]
    assert "https://sso.northbridge.example/in" in console.page(path(ANN, "telephone")).body.decode()


def test_a_code_is_read_out_in_groups_with_a_spelling_alphabet(console: Console) -> None:
    page = console.form(path(MUM, "read-out"), {})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    text = page.body.decode()
    assert "V for Victor" in text
    assert text.count("I repeat:") == 3
    assert "https://latchkey.test/r/northbridge" in text


def test_the_api_gives_the_code_and_its_end(console: Console) -> None:
    answer = console.post(path(ANN, "read-out"), {})
    assert answer.status_code == 200
    assert set(answer.json_body) == {"code", "expires_at"}
    assert codes.read(answer.json_body["code"]) is not None
    assert answer.json_body["expires_at"].startswith("2026-11-18T")
    found = console.system.wiring("console").directory("northbridge").person(ANN.id)
    assert found is not None
    assert found.read_out is not None
    assert found.read_out.expires_at == START + LIFE
    assert console.post(path(ANN, "read-out"), {"x": 1}).status_code == 422


def test_an_admins_account_is_not_handed_out(console: Console) -> None:
    for admin in (DEPUTY, HEAD_TEACHER):
        answer = console.post(path(admin, "read-out"), {})
        assert (answer.status_code, answer.json_body["code"]) == (409, "admin")
        refused = console.form(path(admin, "read-out"), {})
        assert refused.status_code == 409
        assert "No code is read out for an admin" in refused.body.decode()
    assert "On the telephone" not in console.page(f"/admin/northbridge/people/{DEPUTY.id}").body.decode()
    assert "On the telephone" in console.page(f"/admin/northbridge/people/{MUM.id}").body.decode()


def test_nobody_else_reads_out_and_nobody_elsewhere_is_found(console: Console) -> None:
    assert console.post("/admin/northbridge/people/00000000000000000000/read-out", {}).status_code == 404
    console.token = None
    assert console.post(path(ANN, "read-out"), {}).status_code == 404


def test_each_sign_of_a_code_has_its_word() -> None:
    assert set(SAID) == set(codes.ALPHABET)
    assert len(set(SAID.values())) == len(SAID)
