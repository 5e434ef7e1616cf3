"""Pupils behind a mail filter on the deployed stack: nobody is marked, and once it is mended all are sent to again."""

from typing import Any

import pytest

from infra.local.waiting import wait_for
from tests.e2e.client import Product
from tests.e2e.school import Group, adds_up, calm, enrol, fated, name_of_group, people, start, to_the_end

pytestmark = [pytest.mark.e2e, pytest.mark.alone]  # what comes back here would pause the sends of others
SIMULATOR = "simulator.amazonses.com"


def counts(admin: Product) -> dict[str, int]:
    found = {each["domain"]: each for each in admin.get(admin.console("mail/domains"))["items"]}
    return dict(found.get(SIMULATOR, dict.fromkeys(("sent", "delivered", "refused_by_filter", "refused_by_us", "dead"), 0)))


def marks(admin: Product, group: Group) -> list[str | None]:
    """What marks the group's addresses, by the list of people; what a worker writes comes there by the table's stream."""
    return [(each["mail_problem"] or {"kind": None})["kind"] for each in people(admin, group)]


def test_a_filter_that_is_mended(admin: Product) -> None:
    name, before = name_of_group(), counts(admin)
    kinds = ["mended"] * 60 + ["unsigned"] * 2
    mine = Group(name, fated(name, kinds))
    enrol(admin, mine.rows)
    path = start(admin, mine)
    done, reasons = to_the_end(admin, path)
    assert reasons <= {"brake_filter", "brake_school_bounces"}
    assert adds_up(done)
    assert done["refused"] == {"school_filter": 60, "our_fault": 2, "dead_address": 0}
    assert "allow mail from outside" in done["for_it"]
    rows = admin.all(f"{path}/recipients")
    assert {row["reason"] for row in rows} == {"school_filter", "our_fault"}
    assert all("5.7.1" in row["detail"] for row in rows if row["reason"] == "school_filter")
    assert {each["mail_problem"] for each in people(admin, mine)} == {None}
    after = counts(admin)
    assert after["refused_by_filter"] - before["refused_by_filter"] == 60
    assert after["refused_by_us"] - before["refused_by_us"] == 2

    # It is mended: who was refused is sent to again, and nobody else.
    body = {"kind": "password_link", "select": {"refused": {"send": done["id"]}}}
    assert admin.http.post(admin.console("sends"), json={**body, "dry_run": True}).json()["to_send"] == 62
    answer = admin.http.post(admin.console("sends"), json=body)
    assert (answer.status_code, answer.json()["refused_of"]) == (202, done["id"]), answer.text
    second, _ = to_the_end(admin, admin.console(f"sends/{answer.json()['id']}"))
    assert (second["counts"]["delivered"], second["counts"]["bounced"]) == (60, 2)
    assert admin.http.post(admin.console("sends"), json={**body, "dry_run": True}).json()["total"] == 2
    calm(admin)


def test_an_address_that_is_right_after_all_is_tried_again(admin: Product) -> None:
    name = name_of_group()
    mine = Group(name, fated(name, ["bounce"] * 2))
    enrol(admin, mine.rows)
    path = start(admin, mine)
    to_the_end(admin, path)
    wait_for(lambda: marks(admin, mine), "both are marked", lambda found: found == ["bounced"] * 2)
    first = people(admin, mine)[0]
    trust = admin.console("mail/trust")
    assert admin.http.post(trust, json={"person": first["id"]}).json() == {"person": first["id"], "taken": 1}
    assert [bool(each["mail_problem"]) for each in people(admin, mine)] == [False, True]
    asked = admin.http.post(trust, json={"domain": SIMULATOR})
    assert asked.status_code in {200, 202}, asked.text

    def is_done(found: dict[str, Any]) -> bool:
        return next(each["state"] for each in found["trusts"] if each["id"] == asked.json()["id"]) == "finished"

    admin.watch(admin.console("mail/domains"), "the end of the trust", is_done)
    wait_for(lambda: marks(admin, mine), "neither is marked", lambda found: found == [None, None])
    again = admin.http.post(
        admin.console("sends"), json={"kind": "password_link", "select": {"refused": {"send": path.rpartition("/")[2]}}}
    )
    assert again.status_code == 202, again.text
    to_the_end(admin, admin.console(f"sends/{again.json()['id']}"))
    wait_for(lambda: marks(admin, mine), "a dead address is marked anew", lambda found: found == ["bounced"] * 2)
