"""Login details over HTTP: start, watch, download; for scripts and for browsers."""

import html
import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from latchkey.errors import TryLater
from latchkey.login_details import look_at_students as look_module
from latchkey.login_details import start_export as start_export_module
from latchkey.login_details.model.runs import FILE_LIFE, LOST_AFTER
from latchkey.people.model.person import CodeState
from latchkey.schools.model.school import DAY, Settings, SingleSignOn
from latchkey.shared.model.ids import new_id
from latchkey.shared.stores.queues import Queue
from tests.support.console import HEAD_TEACHER, Console, running_console
from tests.support.exports import deliver, file_behind, files, rows_of, student
from tests.support.system import START

PATH = "/admin/northbridge/exports"
SCHOOL = {"scope": {"school": True}, "format": "mail_merge_csv"}


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    with running_console(monkeypatch) as made:
        made.add([student(1), student(2, registration_group="7B"), student(3, year_group="8", registration_group="8A")])
        yield made


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the last form of a page."""
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def build(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    assert deliver(console.system, monkeypatch, console.system.messages("EXPORT_QUEUE")) == 0


def start(console: Console, **fields: Any) -> dict[str, Any]:
    answer = console.post(PATH, {**SCHOOL, **fields})
    assert answer.status_code == 202, answer.body
    found: dict[str, Any] = answer.json_body
    return found


def test_from_the_click_to_the_file(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = console.post(PATH, {**SCHOOL, "audience": "both"})
    made = answer.json_body
    assert answer.headers["Location"] == f"{PATH}/{made['id']}"
    assert (made["state"], made["progress"]) == ("queued", {"done": 0, "total": 3})
    assert (made["scope"], made["audience"], made["created_by"]) == ({"school": True}, "both", HEAD_TEACHER.id)
    build(console, monkeypatch)
    done = console.get(f"{PATH}/{made['id']}").json_body
    assert (done["state"], done["progress"], done["rows"]) == ("finished", {"done": 3, "total": 3}, 3)
    assert (done["download"], done["expires_at"]) == (f"{PATH}/{made['id']}/download", "2026-11-19T11:06:40Z")
    way = console.get(done["download"])
    assert (way.status_code, way.body) == (303, b"")
    assert way.headers["Cache-Control"] == "no-store"
    url = way.headers["Location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert int(asked["X-Amz-Expires"]) <= 300
    assert asked["response-content-disposition"] == 'attachment; filename="northbridge-mail-merge-all-2026-11-18.csv"'
    assert len(rows_of(file_behind(console.system, url))) == 3
    assert "UPN" not in url


def test_each_download_is_signed_anew_and_noted_without_the_url(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    made = start(console)
    build(console, monkeypatch)
    for _ in range(2):
        assert console.get(f"{PATH}/{made['id']}/download").status_code == 303
    events = console.system.wiring("console").audit("northbridge").page()[0]
    found = [event for event in events if event["action"] == "export.download"]
    assert [(event["actor"], event["facts"]) for event in found] == [
        (HEAD_TEACHER.id, {"export": made["id"], "what": "Mail merge, CSV for the whole school", "rows": 3})
    ] * 2
    assert "X-Amz-" not in json.dumps(events)


def test_printing_twice_gives_the_same_file(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        start(console)
        build(console, monkeypatch)
        console.system.clock.now += 86_400 * 3
        console.token = console.sign_in(HEAD_TEACHER)
    one, two = files(console.system).values()
    assert one == two


@pytest.mark.parametrize(
    ("scope", "total"),
    [
        ("school", 3),
        ({"school": True}, 3),
        ({"year_group": "7"}, 2),
        ({"registration_group": "8A"}, 1),
        ({"person": student(2).id}, 1),
        ({"ids": [student(3).id, student(1).id, "z" * 20]}, 2),
    ],
)
def test_scopes(console: Console, scope: object, total: int) -> None:
    made = start(console, scope=scope)
    assert made["progress"]["total"] == total
    assert made["scope"] == ({"school": True} if scope == "school" else scope)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"scope": {"year_group": "13"}}, "scope"),
        ({"scope": {"person": "z" * 20}}, "scope"),
        ({"scope": {"person": HEAD_TEACHER.id}}, "scope"),
        ({"scope": {"person": "' OR 1=1"}}, "scope"),
        ({"scope": {"school": True, "year_group": "7"}}, "scope"),
        ({"scope": {"school": 1}}, "scope"),
        ({"scope": {"year_group": {"$gt": ""}}}, "scope"),
        ({"scope": None}, "scope"),
        ({"format": "exe"}, "format"),
        ({"format": ["mail_merge_csv"]}, "format"),
        ({"audience": "teachers"}, "audience"),
        ({"audience": {}}, "audience"),
        ({"never_logged_in": "yes"}, "never_logged_in"),
        ({"idempotency_key": "short"}, "idempotency_key"),
        ({"idempotency_key": 12345678}, "idempotency_key"),
        ({"columns": ["email"]}, "columns"),
        ({"columns": []}, "columns"),
        ({"columns": ["UPN"], "format": "slips"}, "columns"),
        ({"rows": "class"}, "rows"),
        ({"rows": "family", "format": "letters"}, "rows"),
        ({"rows": "parent", "audience": "students"}, "rows"),
        ({"large_print": True}, "large_print"),
        ({"large_print": "yes", "format": "slips"}, "large_print"),
        ({"audience": "parents", "format": "pin_table"}, "audience"),
        ({"expiring_within": 0}, "expiring_within"),
        ({"expiring_within": True}, "expiring_within"),
        ({"scope": {"ids": []}}, "scope"),
        ({"scope": {"ids": ["z" * 20]}}, "scope"),
        ({"scope": {"ids": [student(1).id] * 1001}}, "scope"),
        ({"dry_run": "yes"}, "dry_run"),
        ({"school": "southgate"}, "school"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_starts(console: Console, fields: dict[str, Any], field: str) -> None:
    answer = console.post(PATH, {**SCHOOL, **fields})
    assert answer.status_code == 422
    assert field in answer.json_body["fields"]
    assert console.system.messages("EXPORT_QUEUE") == []
    assert console.get(PATH).json_body["items"] == []


def test_students_who_left_are_nobody(console: Console) -> None:
    console.add([student(9, year_group="11", status="left")])
    assert console.post(PATH, {**SCHOOL, "scope": {"year_group": "11"}}).status_code == 422
    assert console.post(PATH, {**SCHOOL, "scope": {"person": student(9).id}}).status_code == 422


def test_a_student_of_another_school_is_nobody(console: Console) -> None:
    console.add([student(9, school="southgate")], "southgate")
    foreign = console.post(PATH, {**SCHOOL, "scope": {"person": student(9, school="southgate").id}})
    unknown = console.post(PATH, {**SCHOOL, "scope": {"person": "z" * 20}})
    assert foreign.status_code == 422
    assert foreign.body == unknown.body


def test_not_ready_is_409_and_too_late_is_410(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    made = start(console)
    path = f"{PATH}/{made['id']}"
    assert console.get(f"{path}/download").status_code == 409
    assert console.get(path).json_body["download"] is None
    build(console, monkeypatch)
    console.system.clock.now += FILE_LIFE - 100
    console.token = console.sign_in(HEAD_TEACHER)
    url = console.get(f"{path}/download").headers["Location"]
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["100"], "no longer than the file"
    console.system.clock.now += 100
    late = console.get(f"{path}/download")
    assert (late.status_code, late.json_body["code"]) == (410, "gone")
    shown = console.get(path).json_body
    assert (shown["state"], shown["download"]) == ("finished", None)


def test_a_run_that_was_lost_shows_as_failed(console: Console) -> None:
    made = start(console)
    console.system.clock.now += LOST_AFTER
    console.token = console.sign_in(HEAD_TEACHER)
    shown = console.get(f"{PATH}/{made['id']}").json_body
    assert shown["state"] == "failed"
    assert "Start it again" in shown["reason"]
    assert console.get(f"{PATH}/{made['id']}/download").status_code == 409


def test_foreign_and_unknown_exports_are_the_same_404(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    made = start(console)
    build(console, monkeypatch)
    console.token = console.sign_in(HEAD_TEACHER, "southgate")
    for tail in ("", "/download"):
        answers = [
            console.get(f"/admin/southgate/exports/{made['id']}{tail}"),
            console.get(f"/admin/southgate/exports/{new_id()}{tail}"),
            console.get(f"/admin/southgate/exports/..%2F{tail}"),
            console.get(f"/admin/northbridge/exports/{made['id']}{tail}"),
            console.get(f"/admin/nowhere/exports/{made['id']}{tail}"),
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.body for answer in answers}) == 1
        assert len({json.dumps(dict(answer.headers), sort_keys=True) for answer in answers}) == 1
    events = console.system.wiring("console").audit("northbridge").page()[0]
    assert "export.download" not in {event["action"] for event in events}


@pytest.mark.parametrize("who", ["nobody", "student", "teacher", "foreign"])
def test_only_admins_of_the_school(console: Console, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    made = start(console)
    build(console, monkeypatch)
    teacher = student(20, role="teacher")
    console.add([teacher])
    console.token = {
        "nobody": lambda: None,
        "student": lambda: console.sign_in(student(1)),
        "teacher": lambda: console.sign_in(teacher),
        "foreign": lambda: console.sign_in(HEAD_TEACHER, "southgate"),
    }[who]()
    assert console.post(PATH, SCHOOL).status_code == 404
    for path in (PATH, f"{PATH}/{made['id']}", f"{PATH}/{made['id']}/download"):
        assert console.get(path).status_code == 404
    assert console.system.messages("EXPORT_QUEUE") == []


def test_the_same_key_starts_one_export(console: Console) -> None:
    first = console.post(PATH, {**SCHOOL, "idempotency_key": "abcdefgh-1"})
    again = console.post(PATH, {**SCHOOL, "idempotency_key": "abcdefgh-1"})
    assert (again.status_code, again.json_body) == (202, first.json_body)
    assert len(console.get(PATH).json_body["items"]) == 1
    other = console.post(PATH, {**SCHOOL, "scope": {"year_group": "7"}, "idempotency_key": "abcdefgh-1"})
    assert other.status_code == 409


def test_a_queue_that_is_busy_leaves_a_failed_run_that_the_same_key_sets_off(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Queue.put

    def busy(*_: Any) -> None:
        raise TryLater()

    monkeypatch.setattr(Queue, "put", busy)
    body = {**SCHOOL, "idempotency_key": "abcdefgh-2"}
    assert console.post(PATH, body).status_code == 503
    (failed,) = console.get(PATH).json_body["items"]
    assert (failed["state"], failed["reason"]) == ("failed", "It could not be started: a service was busy. Start it again.")
    monkeypatch.setattr(Queue, "put", put)
    again = console.post(PATH, body)
    assert (again.status_code, again.json_body["id"], again.json_body["state"]) == (202, failed["id"], "queued")
    build(console, monkeypatch)
    assert console.get(f"{PATH}/{failed['id']}").json_body["state"] == "finished"


def test_the_list_is_newest_first_and_pages(console: Console) -> None:
    ids = []
    for _ in range(3):
        ids.append(start(console)["id"])
        console.system.clock.now += 1
    first = console.get(PATH, limit="2").json_body
    second = console.get(PATH, limit="2", cursor=first["next"]).json_body
    assert [each["id"] for each in first["items"] + second["items"]] == ids[::-1]
    assert second["next"] is None


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"cursor": "EXPORTKEYS"}, {"limit": "0"}, {"limit": "٣"}, {"sort": "key"}])
def test_odd_questions_to_the_list_are_refused(console: Console, query: dict[str, str]) -> None:
    assert console.get(PATH, **query).status_code == 422


def test_the_answers_hold_no_key_of_the_file(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    made = start(console)
    build(console, monkeypatch)
    (key,) = files(console.system)
    secret = key.rpartition("/")[2]
    for shown in (
        console.get(PATH),
        console.get(f"{PATH}/{made['id']}"),
        console.page(f"{PATH}/{made['id']}"),
        console.page(PATH),
    ):
        assert secret.encode() not in shown.body


# In a browser


def test_a_form_starts_an_export_and_the_page_follows_it(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Slips" in console.page(PATH).body.decode()
    assert "See what the file will hold" in console.page(f"{PATH}/new").body.decode()
    fields = {"scope": "year_group", "year_group": "7", "registration_group": "", "format": "mail_merge_csv"}
    asked = console.form(PATH, {**fields, "audience": "parents", "column.UPN": "on", "column.ParentCode": "on"})
    assert asked.status_code == 303
    shown = console.page(asked.headers["Location"]).body.decode()
    assert "Check before you make the file" in shown
    assert "2 parent codes" in shown
    assert console.system.messages("EXPORT_QUEUE") == []
    confirmed = {**hidden(shown), "confirm": "true"}
    assert (confirmed["who"], confirmed["year.7"]) == ("years", "on")
    assert confirmed["column.ParentCode"] == "on"
    sent = console.form(PATH, confirmed)
    assert sent.status_code == 303
    where = sent.headers["Location"]
    assert console.form(PATH, confirmed).headers["Location"] == where, "a second click starts nothing more"
    made = console.get(where).json_body
    assert (made["audience"], made["columns"]) == ("parents", ["UPN", "ParentCode"])
    running = console.page(where).body.decode()
    assert 'data-live="running"' in running
    assert "Writing the file: 0 of 2" in running
    build(console, monkeypatch)
    done = console.page(where).body.decode()
    assert "The file is ready" in done
    assert "data-live=" not in done
    assert f'href="{where}/download"' in done
    assert console.page(f"{where}/download").status_code == 303
    listed = console.page(PATH).body.decode()
    assert "for year 7" in listed
    assert "Ada Admin" in listed
    assert "Make again" in listed
    assert "Download" in listed
    console.system.clock.now += FILE_LIFE
    console.token = console.sign_in(HEAD_TEACHER)
    assert "The file was deleted" in console.page(where).body.decode()
    late = console.page(f"{where}/download")
    assert late.status_code == 410
    assert "the codes stay the same" in late.body.decode()


def test_one_student_from_their_page(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    page = console.page(f"/admin/northbridge/people/{student(2).id}").body.decode()
    assert "Make a file" in page
    assert "Make a file" not in console.page(f"/admin/northbridge/people/{HEAD_TEACHER.id}").body.decode()
    led = console.form(PATH, {"scope": "person", "person": student(2).id, "edit": "true"})
    form = console.page(led.headers["Location"]).body.decode()
    assert "Only the student you chose" in form
    sent = console.form(PATH, {"scope": "person", "person": student(2).id, "format": "mail_merge_csv", "confirm": "true"})
    build(console, monkeypatch)
    assert "for one student" in console.page(sent.headers["Location"]).body.decode()
    (data,) = files(console.system).values()
    assert [row["StudentId"] for row in rows_of(data)] == ["M2"]


def test_a_wrong_form_comes_back_with_what_was_typed(console: Console) -> None:
    fields = {
        "scope": "year_group",
        "year_group": "<b>13",
        "format": "mail_merge_csv",
        "audience": "students",
        "never_logged_in": "on",
    }
    nobody = console.page(console.form(PATH, fields).headers["Location"])
    assert nobody.status_code == 200
    assert "there is nothing to make" in nobody.body.decode()
    back = console.form(PATH, {**fields, "confirm": "true"})
    assert back.status_code == 422
    page = back.body.decode()
    assert "No student matches" in page
    assert 'href="#who"' in page
    assert 'id="who"' in page
    assert 'name="never_logged_in" id="never_logged_in" checked' in page
    assert 'value="students" checked' in page


@pytest.mark.parametrize("scope", ["", "nonsense", "person", "year_group", "ids"])
def test_a_form_that_chooses_nobody_comes_back(console: Console, scope: str) -> None:
    back = console.form(PATH, {"scope": scope, "format": "mail_merge_csv"})
    assert back.status_code == 422
    assert "Error: " in back.body.decode()


def test_a_browser_without_a_session_is_sent_to_sign_in(console: Console) -> None:
    made = start(console)
    console.token = None
    for path in (PATH, f"{PATH}/{made['id']}", f"{PATH}/{made['id']}/download"):
        answer = console.page(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/schools/northbridge/sessions")


def test_a_failed_run_says_why(console: Console) -> None:
    made = start(console)
    exports = console.system.wiring("console").exports("northbridge")
    found = exports.get(made["id"])
    assert found is not None
    exports._change(found.id, {"state": "failed", "reason": "The file could not be made."}, [])
    page = console.page(f"{PATH}/{made['id']}").body.decode()
    assert "The file could not be made." in page
    assert "Make again" in page


# Before it is made


def test_a_dry_run_says_which_codes_are_new_and_changes_nothing(console: Console) -> None:
    soon = CodeState(2, START + 3 * DAY)
    used = CodeState(1, START + 60 * DAY, 1)
    console.add(
        [
            student(4, registration_group="7B", pin=used, parent_code=soon),
            student(5, number=None),
            student(6, status="left"),
        ]
    )
    answer = console.post(PATH, {**SCHOOL, "dry_run": True})
    assert answer.status_code == 200
    assert answer.json_body == {
        "total": 4,
        "complete": True,
        "new_codes": {"pin": 4, "parent_code": 3},
        "renewed": {"pin": 0, "parent_code": 0},
        "kept": {"pin": 0, "parent_code": 1},
        "elsewhere": 0,
        "left_out": [{"reason": "no_number", "text": "has no number for a code yet: load the roster again", "count": 1}],
        "groups": [
            {"year_group": "7", "registration_group": "7A", "students": 1, "new": 1},
            {"year_group": "7", "registration_group": "7B", "students": 2, "new": 2},
            {"year_group": "8", "registration_group": "8A", "students": 1, "new": 1},
        ],
    }
    soon_only = console.post(PATH, {**SCHOOL, "dry_run": True, "expiring_within": 7, "audience": "parents"}).json_body
    assert (soon_only["total"], soon_only["renewed"], soon_only["new_codes"]["parent_code"]) == (
        4,
        {"pin": 0, "parent_code": 1},
        3,
    )
    assert console.system.messages("EXPORT_QUEUE") == []
    assert console.get(PATH).json_body["items"] == []
    assert console.system.wiring("console").audit("northbridge").page()[0] == []


def test_a_dry_run_agrees_with_the_run(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    console.add([student(4, parent_code=CodeState(2, START + DAY)), student(5, pin=CodeState(2, START + DAY, 1))])
    tried = console.post(PATH, {**SCHOOL, "dry_run": True, "expiring_within": 7}).json_body
    made = start(console, expiring_within=7)
    build(console, monkeypatch)
    done = console.get(f"{PATH}/{made['id']}").json_body
    assert done["rows"] == tried["total"]
    assert done["codes"] == {kind: tried["new_codes"][kind] + tried["renewed"][kind] for kind in ("pin", "parent_code")}
    again = console.post(PATH, {**SCHOOL, "dry_run": True}).json_body
    assert (again["new_codes"], again["kept"]) == ({"pin": 0, "parent_code": 0}, {"pin": 5, "parent_code": 5})


def test_a_selection_says_who_of_it_cannot_be_in_the_file(console: Console) -> None:
    console.add([student(5, status="left"), student(6, role="teacher"), student(7, upn=None), student(8, status="disabled")])
    ids = [student(number).id for number in (1, 5, 6, 7, 8)] + ["z" * 20, "y" * 20]
    tried = console.post(PATH, {"scope": {"ids": ids}, "format": "sims_aspect", "dry_run": True}).json_body
    assert tried["total"] == 1
    assert {each["reason"]: each["count"] for each in tried["left_out"]} == {
        "left": 1,
        "disabled": 1,
        "not_student": 1,
        "no_upn": 1,
        "unknown": 2,
    }
    refused = console.post(PATH, {"scope": {"ids": ids[1:]}, "format": "sims_aspect"})
    assert refused.status_code == 422
    assert "1 of them has left the school" in refused.json_body["fields"]["scope"]


def test_a_school_with_its_own_sign_in_gets_instructions(console: Console) -> None:
    sso = SingleSignOn(roles=("student",))
    console.system.wiring("console").schools.change_settings("northbridge", Settings(sso=sso), ["sso"])
    tried = console.post(PATH, {**SCHOOL, "dry_run": True}).json_body
    assert (tried["elsewhere"], tried["new_codes"]) == (3, {"pin": 0, "parent_code": 3})


def test_the_codes_of_a_large_group_are_given_before_the_file_is_written(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_export_module, "_ONE_STEP", 2)
    made = start(console)
    assert console.system.wiring("console").exports("northbridge").get(made["id"]).stage == "codes"
    assert made["progress"] == {"done": 0, "total": 3}
    build(console, monkeypatch)
    assert console.get(f"{PATH}/{made['id']}").json_body["progress"] == {"done": 3, "total": 3}


def test_what_the_roll_does_not_know_yet_is_read_before_it_is_said_that_there_is_nobody(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_module, "read_roll", lambda *_: SimpleNamespace(alike_of=lambda _: []))
    assert console.post(PATH, {**SCHOOL, "dry_run": True}).json_body["total"] == 3
    assert start(console)["progress"]["total"] == 3


def test_people_who_are_ticked_or_shown_become_a_selection(console: Console) -> None:
    ids = [student(1).id, student(2).id]
    for fields, count in (
        ({"to": "ticked", f"id.{ids[0]}": "on", "page_ids": " ".join(ids)}, "The 1 person you chose"),
        ({"to": "page", "page_ids": " ".join(ids)}, "The 2 people you chose"),
    ):
        led = console.form(PATH, fields)
        assert count in console.page(led.headers["Location"]).body.decode()
    led = console.form(PATH, {"scope": "ids", "ids": " ".join(ids), "format": "slips"})
    check = console.page(led.headers["Location"]).body.decode()
    assert "Slips for 2 students" in check
    assert hidden(check)["ids"] == " ".join(ids)
    many = [student(number).id for number in range(1, 400)]
    long = console.form(PATH, {"scope": "ids", "ids": " ".join(many), "format": "slips"})
    assert (long.status_code, "Slips for 399 students" in long.body.decode()) == (200, True), "too long for an address"
    nobody = console.form(PATH, {"to": "ticked", "page_ids": " ".join(ids)})
    assert nobody.status_code == 422
    assert "Choose at least one student" in nobody.body.decode()


def test_a_slip_by_its_button_in_the_list_of_people(console: Console) -> None:
    sent = console.form(PATH, {"slip": student(1).id, "kind": "password_link", "page_ids": student(1).id})
    assert sent.status_code == 303
    made = console.get(sent.headers["Location"]).json_body
    assert (made["format"], made["scope"]) == ("slips", {"person": student(1).id})
    assert console.form(PATH, {"slip": "z" * 20}).status_code == 422


def test_names_that_could_not_be_drawn_and_students_a_format_leaves_out_are_told(console: Console) -> None:
    made = start(console)
    exports = console.system.wiring("console").exports("northbridge")
    found = exports.get(made["id"])
    assert found is not None
    done = {"state": "finished", "finished_at": START, "key": "exports/x", "rows": 2, "unprintable": 1, "left_out": 3}
    exports._change(found.id, done, [])
    shown = console.get(f"{PATH}/{made['id']}").json_body
    assert (shown["unprintable"], shown["left_out"]) == (1, 3)
    page = console.page(f"{PATH}/{made['id']}").body.decode()
    assert "1 name has letters that could not be drawn" in page
    assert "3 left out" in page
