"""What one admin sends alone within a day adds up, and who approves the rest is told, on pages too."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from latchkey.people.model.person import Person
from latchkey.sends.model.send import Selection
from latchkey.sends.plan_send import plan_send
from latchkey.sends.start_due import start_due
from latchkey.sends.start_send import start_send
from tests.support.console import HEAD_TEACHER, Console, make_person
from tests.support.openapi import check

SENDS = "/admin/northbridge/sends"
DEPUTY = replace(HEAD_TEACHER, id="bcdefghjkmnpqrstvwxy", given_name="Bo", email="bo@northbridge.example")
DAY = 86_400


@pytest.fixture
def school(console: Console) -> Console:
    """Two admins, ten pupils; more than five people need the second admin."""
    console.add([DEPUTY, *(make_person(number) for number in range(10)), make_person(20, email=None)])
    assert console.post("/admin/northbridge/settings", {"approval": {"above": 5}}, "put").status_code == 200
    return console


def to(*numbers: int, **facts: object) -> dict[str, object]:
    return {"kind": "password_link", "select": {"ids": [make_person(number).id for number in numbers]}, **facts}


def send(school: Console, *numbers: int, **facts: object) -> dict[str, Any]:
    answer = school.post(SENDS, to(*numbers, **facts))
    assert answer.status_code == 202, answer.body
    body: dict[str, Any] = check("post", SENDS, answer)
    return body


def reason(sent: dict[str, Any]) -> str | None:
    return sent["approval"]["reason"] if sent["approval"] else None


def plan(school: Console, made: dict[str, Any]) -> Any:
    return plan_send(school.system.wiring("plan_send"), "northbridge", made["id"])


def test_slices_below_the_limit_add_up(school: Console) -> None:
    assert [reason(send(school, *each)) for each in ((0, 1), (2, 3), (4,))] == [None] * 3
    last = send(school, 5)
    assert (reason(last), last["state"], last["waiting_for"]) == ("day", "queued", "approval")
    dry = school.post(SENDS, to(6, dry_run=True)).json_body
    assert dry["approval"]["reason"] == "day"
    assert "24 hours" in dry["approval"]["text"]


def test_each_admin_has_a_day_of_their_own_and_it_ends(school: Console) -> None:
    send(school, 0, 1, 2, 3, 4)
    assert reason(send(school, 5)) == "day"
    school.token = school.sign_in(DEPUTY)
    assert reason(send(school, 0, 1, 2, 3, 4)) is None
    school.system.clock.now += DAY - 1
    school.token = school.sign_in(DEPUTY)
    assert reason(send(school, 5)) == "day"
    school.system.clock.now += 1
    assert reason(send(school, 5)) is None


def test_only_mails_that_go_out_count(school: Console) -> None:
    send(school, 0, 1, 2, 3, 20)
    assert reason(send(school, 4)) is None
    assert reason(send(school, 20)) is None
    assert reason(send(school, 5)) == "day"


def test_what_another_admin_approved_does_not_count(school: Console) -> None:
    made = send(school, 0, 1, 2, 3, 4, 5)
    assert reason(made) == "people"
    school.token = school.sign_in(DEPUTY)
    assert school.post(f"{SENDS}/{made['id']}/approve", {}).status_code == 202
    assert plan(school, made).state == "running"
    school.token = school.sign_in(HEAD_TEACHER)
    assert reason(send(school, 0, 1, 2, 3, 4)) is None


def test_a_send_for_a_later_day_counts_on_that_day(school: Console) -> None:
    later = lambda hours: datetime.fromtimestamp(school.system.clock.now + hours * 3_600, UTC).isoformat()  # noqa: E731
    assert reason(send(school, 0, 1, 2, 3, start_at=later(72))) is None
    assert reason(send(school, 0, 1, 2, 3)) is None
    assert reason(send(school, 4, 5, start_at=later(80))) == "day"
    last = send(school, 4, start_at=later(80))
    assert reason(last) is None
    assert school.get(f"{SENDS}/{last['id']}").json_body["waiting_for"] == "start_time"


def test_a_cancelled_send_that_went_to_nobody_counts_no_longer(school: Console) -> None:
    made = send(school, 0, 1, 2, 3, 4)
    assert school.post(f"{SENDS}/{made['id']}/cancel", {}).status_code == 202
    other = send(school, 0, 1, 2, 3, 4)
    assert reason(other) is None
    plan(school, other)
    assert school.post(f"{SENDS}/{other['id']}/cancel", {}).status_code == 202
    assert reason(send(school, 5)) == "day"  # these mails were planned, and some may be out


def test_the_same_request_twice_counts_once_and_a_used_key_lowers_nothing(school: Console) -> None:
    key = {"idempotency_key": "key-00000001"}
    first = send(school, 0, 1, 2, 3, 4, **key)
    assert send(school, 0, 1, 2, 3, 4, **key)["id"] == first["id"]
    assert school.post(SENDS, to(0, **key)).status_code == 409
    assert reason(send(school, 5)) == "day"


def test_retries_and_repeats_count_too(school: Console) -> None:
    first = send(school, 0, 1, 2)
    plan(school, first)
    wiring = school.system.wiring("plan_send")
    ledger, now = wiring.ledger("northbridge"), wiring.now()
    states = iter(("failed", "failed", "failed"))
    ledger.amend(
        first["id"],
        1,
        lambda chunk: replace(chunk, mails=tuple(replace(mail, state=next(states), reason="refused") for mail in chunk.mails)),
        now,
    )
    answer = school.post(f"{SENDS}/{first['id']}/retry", {})
    assert reason(answer.json_body) == "day"


def test_planning_looks_again_and_counts_what_it_finds(school: Console) -> None:
    everybody = {"kind": "password_link", "select": {"filter": {"role": "student", "registration_group": "9Z"}}}
    school.add([make_person(30, registration_group="9Z", year_group="9")])
    made = school.post(SENDS, everybody).json_body
    assert reason(made) is None
    assert reason(send(school, 0, 1)) is None
    school.add([make_person(number, registration_group="9Z", year_group="9") for number in (31, 32, 33)])
    found = plan(school, made)
    assert (found.approval, found.need, found.state, found.chunks) == ("needed", "day", "queued", 0)


def test_of_sends_at_once_those_that_fit_go_alone(school: Console) -> None:
    """Eight threads, two people each, five are allowed: two go, six wait. Then again when all are planned at once."""
    console = school.system.wiring("console")
    found = console.schools.get("northbridge")
    assert found is not None

    def start(number: int) -> Any:
        selection = Selection(ids=(make_person(number).id, make_person(9 - number).id))
        return start_send(console, found, HEAD_TEACHER, selection).run

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(start, [0, 1, 2, 3, 4, 0, 1, 2]))
    assert sorted(each.approval or "" for each in made) == [""] * 2 + ["needed"] * 6


def test_of_sends_planned_at_once_those_that_fit_go_alone(school: Console) -> None:
    console, planner = school.system.wiring("console"), school.system.wiring("plan_send")
    found = console.schools.get("northbridge")
    assert found is not None
    none = replace(found, settings=replace(found.settings, approval=type(found.settings.approval)()))
    chosen = [Selection(ids=(make_person(number).id, make_person(9 - number).id)) for number in range(5)]
    made = [start_send(console, none, HEAD_TEACHER, selection).run for selection in chosen]
    with ThreadPoolExecutor(5) as pool:
        planned = list(pool.map(lambda each: plan_send(planner, "northbridge", each.id), made))
    assert sorted(each.state for each in planned) == ["queued"] * 3 + ["running"] * 2
    assert sorted(each.need or "" for each in planned) == [""] * 2 + ["day"] * 3


def test_too_many_small_sends_of_a_day_ask_for_approval(school: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("latchkey.sends.model.allowance.MOST", 2)
    assert [reason(send(school, each)) for each in range(3)] == [None, None, "day"]


# What pages say


def test_the_check_asks_for_approval_where_it_will_be_needed(school: Console) -> None:
    fields = {"kind": "password_link", "to": "listed", "ids": " ".join(make_person(each).id for each in range(5))}
    assert "Send to 5 people</button>" in school.led(SENDS, fields)
    fields["ids"] += f" {make_person(5).id}"
    page = school.led(SENDS, fields)
    assert f"Ask {DEPUTY.name} to approve</button>" in page
    assert "Send to 6 people</button>" not in page


def test_lists_say_what_a_send_waits_for_and_the_approvers_overview_says_it_first(school: Console) -> None:
    made = send(school, 0, 1, 2, 3, 4, 5)
    assert "waiting for approval" in school.page(SENDS).body.decode()
    page = school.page(f"{SENDS}/{made['id']}").body.decode()
    assert "waiting for approval" in page
    assert f"{made['id']}/approve" not in page
    assert "The other admins are told by mail" in page
    own = school.page("/admin/northbridge").body.decode()
    assert "waits for your approval" not in own
    assert "A send is under way" not in own
    school.token = school.sign_in(DEPUTY)
    overview = school.page("/admin/northbridge").body.decode()
    assert "1 message waits for your approval" in overview
    assert overview.index("1 message waits for your approval") < overview.index("Latest activity")
    assert f'href="{SENDS}/{made["id"]}"' in overview
    found = school.get("/admin/northbridge")
    assert [each["id"] for each in check("get", "/admin/northbridge", found)["approvals"]] == [made["id"]]
    assert school.post(f"{SENDS}/{made['id']}/approve", {}).json_body["waiting_for"] is None
    assert school.get("/admin/northbridge").json_body["approvals"] == []


def test_the_only_admin_who_is_left_can_send_what_waits(school: Console) -> None:
    made = send(school, 0, 1, 2, 3, 4, 5)
    path = f"{SENDS}/{made['id']}"
    assert school.post(f"{path}/approve", {}).json_body["code"] == "own_send"
    assert "Send it without a second admin" not in school.page(path).body.decode()
    end(school, DEPUTY)
    assert "Send it without a second admin" in school.page(path).body.decode()
    start_due(school.system.wiring("plan_send"))
    assert school.post(f"{path}/approve", {}).status_code == 202
    assert plan(school, made).state == "running"
    assert school.get("/admin/northbridge/settings").json_body["approval"] == {"above": None, "staff": False}


def end(school: Console, person: Person) -> None:
    from latchkey.operator.admins import end_admin

    end_admin(school.system.wiring("operate"), "northbridge", person.id, last_too=False)
