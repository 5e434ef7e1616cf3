"""The story on the deployed stack: a link to everybody in a group, a password, a sign-in; and what must not work."""

import time
from collections import Counter
from typing import Any

import pytest

from infra.local.waiting import wait_for
from tests.e2e.client import Product, links_in, reached, token_in
from tests.e2e.school import Group, enrol, new_group, pupil

pytestmark = pytest.mark.e2e
PASSWORD = "three plain walnuts"


def send_to(admin: Product, select: dict[str, Any]) -> dict[str, Any]:
    answer = admin.http.post(admin.console("sends"), json={"kind": "password_link", "select": select})
    assert answer.status_code == 202, answer.text
    return admin.finished(admin.console(f"sends/{answer.json()['id']}"))


def link_for(admin: Product, person: dict[str, Any]) -> str:
    def with_links() -> list[dict[str, str]]:
        return [mail for mail in admin.mails(person["email"]) if links_in(mail)]  # not the notice of a new password

    before = len(with_links())
    assert reached(send_to(admin, {"ids": [person["id"]]})) == 1
    return token_in(wait_for(with_links, "a mail", lambda mails: len(mails) > before)[0])


def test_a_registration_group_gets_its_links_and_the_numbers_add_up(admin: Product) -> None:
    mine = new_group(8)
    enrol(admin, [*mine.rows, pupil(mine.name, 8, "")])
    select = {"filter": mine.filter}
    dry = admin.http.post(admin.console("sends"), json={"kind": "password_link", "select": select, "dry_run": True})
    assert dry.status_code == 200
    forecast = dry.json()
    done = send_to(admin, select)
    assert done["state"] == "finished"
    assert done["total"] == forecast["total"] == sum(done["counts"].values()) == 9
    assert reached(done) == forecast["to_send"] == 8
    assert done["progress"] == {"done": 9, "total": 9}
    rows = admin.all(admin.console(f"sends/{done['id']}/recipients"))
    states = Counter(row["state"] for row in rows)  # news of deliveries may still come in
    assert (states["skipped"], states.total()) == (done["counts"]["skipped"], 9)
    assert [row["reason"] for row in rows if row["state"] == "skipped"] == ["no_address"]
    assert {row["email"] for row in rows if row["state"] != "skipped"} == {*mine.addresses}
    for address in mine.addresses:
        assert links_in(admin.mail(address))


def test_a_pupil_sets_a_password_once_and_signs_in(product: Product, admin: Product, student: dict[str, Any]) -> None:
    token = link_for(admin, student)
    for _ in range(3):  # what a mail scanner does
        product.http.head("/set-password")
        assert product.http.get("/set-password", headers={"Accept": "text/html"}).status_code == 200
    check = product.http.post("/password-links/check", json={"token": token})
    assert check.status_code == 200
    assert check.json()["purpose"] == "welcome"
    assert check.json()["school"] == product.school
    weak = product.http.post("/password-links/use", json={"token": token, "password": "password12"})
    assert weak.status_code == 422
    assert product.http.post("/password-links/use", json={"token": token, "password": PASSWORD}).status_code == 204
    again = product.http.post("/password-links/use", json={"token": token, "password": "another plain walnut"})
    assert (again.status_code, again.json()["code"]) == (410, "used")
    assert "password" in admin.mail(student["email"], after=1)["subject"].lower(), "the notice that the password was set"
    signed_in = product.sign_in(student["email"], PASSWORD)
    assert signed_in.get("/account")["person"]["id"] == student["id"]
    assert admin.get(admin.console(f"people/{student['id']}"))["last_login_at"]
    wrong = product.http.post(f"/schools/{product.school}/sessions", json={"identifier": student["email"], "password": "no"})
    unknown = product.http.post(f"/schools/{product.school}/sessions", json={"identifier": "nobody@x.example", "password": "no"})
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content)
    assert signed_in.http.delete("/sessions/current").status_code == 204
    assert signed_in.http.get("/account").status_code == 401


def test_all_links_work_until_one_is_used_and_then_none_does(product: Product, admin: Product, student: dict[str, Any]) -> None:
    first = link_for(admin, student)
    time.sleep(1.1)  # two links of the same second are the same link
    second = link_for(admin, student)
    assert product.http.post("/password-links/check", json={"token": first}).status_code == 200
    assert product.http.post("/password-links/use", json={"token": second, "password": PASSWORD}).status_code == 204
    older = product.http.post("/password-links/use", json={"token": first, "password": PASSWORD + "!"})
    assert (older.status_code, older.json()["code"]) == (410, "replaced")
    session = product.sign_in(student["email"], PASSWORD)
    third = link_for(admin, student)
    assert product.http.post("/password-links/use", json={"token": third, "password": PASSWORD + " too"}).status_code == 204
    assert session.http.get("/account").status_code == 401, "an older session ends with the new password"


def test_forgot_password_answers_everyone_alike_and_mails_only_who_is_there(product: Product, student: dict[str, Any]) -> None:
    path = f"/schools/{product.school}/forgot-password"
    nobody = f"nobody.{student['id']}@stranger.example"
    known = product.http.post(path, json={"email": student["email"]})
    unknown = product.http.post(path, json={"email": nobody})
    assert (known.status_code, known.content) == (202, unknown.content)
    token = token_in(product.mail(student["email"]))
    assert product.http.post("/password-links/check", json={"token": token}).json()["purpose"] == "forgot"
    assert product.http.post("/password-links/use", json={"token": token, "password": PASSWORD}).status_code == 204
    renew = product.http.post("/password-links/renew", json={"token": token})
    assert renew.status_code == 202
    product.mail(student["email"], after=2)  # after the notice: a new link to the same address
    assert product.mails(nobody) == []


def test_a_shared_address_gets_one_mail_that_lists_its_accounts(product: Product, admin: Product, group: Group) -> None:
    address, child = f"{group.name.lower()}@home.example", f"{group.name}-0"
    enrol(
        admin,
        [[f"{child}-{name}", "parent", name, group.name, address, "", "", "", "", child] for name in ("Pat", "Robin", "Sam")],
    )
    product.http.post(f"/schools/{product.school}/forgot-password", json={"email": address})
    assert len(links_in(product.mail(address))) == 3
    assert len(product.mails(address)) == 1


def test_damaged_links_are_told_from_others_and_reach_nobody(product: Product) -> None:
    for token in ("", "x", "1.w.northbridge.0123456789abcdefghjk.70000000.0.0123456789ab." + "A" * 43):
        answer = product.http.post("/password-links/check", json={"token": token})
        assert answer.status_code in {410, 422}
    for token in (None, 0, [], {"S": "x"}):
        assert product.http.post("/password-links/use", json={"token": token, "password": PASSWORD}).status_code in {
            400,
            410,
            422,
        }


@pytest.mark.parametrize(
    "header", [{"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example;proto=https"}]
)
def test_links_are_built_from_the_configured_origin_only(
    product: Product, student: dict[str, Any], header: dict[str, str]
) -> None:
    product.http.post(f"/schools/{product.school}/forgot-password", json={"email": student["email"]}, headers=header)
    mail = product.mail(student["email"])
    assert all(link.startswith(product.stack["url"] + "/set-password#") for link in links_in(mail))
    assert "evil" not in mail["text"] + mail["html"]
