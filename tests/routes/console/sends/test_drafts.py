"""A message that is still being made: four steps at addresses of their own, kept, found again, sent once."""

import json
from dataclasses import replace
from typing import Any

import pytest

from latchkey.sends.plan_send import plan_send
from tests.support.console import HEAD_TEACHER, Console, make_person

CONSOLE = "/admin/northbridge"
SENDS = f"{CONSOLE}/sends"
DRAFTS = f"{SENDS}/drafts"
ADULT = {"role": "staff", "is_admin": True, "year_group": None, "registration_group": None}
OTHER_ADMIN = make_person(90, given_name="Sam", family_name="Okoro", **ADULT)
PUPILS = [replace(make_person(number), number=number) for number in range(1, 7)]
WITHOUT = make_person(7, email=None)
YEAR_8 = make_person(8, year_group="8", registration_group="8B")
TEACHER = make_person(20, role="teacher", year_group=None, registration_group=None)


@pytest.fixture
def school(console: Console) -> Console:
    console.add([OTHER_ADMIN, *PUPILS, WITHOUT, YEAR_8, TEACHER])
    return console


def text_of(answer: Any) -> str:
    return str(answer.body.decode() if isinstance(answer.body, bytes) else answer.body)


def begun(console: Console, select: object = None, **more: object) -> str:
    answer = console.post(DRAFTS, {"kind": "password_link", "select": select or {"filter": {"year_group": "7"}}, **more})
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{DRAFTS}/{answer.json_body['id']}")
    return str(answer.json_body["id"])


def planned(console: Console) -> list[str]:
    return [json.loads(text)["send"] for text in console.system.messages("PLAN_QUEUE")]


def to(answer: Any) -> str:
    assert answer.status_code == 303, answer.body
    return str(answer.headers["Location"])


def test_the_four_steps_keep_their_answers_and_lead_to_the_check(school: Console) -> None:
    page = text_of(school.page(f"{DRAFTS}/new"))
    assert 'name="year.7"' in page
    assert 'name="group.8B"' in page
    who = {"kind": "password_link", "who": "years", "year.7": "on", "go": "next"}
    what = to(school.form(f"{DRAFTS}/new", who))
    assert what.endswith("/what")
    base = what.removesuffix("/what")
    assert "p1@northbridge.example" in text_of(school.page(what))
    assert "p2@northbridge.example" in text_of(school.page(f"{what}?at=2"))
    mail = school.page(f"{what}?at=2&part=html")
    assert "Given2" in text_of(mail)
    assert "sandbox" in mail.headers["Content-Security-Policy"]
    assert "Now" in text_of(school.page(f"{base}/when"))
    assert to(school.form(f"{base}/when", {"when": "tomorrow"})) == base
    check = text_of(school.page(base))
    assert "Password links to year 7 people" in check
    assert "6 people</strong></a> will get a mail" in check
    assert "1 person will not: has no e-mail address" in check
    assert "Schedule for 6 people" in check
    assert "Given7 " not in text_of(school.page(f"{base}/people"))
    assert "Given7" in text_of(school.page(f"{base}/people?reason=no_address"))
    changed = school.form(f"{base}/who", {"kind": "password_link", "who": "roles", "role.student": "on", "role.teacher": "on"})
    assert to(changed) == base, "once at the check, a change leads back there"
    found = school.get(base).json_body
    assert (found["select"], found["dry_run"]["to_send"]) == ({"filter": {"role": ["student", "teacher"]}}, 8)
    assert found["scheduled_for"] is not None, "the other answers stay"


def test_nothing_is_chosen_by_default_and_every_error_names_its_field(school: Console) -> None:
    answer = school.form(f"{DRAFTS}/new", {"kind": "password_link"})
    assert answer.status_code == 422
    assert "Choose which people you mean." in text_of(answer)
    two = school.form(f"{DRAFTS}/new", {"kind": "password_link", "who": "school", "year.7": "on"})
    assert "Which do you mean?" in text_of(two)
    assert school.get(DRAFTS).json_body["items"] == []
    base = f"{DRAFTS}/{begun(school)}"
    for fields, words in (({}, "Choose when it starts."), ({"when": "other"}, "Enter the day and the time")):
        wrong = school.form(f"{base}/when", fields)
        assert (wrong.status_code, words in text_of(wrong)) == (422, True)
    late = school.form(f"{base}/when", {"when": "other", "start_at": "2020-01-01T10:00"})
    assert "This time has passed." in text_of(late)


