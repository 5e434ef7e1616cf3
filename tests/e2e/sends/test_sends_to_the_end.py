"""Sends on the deployed stack, to whatever end: every fate that a mail can have, retries, a start time, a second admin."""

import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.e2e.client import Product, wait_for
from tests.e2e.school import enrol, fated, pupil, second_admin
from tests.e2e.sends.test_sends_under_control import adds_up, recipients, start

pytestmark = pytest.mark.e2e
GROUP = "11Q"
FATES = {"success": "delivered", "bounce": "bounced", "complaint": "complained", "reject": "failed", "rendering": "failed"}
OPEN = {"planned", "sending", "sent", "delayed"}


@pytest.fixture(scope="module")
def admin(stack: Any) -> Product:
    return Product(stack).admin()


@pytest.fixture(scope="module")
def fates(admin: Product) -> dict[str, str]:
    """Pupils by address, each with the state that their mail will come to."""
    # The mails that SES takes come first, so that two bounces among them are never the 5 % at which the brake pauses a send.
    kinds = ["success"] * 45 + ["bounce"] * 2 + ["complaint"] + ["rendering"] * 40 + ["reject"] * 80
    addresses = fated(GROUP, kinds)
    enrol(admin, [pupil(GROUP, number, address) for number, address in enumerate(addresses)])
    return {address: FATES[address.partition("+")[0]] for address in addresses}


@pytest.fixture(scope="module", autouse=True)
def scheduled(admin: Product) -> tuple[str, int]:
    """A send with a start time, and that time: the schedule is looked at once a minute, while other tests run."""
    person, at = admin.person(role="teacher"), int(time.time()) + 20
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


def settled(admin: Product, path: str) -> dict[str, Any]:
    """The send, once the fate of every mail is known."""

    def look() -> Any:
        found = admin.get(path)
        return found if found["total"] and not OPEN & {state for state, count in found["counts"].items() if count} else None

    return dict(wait_for(look, "news of every mail"))


def held(admin: Product, path: str) -> int:
    """How many wait in a paused send when what was on its way has ended."""
    wait_for(lambda: not admin.get(path)["counts"]["sending"], "the end of what was on its way")
    return int(admin.get(path)["counts"]["planned"])


def test_bounces_complaints_and_rejects_through_pause_resume_retry_and_cancel(admin: Product, fates: dict[str, str]) -> None:
    path = start(admin, registration_group=GROUP)
    wait_for(lambda: admin.get(path)["progress"]["done"], "the first mails")
    assert admin.http.post(f"{path}/pause", json={}).status_code == 202
    assert (waiting := held(admin, path)) > 0
    time.sleep(3)
    assert admin.get(path)["counts"]["planned"] == waiting, "a paused send sends nothing"
    assert adds_up(admin.get(path))
    assert admin.http.post(f"{path}/resume", json={}).json()["state"] == "running"
    done = settled(admin, path)
    rows = recipients(admin, path)
    assert {row["email"]: row["state"] for row in rows} == fates
    assert done["state"] == "finished"
    assert adds_up(done)
    assert {state: count for state, count in done["counts"].items() if count} == Counter(fates.values())
    assert {row["detail"] for row in rows if row["state"] == "bounced"} == {"smtp; 550 5.1.1 user unknown"}
    assert {row["reason"] for row in rows if row["state"] == "failed"} == {"rejected", "rendering"}

    # One address is put right; the retry takes exactly those who failed, and reaches that one.
    failed = [row for row in rows if row["state"] == "failed"]
    right = fated(GROUP, ["success"])[0]
    number = list(fates).index(failed[0]["email"])
    enrol(admin, [pupil(GROUP, number, right)])
    answer = admin.http.post(f"{path}/retry", json={})
    assert (answer.status_code, answer.json()["retry_of"]) == (202, done["id"]), answer.text
    retry = admin.console(f"sends/{answer.json()['id']}")
    assert admin.http.post(f"{path}/retry", json={}).json()["id"] == answer.json()["id"], "once is enough"
    wait_for(lambda: admin.get(retry)["progress"]["done"], "the first mails of the retry")
    assert admin.http.post(f"{retry}/pause", json={}).status_code == 202
    assert held(admin, retry) > 0
    assert admin.http.post(f"{retry}/cancel", json={}).json()["state"] == "cancelled"
    ended = settled(admin, retry)
    assert adds_up(ended)
    assert (ended["state"], ended["total"]) == ("cancelled", len(failed))
    tried = recipients(admin, retry)
    assert {row["person"] for row in tried} == {row["person"] for row in failed}
    assert next(row["state"] for row in tried if row["email"] == right) == "delivered"
    assert {row["state"] for row in tried if row["email"] != right} == {"failed", "cancelled"}
    assert admin.get(path)["retries"] == [ended["id"]]
    assert admin.http.post(f"{retry}/resume", json={}).status_code == 409


def test_whoever_bounced_or_complained_is_not_mailed_by_the_next_send(admin: Product, fates: dict[str, str]) -> None:
    before = Counter(mail["to"] for mail in admin.all_mails())
    select = {"filter": {"registration_group": GROUP, "bounced": "true"}}
    tried = admin.http.post(admin.console("sends"), json={"kind": "password_link", "select": select, "dry_run": True}).json()
    known = Counter(fates.values())
    assert (tried["total"], tried["to_send"]) == (known["bounced"] + known["complained"], 0)
    send = admin.finished(start(admin, registration_group=GROUP, bounced="true"))
    assert (send["state"], send["counts"]["skipped"]) == ("finished", tried["total"])
    assert Counter(mail["to"] for mail in admin.all_mails()) == before


def test_a_send_to_many_waits_for_a_second_admin(admin: Product, stack: Any) -> None:
    deputy = Product(stack).sign_in(**second_admin(stack))
    assert admin.http.put(admin.console("settings"), json={"approval": {"above": 1}}).status_code == 200
    try:
        path = start(admin, role="staff")
        assert admin.get(path)["approval"]["state"] == "needed"
        assert admin.http.post(f"{path}/approve", json={}).json()["code"] == "own_send"
        assert admin.get(path)["state"] == "queued"
        assert deputy.http.post(f"{path}/approve", json={}).status_code == 202
        done = admin.finished(path)
        assert (done["state"], done["approval"]["state"]) == ("finished", "given")
        assert done["progress"]["done"] == done["total"] > 1
    finally:
        admin.http.put(admin.console("settings"), json={"approval": {"above": None}})


def test_a_send_starts_at_its_time_by_the_schedule(admin: Product, scheduled: tuple[str, int]) -> None:
    path, at = scheduled
    done = admin.finished(path)
    assert (done["state"], done["total"]) == ("finished", 1)
    assert datetime.fromisoformat(done["finished_at"]).timestamp() >= at - 5
