"""Which students a form of login details means: what is typed never quietly becomes the whole school."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from latchkey.people.model.person import CodeState
from latchkey.roll import know_groups
from latchkey.schools.model.school import DAY
from tests.routes.console.login_details.test_exports import hidden
from tests.support.console import Console, running_console
from tests.support.exports import student
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


def options(page: str, of: str = "scope") -> list[tuple[str, str]]:
    """Value and words of the choices of whom."""
    select = re.findall(rf'<select id="{of}".*?</select>', page, re.DOTALL)[0]
    return re.findall(r'<option value="([^"]*)"(?: selected)?>([^<]*)<', select)


def chosen(page: str) -> list[str]:
    select = re.findall(r'<select id="(?:void-)?scope".*?</select>', page, re.DOTALL)[0]
    return re.findall(r'<option value="([^"]*)" selected>', select)


def exports(console: Console) -> int:
    return len(console.get(EXPORTS).json_body["items"])


GROUPS = [
    ("school", "The whole school"),
    ("year_group:7", "Year 7"),
    ("year_group:10", "Year 10"),
    ("registration_group:7A", "7A"),
    ("registration_group:7B", "7B"),
    ("registration_group:10C", "10C"),
]


def test_both_forms_offer_the_groups_that_the_school_has(console: Console) -> None:
    page = text_of(console.page(EXPORTS))
    assert options(page) == GROUPS
    assert options(page, "void-scope") == [("", "Choose"), *GROUPS]
    assert 'name="year_group"' not in page
    assert 'name="registration_group"' not in page


@pytest.mark.parametrize(
    ("whom", "words", "students"),
    [
        ({"whom": "school"}, "the whole school", 3),
        ({"whom": "year_group:7"}, "year 7", 2),
        ({"whom": "registration_group:7B"}, "registration group 7B", 1),
        ({"whom": "registration_group:7b"}, "registration group 7b", 1),
        ({"whom": "other", "group": "7b"}, "registration group 7b", 1),
        ({"whom": "other", "group": "Year 7"}, "year 7", 2),
        ({"whom": "other", "group": "y7"}, "year 7", 2),
        ({"whom": "other", "group": "07"}, "year 7", 2),
        ({"whom": "ids", "ids": student(1).id}, "1 student you chose", 1),
        ({"whom": "person", "person": student(1).id}, "one student", 1),
        ({"scope": "year_group", "year_group": "Year 7"}, "year 7", 2),
        ({"scope": "registration_group", "registration_group": "7a", "year_group": " "}, "registration group 7a", 1),
    ],
)
def test_one_choice_says_whom(console: Console, whom: dict[str, str], words: str, students: int) -> None:
    page = text_of(console.form(EXPORTS, {**SLIPS, **whom}))
    assert f"Slips for {words}: codes for" in page
    assert f"<dt>students</dt><dd>{students}</dd>" in page


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
    {"whom": "school", "group": "7B"},
    {"whom": "year_group:7", "group": "7B"},
    {"whom": "school", "year_group": "9"},
    {"whom": "school", "scope": "year_group", "year_group": "7"},
    {"whom": "", "group": "7B"},
]


@pytest.mark.parametrize("fields", CONTRADICTIONS, ids=str)
@pytest.mark.parametrize("path", [EXPORTS, VOID])
def test_a_filled_field_that_does_not_count_is_asked_back(console: Console, path: str, fields: dict[str, str]) -> None:
    more = SLIPS | {"large_print": "on", "confirm": "true"} if path == EXPORTS else {"kind": "pin", "confirm": "true"}
    answer = console.form(path, {**more, **fields})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Which do you mean?" in page
    typed = fields.get("registration_group") or fields.get("group") or fields.get("year_group") or fields.get("scope") or ""
    assert typed in page or typed in ("school", "registration_group")
    assert chosen(page) == [""], "nobody is chosen until the question is answered"
    if path == EXPORTS:
        assert re.search(r'value="slips" checked', page)
        assert re.search(r'id="large_print" checked', page)
    else:
        assert re.search(r'value="pin" checked', page)
    assert exports(console) == 0


@pytest.mark.parametrize("whom", [{"whom": ""}, {"whom": "other", "group": " "}, {"scope": ""}, {}])
def test_no_choice_is_asked_for(console: Console, whom: dict[str, str]) -> None:
    answer = console.form(VOID, {"kind": "both", "confirm": "true", **whom})
    assert answer.status_code == 422
    assert "Choose which students you mean." in text_of(answer)
    assert exports(console) == 0


@pytest.mark.parametrize("whom", ["all", "registration_group:", "year_group:" + "7" * 101, "ids", "school:7", "person"])
def test_a_choice_that_is_none_is_refused(console: Console, whom: str) -> None:
    assert console.form(EXPORTS, {**SLIPS, "whom": whom, "confirm": "true"}).status_code in (422, 303)
    assert exports(console) == (1 if whom == "school:7" else 0)


def test_a_script_that_contradicts_itself_is_refused(console: Console) -> None:
    scopes: list[Any] = [{"school": True, "year_group": "7"}, {"year_group": "7", "registration_group": "7A"}, {}]
    for scope in scopes:
        assert console.post(EXPORTS, {"scope": scope, "format": "slips"}).status_code == 422
        assert console.post(VOID, {"scope": scope, "kind": "both"}).status_code == 422
    beside = {"scope": "school", "registration_group": "7B"}
    assert console.post(EXPORTS, {**beside, "format": "slips"}).status_code == 422
    assert console.post(VOID, {**beside, "kind": "both"}).status_code == 422
    assert exports(console) == 0


def test_changing_something_keeps_the_choice(console: Console) -> None:
    check = text_of(console.form(EXPORTS, {**SLIPS, "whom": "registration_group:7B"}))
    again = text_of(console.form(EXPORTS, {**hidden(check), "edit": "true"}))
    assert chosen(again) == ["registration_group:7B"]
    ticked = text_of(console.form(EXPORTS, {"to": "ticked", f"id.{student(1).id}": "on"}))
    assert (chosen(ticked), options(ticked)[0]) == (["ids"], ("ids", "The 1 person you chose"))


def test_too_many_groups_are_typed(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(know_groups, "MOST", 2)
    page = text_of(console.page(EXPORTS))
    assert options(page) == [*GROUPS[:3], ("other", "The registration group typed below")]
    assert 'name="group"' in page
    asked = console.form(EXPORTS, {**SLIPS, "whom": "school", "group": "7B"})
    assert asked.status_code == 422
    assert 'name="group" value="7B"' in text_of(asked)


# Voiding more than one group


def void(console: Console, whom: str, **more: str) -> Any:
    return console.form(VOID, {**hidden(text_of(console.form(VOID, {"whom": whom, "kind": "both"}))), "confirm": "true", **more})


@pytest.mark.parametrize(("whom", "codes"), [("school", 6), ("year_group:7", 4)])
def test_the_number_of_codes_of_more_than_one_group_is_typed(console: Console, whom: str, codes: int) -> None:
    asked = text_of(console.form(VOID, {"whom": whom, "kind": "both"}))
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
    asked = text_of(console.form(VOID, {"whom": "registration_group:7A", "kind": "both"}))
    assert 'name="confirm_codes"' not in asked
    assert void(console, "registration_group:7A").status_code == 303
    one = {"scope": "person", "person": student(2).id, "kind": "both", "confirm": "true"}
    assert console.form(VOID, one).status_code == 303


def test_a_number_that_has_changed_meanwhile_voids_nothing(console: Console) -> None:
    asked = hidden(text_of(console.form(VOID, {"whom": "school", "kind": "both"})))
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
