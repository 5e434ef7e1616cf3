"""Sends on the deployed stack: what becomes of each mail, and pause, resume, cancel and retry while it runs."""

import csv
import io
import time
import zipfile
from collections import Counter
from typing import Any

import pytest

from infra.local.waiting import wait_for
from tests.e2e.client import Product, reached, token_in
from tests.e2e.school import Group, adds_up, download, enrol, fated, held, name_of_group, new_group, settled, start

pytestmark = pytest.mark.e2e


def test_bounces_and_complaints_are_known_and_their_addresses_are_not_mailed_again(admin: Product) -> None:
    name = name_of_group()
    # Two bounces among so many are never the 5 % at which a brake pauses a send, or all of the school's.
    addresses = fated(name, ["success"] * 45 + ["bounce"] * 2 + ["complaint"])
    mine = Group(name, addresses)
    enrol(admin, mine.rows)
    path = start(admin, mine)
    send = settled(admin, path)
    assert send["state"] == "finished"
    assert adds_up(send)
    fates = {"success": "delivered", "bounce": "bounced", "complaint": "complained"}
    by_address = {row["email"]: row["state"] for row in admin.all(f"{path}/recipients")}
    assert by_address == {address: fates[address.partition("+")[0]] for address in addresses}
    assert {state: count for state, count in send["counts"].items() if count} == Counter(by_address.values())
    again = admin.http.post(
        admin.console("sends"),
        json={"kind": "password_link", "select": {"filter": mine.filter}, "dry_run": True},
    ).json()
    reasons = {each["reason"]: each["count"] for each in again["skipped"]}
    assert (reasons["bounced_before"], reasons["complained_before"]) == (2, 1)
    assert len(admin.get(admin.console("people"), **mine.filter, bounced="true")["items"]) == 3


def test_a_send_is_paused_and_resumed_and_everybody_gets_one_mail(admin: Product) -> None:
    mine = new_group(200)
    enrol(admin, mine.rows)
    path = start(admin, mine)
    admin.watch(path, "the first mails", reached)
    paused = admin.http.post(f"{path}/pause", json={})
    assert (paused.status_code, paused.json()["state"]) == (202, "paused"), paused.text
    assert admin.http.post(f"{path}/pause", json={}).json()["state"] == "paused"
    planned = held(admin, path)
    assert planned > 0
    time.sleep(3)
    still = admin.get(path)
    assert (still["state"], still["counts"]["planned"]) == ("paused", planned)
    assert admin.http.post(f"{path}/resume", json={}).json()["state"] == "running"
    done = admin.finished(path)
    assert adds_up(done)
    assert {row["email"] for row in admin.all(f"{path}/recipients")} == {*mine.addresses}
    mailed = Counter(mail["to"] for mail in admin.mails())
    assert {address: mailed[address] for address in mine.addresses} == dict.fromkeys(mine.addresses, 1), "nobody twice"
    late = admin.http.post(f"{path}/pause", json={})
    assert late.status_code == 409
    assert admin.http.post(f"{path}/retry", json={}).status_code in {409, 422}, "nothing failed"


def test_cancelling_with_revoke_stops_the_mails_and_kills_the_links_that_are_out(admin: Product) -> None:
    mine = new_group(200)
    enrol(admin, mine.rows)
    path = start(admin, mine)
    admin.watch(path, "the first mails", reached)
    answer = admin.http.post(f"{path}/cancel", json={"revoke": True})
    assert (answer.status_code, answer.json()["state"]) == (202, "cancelled"), answer.text
    out = {"sent", "delivered", "bounced", "complained", "delayed"}
    send = admin.watch(path, "the end of what was planned", lambda send: not send["counts"]["planned"])
    assert adds_up(send)
    assert send["counts"]["cancelled"] > 0
    one = next(row for row in admin.all(f"{path}/recipients") if row["state"] in out)
    token = token_in(admin.mail(one["email"]))

    def checked() -> tuple[int, str | None]:
        check = admin.http.post("/password-links/check", json={"token": token})
        return check.status_code, check.json().get("code")

    assert wait_for(checked, "the end of the link", lambda found: found[0] == 410) == (410, "replaced")
    assert admin.http.post(f"{path}/resume", json={}).status_code == 409


def test_a_mail_is_seen_before_it_is_sent_and_a_test_goes_to_oneself(admin: Product, student: dict[str, Any]) -> None:
    shown = admin.get(admin.console("sends/preview"), person=student["id"])
    assert student["family_name"] in shown["text"]
    assert "/set-password#preview" in shown["text"], "the link of a preview works for nobody"
    me = admin.stack["admin"]["identifier"]
    before = len(admin.mails(me))
    assert admin.http.post(admin.console("sends/test"), json={"mail": "welcome"}).status_code == 202
    mail = admin.mail(me, after=before)
    assert mail["subject"].startswith("Test:")
    assert token_in(mail) == "preview"


def test_recipients_are_downloaded_and_those_without_a_password_are_sent_to_again(admin: Product) -> None:
    mine = new_group(3)
    enrol(admin, mine.rows)
    path = start(admin, mine)
    done = admin.finished(path)
    files = {kind: download(admin, f"{path}/recipients/download", format=kind).content for kind in ("csv", "xlsx")}
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    assert len(rows) == done["total"] == 3
    with zipfile.ZipFile(io.BytesIO(files["xlsx"])) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == done["total"] + 1
    assert "<f>" not in sheet, "no cell is a formula"
    again = admin.http.post(f"{path}/again", json={})
    assert again.status_code == 202, again.text
    assert again.json()["again_of"] == done["id"]
    second = admin.finished(admin.console(f"sends/{again.json()['id']}"))
    assert second["total"] == reached(done) == 3


def test_ids_of_nobody_and_of_other_schools_are_not_found(admin: Product) -> None:
    answers = {
        admin.http.post(path + "/pause", json={}).content
        for path in (admin.console("sends/" + "0" * 26), "/admin/southgate/sends/" + "0" * 26)
    }
    assert len(answers) == 1
