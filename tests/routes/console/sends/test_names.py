"""To whom a send goes stands wherever the send does, from the page that asks to the audit trail."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from latchkey.sends.plan_send import plan_send
from tests.support.console import Console, make_person

CONSOLE = "/admin/northbridge"
SENDS = f"{CONSOLE}/sends"
ANN, BEN = make_person(1, given_name="Ada", family_name="Novák"), make_person(2)
YEAR_7 = {"to": "filter", "filter.role": "student", "filter.year_group": "7"}
NAME = "Password links to year 7 students"


@pytest.fixture
def school(console: Console) -> Console:
    console.add([ANN, BEN, make_person(3, role="parent", year_group=None, registration_group=None)])
    return console


def start(console: Console, select: object) -> str:
    answer = console.post(SENDS, {"kind": "password_link", "select": select})
    assert answer.status_code == 202
    return str(answer.json_body["id"])


def text_of(answer: object) -> str:
    return str(answer.body.decode() if isinstance(answer.body, bytes) else answer.body)  # type: ignore[attr-defined]


def test_the_page_that_asks_says_to_whom(school: Console) -> None:
    asked = {"kind": "password_link", **YEAR_7}
    assert NAME in school.led(SENDS, asked)
    one = school.led(SENDS, {"kind": "password_link", "to": "listed", "ids": ANN.id})
    assert "Password link to Ada Novák" in one
    two = school.led(SENDS, {"kind": "password_link", "to": "ticked", f"id.{ANN.id}": "on", f"id.{BEN.id}": "on"})
    assert "Password links to 2 people" in two
    tried = school.post(SENDS, {"kind": "password_link", "select": {"filter": {}}, "dry_run": True}).json_body
    assert tried["name"] == "Password links to everyone"


def test_every_page_and_answer_calls_a_send_by_its_name(school: Console) -> None:
    send = start(school, {"filter": {"role": "student", "year_group": "7"}})
    plan_send(school.system.wiring("plan_send"), "northbridge", send)
    assert school.get(f"{SENDS}/{send}").json_body["name"] == NAME
    assert school.get(SENDS).json_body["items"][0]["name"] == NAME
    assert school.get(CONSOLE).json_body["sends"][0]["name"] == NAME
    for path in (CONSOLE, SENDS, f"{SENDS}/{send}", f"{SENDS}/{send}/cancel", f"{SENDS}/{send}/time"):
        assert NAME in text_of(school.page(path)), path
    assert "by Ada Admin" in text_of(school.page(SENDS))


def test_the_audit_trail_and_the_file_say_to_whom_and_name_nobody(school: Console) -> None:
    group = start(school, {"filter": {"role": "student", "year_group": "7"}})
    alone = start(school, {"ids": [ANN.id]})
    for send in (group, alone):
        plan_send(school.system.wiring("plan_send"), "northbridge", send)
    events = school.get(f"{CONSOLE}/audit").json_body["items"]
    found = {(event["action"], event["facts"]["send"]): event["facts"]["to"] for event in events}
    assert found == {
        ("send.start", group): "year 7 students",
        ("send.planned", group): "year 7 students",
        ("send.start", alone): "1 person",
        ("send.planned", alone): "1 person",
    }
    page = text_of(school.page(f"{CONSOLE}/audit"))
    assert f'<a href="{SENDS}/{group}">password links to year 7 students</a>' in page
    assert f'<a href="{SENDS}/{alone}">password link to 1 person</a>' in page
    names = {send: _file_name(school, send) for send in (group, alone)}
    assert names[group].startswith("northbridge-password-links-year-7-students-20")
    assert names[alone].startswith("northbridge-password-links-1-person-20")


def _file_name(school: Console, send: str) -> str:
    place = school.get(f"{SENDS}/{send}/recipients/download").headers["Location"]
    (said,) = parse_qs(urlsplit(place).query)["response-content-disposition"]
    return unquote(said).partition('filename="')[2].rstrip('"')


def test_two_sends_of_one_minute_are_told_apart(school: Console) -> None:
    select = {"filter": {"role": "student", "year_group": "7"}}
    school.system.clock.now += 60 - school.system.clock.now % 60  # a whole minute
    first = start(school, select)
    school.system.clock.now += 31
    second = start(school, select)
    for path in (SENDS,):
        text = text_of(school.page(path))
        seen = {each: text.partition(f'/sends/{each}"')[2].partition("/sends/")[0] for each in (first, second)}
        assert ":00" in seen[first], path
        assert ":31" in seen[second], path
    for each in (first, second):
        plan_send(school.system.wiring("plan_send"), "northbridge", each)
    assert _file_name(school, first) != _file_name(school, second)


def test_a_retry_is_called_after_its_send(school: Console) -> None:
    from tests.routes.console.sends.test_figures import outcome

    send = start(school, {"filter": {"role": "student", "year_group": "7"}})
    plan_send(school.system.wiring("plan_send"), "northbridge", send)
    outcome(school, send, "failed", "delivered")
    assert school.post(f"{SENDS}/{send}/retry", {}).json_body["name"] == f"{NAME} (retry)"
    assert f"{NAME} (reminder)" in school.led(f"{SENDS}/{send}/again", {})
    assert school.post(f"{SENDS}/{send}/again", {}).json_body["name"] == f"{NAME} (reminder)"


def given_up(school: Console, fields: dict[str, str]) -> str:
    """Where a draft that these fields begin leads when it is discarded."""
    draft = school.form(SENDS, fields).headers["Location"]
    return str(school.form(f"{draft}/discard", {}).headers["Location"])


def test_not_sending_leads_back_to_the_same_people(school: Console) -> None:
    people = f"{CONSOLE}/people"
    asked = {"kind": "password_link", **YEAR_7}
    assert given_up(school, asked) == f"{people}?role=student&year_group=7"
    assert given_up(school, {**asked, "to": "ticked", f"id.{ANN.id}": "on"}) == f"{people}?role=student&year_group=7"
    nobody = text_of(school.form(SENDS, {**asked, "to": "ticked"}))
    assert f'href="{people}?role=student&amp;year_group=7">Choose people' in nobody
    empty = school.led(SENDS, {**asked, "filter.q": "nobody"})
    assert f'href="{people}?role=student&amp;year_group=7&amp;q=nobody">Choose other people' in empty
    assert given_up(school, {"kind": "password_link", "to": "filter"}) == people


def test_from_one_persons_page_it_leads_back_to_that_page(school: Console) -> None:
    page = text_of(school.page(f"{CONSOLE}/people/{ANN.id}"))
    assert '<input type="hidden" name="back" value="person">' in page
    asked = {"kind": "password_link", "to": "listed", "ids": ANN.id, "back": "person"}
    assert given_up(school, asked) == f"{CONSOLE}/people/{ANN.id}"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "school=southgate", "q=" + "x" * 2000, "role=king"])
def test_a_way_back_that_is_none_leads_to_the_list(school: Console, back: str) -> None:
    asked = {"kind": "password_link", "to": "listed", "ids": ANN.id, "back": back}
    assert given_up(school, asked) == f"{CONSOLE}/people"


def test_a_send_whose_author_is_gone_is_still_listed(school: Console) -> None:
    send = start(school, {"filter": {"role": "student", "year_group": "7"}})
    table = school.system.clients("dynamodb")
    table.update_item(
        TableName=school.system.wiring("console").settings["ACTIVITY_TABLE"],
        Key={"pk": {"S": "northbridge#SENDS"}, "sk": {"S": send}},
        UpdateExpression="SET #c = :c",
        ExpressionAttributeNames={"#c": "created_by"},
        ExpressionAttributeValues={":c": {"S": "z" * 20}},
        ReturnValues="ALL_NEW",
    )
    answer = school.page(SENDS)
    assert answer.status_code == 200
    assert NAME in text_of(answer)
    assert " by " not in text_of(answer).partition("<tbody>")[2].partition("</tbody>")[0]
