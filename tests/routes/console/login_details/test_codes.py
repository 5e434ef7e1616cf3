"""Codes over HTTP: shown on the screen, and ended before their time."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from latchkey.codes.model.codes import code, read
from latchkey.errors import TryLater
from latchkey.people.model.person import CodeState, Person
from latchkey.schools.model.school import DAY, Settings, SingleSignOn
from latchkey.shared.stores.queues import Queue
from tests.routes.console.login_details.test_exports import hidden
from tests.support.console import HEAD_TEACHER, Console, running_console
from tests.support.exports import deliver, files, rows_of, student
from tests.support.system import START

VOID = "/admin/northbridge/codes/void"
EXPORTS = "/admin/northbridge/exports"
SCHOOL = {"scope": {"school": True}, "kind": "both"}
LIVE = CodeState(1, START + 30 * DAY)


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    with running_console(monkeypatch) as made:
        made.add(
            [
                student(1, pin=LIVE, parent_code=LIVE),
                student(2, registration_group="7B", pin=LIVE, parent_code=replace(LIVE, uses=5)),
                student(3, year_group="8", registration_group="8A", pin=replace(LIVE, uses=1), parent_code=LIVE),
                student(4, year_group="9", registration_group="9A"),
            ]
        )
        yield made


def codes_of(person: Person) -> str:
    return f"/admin/northbridge/people/{person.id}/codes"


def known(console: Console, number: int) -> Person:
    found = console.system.wiring("console").directory("northbridge").person(student(number).id)
    assert found is not None
    return found


def events(console: Console, action: str) -> list[dict[str, Any]]:
    return [each for each in console.system.wiring("console").audit("northbridge").page()[0] if each["action"] == action]


def build(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    assert deliver(console.system, monkeypatch, console.system.messages("EXPORT_QUEUE")) == 0


# On the screen


def test_a_students_codes_are_those_that_are_printed(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = console.post(codes_of(student(1)), {}).json_body
    key = console.system.wiring("build_export").code_key("northbridge")
    assert (shown["pin"], shown["parent_code"]) == (code("pin", 1, 1, key), code("parent", 1, 1, key))
    assert (shown["places"], shown["elsewhere"], shown["new"]) == (5, False, False)
    assert shown["pin_expires_at"] == "2026-12-18T11:06:40Z"
    console.post(EXPORTS, {"scope": {"person": student(1).id}, "format": "mail_merge_csv"})
    build(console, monkeypatch)
    (row,) = rows_of(next(iter(files(console.system).values())))
    assert (row["StudentPIN"], row["ParentCode"]) == (shown["pin"], shown["parent_code"])


def test_a_code_is_made_where_none_works_and_kept_afterwards(console: Console) -> None:
    first = console.post(codes_of(student(4)), {}).json_body
    again = console.post(codes_of(student(4)), {}).json_body
    assert (first["new"], again["new"]) == (True, False)
    assert {**first, "new": False} == again
    assert read(first["pin"]) is not None
    used = console.post(codes_of(student(3)), {}).json_body
    assert used["new"] is True
    assert known(console, 3).pin == CodeState(2, known(console, 3).pin.expires_at, given_at=START)  # type: ignore[union-attr]
    assert known(console, 3).parent_code == LIVE


def test_who_looked_is_noted_without_the_codes(console: Console) -> None:
    shown = console.post(codes_of(student(4)), {}).json_body
    console.system.clock.now += 1
    console.post(codes_of(student(4)), {})
    found = events(console, "codes.reveal")
    assert [(each["actor"], each["facts"]) for each in found] == [
        (HEAD_TEACHER.id, {"person": student(4).id, "codes": 2, "new": 0}),
        (HEAD_TEACHER.id, {"person": student(4).id, "codes": 2, "new": 2}),
    ]
    assert shown["pin"] not in json.dumps(found)
    assert "looked at a student" in console.page("/admin/northbridge/audit").body.decode()


def test_nothing_is_shown_if_it_cannot_be_noted(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    from latchkey.audit.stores.audit import Audit

    def busy(*_: Any) -> None:
        raise TryLater()

    monkeypatch.setattr(Audit, "record", busy)
    answer = console.post(codes_of(student(1)), {})
    assert answer.status_code == 503
    assert b"pin" not in answer.body


def test_the_page_shows_them_large_and_offers_paper(console: Console) -> None:
    answer = console.form(codes_of(student(1)), {"kind": "password_link", "page_ids": "x"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    page = answer.body.decode()
    key = console.system.wiring("build_export").code_key("northbridge")
    assert f'<dd class="code">{code("pin", 1, 1, key)}</dd>' in page
    assert "works once, until Fri 18 Dec 2026" in page
    assert "https://latchkey.test/r/northbridge" in page
    assert 'name="format" value="slips"' in page
    assert "data-print hidden" in page


def test_a_student_of_the_schools_own_sign_in_has_instructions(console: Console) -> None:
    sso = SingleSignOn(roles=("student",), help="Ask Mx Key in room 7.")
    console.system.wiring("console").schools.change_settings("northbridge", Settings(sso=sso), ["sso"])
    shown = console.post(codes_of(student(1)), {}).json_body
    assert (shown["pin"], shown["pin_expires_at"], shown["elsewhere"]) == (None, None, True)
    assert "Ask Mx Key in room 7." in console.form(codes_of(student(1)), {}).body.decode()


def test_nobody_elses_codes(console: Console) -> None:
    console.add([student(9, school="southgate")], "southgate")
    console.add([student(5, status="left"), student(6, number=None), student(7, role="teacher"), student(8, status="disabled")])
    unknown = console.post("/admin/northbridge/people/" + "z" * 20 + "/codes", {})
    assert unknown.status_code == 404
    for other in (HEAD_TEACHER, student(7), student(9, school="southgate")):
        answer = console.post(codes_of(other), {})
        assert (answer.status_code, answer.body) == (404, unknown.body)
    for number in (5, 6, 8):
        answer = console.post(codes_of(student(number)), {})
        assert answer.status_code == 409
    assert "Load the roster again" in console.post(codes_of(student(6)), {}).json_body["detail"]
    assert console.post(codes_of(student(1)), {"reason": "x"}).status_code == 422
    console.token = console.sign_in(student(1))
    assert console.post(codes_of(student(1)), {}).status_code == 404
    assert console.post(VOID, SCHOOL).status_code == 404
    assert events(console, "codes.reveal") == []


def test_the_persons_page_says_what_is_known_of_the_codes(console: Console) -> None:
    found = console.get(f"/admin/northbridge/people/{student(3).id}").json_body["codes"]
    assert found == {
        "pin": {"state": "used", "expires_at": "2026-12-18T11:06:40Z", "uses": 1},
        "parent_code": {"state": "works", "expires_at": "2026-12-18T11:06:40Z", "uses": 0},
    }
    page = console.page(f"/admin/northbridge/people/{student(3).id}").body.decode()
    assert "has been used" in page
    assert "works until Fri 18 Dec 2026" in page
    assert "none yet" in console.page(f"/admin/northbridge/people/{student(4).id}").body.decode()
    assert console.get(f"/admin/northbridge/people/{HEAD_TEACHER.id}").json_body["codes"] == {"pin": None, "parent_code": None}


# Before their time


@pytest.mark.parametrize(
    ("fields", "pins", "parent_codes"),
    [
        ({}, 2, 2),
        ({"kind": "pin"}, 2, 0),
        ({"kind": "parent"}, 0, 2),
        ({"scope": {"year_group": "7"}}, 2, 1),
        ({"scope": {"registration_group": "7B"}}, 1, 0),
        ({"scope": {"person": student(3).id}}, 0, 1),
        ({"scope": {"ids": [student(1).id, student(4).id, "z" * 20]}}, 1, 1),
    ],
)
def test_the_number_is_shown_first_and_then_voided(
    console: Console, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any], pins: int, parent_codes: int
) -> None:
    asked = {**SCHOOL, **fields}
    tried = console.post(VOID, {**asked, "dry_run": True})
    assert tried.status_code == 200
    assert tried.json_body == {
        "codes": pins + parent_codes, "by_kind": {"pin": pins, "parent_code": parent_codes}, "complete": True
    }  # fmt: skip
    assert console.system.messages("EXPORT_QUEUE") == []
    answer = console.post(VOID, {**asked, "codes": pins + parent_codes})
    assert answer.status_code == 202
    build(console, monkeypatch)
    done = console.get(answer.headers["Location"]).json_body
    assert (done["kind"], done["state"], done["format"], done["download"]) == ("void", "finished", None, None)
    assert done["codes"] == {"pin": pins, "parent_code": parent_codes}
    assert done["progress"] == {"done": pins + parent_codes, "total": pins + parent_codes}
    assert console.post(VOID, {**asked, "dry_run": True}).status_code == 422, "nothing is left"
    (event,) = events(console, "codes.voided")
    assert event["facts"] == {"export": done["id"], "what": done["name"], "pins": pins, "parent_codes": parent_codes}
    (event,) = events(console, "codes.void")
    assert (event["actor"], event["facts"]["codes"]) == (HEAD_TEACHER.id, pins + parent_codes)


def test_what_was_voided_stays_void_and_the_next_file_has_new_codes(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    console.post(VOID, {**SCHOOL, "kind": "pin"})
    build(console, monkeypatch)
    assert known(console, 1).pin == replace(LIVE, voided=True)
    assert known(console, 1).parent_code == LIVE
    console.post(EXPORTS, {"scope": {"person": student(1).id}, "format": "mail_merge_csv"})
    build(console, monkeypatch)
    key = console.system.wiring("build_export").code_key("northbridge")
    (row,) = rows_of(next(iter(files(console.system).values())))
    assert (row["StudentPIN"], row["ParentCode"]) == (code("pin", 1, 2, key), code("parent", 1, 1, key))


def test_another_number_than_was_shown_voids_nothing(console: Console) -> None:
    answer = console.post(VOID, {**SCHOOL, "codes": 3})
    assert answer.status_code == 409
    assert "4 codes work, not 3" in answer.json_body["detail"]
    assert console.system.messages("EXPORT_QUEUE") == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"scope": {"registration_group": "9A"}}, "scope"),
        ({"scope": {"year_group": "13"}}, "scope"),
        ({"scope": {"person": "z" * 20}}, "scope"),
        ({"scope": {"person": HEAD_TEACHER.id}}, "scope"),
        ({"scope": None}, "scope"),
        ({"kind": "students"}, "kind"),
        ({"kind": None}, "kind"),
        ({"codes": "4"}, "codes"),
        ({"codes": True}, "codes"),
        ({"dry_run": 1}, "dry_run"),
        ({"never_logged_in": True}, "never_logged_in"),
        ({"idempotency_key": "x"}, "idempotency_key"),
    ],
)
def test_what_cannot_be_voided_is_named(console: Console, fields: dict[str, Any], field: str) -> None:
    answer = console.post(VOID, {**SCHOOL, **fields})
    assert answer.status_code == 422
    assert field in answer.json_body["fields"]
    assert console.system.messages("EXPORT_QUEUE") == []


def test_students_who_left_lose_their_codes_too(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    console.add([student(5, year_group="11", status="left", pin=LIVE)])
    assert console.post(VOID, {"scope": {"year_group": "11"}, "kind": "both"}).status_code == 202
    build(console, monkeypatch)
    assert known(console, 5).pin == replace(LIVE, voided=True)


def test_the_same_key_voids_once_and_starts_nothing_else(console: Console) -> None:
    asked = {**SCHOOL, "idempotency_key": "abcdefgh-9"}
    first = console.post(VOID, asked)
    assert console.post(VOID, asked).json_body["id"] == first.json_body["id"]
    other = {"scope": {"school": True}, "format": "mail_merge_csv", "idempotency_key": "abcdefgh-9"}
    assert console.post(EXPORTS, other).status_code == 409


def test_a_queue_that_is_busy_voids_nothing(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: Any) -> None:
        raise TryLater()

    monkeypatch.setattr(Queue, "put", busy)
    assert console.post(VOID, SCHOOL).status_code == 503
    assert known(console, 1).pin == LIVE


def test_a_browser_confirms_the_number_it_has_seen(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "See how many codes that is" in console.page(f"{EXPORTS}/void").body.decode()
    check = console.form(VOID, {"scope": "year_group", "year_group": "7", "registration_group": "", "kind": "both"})
    page = console.page(check.headers["Location"]).body.decode()
    assert "Void 3 codes" in page
    assert known(console, 1).pin == LIVE
    confirmed = {**hidden(page), "confirm": "true", "confirm_codes": "3"}
    assert confirmed["codes"] == "3"
    sent = console.form(VOID, confirmed)
    assert sent.status_code == 303
    assert console.form(VOID, confirmed).headers["Location"] == sent.headers["Location"], "a second click"
    build(console, monkeypatch)
    done = console.page(sent.headers["Location"]).body.decode()
    assert "The codes are void" in done
    assert "Voided PINs and parent codes" in console.page(EXPORTS).body.decode()
    assert "Voided PINs and parent codes of year 7" in console.page("/admin/northbridge").body.decode()
    led = console.form(VOID, {"scope": "registration_group", "registration_group": "<b>", "kind": "pin"})
    back = console.page(led.headers["Location"])
    assert back.status_code == 422
    assert "nothing to void" in back.body.decode()
    assert console.form(VOID, {**confirmed, "idempotency_key": "abcdefgh-5"}).status_code == 422


def test_a_file_from_before_says_that_codes_were_voided(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    made = console.post(EXPORTS, {"scope": {"school": True}, "format": "mail_merge_csv"}).json_body
    build(console, monkeypatch)
    path = f"{EXPORTS}/{made['id']}"
    assert console.get(path).json_body["voided_since"] is None
    console.system.clock.now += 60
    console.post(VOID, SCHOOL)
    build(console, monkeypatch)
    assert console.get(path).json_body["voided_since"] == "2026-11-18T11:07:40Z"
    assert "Codes were voided on" in console.page(path).body.decode()
    console.system.clock.now += 60
    later = console.post(EXPORTS, {"scope": {"school": True}, "format": "mail_merge_csv"}).json_body
    build(console, monkeypatch)
    assert console.get(f"{EXPORTS}/{later['id']}").json_body["voided_since"] is None


def test_one_students_paper_that_is_asked_for_twice_is_made_once(console: Console) -> None:
    page = console.form(codes_of(student(1)), {}).body.decode()
    forms = [form.split("</form>")[0] for form in page.split('<form method="post"')[1:] if "/exports" in form.split(">")[0]]
    assert [hidden(form)["format"] for form in forms] == ["slips", "letters"]
    for form in forms:
        asked = hidden(form)
        assert len({console.form(EXPORTS, asked).headers["Location"] for _ in range(2)}) == 1
    assert len(console.get(EXPORTS).json_body["items"]) == 2
