"""A scheduled message is moved, to another time or to now; whoever plans it in the same moment does not lose it."""

import pytest

from latchkey.errors import Changed
from latchkey.sends.change_time import change_time
from latchkey.sends.plan_send import plan_send
from latchkey.sends.start_due import start_due
from tests.routes.console.sends.test_figures import _rfc3339
from tests.support.console import HEAD_TEACHER, Console, make_person

SENDS = "/admin/northbridge/sends"


@pytest.fixture
def school(console: Console) -> Console:
    console.add([make_person(number) for number in range(1, 4)])
    return console


def scheduled(console: Console, hours: int = 1) -> str:
    at = console.system.wiring("console").now() + hours * 3600
    body = {"kind": "password_link", "select": {"filter": {"role": "student"}}, "start_at": _rfc3339(at)}
    return str(console.post(SENDS, body).json_body["id"])


def queued(console: Console) -> int:
    start_due(console.system.wiring("plan_send"))
    return len(console.system.messages("PLAN_QUEUE"))


def test_a_later_time_counts_and_the_old_one_starts_nothing(school: Console) -> None:
    send = scheduled(school)
    now = school.system.wiring("console").now()
    answer = school.post(f"{SENDS}/{send}/time", {"start_at": _rfc3339(now + 7200)})
    assert (answer.status_code, answer.json_body["scheduled_for"]) == (202, _rfc3339(now + 7200))
    assert school.post(f"{SENDS}/{send}/time", {"start_at": _rfc3339(now + 7200)}).status_code == 200
    school.system.clock.now = now + 3601
    assert queued(school) == 0
    school.system.clock.now = now + 7201
    assert queued(school) == 1
    school.token = school.sign_in(HEAD_TEACHER)
    actions = [event["action"] for event in school.get("/admin/northbridge/audit").json_body["items"]]
    assert actions.count("send.time") == 1


def test_an_earlier_time_and_now(school: Console) -> None:
    send = scheduled(school, hours=5)
    now = school.system.wiring("console").now()
    assert school.post(f"{SENDS}/{send}/time", {"start_at": _rfc3339(now + 60)}).status_code == 202
    school.system.clock.now = now + 61
    assert queued(school) == 1
    other = scheduled(school)
    assert school.form(f"{SENDS}/{other}/time", {"when": "now"}).headers["Location"] == f"{SENDS}/{other}"
    assert len(school.system.messages("PLAN_QUEUE")) == 1
    plan_send(school.system.wiring("plan_send"), "northbridge", other)
    assert school.get(f"{SENDS}/{other}").json_body["state"] == "running"


def test_one_that_has_begun_or_was_stopped_keeps_its_time(school: Console) -> None:
    send = scheduled(school)
    assert school.post(f"{SENDS}/{send}/cancel", {}).status_code == 202
    assert school.post(f"{SENDS}/{send}/time", {"start_at": None}).status_code == 409
    begun = school.post(SENDS, {"kind": "password_link", "select": {"filter": {"role": "student"}}}).json_body["id"]
    assert school.post(f"{SENDS}/{begun}/time", {"start_at": None}).status_code == 409
    answer = school.form(f"{SENDS}/{begun}/time", {"when": "now"})
    assert "its time was not changed" in answer.body.decode()
    assert school.form(f"{SENDS}/{scheduled(school)}/time", {"when": "other", "start_at": "x"}).status_code == 422


def test_who_reads_the_old_time_does_not_plan_by_it(school: Console) -> None:
    """The worker has read the send; its time is changed; then the worker takes it."""
    send = scheduled(school)
    worker = school.system.wiring("plan_send").sends("northbridge")
    read = worker.get(send)
    assert read is not None
    console = school.system.wiring("console")
    at = console.now() + 7200
    found = console.schools.get("northbridge")
    assert found is not None
    change_time(console, found, HEAD_TEACHER, send, at)
    with pytest.raises(Changed):
        worker.start_planning(read, console.now(), 60)
    mine = worker.get(send)
    assert mine is not None
    worker.start_planning(mine, console.now(), 60)
    assert school.post(f"{SENDS}/{send}/time", {"start_at": None}).status_code == 409, "somebody plans it"


def test_nobody_is_offered_a_reminder_before_a_day_has_passed(school: Console) -> None:
    from tests.routes.console.sends.test_figures import outcome

    send = str(school.post(SENDS, {"kind": "password_link", "select": {"filter": {"role": "student"}}}).json_body["id"])
    plan_send(school.system.wiring("plan_send"), "northbridge", send)
    outcome(school, send, "delivered")
    people = school.get(f"{SENDS}/{send}/recipients").json_body["items"]
    directory, now = school.system.wiring("operate").directory("northbridge"), school.system.wiring("console").now()
    directory.change(people[0]["person"], {"password_set_at": now + 5})
    assert "Remind the" not in school.page(f"{SENDS}/{send}").body.decode()
    school.system.clock.now += 86_401
    school.token = school.sign_in(HEAD_TEACHER)
    assert "Remind the 2<" in school.page(f"{SENDS}/{send}").body.decode()
    draft = school.form(f"{SENDS}/{send}/again", {}).headers["Location"]
    assert school.get(draft).json_body["dry_run"]["to_send"] == 2
    made = school.form(f"{draft}/send", {"people": "2"}).headers["Location"].partition("?")[0]
    plan_send(school.system.wiring("plan_send"), "northbridge", made.rpartition("/")[2])
    reminded = school.get(f"{made}/recipients").json_body["items"]
    assert {row["person"] for row in reminded} == {row["person"] for row in people[1:]}
