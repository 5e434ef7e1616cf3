"""Login details for exactly those whom a filter means when the file is started."""

from typing import Any

import pytest

from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import CodeState
from latchkey.roll.read_roll import read_roll
from tests.support.console import Console
from tests.support.exports import deliver, files, rows_of, student
from tests.support.system import START

HOME = "/admin/northbridge/exports"
NO_ADDRESS = {"filter": {"reason": "no_address"}}


@pytest.fixture
def school(console: Console) -> Console:
    console.add(
        [
            *(student(number, email=None) for number in range(1, 4)),
            student(4, email="four@x.example"),
            student(5, email=None, pin=CodeState(1, START + 9)),
            student(6, email=None, status="left"),
        ]
    )
    return console


def wanted(scope: Any = NO_ADDRESS, **more: Any) -> dict[str, Any]:
    return {"scope": scope, "format": "mail_merge_csv", "audience": "students", **more}


def build(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    assert deliver(console.system, monkeypatch, console.system.messages("EXPORT_QUEUE")) == 0


def codes(console: Console) -> list[str]:
    (data,) = files(console.system).values()
    return sorted(row["Username"] for row in rows_of(data))


def test_a_file_holds_those_whom_its_check_counted_and_they_have_a_code_then(
    school: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = school.post(HOME, wanted(dry_run=True)).json_body
    assert (trial["total"], trial["new_codes"]["pin"]) == (3, 3)
    started = school.post(HOME, wanted())
    assert (started.status_code, started.json_body["name"]) == (
        202,
        "Mail merge, CSV for 3 students who have no e-mail address, PINs only",
    )
    assert started.json_body["scope"] == {"filter": {"role": "student", "reason": "no_address"}}
    build(school, monkeypatch)
    assert codes(school) == ["user1", "user2", "user3"]
    roll = read_roll(school.system.wiring("console"), "northbridge")
    assert not roll.meant(PeopleFilter(reasons=("no_address",), roles=("student",)))
    assert len(roll.meant(PeopleFilter(reasons=("code_unused",)))) == 4


def test_the_codes_that_a_run_gives_change_nothing_of_whom_it_means(school: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """In two stages, as a large run: in the second nobody is without a code any more."""
    monkeypatch.setattr("latchkey.login_details.start_export._ONE_STEP", 0)
    started = school.post(HOME, wanted()).json_body
    assert (started["step"], started["progress"]["total"]) == ("codes", 3)
    build(school, monkeypatch)
    done = school.get(f"{HOME}/{started['id']}").json_body
    assert (done["state"], done["rows"]) == ("finished", 3)
    assert codes(school) == ["user1", "user2", "user3"]


def test_the_same_key_is_the_same_run_although_nobody_would_be_meant_now(
    school: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "once-and-no-more-0001"
    first = school.post(HOME, wanted(idempotency_key=key)).json_body
    build(school, monkeypatch)
    again = school.post(HOME, wanted(idempotency_key=key))
    assert (again.status_code, again.json_body["id"]) == (202, first["id"])
    assert school.post(HOME, wanted()).status_code in {400, 422}, "a new one would mean nobody"
    other = school.post(HOME, wanted({"filter": {"reason": "code_unused"}}, idempotency_key=key))
    assert other.status_code == 409


def test_pages_of_ids_are_put_together(school: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("latchkey.login_details.stores.meant._PAGE", 2)
    started = school.post(HOME, wanted()).json_body
    kept = school.system.wiring("build_export").meant("northbridge")
    assert len(kept.read(started["id"])) == 3
    kept.keep(started["id"], ["x"], START)
    assert len(kept.read(started["id"])) == 3, "what is kept stays"
    build(school, monkeypatch)
    assert codes(school) == ["user1", "user2", "user3"]


@pytest.mark.parametrize(
    "scope",
    [
        {"filter": None},
        {"filter": []},
        {"filter": {"reason": "gone"}},
        {"filter": {"role": "parent"}},
        {"filter": {}, "ids": ["x"]},
    ],
)
def test_what_is_no_filter_of_students_is_refused(school: Console, scope: Any) -> None:
    refused = school.post(HOME, wanted(scope))
    assert refused.status_code in {400, 422}
    assert "scope" in refused.json_body["fields"]
    assert school.system.messages("EXPORT_QUEUE") == []


def test_codes_are_voided_of_just_those_whom_a_filter_meant(school: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    void = {"scope": {"filter": {"reason": "code_unused"}}, "kind": "pin"}
    assert school.post("/admin/northbridge/codes/void", {**void, "dry_run": True}).json_body["codes"] == 1
    started = school.post("/admin/northbridge/codes/void", void).json_body
    assert started["name"] == "Voided PINs of 1 student who was given a code and has not used it"
    school.post(HOME, wanted())  # three more have one now, and the reason with it
    build(school, monkeypatch)
    assert school.get(f"{HOME}/{started['id']}").json_body["codes"] == {"pin": 1, "parent_code": 0}


def test_a_button_leads_to_a_check_of_just_these(school: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that says whom it means opens no form that is empty, and none for the whole school."""
    form = {"scope": "filter", "filter.reason": "no_address", "filter.role": "student", "format": "slips", "audience": "students"}
    page = school.page(school.form(HOME, form).headers["Location"]).body.decode()
    assert "Slips for 3 students who have no e-mail address" in page
    change = school.page(school.form(HOME, {**form, "edit": "yes"}).headers["Location"]).body.decode()
    assert "The 3 students who have no e-mail address" in change
    assert 'value="chosen" data-people="3" checked' in change
    assert school.form(HOME, {**form, "confirm": "on"}).status_code == 303
    build(school, monkeypatch)
    (key,) = files(school.system)
    assert key.endswith(".pdf")
