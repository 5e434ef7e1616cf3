"""Which students a form of login details means: what is typed never quietly becomes the whole school."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from latchkey.codes.model.codes import read
from latchkey.login_details import choose_students
from latchkey.login_details.formats import first_page
from latchkey.people.model.person import CodeState
from latchkey.schools.model.school import DAY
from latchkey.selections.choose import Change, change_choice
from tests.routes.console.login_details.test_exports import hidden
from tests.support.console import HEAD, Console, running_console
from tests.support.exports import deliver, student
from tests.support.system import START

EXPORTS = "/admin/northbridge/exports"
VOID = "/admin/northbridge/codes/void"
SLIPS = {"format": "slips", "audience": "both"}
LIVE = CodeState(1, START + 30 * DAY)


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    with running_console(monkeypatch) as made:
        made.add(
            [
                student(1, pin=LIVE, parent_code=LIVE),
                student(2, registration_group="7B", pin=LIVE, parent_code=LIVE),
                student(3, year_group="10", registration_group="10C", pin=LIVE, parent_code=LIVE),
                student(4, year_group="13", registration_group="13Z", status="left"),
            ]
        )
        yield made


def text_of(answer: Any) -> str:
    return str(answer.body.decode())


def boxes(page: str) -> list[tuple[str, int]]:
    """The boxes of the choice, each with its number."""
    return [(name, int(number)) for name, number in re.findall(r'type="checkbox" name="([^"]+)" data-people="(\d+)"', page)]


def chosen(page: str) -> list[str]:
    """What is chosen on the form: the level, and the boxes that are ticked."""
    level = re.findall(r'type="radio" name="who" value="([^"]+)"(?: data-people="\d+")? checked', page)
    return level + re.findall(r'name="((?:year|group)\.[^"]+)" data-people="\d+" checked', page)


def checked(console: Console, fields: dict[str, str], path: str = EXPORTS) -> str:
    """The page to which a form leads that does not confirm yet."""
    answer = console.form(path, fields)
    assert answer.status_code == 303, answer.body
    return text_of(console.page(answer.headers["Location"]))


def exports(console: Console) -> int:
    return len(console.get(EXPORTS).json_body["items"])


BOXES = [("year.7", 2), ("year.10", 1), ("group.7A", 1), ("group.7B", 1), ("group.10C", 1)]


def test_both_forms_offer_what_the_school_has_with_its_numbers(console: Console) -> None:
    for path in (f"{EXPORTS}/new", f"{EXPORTS}/void"):
        page = text_of(console.page(path))
        assert boxes(page) == BOXES
        assert 'value="school" data-people="3"' in page
        assert chosen(page) == [], "nobody is chosen until somebody chooses"


WHOM = [
    ({"who": "school"}, "the whole school", 3),
    ({"who": "years", "year.7": "on"}, "year 7", 2),
    ({"who": "years", "year.7": "on", "year.10": "on"}, "students of years 7 and 10", 3),
    ({"who": "groups", "group.7B": "on"}, "7B", 1),
    ({"who": "groups", "group.7b": "on"}, "7b", 1),
    ({"who": "groups", "group.7A": "on", "group.10C": "on"}, "7A and 10C students", 2),
    ({"who": "groups", "groups_typed": "7a, 10c"}, "7a and 10c students", 2),
    ({"who": "chosen", "ids": student(1).id}, "1 student", 1),
    ({"who": "chosen", "person": student(1).id}, "one student", 1),
    ({"scope": "year_group", "year_group": "Year 7"}, "year 7", 2),
    ({"scope": "registration_group", "registration_group": "7a", "year_group": " "}, "7a", 1),
]


@pytest.mark.parametrize(("whom", "words", "students"), WHOM, ids=str)
def test_one_choice_says_whom_and_its_page_can_be_opened_again(
    console: Console, whom: dict[str, str], words: str, students: int
) -> None:
    page = checked(console, {**SLIPS, **whom})
    assert f"Slips for {words}: codes for" in page
    assert f"<dt>student{'s' if students != 1 else ''}</dt><dd>{students}</dd>" in page
    (change,) = set(re.findall(r'href="([^"]+)">Change something', page))
    form = text_of(console.page(html.unescape(change)))
    kept = dict(re.findall(r'type="(?:hidden|radio|checkbox)" name="([^"]+)" value="([^"]*)"(?: checked)?>', form))
    assert chosen(form)[0] == whom.get("who", {"year_group": "years"}.get(whom.get("scope", ""), "groups"))
    assert kept["as"] == "slips"
    sent = console.form(EXPORTS, {**hidden(page), "confirm": "true"})
    assert console.get(sent.headers["Location"]).json_body["progress"]["total"] == students


CONTRADICTIONS = [
    {"scope": "school", "registration_group": "7B"},
    {"scope": "school", "year_group": "9"},
    {"scope": "year_group", "year_group": "7", "registration_group": "7B"},
    {"scope": "registration_group", "registration_group": "7B", "ids": student(1).id},
    {"scope": "school", "person": student(1).id},
    {"scope": "school", "ids": student(1).id},
    {"scope": "ids", "ids": student(1).id, "year_group": "7"},
    {"scope": "school", "group": "7B"},
    {"registration_group": "7B"},
    {"who": "school", "group.7B": "on"},
    {"who": "years", "year.7": "on", "group.7B": "on"},
    {"who": "school", "year_group": "9"},
    {"who": "chosen", "ids": student(1).id, "year.7": "on"},
    {"who": "school", "groups_typed": "7B"},
    {"who": "", "group.7B": "on"},
]


@pytest.mark.parametrize("fields", CONTRADICTIONS, ids=str)
@pytest.mark.parametrize("path", [EXPORTS, VOID])
def test_a_filled_field_that_does_not_count_is_asked_back(console: Console, path: str, fields: dict[str, str]) -> None:
    more = SLIPS | {"large_print": "on", "confirm": "true"} if path == EXPORTS else {"kind": "pin", "confirm": "true"}
    answer = console.form(path, {**more, **fields})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Which do you mean?" in page
    assert 'href="#who"' in page
    assert 'id="who"' in page
    if path == EXPORTS:
        assert re.search(r'name="large_print" checked', page)
    else:
        assert re.search(r'value="pin" checked', page)
    assert exports(console) == 0


@pytest.mark.parametrize("whom", [{"who": ""}, {"who": "everybody"}, {"scope": ""}, {}, {"whom": "school"}])
def test_no_choice_is_asked_for(console: Console, whom: dict[str, str]) -> None:
    for path, more in ((EXPORTS, SLIPS), (VOID, {"kind": "both"})):
        answer = console.form(path, {**more, "confirm": "true", **whom})
        assert answer.status_code == 422
        assert re.search("Choose which (people|students) you mean.", text_of(answer))
    assert exports(console) == 0


@pytest.mark.parametrize(
    "whom",
    [
        {"who": "years"},
        {"who": "groups", "groups_typed": " , "},
        {"who": "years", "year." + "7" * 101: "on"},
        {"who": "chosen"},
        {"who": "chosen", "ids": "x"},
        {"who": "chosen", "filter": "{"},
        {"who": "chosen", "filter": "[]"},
        {"who": "chosen", "filter": "{}"},
        {"who": "chosen", "filter": '{"reason":"hunger"}'},
        {"who": "chosen", "filter": "[" * 5_000},
        {"scope": "person"},
    ],
    ids=lambda whom: str(whom)[:60],
)
def test_a_choice_that_is_none_is_refused(console: Console, whom: dict[str, str]) -> None:
    assert console.form(EXPORTS, {**SLIPS, **whom, "confirm": "true"}).status_code == 422
    assert exports(console) == 0


def test_a_script_that_contradicts_itself_is_refused(console: Console) -> None:
    scopes: list[Any] = [
        {"school": True, "year_group": "7"},
        {"year_group": "7", "registration_group": "7A"},
        {},
        {"filter": {}},
        {"filter": {"shoe_size": "7"}},
        {"filter": "role"},
    ]
    for scope in scopes:
        assert console.post(EXPORTS, {"scope": scope, "format": "slips"}).status_code == 422
        assert console.post(VOID, {"scope": scope, "kind": "both"}).status_code == 422
    beside = {"scope": "school", "registration_group": "7B"}
    assert console.post(EXPORTS, {**beside, "format": "slips"}).status_code == 422
    assert console.post(VOID, {**beside, "kind": "both"}).status_code == 422
    assert exports(console) == 0


def test_ticked_people_are_the_choice_of_the_form(console: Console) -> None:
    answer = console.form(EXPORTS, {"to": "ticked", f"id.{student(1).id}": "on"})
    page = text_of(console.page(answer.headers["Location"]))
    assert chosen(page) == ["chosen"]
    assert "The 1 person you chose" in page


# Links from elsewhere: the form opens with exactly those whom they mean


def test_a_reason_opens_the_form_with_exactly_its_students(console: Console) -> None:
    console.add([student(5, email=None), student(6, email=None, registration_group="7B"), student(7, role="teacher", email=None)])
    page = text_of(console.page(f"{EXPORTS}/new", **{"as": "slips", "reason": "no_address", "role": "student"}))
    assert chosen(page) == ["chosen"]
    assert "The 2 students who have no e-mail address" in page
    assert ">2</output>" in page
    assert "Given5 Family00005" in page, "the first page"
    check = checked(console, {**SLIPS, **hidden(page), "who": "chosen"})
    assert "Slips for 2 students who have no e-mail address: codes for" in check
    sent = console.form(EXPORTS, {**hidden(check), "confirm": "true"})
    made = console.get(sent.headers["Location"]).json_body
    assert (made["name"], made["progress"]["total"]) == ("Slips for 2 students who have no e-mail address", 2)
    assert made["scope"] == {"filter": {"reason": "no_address", "role": "student"}}


def test_groups_from_elsewhere_are_ticked_and_one_student_is_chosen(console: Console) -> None:
    page = text_of(console.page(f"{EXPORTS}/new?as=letters&year_group=7&year_group=10"))
    assert chosen(page) == ["years", "year.7", "year.10"]
    page = text_of(console.page(f"{EXPORTS}/new", **{"as": "letters", "registration_group": "7B", "role": "student"}))
    assert chosen(page) == ["groups", "group.7B"]
    assert "Nobody is chosen yet." not in page
    page = text_of(console.page(f"{EXPORTS}/new", person=student(2).id))
    assert chosen(page) == ["chosen"]
    assert "Only the student you chose" in page
    assert console.page(f"{EXPORTS}/new", reason="hunger").status_code == 422


def test_the_same_people_again_though_they_have_another_reason_by_then(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    console.add([student(5, email=None)])
    made = console.post(EXPORTS, {"scope": {"filter": {"reason": "no_address"}}, "format": "slips"})
    assert made.status_code == 202, made.body
    assert deliver(console.system, monkeypatch, console.system.messages("EXPORT_QUEUE")) == 0
    where = f"{EXPORTS}/{made.json_body['id']}"
    assert console.get(where).json_body["rows"] == 1
    assert (
        "No student matches"
        in console.post(EXPORTS, {"scope": {"filter": {"reason": "no_address"}}, "format": "slips"}).body.decode()
    )
    (again,) = set(re.findall(r'href="([^"]+)">Make again', text_of(console.page(where))))
    check = text_of(console.page(html.unescape(again)))
    assert "Slips for 1 student: codes for" in check
    assert "0</dd>" in check, "no new code"
    sent = console.form(EXPORTS, {**hidden(check), "confirm": "true"})
    assert deliver(console.system, monkeypatch, console.system.messages("EXPORT_QUEUE")) == 0
    assert console.get(sent.headers["Location"]).json_body["rows"] == 1


def test_the_same_click_twice_is_one_run_though_nobody_has_the_reason_any_more(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    console.add([student(5, email=None)])
    body = {"scope": {"filter": {"reason": "no_address"}}, "format": "slips", "idempotency_key": "abcdefgh-1"}
    first = console.post(EXPORTS, body)
    assert deliver(console.system, monkeypatch, console.system.messages("EXPORT_QUEUE")) == 0
    again = console.post(EXPORTS, body)
    assert (again.status_code, again.json_body["id"]) == (202, first.json_body["id"])
    other = console.post(EXPORTS, {**body, "scope": {"filter": {"reason": "never_sent"}}})
    assert other.status_code == 409


def test_an_earlier_run_of_nobody_in_particular_or_of_another_school_is_unknown(console: Console) -> None:
    group = console.post(EXPORTS, {"scope": "school", "format": "slips"}).json_body["id"]
    for run in (group, "0" * 26, "x"):
        answer = console.post(EXPORTS, {"scope": {"export": run}, "format": "slips"})
        assert answer.status_code == 404


def test_more_people_than_one_run_takes_are_said(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    console.add([student(5, email=None), student(6, email=None)])
    monkeypatch.setattr(choose_students, "MOST", 1)
    answer = console.post(EXPORTS, {"scope": {"filter": {"reason": "no_address"}}, "format": "slips"})
    assert answer.status_code == 422
    assert "Choose a year group as well: 2 people" in answer.json_body["fields"]["scope"]


def test_a_selection_opens_the_form_with_exactly_its_people(console: Console) -> None:
    wiring = console.system.wiring("console")
    change = Change(shown=(student(1).id, student(3).id), ticked=(student(1).id, student(3).id))
    chosen_now = change_choice(wiring, "northbridge", HEAD, change)
    selection = chosen_now.choice.id
    page = text_of(console.page(f"{EXPORTS}/new", **{"as": "letters", "selection": selection}))
    assert chosen(page) == ["chosen"]
    assert "The 2 people you chose" in page
    check = checked(console, {"as": "letters", "who": "chosen", "selection": selection})
    assert "Letters for 2 students: codes for" in check
    made = console.post(EXPORTS, {"scope": {"selection": selection}, "format": "letters"}).json_body
    assert (made["progress"]["total"], made["scope"]) == (2, {"selection": selection})
    void = console.post(VOID, {"scope": {"selection": selection}, "kind": "pin", "dry_run": True})
    assert void.json_body["codes"] == 2
    for unknown in ("0" * 26, "x"):
        refused = console.post(EXPORTS, {"scope": {"selection": unknown}, "format": "letters"})
        assert (refused.status_code, list(refused.json_body["fields"])) == (422, ["scope"])


@pytest.mark.parametrize("query", [{"format": "slips", "reason": "no_address"}, {"selection": "0" * 26}, {"as": "list"}])
def test_a_link_to_the_list_that_says_more_leads_to_the_form(console: Console, query: dict[str, str]) -> None:
    led = console.page(EXPORTS, **query)
    assert led.status_code == 303
    assert console.page(led.headers["Location"]).status_code == 200
    assert console.get(EXPORTS, **query).status_code == 422, "scripts are told"


# A preview


@pytest.mark.parametrize(
    ("fields", "there"),
    [
        (
            {"as": "slips", "audience": "both"},
            ["PEXA-MPLE-0000", "FEXA-MPLE-0000-0000", "For the student", "Registration group 7A"],
        ),
        ({"as": "letters", "audience": "parents"}, ["FEXA-MPLE-0000-0000", "Your parent account"]),
        (
            {"as": "list", "audience": "students"},
            ["PEXA-MPLE-0000", "Family00001, Given1", "Show each student only"],
        ),
        ({"as": "list", "format": "pin_table_xlsx"}, ["P•••", "PIN works until"]),
        ({"as": "files", "format": "mail_merge_csv"}, ["P•••", "F•••", "ParentCodeExpires"]),
        ({"as": "files", "format": "mail_merge_xlsx", "rows": "family"}, ["Child1StudentPIN", "P•••"]),
        ({"as": "files", "format": "mail_merge_docx"}, ["«StudentPIN»"]),
        ({"as": "files", "format": "sims_aspect"}, ["P••• until", "ResultSet"]),
        ({"as": "files", "format": "mis_codes"}, ["P•••", "UPN"]),
    ],
    ids=str,
)
def test_the_first_page_is_shown_with_real_names_and_no_real_code(
    console: Console, fields: dict[str, str], there: list[str]
) -> None:
    before = console.get("/admin/northbridge/audit").json_body["items"]
    page = text_of(console.page(f"{EXPORTS}/new", **fields, who="groups", **{"group.7A": "on", "group.7B": "on"}))
    pane = page.partition("data-preview-body>")[2]
    for each in there:
        assert each in pane
    assert "Given1" in pane or "«Forename»" in pane or "sims" in str(fields) or "mis_codes" in str(fields)
    assert not re.search(r"\b[PF][2-9A-Z]{3}(-[2-9A-Z]{4}){2,3}\b", pane), "nothing that could be a code"
    assert console.get("/admin/northbridge/audit").json_body["items"] == before


@pytest.mark.parametrize("made_up", [first_page.PIN, first_page.PARENT_CODE])
def test_a_made_up_code_is_no_code(made_up: str) -> None:
    assert read(made_up) is None


def test_while_nothing_can_be_shown_the_page_says_so(console: Console) -> None:
    assert "Nobody is chosen yet." in text_of(console.page(f"{EXPORTS}/new"))
    assert "No student is meant." in text_of(console.page(f"{EXPORTS}/new", **{"who": "years", "year.13": "on"}))
    days = console.page(f"{EXPORTS}/check", **{"who": "school", "as": "slips", "expiring_within": "soon"})
    assert "It shows here when the problem is put right." in text_of(days)
    wrong = console.page(f"{EXPORTS}/check", **{"who": "years", "as": "slips"})
    assert wrong.status_code == 422
    assert "Tick at least one year group." in text_of(wrong)


# Voiding more than one group


def question(console: Console, whom: dict[str, str]) -> str:
    """The page that asks whether these codes are to be voided."""
    return checked(console, {**whom, "kind": "both"}, VOID)


def void(console: Console, whom: dict[str, str], **more: str) -> Any:
    return console.form(VOID, {**hidden(question(console, whom)), "confirm": "true", **more})


SCHOOL, YEAR_7, GROUP = {"who": "school"}, {"who": "years", "year.7": "on"}, {"who": "groups", "group.7A": "on"}
TWO = {"who": "groups", "group.7A": "on", "group.7B": "on"}


@pytest.mark.parametrize(("whom", "codes"), [(SCHOOL, 6), (YEAR_7, 4), (TWO, 4)])
def test_the_number_of_codes_of_more_than_one_group_is_typed(console: Console, whom: dict[str, str], codes: int) -> None:
    asked = question(console, whom)
    assert f"Type the number of codes, {codes}, to void them" in asked
    for typed in ("", "0", str(codes + 1), "all", "²", "-6", "9" * 40):
        refused = void(console, whom, confirm_codes=typed)
        assert refused.status_code == 422
        assert "Type the number of codes that will be voided" in text_of(refused)
        assert f"Void {codes} codes" in text_of(refused), "the same question again"
    assert void(console, whom).status_code == 422, "without the field"
    assert exports(console) == 0
    assert void(console, whom, confirm_codes=f" {codes} ").status_code == 303
    assert exports(console) == 1


def test_one_group_and_one_student_need_no_number(console: Console) -> None:
    assert 'name="confirm_codes"' not in question(console, GROUP)
    assert void(console, GROUP).status_code == 303
    one = {"scope": "person", "person": student(2).id, "kind": "both", "confirm": "true"}
    assert console.form(VOID, one).status_code == 303


def test_many_codes_of_one_group_need_the_number(console: Console) -> None:
    console.add([student(100 + number, pin=LIVE) for number in range(49)])
    asked = question(console, GROUP)
    assert "Type the number of codes, 51, to void them" in asked
    assert void(console, GROUP).status_code == 422
    assert void(console, GROUP, confirm_codes="51").status_code == 303


def test_what_was_chosen_to_void_can_be_changed_and_nothing_to_void_is_said(console: Console) -> None:
    page = question(console, TWO)
    (change,) = set(re.findall(r'href="([^"]+)">Void lost codes', page))
    assert chosen(text_of(console.page(html.unescape(change)))) == ["groups", "group.7A", "group.7B"]
    none = console.form(VOID, {"who": "years", "year.13": "on", "kind": "both"})
    page = console.page(none.headers["Location"])
    assert page.status_code == 422
    assert "nothing to void" in text_of(page)


def test_a_number_that_has_changed_meanwhile_voids_nothing(console: Console) -> None:
    asked = hidden(question(console, SCHOOL))
    console.add([replace(student(9), pin=LIVE)])
    late = console.form(VOID, {**asked, "confirm": "true", "confirm_codes": "6"})
    assert late.status_code == 409
    assert exports(console) == 0


def test_scripts_go_on_as_they_did_and_may_confirm_a_number(console: Console) -> None:
    body = {"scope": "school", "kind": "both"}
    assert console.post(VOID, {**body, "confirm": 5}).status_code == 409
    assert console.post(VOID, {**body, "confirm": 6, "codes": 5}).status_code == 422
    for unusable in (True, "6", 6.5, [6]):
        assert console.post(VOID, {**body, "confirm": unusable}).status_code == 422
    assert exports(console) == 0
    assert console.post(VOID, {**body, "confirm": 6}).status_code == 202
    assert console.post(VOID, body).status_code == 202
