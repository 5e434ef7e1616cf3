"""A message of more chunks than a page reads, on the deployed stack: a worker keeps its outline, and pages go by it."""

from urllib.parse import urlsplit

import pytest

from infra.local.waiting import wait_for
from tests.e2e.client import Product
from tests.e2e.school import Group, adds_up, download, enrol, name_of_group, start

pytestmark = [pytest.mark.e2e, pytest.mark.alone]  # a thousand people, whom other tests would have to wait for


def test_a_message_to_a_thousand_is_counted_and_listed_by_its_outline(admin: Product) -> None:
    name = name_of_group()
    mine = Group(name, [""] * 1_004 + [f"{name.lower()}.last@pupils.example"])
    enrol(admin, mine.rows)
    path = start(admin, mine)
    done = admin.finished(path)
    assert (done["total"], done["counts"]["skipped"]) == (1_005, 1_004)
    assert adds_up(done)

    counted = admin.watch(path, "the figure of its outline", lambda send: send["password_set"] is not None)
    assert counted["password_set"] == 0
    reached = admin.watch(f"{path}/recipients", "what arrived", lambda page: page["items"], show="delivered")
    assert ([row["email"] for row in reached["items"]], reached["next"]) == ([mine.addresses[-1]], None)
    assert len(admin.all(f"{path}/recipients", state="skipped")) == 1_004
    assert admin.get(f"{path}/recipients", show="failed") == {"items": [], "next": None, "looked": None}

    def tried() -> tuple[int, str]:
        answer = admin.http.post(f"{path}/retry", json={})
        return answer.status_code, answer.json()["code"]

    assert wait_for(tried, "a sure answer", lambda found: found[0] != 503) == (409, "nobody_failed")

    asked = admin.http.get(f"{path}/recipients/download", params={"format": "csv"})
    assert (asked.status_code, urlsplit(asked.headers["Location"]).path.rpartition("/")[0]) == (303, f"{path}/recipients/files")
    made = admin.watch(asked.headers["Location"], "the file of all of them", lambda file: file["state"] != "queued")
    assert (made["state"], made["rows"]) == ("finished", 1_005)
    lines = download(admin, made["download"]).content.decode("utf-8-sig").splitlines()
    assert (len(lines), sum(mine.addresses[-1] in line for line in lines)) == (1_006, 1)
