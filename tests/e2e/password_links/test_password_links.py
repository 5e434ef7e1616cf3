"""The story on the deployed stack: a link to everybody in a group, a password, a sign-in; and what must not work."""

import time
from collections import Counter
from typing import Any

import pytest

from tests.e2e.client import Product, links_in, reached, token_in, wait_for

pytestmark = pytest.mark.e2e
PASSWORD = "three plain walnuts"


@pytest.fixture(scope="module")
def product(stack: Any) -> Product:
    return Product(stack)


@pytest.fixture(scope="module")
def admin(product: Product) -> Product:
    return product.admin()


def send_to(admin: Product, select: dict[str, Any]) -> dict[str, Any]:
    answer = admin.http.post(admin.console("sends"), json={"kind": "password_link", "select": select})
    assert answer.status_code == 202, answer.text
    return admin.finished(admin.console(f"sends/{answer.json()['id']}"))


def fresh_student(admin: Product, year: str) -> dict[str, Any]:
    """A student of this year with an address of their own, whom no other test has mailed."""
    people = [each for each in admin.get(admin.console("people"), role="student", year_group=year)["items"] if each["email"]]
    shared = Counter(each["email"] for each in people)
    return next(each for each in people if shared[each["email"]] == 1 and not admin.mails(each["email"]))


def link_for(admin: Product, person: dict[str, Any]) -> str:
    def with_links() -> list[dict[str, str]]:
        return [mail for mail in admin.mails(person["email"]) if links_in(mail)]  # not the notice of a new password

    before = len(with_links())
    assert reached(send_to(admin, {"ids": [person["id"]]})) == 1
    return token_in(wait_for(lambda: (found := with_links())[: len(found) - before], "a mail")[0])


def test_a_registration_group_gets_its_links_and_the_numbers_add_up(admin: Product) -> None:
    group = fresh_student(admin, "8")["registration_group"]
    select = {"filter": {"role": "student", "year_group": "8", "registration_group": group}}
    dry = admin.http.post(admin.console("sends"), json={"kind": "password_link", "select": select, "dry_run": True})
    assert dry.status_code == 200
    forecast = dry.json()
    done = send_to(admin, select)
    assert done["state"] == "finished"
    assert done["total"] == forecast["total"] == sum(done["counts"].values())
    assert reached(done) == forecast["to_send"]
    assert done["progress"] == {"done": done["total"], "total": done["total"]}
    rows, cursor = [], ""
    while cursor is not None:
        page = admin.get(admin.console(f"sends/{done['id']}/recipients"), **({"cursor": cursor} if cursor else {}))
        rows, cursor = rows + page["items"], page["next"]
    states = Counter(row["state"] for row in rows)  # news of deliveries may still come in
    assert (states["skipped"], states.total()) == (done["counts"]["skipped"], done["total"])
    assert all(row["reason"] for row in rows if row["state"] == "skipped")
    for row in rows:
        if row["state"] != "skipped":
            assert links_in(admin.mail(row["email"]))


def test_a_pupil_sets_a_password_once_and_signs_in(product: Product, admin: Product) -> None:
    pupil = fresh_student(admin, "9")
    token = link_for(admin, pupil)
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
    assert admin.mail(pupil["email"], "password")["subject"]
    wait_for(lambda: len(admin.mails(pupil["email"])) >= 2, "the notice that the password was set")
    signed_in = product.sign_in(pupil["email"], PASSWORD)
    assert signed_in.get("/account")["person"]["id"] == pupil["id"]
    assert admin.get(admin.console(f"people/{pupil['id']}"))["last_login_at"]
    wrong = product.http.post(f"/schools/{product.school}/sessions", json={"identifier": pupil["email"], "password": "no"})
    unknown = product.http.post(f"/schools/{product.school}/sessions", json={"identifier": "nobody@x.example", "password": "no"})
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content)
    assert signed_in.http.delete("/sessions/current").status_code == 204
    assert signed_in.http.get("/account").status_code == 401


def test_all_links_work_until_one_is_used_and_then_none_does(product: Product, admin: Product) -> None:
    pupil = fresh_student(admin, "10")
    first = link_for(admin, pupil)
    time.sleep(1.1)  # two links of the same second are the same link
    second = link_for(admin, pupil)
    assert product.http.post("/password-links/check", json={"token": first}).status_code == 200
    assert product.http.post("/password-links/use", json={"token": second, "password": PASSWORD}).status_code == 204
    older = product.http.post("/password-links/use", json={"token": first, "password": PASSWORD + "!"})
    assert (older.status_code, older.json()["code"]) == (410, "replaced")
    session = product.sign_in(pupil["email"], PASSWORD)
    third = link_for(admin, pupil)
    assert product.http.post("/password-links/use", json={"token": third, "password": PASSWORD + " too"}).status_code == 204
    assert session.http.get("/account").status_code == 401, "an older session ends with the new password"


def test_forgot_password_answers_everyone_alike_and_mails_only_who_is_there(product: Product, admin: Product) -> None:
    pupil = fresh_student(admin, "11")
    path = f"/schools/{product.school}/forgot-password"
    before = len(admin.mails(pupil["email"]))
    known = product.http.post(path, json={"email": pupil["email"]})
    unknown = product.http.post(path, json={"email": "nobody@stranger.example"})
    assert (known.status_code, known.content) == (202, unknown.content)
    mail = wait_for(lambda: (found := admin.mails(pupil["email"]))[: len(found) - before], "the mail")[0]
    token = token_in(mail)
    assert product.http.post("/password-links/check", json={"token": token}).json()["purpose"] == "forgot"
    assert product.http.post("/password-links/use", json={"token": token, "password": PASSWORD}).status_code == 204
    renew = product.http.post("/password-links/renew", json={"token": token})
    assert renew.status_code == 202
    wait_for(lambda: len(admin.mails(pupil["email"])) >= before + 3, "a new link to the same address")
    assert admin.mails("nobody@stranger.example") == []


def test_a_shared_address_gets_one_mail_that_lists_its_accounts(product: Product, admin: Product) -> None:
    parents: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = admin.get(admin.console("people"), role="parent", **({"cursor": cursor} if cursor else {}))
        parents, cursor = parents + page["items"], page["next"]
    address, count = Counter(each["email"] for each in parents if each["email"]).most_common(1)[0]
    assert count > 1, "the demo school has parents who share an address"
    before = len(admin.mails(address))
    product.http.post(f"/schools/{product.school}/forgot-password", json={"email": address})
    found = wait_for(lambda: (mails := admin.mails(address))[: len(mails) - before], "the mail")
    assert len(links_in(found[0])) == count
    assert len(admin.mails(address)) == before + 1


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
def test_links_are_built_from_the_configured_origin_only(product: Product, admin: Product, header: dict[str, str]) -> None:
    staff = next(each for each in admin.get(admin.console("people"), role="staff")["items"] if each["email"])
    before = len(admin.mails(staff["email"]))
    product.http.post(f"/schools/{product.school}/forgot-password", json={"email": staff["email"]}, headers=header)
    mail = wait_for(lambda: (found := admin.mails(staff["email"]))[: len(found) - before], "the mail")[0]
    assert all(link.startswith(product.stack["url"] + "/set-password#") for link in links_in(mail))
    assert "evil" not in mail["text"] + mail["html"]
