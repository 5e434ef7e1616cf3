"""Sends on the deployed stack, to whatever end: every fate that a mail can have, retries, a start time, a second admin."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.waiting import wait_for
from tests.e2e.client import Product
from tests.e2e.school import (
    Group,
    adds_up,
    enrol,
    fated,
    held,
    name_of_group,
    new_group,
    people,
    pupil,
    second_admin,
    settled,
    start,
    without_approval,
)

pytestmark = pytest.mark.e2e
FATES = {"success": "delivered", "bounce": "bounced", "complaint": "complained", "reject": "failed", "rendering": "failed"}


@pytest.fixture(scope="module", autouse=True)
def scheduled(admin: Product, _groups: Iterator[Group]) -> tuple[str, int]:
    """A send with a start time, and that time: the schedule is looked at once a minute, while other tests run."""
    (person,), at = people(admin, next(_groups)), int(time.time()) + 20
    made = admin.http.post(
        admin.console("sends"),
        json={
            "kind": "password_link",
            "select": {"ids": [person["id"]]},
            "start_at": datetime.fromtimestamp(at, UTC).isoformat(),
        },
    )
    assert (made.status_code, made.json()["state"]) == (202, "queued"), made.text
    return admin.console(f"sends/{made.json()['id']}"), at


def fate_of(addresses: list[str]) -> dict[str, str]:
    """The state that the mail to each address comes to."""
    return {address: FATES[address.partition("+")[0]] for address in addresses}


def test_bounces_complaints_and_rejects_through_pause_resume_retry_and_cancel(admin: Product) -> None:
    name = name_of_group()
    # The mails that SES takes come first, so that two bounces among them are never the 5 % at which the brake pauses a send.
    kinds = ["success"] * 45 + ["bounce"] * 2 + ["complaint"] + ["rendering"] * 40 + ["reject"] * 80
    addresses = fated(name, kinds)
    mine = Group(name, addresses)
    enrol(admin, mine.rows)
    fates = fate_of(addresses)
    path = start(admin, mine)
    admin.watch(path, "the first mails", lambda send: send["progress"]["done"])
    assert admin.http.post(f"{path}/pause", json={}).status_code == 202
    assert (waiting := held(admin, path)) > 0
    time.sleep(3)
    assert admin.get(path)["counts"]["planned"] == waiting, "a paused send sends nothing"
    assert adds_up(admin.get(path))
    assert admin.http.post(f"{path}/resume", json={}).json()["state"] == "running"
    done = settled(admin, path)
    rows = admin.all(f"{path}/recipients")
    assert {row["email"]: row["state"] for row in rows} == fates
    assert done["state"] == "finished"
    assert adds_up(done)
    assert {state: count for state, count in done["counts"].items() if count} == Counter(fates.values())
    assert {row["detail"] for row in rows if row["state"] == "bounced"} == {"smtp; 550 5.1.1 user unknown"}
    assert {row["reason"] for row in rows if row["state"] == "failed"} == {"rejected", "rendering"}

    # One address is put right; the retry takes exactly those who failed, and reaches that one.
    failed = [row for row in rows if row["state"] == "failed"]
    right = fated(name, ["success"])[0]
    number = addresses.index(failed[0]["email"])
    enrol(admin, [pupil(name, number, right)])
    answer = admin.http.post(f"{path}/retry", json={})
    assert (answer.status_code, answer.json()["retry_of"]) == (202, done["id"]), answer.text
    retry = admin.console(f"sends/{answer.json()['id']}")
    assert admin.http.post(f"{path}/retry", json={}).json()["id"] == answer.json()["id"], "once is enough"
    admin.watch(retry, "the first mails of the retry", lambda send: send["progress"]["done"])
    assert admin.http.post(f"{retry}/pause", json={}).status_code == 202
    assert held(admin, retry) > 0
    assert admin.http.post(f"{retry}/cancel", json={}).json()["state"] == "cancelled"
    ended = settled(admin, retry)
    assert adds_up(ended)
    assert (ended["state"], ended["total"]) == ("cancelled", len(failed))
    tried = admin.all(f"{retry}/recipients")
    assert {row["person"] for row in tried} == {row["person"] for row in failed}
    assert next(row["state"] for row in tried if row["email"] == right) == "delivered"
    assert {row["state"] for row in tried if row["email"] != right} == {"failed", "cancelled"}
    assert admin.get(path)["retries"] == [ended["id"]]
    assert admin.http.post(f"{retry}/resume", json={}).status_code == 409


def test_whoever_bounced_or_complained_is_not_mailed_by_the_next_send(admin: Product) -> None:
    name = name_of_group()
    # Two bounces among so many are never the 5 % at which a brake pauses a send, or all of the school's.
    addresses = fated(name, ["success"] * 45 + ["bounce"] * 2 + ["complaint"])
    mine = Group(name, addresses)
    enrol(admin, mine.rows)
    assert settled(admin, start(admin, mine))["state"] == "finished"
    select = {"filter": {**mine.filter, "bounced": "true"}}
    asked = {"kind": "password_link", "select": select, "dry_run": True}

    def dry_run() -> Any:
        return admin.http.post(admin.console("sends"), json=asked).json()

    tried = wait_for(dry_run, "what the ledger knows, in the roll", lambda run: run["total"] == 3)
    assert tried["to_send"] == 0
    send = admin.finished(start(admin, mine, bounced="true"))
    assert (send["state"], send["counts"]["skipped"]) == ("finished", 3)
    assert [len(admin.mails(address)) for address in addresses] == [1] * len(addresses), "those of the first send"


@pytest.mark.alone
def test_a_send_to_many_waits_for_a_second_admin(admin: Product, stack: Any) -> None:
    deputy = Product(stack).sign_in(**second_admin(stack))
    mine = new_group(3)
    enrol(admin, mine.rows)
    assert admin.http.put(admin.console("settings"), json={"approval": {"above": 1}}).status_code == 200
    try:
        path = start(admin, mine)
        assert (admin.get(path)["approval"]["state"], admin.get(path)["waiting_for"]) == ("needed", "approval")
        assert admin.http.post(f"{path}/approve", json={}).json()["code"] == "own_send"
        assert admin.get(path)["state"] == "queued"
        assert deputy.http.post(f"{path}/approve", json={}).status_code == 202
        done = admin.finished(path)
        assert (done["state"], done["approval"]["state"]) == ("finished", "given")
        assert done["progress"]["done"] == done["total"] == 3
    finally:
        without_approval(admin, stack)


@pytest.mark.last(of="module")
def test_a_send_starts_at_its_time_by_the_schedule(admin: Product, scheduled: tuple[str, int]) -> None:
    path, at = scheduled
    done = admin.finished(path)
    assert (done["state"], done["total"]) == ("finished", 1)
    assert datetime.fromisoformat(done["finished_at"]).timestamp() >= at - 5