def test_back_and_reload_work_after_sending_and_a_second_click_sends_nothing(school: Console) -> None:
    """No page is the answer to a POST: each leads to an address that can be asked for again."""
    check = to(school.form(SENDS, {"kind": "password_link", "to": "filter", "filter.year_group": "7"}))
    page = text_of(school.page(check))
    assert text_of(school.page(check)) == page
    fields = {"revision": "0", "people": "6"}
    sent = to(school.form(f"{check}/send", fields))
    assert to(school.form(f"{check}/send", fields)) == sent
    assert "6 people is on its way" in text_of(school.page(sent))
    send = sent.rpartition("/")[2].partition("?")[0]
    for step in ("", "/who", "/what", "/when"):
        assert to(school.page(check + step)) == f"{SENDS}/{send}", "Back leads to the message"
    assert [each["id"] for each in school.get(SENDS).json_body["items"]] == [send]
    assert set(planned(school)) == {send}
    assert to(school.form(f"{check}/discard", {})) == f"{SENDS}/{send}"


def test_a_message_goes_to_as_many_as_the_page_has_said_or_not_at_all(school: Console) -> None:
    base = f"{DRAFTS}/{begun(school)}"
    school.add([make_person(30)])
    back = to(school.form(f"{base}/send", {"revision": "0", "people": "6"}))
    assert back == f"{base}?note=people_changed"
    page = text_of(school.page(back))
    assert "The people have changed since you looked" in page
    assert "Send to 7 people" in page
    assert school.post(f"{base}/send", {"people": 6}).json_body["code"] == "people_changed"
    assert school.get(SENDS).json_body["items"] == []
    assert school.post(f"{base}/send", {"people": 7}).status_code == 202


def test_a_draft_that_was_kept_says_so_when_its_people_have_changed(school: Console) -> None:
    base = f"{DRAFTS}/{begun(school)}"
    assert to(school.form(f"{base}/keep", {"revision": "0"})).startswith(f"{SENDS}?kept=")
    assert "was" in school.get(base).json_body
    assert school.get(base).json_body["was"] is None
    school.add([make_person(30), make_person(31, email=None)])
    school.system.clock.now += 2 * 86_400
    school.token = school.sign_in(HEAD_TEACHER)
    assert school.get(base).json_body["was"] == {"total": 7, "to_send": 6}
    assert "then 6 people of 7 would have got a mail" in text_of(school.page(base))


def test_what_is_kept_is_found_for_a_month_and_what_is_not_for_a_day(school: Console) -> None:
    passing, kept = begun(school), begun(school, {"ids": [PUPILS[0].id]})
    assert school.post(f"{DRAFTS}/{kept}/keep", {}).json_body["kept"] is True
    assert [each["id"] for each in school.get(DRAFTS).json_body["items"]] == [kept]
    school.system.clock.now += 86_400 + 1
    assert school.get(f"{DRAFTS}/{passing}").status_code == 404
    school.token = school.sign_in(HEAD_TEACHER)
    assert school.get(f"{DRAFTS}/{kept}").status_code == 200
    school.system.clock.now += 30 * 86_400
    school.token = school.sign_in(HEAD_TEACHER)
    assert school.get(f"{DRAFTS}/{kept}").status_code == 404
    assert school.get(DRAFTS).json_body["items"] == []


