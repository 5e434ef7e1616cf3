"""Parents' contacts on the deployed stack: a SIMS report straight to S3, joined by two workers, downloaded by family."""

import csv
import io

import httpx
import pytest

from tests.e2e.client import PATIENCE, Product
from tests.e2e.school import enrol, name_of_group, pupil

pytestmark = [pytest.mark.e2e, pytest.mark.alone]  # a school has one set of contacts: a file of another test would take its place


def test_a_sims_report_is_joined_with_parent_codes(admin: Product) -> None:
    group = name_of_group()
    rows = [pupil(group, number, "") for number in range(3)]
    enrol(admin, rows)
    header = (
        "UPN,Forename,Surname,Reg,Year,Title,Forename,Surname,Relationship,Priority,Parental Responsibility,Court Order,Email"
    )
    lines = ["Contacts of year 11", header]
    for mis_id, _, given, family, _, _, upn, _, reg, _ in rows[:2]:
        start = f"{upn},{given},{family},{reg},Year  11"
        lines.append(f"{start},Mrs,Zoë,Núñez,Mother,1,T,F,zoe.{group.lower()}@mail.example")
        lines.append(f"{start},Mr,Ian,Núñez,Father,2,T,{'T' if mis_id.endswith('1') else 'F'},ian.{group.lower()}@mail.example")
    lines.append(f"B801200005001,No,Body,{group},Year  11,Ms,Kay,Rudd,Mother,1,T,F,kay@mail.example")
    made = admin.http.post(admin.console("contacts"), json={"filename": "contacts.csv"})
    assert made.status_code == 201, made.text
    path = admin.console(f"contacts/{made.json()['id']}")
    form = made.json()["upload"]
    content = "\r\n".join(lines).encode("cp1252")
    sent = httpx.post(form["url"], data=form["fields"], files={"file": ("contacts.csv", content)}, timeout=PATIENCE)
    assert sent.status_code in {200, 201, 204}, sent.text
    done = dict(admin.finished(path))
    counts = {
        name: done[name] for name in ("state", "matched", "families", "parents", "invited", "unmatched_contacts", "not_invited")
    }
    assert counts == {
        "state": "finished", "matched": 2, "families": 2, "parents": 2, "invited": 2, "unmatched_contacts": 1, "not_invited": 1,
    }  # fmt: skip
    assert [row["line"] for row in done["lists"]["unmatched_contacts"]] == [7]
    answer = admin.http.get(f"{path}/download", params={"rows": "family", "format": "csv"})
    assert answer.status_code == 303
    file = httpx.get(answer.headers["Location"], timeout=PATIENCE)
    assert file.status_code == 200
    families = [*csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))]
    assert [(row["Parents"], row["Child1UPN"]) for row in families] == [
        ("Mrs Zoë Núñez, Mr Ian Núñez", rows[0][6]),
        ("Mrs Zoë Núñez", rows[1][6]),
    ]
    code = families[0]["Child1ParentCode"]
    checked = admin.http.post(f"/schools/{admin.school}/codes/check", json={"code": code})
    assert (checked.status_code, checked.json()["kind"]) == (200, "parent")
