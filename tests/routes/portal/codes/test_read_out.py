"""A code that the office reads out: for anybody but an admin, for 15 minutes, once, and only the newest."""

import threading
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from latchkey.codes.check_code import PER_SCHOOL, PER_SOURCE
from latchkey.codes.model import codes
from latchkey.codes.read_out_code import LIFE, PER_ADMIN, read_out_code
from latchkey.errors import Conflict, NotFound, TooMany
from latchkey.people.model.person import Person
from latchkey.schools.model.school import Settings, SingleSignOn
from tests.support.portal import PASSWORD, Portal

NEW = "violet-kettle-77-north"
AT_ONCE = 50


@pytest.fixture
def head(portal: Portal) -> Person:
    return portal.add("head", role="staff", is_admin=True, email="head@northbridge.example")


def read_out(portal: Portal, head: Person, person: Person) -> str:
    wiring = portal.system.wiring("console")
    school = wiring.schools.get("northbridge")
    assert school is not None
    return read_out_code(wiring, school, head, person.id).code


def said(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json_body["code"]


@pytest.mark.parametrize("role", ["student", "parent", "teacher", "staff"])
def test_anybody_sets_a_password_with_it(portal: Portal, head: Person, role: str) -> None:
    sam = portal.add("sam", role=role, email="sam@home.example")
    code = read_out(portal, head, sam)
    opened = portal.post("/schools/northbridge/codes/check", {"code": code})
    assert opened.status_code == 200
    assert opened.json_body["kind"] == "read_out"
    assert opened.json_body["student"] == {"given_name": "Sam"}
    assert (opened.json_body["username"], opened.json_body["email"]) == ("sam", "none")
    assert opened.json_body["password"]["shortest"] == (10 if role == "student" else 12)
    answer = portal.redeem(code, password=NEW)
    assert (answer.status_code, answer.json_body["kind"]) == (201, "read_out")
    assert portal.sign_in("sam", NEW).status_code == 201
    assert portal.sign_in("sam", PASSWORD).status_code == 401
    assert said(portal.redeem(code, password=NEW)) == (410, "used")


def test_an_adult_gets_a_number_once_and_a_student_keeps_theirs(portal: Portal, head: Person) -> None:
    mum, ann = portal.add("mum", role="parent"), portal.add("ann", number=7)
    read_out(portal, head, mum)
    number = portal.person(mum).number
    assert number is not None
    read_out(portal, head, mum)
    assert portal.person(mum).number == number
    read_out(portal, head, ann)
    assert portal.person(ann).number == 7


def test_nothing_that_could_be_used_stands_in_the_tables(portal: Portal, head: Person) -> None:
    code = read_out(portal, head, portal.add("sam", role="teacher")).replace("-", "")
    for table in ("DIRECTORY_TABLE", "CREDENTIALS_TABLE", "ACTIVITY_TABLE"):
        items = portal.wiring.client("dynamodb").scan(TableName=portal.system.environment[table])["Items"]
        assert code not in str(items)
        assert code[6:] not in str(items)


def test_it_lives_for_a_quarter_of_an_hour(portal: Portal, head: Person) -> None:
    code = read_out(portal, head, portal.add("sam", role="teacher"))
    portal.system.clock.now += LIFE - 1
    assert portal.post("/schools/northbridge/codes/check", {"code": code}).status_code == 200
    portal.system.clock.now += 1
    assert said(portal.redeem(code, password=NEW)) == (410, "expired")


def test_only_the_newest_works(portal: Portal, head: Person) -> None:
    sam = portal.add("sam", role="teacher")
    first, second = read_out(portal, head, sam), read_out(portal, head, sam)
    assert first != second
    assert said(portal.redeem(first, password=NEW)) == (410, "replaced")
    assert portal.redeem(second, password=NEW).status_code == 201


def test_it_changes_no_address(portal: Portal, head: Person) -> None:
    sam = portal.add("sam", role="parent", email="sam@home.example")
    answer = portal.redeem(read_out(portal, head, sam), password=NEW, email="thief@evil.example")
    assert (answer.status_code, list(answer.json_body["fields"])) == (422, ["email"])
    assert portal.person(sam).email == "sam@home.example"


def test_who_has_no_login_yet_chooses_a_username(portal: Portal, head: Person) -> None:
    sam = portal.add("sam", role="parent", username=None)
    code = read_out(portal, head, sam)
    assert list(portal.redeem(code, password=NEW).json_body["fields"]) == ["username"]
    assert portal.redeem(code, password=NEW, username="sam.o").status_code == 201
    assert portal.sign_in("sam.o", NEW).status_code == 201


def test_none_is_read_out_for_an_admin(portal: Portal, head: Person) -> None:
    deputy = portal.add("deputy", role="teacher", is_admin=True)
    for admin in (deputy, head):
        with pytest.raises(Conflict) as caught:
            read_out(portal, head, admin)
        assert caught.value.code == "admin"
    with pytest.raises(NotFound):
        read_out(portal, head, replace(deputy, id="0" * 20))


@pytest.mark.parametrize("status", ["left", "disabled"])
def test_none_for_who_cannot_sign_in(portal: Portal, head: Person, status: str) -> None:
    with pytest.raises(Conflict) as caught:
        read_out(portal, head, portal.add("sam", status=status))
    assert caught.value.code == status


def test_who_becomes_an_admin_has_none_any_more(portal: Portal, head: Person) -> None:
    sam = portal.add("sam", role="teacher", email="sam@northbridge.example")
    code = read_out(portal, head, sam)
    directory = portal.system.wiring("console").directory("northbridge")
    directory.make_admin(portal.person(sam))
    assert said(portal.redeem(code, password=NEW)) == (410, "refused")
    now = portal.person(sam)
    assert now.read_out is not None
    assert now.read_out.voided
    directory.change(sam.id, {"is_admin": False})  # and it does not come back
    assert said(portal.redeem(code, password=NEW)) == (410, "voided")


def test_with_the_schools_own_sign_in_there_is_none(portal: Portal, head: Person) -> None:
    sam = portal.add("sam", role="teacher")
    code = read_out(portal, head, sam)
    sso = SingleSignOn(roles=("teacher",), label="Northbridge Online", url="https://sso.northbridge.example/in")
    portal.system.wiring("console").schools.change_settings("northbridge", Settings(sso=sso), ["sso"])
    assert said(portal.redeem(code, password=NEW)) == (410, "refused")
    with pytest.raises(Conflict) as caught:
        read_out(portal, head, sam)
    assert caught.value.code == "elsewhere"
    assert "https://sso.northbridge.example/in" in caught.value.detail


def test_it_is_logged_with_who_and_for_whom_and_who_used_it(portal: Portal, head: Person) -> None:
    sam = portal.add("sam", role="teacher")
    portal.redeem(read_out(portal, head, sam), password=NEW)
    page, _ = portal.system.wiring("console").audit("northbridge").page()
    events = {(event["action"], event["actor"]): event["facts"] for event in page}
    assert events["code.read_out", head.id] == {"person": sam.id, "generation": 1}
    assert events["code.use", sam.id]["kind"] == "read_out"


def test_an_office_says_no_more_than_it_can(portal: Portal, head: Person) -> None:
    sam = portal.add("sam", role="teacher")
    for _ in range(PER_ADMIN.limit):
        read_out(portal, head, sam)
    with pytest.raises(TooMany):
        read_out(portal, head, sam)
    other = portal.add("deputy", role="staff", is_admin=True)
    read_out(portal, other, sam)


def test_guesses_are_counted_like_those_at_any_code(portal: Portal, head: Person) -> None:
    sam = portal.add("sam", role="teacher")
    code = read_out(portal, head, sam)
    number = portal.person(sam).number or 0
    wrong = [codes.code("read_out", number, each, b"another key" * 3) for each in range(1, 12)]
    for guess in wrong[:10]:
        assert said(portal.redeem(guess, password=NEW)) == (410, "refused")
    assert said(portal.redeem(code, password=NEW)) == (410, "refused"), "dead after ten"
    assert portal.redeem(read_out(portal, head, sam), password=NEW).status_code == 201
    assert (PER_SOURCE.limit, PER_SCHOOL.limit) == (50, 200)


def test_of_fifty_at_once_one_sets_the_password(portal: Portal, head: Person) -> None:
    sam = portal.add("sam", role="teacher", email="sam@home.example")
    code = read_out(portal, head, sam)
    before, started = portal.person(sam).version, threading.Barrier(AT_ONCE)
    answers: list[int] = []

    def use(index: int) -> None:
        started.wait()
        answers.append(portal.redeem(code, password=f"{NEW}-{index}").status_code)

    threads = [threading.Thread(target=use, args=(index,)) for index in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = Counter(answers)
    assert counts[201] == 1
    assert counts[201] + counts[410] + counts[429] + counts[503] == AT_ONCE
    now = portal.person(sam)
    assert now.version == before + 1
    assert now.read_out is not None
    assert now.read_out.uses == 1


def test_of_two_admins_at_once_the_newest_code_works(portal: Portal, head: Person) -> None:
    sam = portal.add("sam", role="teacher")
    given: list[str] = []
    started = threading.Barrier(2)

    def ask() -> None:
        started.wait()
        given.append(read_out(portal, head, sam))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(given)) == 2
    answers = [portal.redeem(code, password=NEW) for code in given]
    assert sorted(answer.status_code for answer in answers) == [201, 410]
    assert {answer.json_body["code"] for answer in answers if answer.status_code == 410} <= {"replaced", "used"}