def test_a_draft_is_given_up_for_good(school: Console) -> None:
    draft = begun(school)
    assert school.post(f"{DRAFTS}/{draft}/discard", {}).status_code == 204
    assert school.post(f"{DRAFTS}/{draft}/discard", {}).status_code == 204
    assert school.get(f"{DRAFTS}/{draft}").status_code == 404
    assert school.post(f"{DRAFTS}/{draft}/send", {}).status_code == 404
    assert school.post(f"{DRAFTS}/{draft}/keep", {}).status_code == 404
    back = to(school.form(SENDS, {"kind": "password_link", "to": "filter", "filter.year_group": "7"}))
    assert to(school.form(f"{back}/discard", {})) == f"{CONSOLE}/people?year_group=7"
    one = {"kind": "password_link", "to": "listed", "ids": PUPILS[0].id, "back": "person"}
    assert to(school.form(f"{to(school.form(SENDS, one))}/discard", {})) == f"{CONSOLE}/people/{PUPILS[0].id}"


def test_two_admins_have_the_same_draft_open_and_nothing_is_lost_silently(school: Console) -> None:
    base = f"{DRAFTS}/{begun(school)}"
    assert to(school.form(f"{base}/when", {"revision": "0", "when": "tomorrow"})) == base
    school.token = school.sign_in(OTHER_ADMIN)
    stale = {"revision": "0", "when": "now"}
    assert to(school.form(f"{base}/when", stale)) == f"{base}?note=draft_changed"
    assert to(school.form(f"{base}/send", {"revision": "0"})) == f"{base}?note=draft_changed"
    assert school.post(base, {"revision": 0, "start_at": None}).status_code == 409
    assert "Somebody else has changed this draft" in text_of(school.page(f"{base}?note=draft_changed"))
    page = text_of(school.page(SENDS))
    assert "by Ada Admin" in page, "a draft has the name of who began it"
    sent = school.post(f"{base}/send", {"revision": 1, "people": 6}).json_body
    assert sent["created_by"] == OTHER_ADMIN.id, "who sends it has sent it"
    assert sent["scheduled_for"] is not None


def test_who_has_to_approve_stands_on_the_button(school: Console) -> None:
    assert school.post(f"{CONSOLE}/settings", {"approval": {"above": 2}}, "put").status_code == 200
    base = f"{DRAFTS}/{begun(school)}"
    assert "Ask Sam Okoro to approve" in text_of(school.page(base))
    third = make_person(91, given_name="Zoe", family_name="Zed", **ADULT)
    school.add([third])
    assert "Ask Sam Okoro or another admin to approve" in text_of(school.page(base))
    sent = school.post(f"{base}/send", {}).json_body
    assert (sent["state"], sent["approval"]["state"]) == ("queued", "needed")


def test_a_time_that_has_passed_is_not_now(school: Console) -> None:
    now = school.system.wiring("console").now()
    base = f"{DRAFTS}/{begun(school)}"
    assert to(school.form(f"{base}/when", {"when": "tomorrow"})) == base
    school.system.clock.now = now + 2 * 86_400
    school.token = school.sign_in(HEAD_TEACHER)
    page = text_of(school.page(base))
    assert "has passed. Choose another one." in page
    assert "/send" not in page.partition("<main")[2].partition("</main>")[0].replace("/sends", "")
    assert to(school.form(f"{base}/send", {})) == f"{base}?note=late"
    assert school.post(f"{base}/send", {}).status_code == 422
    assert school.get(SENDS).json_body["items"] == []


def test_who_has_logged_in_is_left_out_with_the_number_beside_it(school: Console) -> None:
    in_already = make_person(40, last_login_at=1_794_000_000)
    school.add([in_already])
    base = f"{DRAFTS}/{begun(school)}"
    assert "1 of those chosen now" in text_of(school.page(f"{base}/who"))
    fields = {"kind": "password_link", "who": "years", "year.7": "on", "skip_signed_in": "on", "skip_sent_within": "1440"}
    assert to(school.form(f"{base}/who", fields)) == base
    found = school.get(base).json_body
    assert (found["skip_signed_in"], found["skip_sent_within"], found["dry_run"]["to_send"]) == (True, 1440, 6)
    assert "has logged in before" in text_of(school.page(base))
    assert "1 of those chosen now" in text_of(school.page(f"{base}/who")), "the same number when it is ticked"


