"""Sends on the deployed stack: what becomes of each mail, and pause, resume, cancel and retry while it runs."""

import csv
import io
import time
import zipfile
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.e2e.client import Product, reached, token_in, wait_for
from tests.e2e.rosters.test_rosters import table, upload

pytestmark = pytest.mark.e2e
OPEN = {"planned", "sending", "sent", "delayed"}


@pytest.fixture(scope="module")
def admin(stack: Any) -> Product:
    return Product(stack).admin()


def start(admin: Product, **wanted: str) -> str:
    answer = admin.http.post(admin.console("sends"), json={"kind": "password_link", "select": {"filter": wanted}})
    assert answer.status_code == 202, answer.text
    return admin.console(f"sends/{answer.json()['id']}")


def recipients(admin: Product, path: str, **wanted: str) -> list[dict[str, Any]]:
    rows, cursor = [], ""
    while cursor is not None:
        page = admin.get(f"{path}/recipients", **wanted, **({"cursor": cursor} if cursor else {}))
        rows, cursor = rows + page["items"], page["next"]
    return rows


def adds_up(send: dict[str, Any]) -> bool:
    return sum(send["counts"].values()) == send["total"]


def test_bounces_and_complaints_are_known_and_their_addresses_are_not_mailed_again(admin: Product) -> None:
    simulated = [("bounce+a", "bounced"), ("bounce+b", "bounced"), ("complaint+c", "complained")]
    rows = [
        ["sim-" + name, "teacher", name.title(), "Simulator", f"{name}@simulator.amazonses.com", "", "", "", "", ""]
        for name, _ in simulated
    ]
    preview = upload(admin, table(*([row[0].replace("+", "-"), *row[1:]] for row in rows)))
    assert preview["counts"]["new"] == 3, preview
    admin.http.post(admin.console(f"rosters/{preview['id']}/apply"))
    admin.finished(admin.console(f"rosters/{preview['id']}"))
    path = start(admin, role="teacher")
    done = admin.finished(path)
    assert done["state"] == "finished"

    def settled() -> Any:
        found = admin.get(path)
        return found if not OPEN & {state for state, count in found["counts"].items() if count} else None

    send = wait_for(settled, "news of every mail")
    assert adds_up(send)
    assert (send["counts"]["bounced"], send["counts"]["complained"]) == (2, 1)
    by_address = {row["email"]: row["state"] for row in recipients(admin, path)}
    for name, state in simulated:
        assert by_address[f"{name}@simulator.amazonses.com"] == state
    assert Counter(by_address.values())["delivered"] == send["counts"]["delivered"] > 80
    again = admin.http.post(
        admin.console("sends"),
        json={"kind": "password_link", "select": {"filter": {"role": "teacher"}}, "dry_run": True},
    ).json()
    reasons = {each["reason"]: each["count"] for each in again["skipped"]}
    assert (reasons["bounced_before"], reasons["complained_before"]) == (2, 1)
    assert len(admin.get(admin.console("people"), role="teacher", bounced="true")["items"]) == 3


def test_a_send_is_paused_and_resumed_and_everybody_gets_one_mail(admin: Product) -> None:
    before = Counter(mail["to"] for mail in admin.all_mails())
    path = start(admin, role="student", year_group="13")
    wait_for(lambda: reached(admin.get(path)), "the first mails")
    paused = admin.http.post(f"{path}/pause", json={})
    assert (paused.status_code, paused.json()["state"]) == (202, "paused"), paused.text
    assert admin.http.post(f"{path}/pause", json={}).json()["state"] == "paused"
    wait_for(lambda: not admin.get(path)["counts"].get("sending"), "the end of what was on its way")
    planned = admin.get(path)["counts"]["planned"]
    assert planned > 0
    time.sleep(3)
    held = admin.get(path)
    assert (held["state"], held["counts"]["planned"]) == ("paused", planned)
    assert admin.http.post(f"{path}/resume", json={}).json()["state"] == "running"
    done = admin.finished(path)
    assert adds_up(done)
    addresses = {row["email"] for row in recipients(admin, path) if row["state"] != "skipped"}
    mailed = Counter(mail["to"] for mail in admin.all_mails()) - before
    assert {address: mailed[address] for address in addresses} == dict.fromkeys(addresses, 1), "nobody twice"
    late = admin.http.post(f"{path}/pause", json={})
    assert late.status_code == 409
    assert admin.http.post(f"{path}/retry", json={}).status_code in {409, 422}, "nothing failed"


def test_cancelling_with_revoke_stops_the_mails_and_kills_the_links_that_are_out(admin: Product) -> None:
    path = start(admin, role="parent")
    wait_for(lambda: reached(admin.get(path)), "the first mails")
    answer = admin.http.post(f"{path}/cancel", json={"revoke": True})
    assert (answer.status_code, answer.json()["state"]) == (202, "cancelled"), answer.text
    out = {"sent", "delivered", "bounced", "complained", "delayed"}
    wait_for(lambda: not admin.get(path)["counts"].get("planned"), "the end of what was planned")
    send = admin.get(path)
    assert adds_up(send)
    assert send["counts"]["cancelled"] > 0
    one = next(row for row in recipients(admin, path) if row["state"] in out)
    token = token_in(admin.mail(one["email"]))

    def dead() -> Any:
        check = admin.http.post("/password-links/check", json={"token": token})
        return check if check.status_code == 410 else None

    assert wait_for(dead, "the end of the link").json()["code"] == "replaced"
    assert admin.http.post(f"{path}/resume", json={}).status_code == 409


def test_a_mail_is_seen_before_it_is_sent_and_a_test_goes_to_oneself(admin: Product) -> None:
    person = admin.person(role="staff", q="a")
    shown = admin.get(admin.console("sends/preview"), person=person["id"])
    assert person["family_name"] in shown["text"]
    assert "/set-password#preview" in shown["text"], "the link of a preview works for nobody"
    me = admin.stack["admin"]["identifier"]
    before = len(admin.mails(me))
    assert admin.http.post(admin.console("sends/test"), json={"mail": "welcome"}).status_code == 202
    mail = wait_for(lambda: (found := admin.mails(me))[: len(found) - before], "the test mail")[0]
    assert mail["subject"].startswith("Test:")
    assert token_in(mail) == "preview"


def test_recipients_are_downloaded_and_those_without_a_password_are_sent_to_again(admin: Product) -> None:
    path = start(admin, role="staff")
    done = admin.finished(path)
    files = {}
    for kind in ("csv", "xlsx"):
        link = admin.http.get(f"{path}/recipients/download", params={"format": kind})
        assert link.status_code == 303, link.text
        files[kind] = httpx.get(link.headers["Location"], timeout=60).content
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    assert len(rows) == done["total"]
    with zipfile.ZipFile(io.BytesIO(files["xlsx"])) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == done["total"] + 1
    assert "<f>" not in sheet, "no cell is a formula"
    again = admin.http.post(f"{path}/again", json={})
    assert again.status_code == 202, again.text
    assert again.json()["again_of"] == done["id"]
    second = admin.finished(admin.console(f"sends/{again.json()['id']}"))
    assert 0 < second["total"] <= reached(done)


def test_ids_of_nobody_and_of_other_schools_are_not_found(admin: Product) -> None:
    answers = {
        admin.http.post(path + "/pause", json={}).content
        for path in (admin.console("sends/" + "0" * 26), "/admin/southgate/sends/" + "0" * 26)
    }
    assert len(answers) == 1
