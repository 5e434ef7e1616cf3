"""New addresses for many people on the deployed stack: checked, applied, told, undone."""

import secrets
from typing import Any

import pytest

from tests.e2e.client import Product
from tests.e2e.school import enrol, new_group, people

pytestmark = pytest.mark.e2e


def test_addresses_are_checked_applied_and_undone(admin: Product) -> None:
    group = new_group(4)
    enrol(admin, group.rows)
    before = people(admin, group)
    home = f"{secrets.token_hex(4)}.example"
    keys: list[dict[str, Any]] = [
        {"id": before[0]["id"]}, {"upn": before[1]["upn"]}, {"mis_id": before[2]["mis_id"]}, {"username": before[3]["username"]},
    ]  # fmt: skip
    items = [{**key, "email": f"new{number}@{home}"} for number, key in enumerate(keys)]
    where = admin.console("people/emails")

    tried = admin.http.post(where, json={"items": items, "dry_run": True})
    assert (tried.status_code, tried.json()["counts"]["changed"]) == (200, 4)
    assert people(admin, group) == before

    body = {"items": items, "idempotency_key": secrets.token_hex(8)}
    applied = admin.http.post(where, json=body)
    assert applied.status_code == 200
    assert [each["email"] for each in people(admin, group)] == [item["email"] for item in items]
    assert admin.http.post(where, json=body).json() == applied.json()

    undone = admin.http.post(f"{where}/{applied.json()['id']}/undo", json={})
    assert (undone.status_code, undone.json()["restored"]) == (200, 4)
    assert [each["email"] for each in people(admin, group)] == [each["email"] for each in before]


def test_a_hundred_and_more_in_one_request(admin: Product) -> None:
    group = new_group(120)
    enrol(admin, group.rows)
    home = f"{secrets.token_hex(4)}.example"
    items = [{"id": each["id"], "email": f"new{number}@{home}"} for number, each in enumerate(people(admin, group))]
    answer = admin.http.post(admin.console("people/emails"), json={"items": items})
    assert answer.json()["counts"]["changed"] == len(items) >= 100
