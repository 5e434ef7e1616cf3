"""Parents from a contacts file on the deployed stack: one mail for two children, one link, an account that has both."""

import httpx
import pytest

from tests.e2e.client import PATIENCE, Product, token_in
from tests.e2e.school import enrol, name_of_group, pupil

pytestmark = pytest.mark.e2e
HEADER = "UPN,Forename,Surname,Title,Forename,Surname,Priority,Parental Responsibility,Court Order,Primary Email"
PASSWORD = "eleven cheerful otters"


def test_a_parent_of_the_contacts_makes_an_account_with_one_link(admin: Product, product: Product) -> None:
    group = name_of_group()
    rows = [pupil(group, number, "") for number in range(2)]
    enrol(admin, rows)
    address = f"ana.{group.lower()}@home.example"
    lines = [HEADER, *(f"{row[6]},{row[2]},{row[3]},Mrs,Ana,Blair,1,T,F,{address}" for row in rows)]
    lines.append(f"{rows[0][6]},{rows[0][2]},{rows[0][3]},Mr,Rob,Blair,2,F,T,rob.{group.lower()}@home.example")
    made = admin.http.post(admin.console("contacts"), json={"filename": "contacts.csv"}).json()
    file = ("contacts.csv", "\r\n".join(lines).encode())
    httpx.post(made["upload"]["url"], data=made["upload"]["fields"], files={"file": file}, timeout=PATIENCE)
    path = admin.console(f"contacts/{made['id']}")
    admin.finished(path)
    tried = admin.http.post(f"{path}/invite", json={"dry_run": True}).json()
    assert (tried["to_send"], [each["reason"] for each in tried["skipped"]]) == (1, ["court_order"])
    answer = admin.http.post(f"{path}/invite", json={"idempotency_key": f"invite-{group.lower()}"})
    assert answer.status_code == 202, answer.text
    send = admin.console(f"sends/{answer.json()['id']}")
    assert admin.finished(send)["counts"]["skipped"] == 1
    mail = admin.mail(address)
    assert rows[0][2] in mail["text"]
    token = token_in(mail)
    seen = product.http.post("/invitations/check", json={"token": token}).json()
    assert (seen["children"], seen["given_name"]) == ([row[2] for row in rows], "Ana")
    done = product.http.post("/invitations/use", json={"token": token, "password": PASSWORD})
    assert (done.status_code, done.json()["outcome"]) == (200, "made"), done.text
    parent = product.sign_in(address, PASSWORD)
    assert len(parent.get("/account/children")["items"]) == 2
    assert product.http.post("/invitations/use", json={"token": token, "password": PASSWORD}).status_code == 410

    def used() -> list[object]:
        return [row for row in admin.all(f"{send}/recipients") if row["password_set_at"]]

    assert len(used()) == 1
    assert admin.http.post(f"{send}/again", json={}).status_code == 409, "nobody is left to be reminded"
    assert admin.http.post(f"{path}/invite", json={"dry_run": True}).json()["to_send"] == 0
