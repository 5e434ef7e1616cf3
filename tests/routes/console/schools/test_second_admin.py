"""A control that its subject cannot switch off: loosening approval and other guarded settings wait for a second admin."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from latchkey.errors import Changed, LatchkeyError
from latchkey.people.model.person import Person
from latchkey.schools import change_settings, decide_settings
from latchkey.schools.model.school import ApprovalRule
from latchkey.schools.model.waiting import Notice
from latchkey.schools.stores.setting_changes import SettingChanges
from tests.support.console import HEAD_TEACHER, Console
from tests.support.openapi import check

SETTINGS = "/admin/northbridge/settings"
DEPUTY = replace(HEAD_TEACHER, id="bcdefghjkmnpqrstvwxy", given_name="Bo", email="bo@northbridge.example")
THIRD = replace(HEAD_TEACHER, id="cdefghjkmnpqrstvwxyz", given_name="Cy", email="cy@northbridge.example")
DAY = 86_400


@pytest.fixture
def two(console: Console) -> Console:
    """A school with two admins, where sends to more than two people need the second; the head is signed in."""
    console.add([DEPUTY])
    assert put(console, approval={"above": 2}).status_code == 200
    notices(console)
    return console


def put(console: Console, **values: object) -> Any:
    return console.post(SETTINGS, values, "put")


def as_(console: Console, person: Person) -> Console:
    console.token = console.sign_in(person)
    return console


def decide(console: Console, act: str, change: str) -> Any:
    answer = console.post(f"{SETTINGS}/waiting/{change}/{act}", {})
    check("post", f"{SETTINGS}/waiting/{change}/{act}", answer)
    return answer


def waiting(console: Console) -> dict[str, Any] | None:
    found = console.get(SETTINGS).json_body.get("waiting")
    return found[0] if found else None


def notices(console: Console) -> list[Notice]:
    """What admins are to be told; it is taken away."""
    reminders = console.system.wiring("plan_send").reminders
    found = [each for each in reminders.until(int(console.system.clock())) if each.notice]
    for each in found:
        reminders.forget(each)
    return [each.notice for each in found if each.notice]


def events(console: Console) -> list[tuple[str, str]]:
    return [(each["action"], each["actor"]) for each in console.get("/admin/northbridge/audit").json_body["items"]]


GUARDED: list[tuple[dict[str, Any], str, Any, Any]] = [
    ({"approval": {"above": 3}}, "approval.above", 2, 3),
    ({"approval": {"above": None}}, "approval.above", 2, None),
    ({"sso": {"roles": ["student"]}}, "sso.roles", [], ["student"]),
    ({"sso": {"url": "https://evil.example/"}}, "sso.url", "", "https://evil.example/"),
    ({"sso": {"help": "Mail your password to me."}}, "sso.help", None, "Mail your password to me."),
    ({"reply_to": "me@evil.example"}, "reply_to", None, "me@evil.example"),
    ({"welcome_life": 30 * DAY}, "welcome_life", 14 * DAY, 30 * DAY),
    ({"reset_life": 3_600}, "reset_life", 3 * DAY, 3_600),
    ({"forgot_life": DAY}, "forgot_life", 3_600, DAY),
    ({"second_factor": "optional"}, "second_factor", "required", "optional"),
]


@pytest.mark.parametrize(("values", "setting", "old", "new"), GUARDED)
def test_a_guarded_change_waits_for_the_other_admin(
    two: Console, values: dict[str, Any], setting: str, old: Any, new: Any
) -> None:
    before = two.get(SETTINGS).json_body
    answer = put(two, **values)
    assert answer.status_code == 202
    check("put", SETTINGS, answer)
    asked = answer.json_body.pop("waiting")
    assert {name: value for name, value in answer.json_body.items() if name != "waiting"} == before
    (change,) = asked[0]["changes"]
    assert (change["setting"], change["to"], asked[0]["asked_by"]) == (setting, new, HEAD_TEACHER.id)
    if setting != "sso.help":
        assert change["from"] == old
    check("get", SETTINGS, two.get(SETTINGS))
    check("get", "/admin/northbridge", two.get("/admin/northbridge"))
    assert decide(two, "approve", asked[0]["id"]).json_body["code"] == "own_change"
    assert waiting(two) is not None
    as_(two, DEPUTY)
    applied = decide(two, "approve", asked[0]["id"])
    assert applied.status_code == 200
    head, _, tail = setting.partition(".")
    assert (applied.json_body[head][tail] if tail else applied.json_body[head]) == new
    assert waiting(two) is None
    assert decide(two, "approve", asked[0]["id"]).json_body["code"] == "waits_no_longer"
    assert {("settings.approve", DEPUTY.id), ("settings.ask", HEAD_TEACHER.id)} <= set(events(two))
    told = notices(two)
    assert {(each.kind, each.by, each.approved_by) for each in told} == {
        ("settings_waiting", HEAD_TEACHER.id, None),
        ("settings_changed", HEAD_TEACHER.id, DEPUTY.id),
    }
    assert all([(each.setting, each.new) for each in notice.changes] == [(setting, new)] for notice in told)


def test_staff_off_loosens_and_what_tightens_is_free(two: Console) -> None:
    assert put(two, approval={"above": 1, "staff": True}).status_code == 200
    assert [(each.kind, [change.setting for change in each.changes]) for each in notices(two)] == [
        ("settings_changed", ["approval.above", "approval.staff"])
    ]
    answer = put(two, approval={"above": 0, "staff": False})
    assert answer.status_code == 202
    assert answer.json_body["approval"] == {"above": 0, "staff": True}


def test_that_admins_need_a_second_factor_is_free_and_the_way_back_is_not(two: Console) -> None:
    assert put(two, second_factor="optional").status_code == 202
    found = waiting(two) or {}
    assert (found["changes"][0]["from_text"], found["changes"][0]["to_text"]) == ("yes", "no")
    as_(two, DEPUTY)
    assert decide(two, "approve", found["id"]).status_code == 200
    assert two.get(SETTINGS).json_body["second_factor"] == "optional"
    assert put(two, second_factor="required").status_code == 200


def test_what_is_free_applies_at_once_beside_what_waits(two: Console) -> None:
    answer = put(two, notice="Snow", reply_to="me@x.example", code_life=DAY)
    assert answer.status_code == 202
    assert (answer.json_body["notice"], answer.json_body["code_life"], answer.json_body["reply_to"]) == ("Snow", DAY, None)
    assert put(two, notice="Sun").status_code == 200  # nothing that is asked for now waits
    assert waiting(two) is not None


def test_where_there_is_no_second_admin_it_applies_at_once_and_is_told(console: Console) -> None:
    console.add([replace(DEPUTY, status="left"), replace(THIRD, is_admin=False)])
    answer = put(console, reply_to="me@x.example", welcome_life=DAY)
    assert (answer.status_code, answer.json_body["reply_to"]) == (200, "me@x.example")
    (told,) = notices(console)
    assert (told.kind, told.by) == ("settings_changed", HEAD_TEACHER.id)
    assert {(each.setting, each.old, each.new) for each in told.changes} == {
        ("reply_to", None, "me@x.example"),
        ("welcome_life", 14 * DAY, DAY),
    }


def test_approval_cannot_be_switched_on_with_one_admin(console: Console) -> None:
    for rule in ({"above": 10}, {"above": 0}, {"staff": True}):
        answer = put(console, notice="x", approval=rule)
        assert answer.status_code == 422
        assert "invite another admin" in answer.json_body["fields"]["approval.above"]
    assert console.get(SETTINGS).json_body["approval"] == {"above": None, "staff": False}
    assert console.get(SETTINGS).json_body["notice"] == ""
    page = console.form(f"{SETTINGS}/approval", {"approval.above": "10"})
    assert page.status_code == 422
    assert '<a href="#approval.above">' in page.body.decode()


def test_a_request_lapses_after_seven_days(two: Console) -> None:
    change = put(two, reply_to="me@x.example").json_body["waiting"][0]["id"]
    two.system.clock.now += 7 * DAY - 1
    as_(two, DEPUTY)
    assert waiting(two) is not None
    two.system.clock.now += 1
    assert waiting(two) is None
    assert decide(two, "approve", change).json_body["code"] == "waits_no_longer"
    assert two.get(SETTINGS).json_body["reply_to"] is None
    assert two.get("/admin/northbridge").json_body["waiting"] == []
    assert put(two, reply_to="office@x.example").status_code == 202  # and does not stand in the way of the next one


def test_its_maker_withdraws_it_and_another_admin_declines_it(two: Console) -> None:
    change = put(two, reply_to="me@x.example").json_body["waiting"][0]["id"]
    assert decide(two, "decline", change).json_body["code"] == "own_change"
    assert decide(two, "withdraw", change).status_code == 200
    change = put(two, reply_to="me@x.example").json_body["waiting"][0]["id"]
    as_(two, DEPUTY)
    assert decide(two, "withdraw", change).json_body["code"] == "not_own_change"
    assert decide(two, "decline", change).status_code == 200
    assert (waiting(two), two.get(SETTINGS).json_body["reply_to"]) == (None, None)
    asked = [("settings.ask", HEAD_TEACHER.id)] * 2
    decided = [("settings.withdraw", HEAD_TEACHER.id), ("settings.decline", DEPUTY.id)]
    assert sorted(each for each in events(two) if each[0] != "settings.change") == sorted([*asked, *decided])


def test_the_same_admins_next_request_joins_the_first_under_another_id(two: Console) -> None:
    first = put(two, reply_to="me@x.example").json_body["waiting"][0]
    assert put(two, reply_to="me@x.example").json_body["waiting"] == [first]
    two.system.clock.now += 60
    second = put(two, approval={"above": 9}, reply_to="you@x.example").json_body["waiting"][0]
    assert {each["setting"]: each["to"] for each in second["changes"]} == {"reply_to": "you@x.example", "approval.above": 9}
    as_(two, DEPUTY)
    assert decide(two, "approve", first["id"]).json_body["code"] == "waits_no_longer"  # what was seen is what is approved
    assert two.get(SETTINGS).json_body["reply_to"] is None


def test_another_admins_request_is_refused_while_one_waits(two: Console) -> None:
    put(two, reply_to="me@x.example")
    as_(two, DEPUTY)
    answer = put(two, notice="Snow", sso={"url": "https://x.example/"})
    assert (answer.status_code, answer.json_body["code"]) == (409, "change_waits")
    check("put", SETTINGS, answer)
    assert two.get(SETTINGS).json_body["notice"] == ""
    assert put(two, notice="Snow").status_code == 200


def test_what_was_tightened_meanwhile_is_not_loosened_by_an_older_request(two: Console) -> None:
    change = put(two, approval={"above": 5}).json_body["waiting"][0]["id"]
    as_(two, DEPUTY)
    assert put(two, approval={"above": 1}).status_code == 200
    assert decide(two, "approve", change).json_body["code"] == "waits_no_longer"
    assert two.get(SETTINGS).json_body["approval"]["above"] == 1


def test_what_was_got_can_be_put_back_while_something_waits(two: Console) -> None:
    put(two, reply_to="me@x.example")
    found = two.get(SETTINGS).json_body
    answer = put(two, **found)
    assert (answer.status_code, answer.json_body) == (200, found)


@pytest.mark.parametrize("change", ["x", "0" * 26, "..", "' OR 1=1"])
def test_a_change_that_is_none_is_no_change(two: Console, change: str) -> None:
    put(two, reply_to="me@x.example")
    as_(two, DEPUTY)
    assert two.post(f"{SETTINGS}/waiting/{change}/approve", {}).status_code in {404, 409}
    assert two.get(SETTINGS).json_body["reply_to"] is None


def test_nobody_of_another_school_and_nobody_without_rights_decides(two: Console) -> None:
    change = put(two, reply_to="me@x.example").json_body["waiting"][0]["id"]
    plain = replace(THIRD, is_admin=False)
    two.add([plain])
    for token in (two.sign_in(plain), two.sign_in(HEAD_TEACHER, "southgate"), None, "x.y.z"):
        two.token = token
        for act in ("approve", "decline", "withdraw"):
            assert two.post(f"{SETTINGS}/waiting/{change}/{act}", {}).status_code == 404


def test_unknown_fields_of_a_decision_are_refused(two: Console) -> None:
    change = put(two, reply_to="me@x.example").json_body["waiting"][0]["id"]
    as_(two, DEPUTY)
    assert two.post(f"{SETTINGS}/waiting/{change}/approve", {"reply_to": "x@x.example"}).status_code == 422
    assert waiting(two) is not None


def test_pages_show_it_first_with_what_each_admin_can_do(two: Console) -> None:
    answer = two.form(SETTINGS, {"reply_to": "<b>@x.example", "approval.above": "50"})
    assert answer.status_code == 422
    answer = two.form(SETTINGS, {"reply_to": "me@x.example", "approval.above": "50"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{SETTINGS}?waits=1")
    change = waiting(two)
    assert change is not None
    path = f"{SETTINGS}/waiting/{change['id']}"
    own = two.page(SETTINGS, waits="1").body.decode()
    assert f'action="{path}/withdraw"' in own
    assert f"{path}/approve" not in own
    assert "The other admins are told by mail" in own
    as_(two, DEPUTY)
    for page in (two.page(SETTINGS), two.page("/admin/northbridge")):
        text = page.body.decode()
        assert "A change of settings waits for your approval" in text
        assert "from nothing to <strong>me@x.example</strong>" in text
        assert "from 2 to <strong>50</strong>" in text
        assert f'action="{path}/approve"' in text
        assert f'action="{path}/decline"' in text
        assert f"{path}/withdraw" not in text
    overview = two.page("/admin/northbridge").body.decode()
    assert overview.index("waits for your approval") < overview.index("Latest activity")
    assert two.form(f"{path}/approve", {}).headers["Location"] == f"{SETTINGS}?approved=1"
    assert "You approved the change" in two.page(SETTINGS, approved="1").body.decode()
    again = two.form(f"{path}/approve", {})
    assert again.status_code == 409
    assert "waits no longer" in again.body.decode()


# Races


def at_once(count: int, work: Callable[[int], object]) -> list[object]:
    """What each of so many threads got, or why it was refused."""

    def one(number: int) -> object:
        try:
            return work(number)
        except LatchkeyError as error:
            return error.code

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_of_approving_and_withdrawing_at_once_one_decides(two: Console) -> None:
    system = two.system.wiring("console")
    acts = [(decide_settings.approve, DEPUTY), (decide_settings.withdraw, HEAD_TEACHER), (decide_settings.decline, DEPUTY)]

    def race(change: str) -> list[object]:
        return at_once(3, lambda number: acts[number][0](system, "northbridge", acts[number][1], change))

    for _ in range(10):
        found = race(put(two, reply_to="me@x.example").json_body["waiting"][0]["id"])
        assert sorted(str(each) for each in found).count("waits_no_longer") == 2
        school = system.schools.get("northbridge")
        assert school is not None
        assert school.waiting is None
        assert (school.settings.reply_to is not None) == (found[0] != "waits_no_longer")
        system.schools.change_settings("northbridge", replace(school.settings, reply_to=None), ["reply_to"])


def test_two_admins_who_ask_at_once_leave_one_request(two: Console) -> None:
    system, school = two.system.wiring("console"), two.system.wiring("console").schools.get("northbridge")
    assert school is not None
    asking = (HEAD_TEACHER, DEPUTY)
    found = at_once(
        2, lambda number: change_settings.change_settings(system, school, asking[number], {"reply_to": f"a{number}@x.example"})
    )
    assert found.count("change_waits") == 1
    kept = waiting(two)
    assert kept is not None
    assert kept["changes"][0]["to"] == f"a{found.index('change_waits') ^ 1}@x.example"


def test_what_was_stricter_when_it_was_read_is_not_taken_for_stricter_when_it_is_written(
    two: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From 50 to 20 is stricter; but another admin has just made it 5."""
    system = two.system.wiring("console")
    school = system.schools.get("northbridge")
    assert school is not None
    loose = replace(school.settings, approval=ApprovalRule(above=50))
    system.schools.change_settings("northbridge", loose, ["approval"])
    real, times = SettingChanges.write, iter([True])

    def write(self: SettingChanges, *given: Any) -> None:
        if next(times, False):
            system.schools.change_settings("northbridge", replace(loose, approval=ApprovalRule(above=5)), ["approval"])
        real(self, *given)

    monkeypatch.setattr(SettingChanges, "write", write)
    answer = put(two, approval={"above": 20})
    assert (answer.status_code, answer.json_body["approval"]["above"]) == (202, 5)


def test_settings_that_never_stand_still_are_left_alone(two: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise Changed

    change = put(two, reply_to="me@x.example").json_body["waiting"][0]["id"]
    monkeypatch.setattr(SettingChanges, "write", never)
    assert put(two, notice="x").status_code == 503
    assert decide(two, "withdraw", change).status_code == 503
    as_(two, DEPUTY)
    assert [decide(two, act, change).status_code for act in ("approve", "decline")] == [503, 503]