def test_people_who_were_ticked_stay_chosen_when_the_kind_is_changed(school: Console) -> None:
    ticked = {"kind": "password_link", "to": "ticked", f"id.{PUPILS[0].id}": "on", f"id.{WITHOUT.id}": "on"}
    base = to(school.form(SENDS, ticked))
    page = text_of(school.page(f"{base}/who"))
    assert "As it is: Password links to 2 people" in page
    assert to(school.form(f"{base}/who", {"kind": "parent_code_ready", "who": "chosen"})) == base
    found = school.get(base).json_body
    assert (found["kind"], found["select"]) == ("parent_code_ready", {"ids": [PUPILS[0].id, WITHOUT.id]})


def test_every_kind_has_its_mail_to_look_at(school: Console) -> None:
    parent = make_person(50, role="parent", children=(PUPILS[0].id,), year_group=None, registration_group=None, username=None)
    school.add([parent])
    for kind, words in (("parent_code_ready", "code"), ("password_link", "password")):
        made = school.post(DRAFTS, {"kind": kind, "select": {"ids": [PUPILS[0].id]}}).json_body["id"]
        mail = school.get(f"{DRAFTS}/{made}/what").json_body["mail"]
        assert words in mail["text"]
    made = school.post(DRAFTS, {"kind": "parent_invitation", "select": {"ids": [parent.id]}}).json_body["id"]
    mail = school.get(f"{DRAFTS}/{made}/what").json_body["mail"]
    assert (mail["mail"], mail["to"]) == ("parent_invitation", parent.email)
    assert "Given1" in mail["text"]
    assert "/join#preview" in mail["text"]
    for kind in ("password_link", "parent_invitation", "parent_code_ready"):
        found = school.get(f"{SENDS}/preview", person=PUPILS[0].id, kind=kind)
        assert found.status_code == 200
        assert school.page(f"{SENDS}/preview", person=PUPILS[0].id, kind=kind).status_code == 200


def test_a_draft_of_another_school_is_not_there(school: Console) -> None:
    draft = begun(school)
    for path in ("", "/who", "/what", "/when", "/people"):
        assert school.get(f"/admin/northbridge/sends/drafts/{'0' * 26}{path}").status_code == 404
    school.token = school.sign_in(HEAD_TEACHER, "southgate")
    for path in ("", "/who", "/what", "/when", "/people"):
        assert school.get(f"/admin/southgate/sends/drafts/{draft}{path}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "password_link"},
        {"kind": "forgot_password", "select": {"filter": {}}},
        {"kind": "password_link", "select": {"ids": []}},
        {"kind": "password_link", "select": {"filter": {}}, "skip_sent_within": -1},
        {"kind": "password_link", "select": {"filter": {}}, "start_at": "tomorrow"},
        {"kind": "password_link", "select": {"filter": {}}, "people": 3},
    ],
)
def test_what_cannot_be_used_begins_nothing(school: Console, body: dict[str, object]) -> None:
    assert school.post(DRAFTS, body).status_code == 422
    assert school.get(DRAFTS).json_body["items"] == []


def test_hostile_numbers_are_refused(school: Console) -> None:
    base = f"{DRAFTS}/{begun(school)}"
    for body in ({"revision": -1}, {"revision": "1"}, {"revision": True}, {"people": 10**9}, {"people": [6]}, {"other": 1}):
        assert school.post(f"{base}/send", body).status_code == 422, body
    for query in ("at=0", "at=51", "at=x", "at=1&page=2"):
        assert school.get(f"{base}/what?{query}").status_code == 422, query
    assert school.get(f"{base}/people?reason=nonsense").status_code == 422
    assert school.get(f"{base}/people?page=2001").status_code == 422


def test_a_planned_draft_reaches_the_same_people(school: Console) -> None:
    base = f"{DRAFTS}/{begun(school)}"
    send = school.post(f"{base}/send", {"people": 6}).json_body["id"]
    plan_send(school.system.wiring("plan_send"), "northbridge", send)
    found = school.get(f"{SENDS}/{send}").json_body
    assert (found["total"], found["counts"]["planned"], found["name"]) == (7, 6, "Password links to year 7 people")
