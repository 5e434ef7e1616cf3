"""The audit page: deeds first, sign-ins a link away, in words, with names; what admins asked for in vain; visitors' marks."""

import csv
import html
import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from latchkey.audit.count_not_found import PARTS
from latchkey.audit.model.event_filter import SUBJECT_NAMES, SUBJECTS, EventFilter, subject_of
from latchkey.audit.model.in_words import GONE, WORDS, Fact, facts
from latchkey.errors import TryLater
from latchkey.records import download_activity as download_module
from tests.support.console import HEAD, HEAD_TEACHER, Console, make_person
from tests.support.exports import file_behind
from tests.support.workbooks import table

AUDIT = "/admin/northbridge/audit"
KINDS = ("deeds", "sign_ins", "all")


def record(console: Console, actor: str, action: str, **facts: str | int) -> None:
    """An event, a second after the one before."""
    console.system.clock.now += 1
    console.system.wiring("console").audit("northbridge").record(actor, action, int(console.system.clock.now), facts)


def actions(answer: Any) -> list[str]:
    return [event["action"] for event in answer.json_body["items"]]


def words(page: Any) -> str:
    """The text of a page as it is read."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.body.decode())).split())


@pytest.fixture
def history(console: Console) -> Console:
    """A deed, and many who set passwords and signed in afterwards."""
    record(console, HEAD, "send.start", send="a" * 26, kind="password_link")
    for number in range(60):
        record(console, f"{number:020d}", "password.set", purpose="welcome", role="student")
        record(console, HEAD, "sign_in.done", role="staff")
    return console


def test_a_page_shows_what_people_did_and_does_not_drown_it(history: Console) -> None:
    page = words(history.page(AUDIT))
    assert "started a message" in page
    assert "signed in" not in page
    assert "set a password" not in page
    other = words(history.page(AUDIT, kind="sign_ins"))
    assert "started a message" not in other
    assert "Ada Admin signed in role: staff" in other
    assert "set a password with: the first link that the school sent" in other


def test_json_has_everything_as_before_unless_a_kind_is_asked_for(history: Console) -> None:
    assert {"password.set", "sign_in.done"} == set(actions(history.get(AUDIT)))
    assert actions(history.get(AUDIT, kind="deeds")) == ["send.start"]
    assert "send.start" not in actions(history.get(AUDIT, kind="sign_ins", limit="100"))


@pytest.mark.parametrize("kind", KINDS)
def test_pages_of_a_kind_follow_each_other_without_gap_or_double(history: Console, kind: str) -> None:
    whole, cursor = list[dict[str, Any]](), ""
    while True:
        asked = {"kind": kind, "limit": "7"} | ({"cursor": cursor} if cursor else {})
        answer = history.get(AUDIT, **asked).json_body
        whole += answer["items"]
        cursor = answer["next"]
        if cursor is None:
            break
        assert len(answer["items"]) == 7
    ids = [event["id"] for event in whole]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == {"deeds": 1, "sign_ins": 120, "all": 121}[kind]


def test_the_choice_of_a_kind_works_without_javascript_and_stays(history: Console) -> None:
    page = history.page(AUDIT).body.decode()
    for kind in KINDS:
        assert f'href="{AUDIT}?kind={kind}"' in page
    assert f'href="{AUDIT}?kind=deeds" aria-current="true"' in page
    page = history.page(AUDIT, kind="sign_ins").body.decode()
    (older,) = re.findall(r'rel="next" href="([^"]+)"', page)
    assert "kind=sign_ins" in older
    following = history.page(html.unescape(older)).body.decode()
    assert f'href="{AUDIT}?kind=sign_ins" aria-current="true"' in following
    assert f'href="{AUDIT}?kind=sign_ins">Newest events' in following


@pytest.mark.parametrize("kind", ["x", "AUDIT", "deeds,all"])
def test_a_kind_that_there_is_not_is_refused(console: Console, kind: str) -> None:
    answer = console.get(AUDIT, kind=kind)
    assert (answer.status_code, list(answer.json_body["fields"])) == (422, ["kind"])


def test_a_cursor_of_one_kind_is_none_of_another(history: Console) -> None:
    cursor = history.get(AUDIT, kind="sign_ins", limit="7").json_body["next"]
    assert history.get(AUDIT, kind="all", cursor=cursor).status_code == 422


def test_events_name_people_and_say_who_is_a_visitor(console: Console) -> None:
    ann = make_person(1)
    console.add([ann])
    record(console, "portal", "code.dead", kind="pin", student=ann.id, generation=1)
    record(console, "portal", "sign_in.refused", person=HEAD, role="staff", tries=3)
    record(console, "portal", "sign_in.refused", people="others", tries=9)
    record(console, "plan_send", "send.planned", send="a" * 26, total=3)
    record(console, "operator", "school.make")
    record(console, "0" * 20, "codes.reveal", student=ann.id)
    page = words(console.page(AUDIT, kind="all"))
    assert "a visitor ended a code: too many wrong guesses kind: a PIN ; student: Given1 Family0001" in page
    assert "a visitor could not sign in person: Ada Admin ; role: staff ; times within the hour: 3" in page
    assert "who: students, and names that cannot sign in here ; times within the hour: 9" in page
    assert "Latchkey worked out who gets a message" in page
    assert "the operator made the school" in page
    assert "somebody who is no longer here looked at a student’s codes" in page


def test_whatever_an_event_says_is_text(console: Console) -> None:
    record(console, HEAD, "settings.change", fields="notice", **{"notice.was": "", "notice.now": "<script>alert(1)</script>"})
    page = console.page(AUDIT).body.decode()
    assert "<script>alert" not in page
    assert "was empty, is now &lt;script&gt;alert(1)&lt;/script&gt;" in page


# Visitors


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("put", "/settings", {"notice": "Closed"}),
        ("post", "/sends", {"kind": "password_link", "select": {"filter": {"role": "student"}}}),
        ("post", "/exports", {"scope": {"school": True}, "format": "slips", "audience": "students"}),
        ("post", "/rosters", {"filename": "people.csv"}),
        ("post", "/sends/test", {"mail": "reset"}),
    ],
)
def test_every_event_of_an_admin_has_the_visitors_mark(console: Console, method: str, path: str, body: dict[str, Any]) -> None:
    console.add([replace(make_person(1), number=1)])
    answer = console.post(f"/admin/northbridge{path}", body, method)
    assert answer.status_code < 300, answer.body
    (event,) = console.get(AUDIT).json_body["items"]
    assert event["actor"] == HEAD
    assert re.fullmatch("[0-9a-f]{10}", event["visitor"])
    assert event["visitor"] in words(console.page(AUDIT))
    assert "127.0.0.1" not in json.dumps(event)


def test_what_no_visitor_causes_has_no_mark(console: Console) -> None:
    record(console, "plan_send", "send.planned", send="a" * 26)
    assert console.get(AUDIT).json_body["items"][0]["visitor"] is None


# What is not theirs


def test_unknown_ids_and_other_schools_are_counted_and_shown(console: Console) -> None:
    theirs = make_person(77)
    console.add([theirs], "southgate")
    for person in (theirs.id, "0" * 20, "x"):
        assert console.get(f"/admin/northbridge/people/{person}").status_code == 404
    for school in ("southgate", "nowhere"):
        for part in ("/people", f"/people/{HEAD}", "", "/settings"):
            assert console.get(f"/admin/{school}{part}").status_code == 404
    found = {event["facts"]["where"]: event for event in console.get(AUDIT).json_body["items"]}
    assert {where: event["facts"]["tries"] for where, event in found.items()} == {"people": 3, "school": 8}
    for event in found.values():
        assert (event["actor"], event["action"]) == (HEAD, "page.not_theirs")
        assert event["visitor"]
    page = words(console.page(AUDIT, kind="sign_ins"))
    assert "Ada Admin asked for something that this school does not have" in page
    assert "where: another school ; times within the hour: 8" in page
    assert "southgate" not in page.lower()
    console.token = console.sign_in(HEAD_TEACHER, "southgate")
    assert console.get("/admin/southgate/audit").json_body["items"] == [], "and the other school learns nothing"


def test_however_often_they_are_few_events_an_hour(console: Console) -> None:
    for number in range(30):
        console.get(f"/admin/northbridge/people/{number:020d}")
        console.get(f"/admin/northbridge/sends/{number:020d}")
        console.get(f"/admin/school{number}/people")
    assert len(console.get(AUDIT).json_body["items"]) == 3
    assert len(PARTS) <= 16, "so many events an hour at most for an admin"


def test_strangers_without_rights_write_nothing(console: Console) -> None:
    teacher = make_person(13, role="teacher")
    console.add([teacher])
    console.token, head = console.sign_in(teacher), console.token
    assert console.get("/admin/northbridge/people").status_code == 404
    console.token = None
    assert console.get("/admin/northbridge/people").status_code == 404
    console.token = head
    assert console.get(AUDIT).json_body["items"] == []


def test_a_busy_table_does_not_change_a_404(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = console.get("/admin/northbridge/people/x")

    def busy(*_: object) -> None:
        raise TryLater()

    monkeypatch.setattr("latchkey.audit.stores.audit.Audit.tally", busy)
    answer = console.get("/admin/northbridge/people/x")
    assert (answer.status_code, answer.body) == (404, usual.body)


# Settings


def test_a_change_says_what_was_and_what_is(console: Console) -> None:
    changes = {"code_life": 86_400, "reply_to": "office@northbridge.example", "sso": {"roles": ["student"], "url": ""}}
    assert console.post("/admin/northbridge/settings", changes, "put").status_code == 200
    (event,) = console.get(AUDIT).json_body["items"]
    assert event["facts"] == {
        "fields": "code_life, reply_to, sso",
        "code_life.was": "90 days",
        "code_life.now": "1 day",
        "reply_to.was": "",
        "reply_to.now": "office@northbridge.example",
        "sso.roles.was": "",
        "sso.roles.now": "student",
    }
    page = words(console.page(AUDIT))
    assert "code life: was 90 days, is now 1 day" in page
    assert "reply to: was empty, is now office@northbridge.example" in page


# Filters and files


def test_events_of_one_person_are_those_they_did_and_those_about_them(console: Console) -> None:
    ann, ben = make_person(1), make_person(2)
    console.add([ann, ben])
    record(console, HEAD, "codes.reveal", student=ann.id)
    record(console, HEAD, "codes.reveal", student=ben.id)
    record(console, ann.id, "sign_in.done", role="student")
    found = console.get(AUDIT, person=ann.id).json_body["items"]
    assert [event["action"] for event in found] == ["sign_in.done", "codes.reveal"]
    page = console.page(AUDIT, person=ann.id)
    assert "Given1 Family0001 signed in" in words(page)
    assert "Given2" not in words(page)
    assert f'<option value="{ann.id}" selected>Given1 Family0001</option>' in page.body.decode()
    assert [event["action"] for event in console.get(AUDIT, person="operator").json_body["items"]] == []


def test_events_about_one_thing(console: Console) -> None:
    record(console, HEAD, "send.start", send="a" * 26, to="year 7 students")
    record(console, HEAD, "export.start", export="b" * 26, what="Slips for 7A", format="slips", scope="registration_group")
    record(console, "portal", "sign_in.refused", people="others")
    assert actions(console.get(AUDIT, about="login_details")) == ["export.start"]
    assert actions(console.get(AUDIT, about="sign_ins")) == ["sign_in.refused"]
    page = console.page(AUDIT, about="login_details").body.decode()
    assert f'<a href="/admin/northbridge/exports/{"b" * 26}">Slips for 7A</a>' in page
    assert "registration_group" not in page


def test_days_are_the_schools_and_both_count(console: Console) -> None:
    clock = console.system.clock
    midnight = 1_775_257_200  # 4 April 2026, 00:00 in London, when it is 3 April, 23:00 UTC
    for place in (-2, 0, 3_600 * 23, 86_400, 3 * 86_400):
        clock.now = midnight + place - 1
        record(console, HEAD, "send.start", number=place)
    console.token = console.sign_in(HEAD_TEACHER)

    def found(**asked: str) -> list[int]:
        events = console.get(AUDIT, kind="deeds", **asked).json_body["items"]
        return [event["facts"]["number"] for event in events]

    assert found(**{"from": "2026-04-04", "to": "2026-04-04"}) == [3_600 * 23, 0]
    assert found(**{"from": "2026-04-05"}) == [3 * 86_400, 86_400]
    assert found(to="2026-04-03") == [-2]


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ({"from": "yesterday", "to": "2026-13-01"}, ["from", "to"]),
        ({"from": "2026-04-05", "to": "2026-04-04"}, ["to"]),
        ({"from": "9999-12-31"}, ["from"]),
        ({"about": "x"}, ["about"]),
        ({"person": "Ann"}, ["person"]),
        ({"sort": "x"}, ["sort"]),
    ],
)
def test_what_cannot_be_asked_for_is_said_with_every_field(console: Console, asked: dict[str, str], fields: list[str]) -> None:
    for path in (AUDIT, f"{AUDIT}/download"):
        answer = console.get(path, **asked)
        assert (answer.status_code, list(answer.json_body["fields"])) == (422, fields)
    page = console.page(AUDIT, **asked)
    assert page.status_code == 422
    if fields != ["sort"]:
        for field in fields:
            assert f'href="#{field}"' in page.body.decode()
            assert f'aria-describedby="{field}-error"' in page.body.decode()


def test_a_search_looks_so_far_and_then_goes_on(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        record(console, HEAD, "send.start" if number == 0 else "person.change", number=number)
    monkeypatch.setattr("latchkey.audit.stores.audit._READ", 2)
    search = console.system.wiring("console").audit("northbridge").search
    wanted = EventFilter(about="messages")
    seen, after = search(wanted, most=4)
    assert (seen, bool(after)) == ([], True)
    while after:
        seen, after = search(wanted, after=after, most=4)
    assert [event["facts"]["number"] for event in seen] == [0]
    pages, cursor = [], None
    while True:
        answer = console.get(AUDIT, about="people", limit="5", **({"cursor": cursor} if cursor else {})).json_body
        pages.append([event["facts"]["number"] for event in answer["items"]])
        cursor = answer["next"]
        if cursor is None:
            break
    assert pages == [[11, 10, 9, 8, 7], [6, 5, 4, 3, 2], [1]]


def content(console: Console, **asked: str) -> bytes:
    """The file of a download."""
    answer = console.get(f"{AUDIT}/download", **asked)
    assert answer.status_code == 303, answer.body
    url = answer.headers["Location"]
    assert re.search(r"northbridge-activity-(?:[a-z-]+-)?20\d\d-\d\d-\d\d\." + asked.get("format", "csv"), url)
    return file_behind(console.system, url)


def test_the_file_has_names_and_no_formula(console: Console) -> None:
    ann = make_person(1, given_name="=HYPERLINK(1)", family_name="@x")
    console.add([ann])
    record(console, HEAD, "codes.reveal", student=ann.id)
    record(console, "build_export", "export.finish", export="b" * 26, what="Slips for 7A", rows=29)
    written = csv.DictReader(io.StringIO(content(console).decode("utf-8-sig")))
    rows = sorted(written, key=lambda row: row["Event"], reverse=True)  # both are of one moment
    assert [(row["Who"], row["What"], row["Event"]) for row in rows] == [
        ("Latchkey", "made a file of login details", "export.finish"),
        ("Ada Admin", "looked at a student’s codes", "codes.reveal"),
    ]
    assert rows[0]["About"] == "Slips for 7A; rows: 29"
    assert rows[1]["About"] == "student: =HYPERLINK(1) @x"
    assert not [cell for row in rows for cell in row.values() if cell[:1] in tuple("=+-@")]
    assert "activity.download" in actions(console.get(AUDIT, kind="deeds"))
    again = content(console, about="login_details", format="xlsx")
    header, found = table(again)
    assert header[:3] == ["When", "Who", "What"]
    assert sorted(cells[5] for _, cells in found) == ["codes.reveal", "export.finish"]


def test_too_many_events_for_a_file_are_said_and_a_format_that_there_is_not(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        record(console, HEAD, "person.change", number=number)
    monkeypatch.setattr(download_module, "MOST", 2)
    refused = console.get(f"{AUDIT}/download")
    assert (refused.status_code, refused.json_body["code"]) == (409, "too_many")
    assert "Choose fewer days" in console.page(f"{AUDIT}/download").body.decode()
    assert console.get(f"{AUDIT}/download", format="pdf").status_code == 422


def test_a_message_a_file_and_people_are_said_by_their_names() -> None:
    names = {"a" * 20: "Ann", "b" * 20: "Ben"}
    said = facts({"person": "a" * 20, "removed": "b" * 20, "merge": "c" * 26}, names)
    assert [(fact.name, fact.text, fact.place) for fact in said] == [
        ("person", "Ann", "people"),
        ("merged into it", "Ben", "people"),
    ]
    assert facts({"roster": "c" * 26, "restored": 3, "removed": 0}, {})[1:] == [Fact("restored", "3"), Fact("removed", "0")]
    assert facts({"person": "z" * 20}, {}) == [Fact("person", GONE)]
    assert facts({"export": "c" * 26, "rows": 2}, {})[0] == Fact("file", "open it", "exports", "c" * 26)


def test_every_event_is_about_something() -> None:
    assert [action for action in WORDS if subject_of(action) is None] == []
    assert {subject_of(action) for action in WORDS} == {*SUBJECTS} == {*SUBJECT_NAMES}
